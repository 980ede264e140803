"""Nodes, links, lanes and segments of GMNS, as a graph whose links are cut where their lanes change."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from trafficsim.base.errors import InputError, NetworkError, quoted
from trafficsim.design.inference.geometry import Point, line_length
from trafficsim.design.inference.osmnx import CENTRE_LENGTH
from trafficsim.io.gmns.tables import Folder, Row
from trafficsim.io.gmns.units import Units, line_of, units_of
from trafficsim.io.gmns.uses import UseTable
from trafficsim.io.ledger import Ledger
from trafficsim.io.link_values import RANGE, SPEED_KMH, capped, class_of_limit
from trafficsim.io.road_pieces import Lanes, Roads, pieces_of
from trafficsim.spec.plane import PROJECTION
from trafficsim.spec.vehicles import KINDS, Kind

CONTROLS = {
    "signal": "signal", "signalized": "signal", "traffic_signal": "signal", "traffic_signals": "signal",
    "4_stop": "all_way_stop", "4-way stop": "all_way_stop", "all_way_stop": "all_way_stop", "allway_stop":
    "all_way_stop", "roundabout": "roundabout", "no_control": "priority", "none": "priority", "yield": "priority",
    "stop": "priority", "2_stop": "priority", "signal_with_rtor": "signal", "two_way_stop": "priority",
}
"""Our control by ``ctrl_type`` or ``node_type``."""
YES, NO = ("1", "1.0", "true", "t", "yes", "y", ""), ("0", "0.0", "false", "f", "no", "n")
MOST_LANE = 40
"""A higher number of a lane is a slip of the pen (modelling assumption)."""
NEAR_M = 1.0
"""Segments reach so far beyond their link by rounding (modelling assumption)."""
READ_LINK = {
    "link_id", "name", "from_node_id", "to_node_id", "directed", "geometry_id", "geometry", "dir_flag", "length",
    "length_m", "free_speed", "free_speed_mps", "speed_limit", "lanes", "capacity", "allowed_uses", "facility_type",
    "toll",
}
"""Columns that are read."""


@dataclass
class Read:
    """What was read of the roads, for the tables that refer to them."""

    roads: Roads
    units: Units
    nodes: dict[str, Row] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    """Links that are not in the network, each with the reason."""
    speed_kmh: dict[str, float] = field(default_factory=dict)
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    stated: frozenset[str] = frozenset()
    """Nodes of which movements are stated."""


def read_roads(folder: Folder, ledger: Ledger, mentioned: dict[str, int], stated: frozenset[str]) -> Read:
    """Read nodes and links; ``mentioned`` holds the highest lane that movements name, by link, ``stated`` their nodes.

    Raises
    ------
    InputError, NetworkError
        If a table or a value cannot be used, or no link is left.
    """
    nodes, links = folder.table("node"), folder.table("link")
    for name, rows in (("node", nodes), ("link", links)):
        if not rows:
            raise NetworkError(str(folder.path), f"no row in the table {name}", "the tables node and link of GMNS",
                               "give the folder of a complete data set")
    lines = _lines(folder, links, nodes, ledger)
    units = units_of(folder, nodes, links, lines, ledger)
    found = Read(Roads(), units, stated=stated)
    if units.plane.is_projected:
        found.roads.graph.graph[PROJECTION] = units.plane.as_dict
    _add_nodes(found, nodes, ledger)
    lanes = LaneTable(folder, units, mentioned, ledger)
    for link in links:
        _add_link(found, link, lines, lanes, ledger)
    ends = {end for tail, head in found.roads.graph.edges() for end in (tail, head)}
    _close_ends(found)
    idle = [node for node in found.roads.graph if node not in ends]
    found.roads.graph.remove_nodes_from(idle)
    if idle:
        ledger.note("ignored", "node without a link for vehicles", f"node {idle[0]}", times=len(idle))
    if not found.roads.pieces:
        raise NetworkError(str(folder.path / "link.csv"), "no link for cars, vans, trucks or buses",
                           "at least one", "check lanes and allowed_uses")
    return found


def _close_ends(found: Read) -> None:
    """Where a data set ends nobody turns round: nodes with one neighbour, of which it states no movement."""
    graph = found.roads.graph
    for node, attributes in graph.nodes(data=True):
        if len({*graph.predecessors(node), *graph.successors(node)}) == 1 and node not in found.stated:
            attributes["control"] = "dead_end"


def leave_to_signals(read: Read, ledger: Ledger) -> None:
    """What a link into a signal carries depends on its greens: capacities of planning networks include them."""
    graph = read.roads.graph
    ends = {piece.id: head for link, (_, head) in read.ends.items() for piece in read.roads.pieces[link]}
    for *_, data in graph.edges(data=True):
        if "capacity_veh_h" in data and graph.nodes[ends[data["id"]]].get("control") == "signal":
            data["planning_capacity_veh_h"] = data.pop("capacity_veh_h")
            ledger.note("inferred", "capacity of a link into a signal: that of its greens, not the stated one",
                        f"link {data['id']}")


def _lines(folder: Folder, links: Sequence[Row], nodes: Sequence[Row], ledger: Ledger) -> dict[str, tuple[Point, ...]]:
    """Lines of links in the coordinates of the files: of the link, of the table geometry, or from node to node."""
    table = {row.key("geometry_id"): row for row in folder.table("geometry")}
    places = {row.key("node_id"): row for row in nodes}
    found = {}
    for link in links:
        name, own = link.key("link_id"), link
        text = link.text("geometry")
        if not text and link.key("geometry_id") in table:
            own = table[link.key("geometry_id")]
            text = own.text("geometry")
        line = line_of(text, own.where) if text else ()
        if text and not line:
            ledger.note("ignored", "geometry of a link that is an area", own.where)
        if line and (link.number("dir_flag") or 1) < 0:
            line = line[::-1]
        straight = _straight(link, places)
        if line and straight and _runs_back(line, straight):
            line = line[::-1]
            ledger.repair("geometry-reversed", link.where)
        found[name] = line or straight
    return found


def _runs_back(line: Sequence[Point], straight: Sequence[Point]) -> bool:
    """Whether a line begins where its link ends."""
    ahead = math.dist(line[0], straight[0]) + math.dist(line[-1], straight[1])
    back = math.dist(line[0], straight[1]) + math.dist(line[-1], straight[0])
    return back < ahead


def _straight(link: Row, places: dict[str, Row]) -> tuple[Point, ...]:
    ends = [places.get(link.key(name)) for name in ("from_node_id", "to_node_id")]
    numbers = [(end.number("x_coord"), end.number("y_coord")) if end else (None, None) for end in ends]
    return () if any(None in one for one in numbers) else tuple(numbers)  # type: ignore[arg-type]


def _add_nodes(found: Read, nodes: Sequence[Row], ledger: Ledger) -> None:
    for node in nodes:
        name = node.key("node_id")
        if not name or name in found.nodes:
            raise NetworkError(f"{node.where}: node_id", quoted(name) if name else "nothing",
                               "a name of its own for every node", "correct the node")
        found.nodes[name] = node
        attributes: dict[str, Any] = {"control": _control(node, ledger), "name": node.text("name", "DESCRIPTION")}
        x, y = node.number("x_coord"), node.number("y_coord")
        if x is not None and y is not None:
            attributes["x_m"], attributes["y_m"] = found.units.point(x, y)
        stated = node.text("ctrl_type", "node_type")
        if stated:
            attributes["origins"] = {"control": f"read: node {name}, {stated}"}
        found.roads.graph.add_node(name, **attributes)
        ledger.note("read", "node", node.where)


def _control(node: Row, ledger: Ledger) -> str:
    kind = node.text("node_type").lower()
    if kind.startswith("external"):
        return "dead_end"
    for text in (node.text("ctrl_type").lower(), kind):
        if text in CONTROLS:
            return CONTROLS[text]
    if node.text("ctrl_type"):
        ledger.repair("junction-type-unknown", f"{node.where} ({node.text('ctrl_type')!r})")
    return "priority"


class LaneTable:
    """Lanes of links: of the tables lane, segment and segment_lane, else as many as the link states."""

    def __init__(self, folder: Folder, units: Units, mentioned: dict[str, int], ledger: Ledger) -> None:
        self._units, self._ledger, self._mentioned = units, ledger, mentioned
        self.uses = UseTable(folder)
        self._lanes: dict[str, list[Row]] = defaultdict(list)
        for row in folder.table("lane"):
            self._lanes[row.key("link_id")].append(row)
        self._segments: dict[str, list[Row]] = defaultdict(list)
        for row in folder.table("segment"):
            self._segments[row.key("link_id")].append(row)
        self._added: dict[str, list[Row]] = defaultdict(list)
        for row in folder.table("segment_lane"):
            self._added[row.key("segment_id")].append(row)

    def base(self, link: Row) -> Lanes:
        """Return the lanes of a link for vehicles, by number from the left; none if it has none."""
        name, kinds = link.key("link_id"), self.uses.kinds(link.text("allowed_uses"))
        stated = link.whole("lanes", least=0)
        rows = {row.whole("lane_num"): row for row in self._lanes.get(name, ())}
        if rows and None not in rows:
            found = {_number(row): self._kinds(row, kinds) for row in rows.values()}
            if 0 in found:  # numbered from 0 at the kerb, as SUMO does
                found = {len(found) - number: own for number, own in found.items()}
                self._ledger.note("read", "lanes numbered from 0 at the kerb", link.where)
            return {number: own for number, own in found.items() if own}
        if stated is None:
            stated = max(1, self._mentioned.get(name, 1))
            if kinds:
                self._ledger.note("inferred", "number of lanes: the highest that a movement names, else 1",
                                  link.where)
        if stated > RANGE["lanes"][1]:
            self._ledger.repair("value-capped", f"{link.where}: lanes {stated}")
            stated = int(RANGE["lanes"][1])
        return dict.fromkeys(range(1, stated + 1), kinds) if kinds else {}

    def changes(self, link: Row, length_m: float, base: Lanes) -> list[tuple[float, float, Lanes, int]]:
        """Return where lanes are added or closed: begin and end in metres, lanes, number of closed ones."""
        found = []
        for row in self._segments.get(link.key("link_id"), ()):
            places = [(row.number(name) or 0.0) * self._units.short_m for name in ("start_lr", "end_lr")]
            if row.key("ref_node_id") == link.key("to_node_id"):
                places = [length_m - places[1], length_m - places[0]]
            if places[0] >= places[1] or places[0] > length_m:
                self._ledger.repair("segment-left-out", f"{row.where} (from {places[0]:.0f} to {places[1]:.0f} m of "
                                    f"{length_m:.0f} m)")
                continue
            if places[0] < -NEAR_M or places[1] > length_m + NEAR_M:
                self._ledger.repair("segment-cut", f"{row.where} (from {places[0]:.0f} to {places[1]:.0f} m of "
                                    f"{length_m:.0f} m)")
            lanes, closed = self._changed(row, base)
            found.append((max(places[0], 0.0), min(places[1], length_m), lanes, closed))
            self._ledger.note("read", "segment with other lanes", row.where)
        return found

    def _changed(self, row: Row, base: Lanes) -> tuple[Lanes, int]:
        left, right = (row.whole(name) or 0 for name in ("l_lanes_added", "r_lanes_added"))
        rows = self._added.get(row.key("segment_id"), [])
        lanes = {_number(one): self._kinds(one, KINDS) for one in rows}
        added = sum(1 for number, kinds in lanes.items() if number not in base and kinds)
        if rows and added == max(left, 0) + max(right, 0):
            return lanes, 0
        if rows and added:
            self._ledger.repair("segment-lanes", f"{row.where} ({added} in segment_lane, {left} + {right} in segment)")
            return lanes, 0
        plain: dict[int, tuple[Kind, ...]] = {-number: KINDS for number in range(1, left + 1)}
        highest = max(base, default=0)
        plain.update({highest + number: KINDS for number in range(1, right + 1)})
        return {**lanes, **plain}, -min(left, 0) - min(right, 0)

    def _kinds(self, row: Row, of_link: tuple[Kind, ...]) -> tuple[Kind, ...]:
        text = row.text("allowed_uses")
        return self.uses.kinds(text) if text else of_link or KINDS


def _number(row: Row) -> int:
    number = row.whole("lane_num")
    if number is None or abs(number) > MOST_LANE:
        raise NetworkError(f"{row.where}: lane_num", "nothing" if number is None else f"{number}",
                           f"a whole number from -{MOST_LANE} to {MOST_LANE}", "correct the lane")
    return number


def _add_link(found: Read, link: Row, lines: dict[str, tuple[Point, ...]], table: LaneTable, ledger: Ledger) -> None:
    name = link.key("link_id")
    ends = (link.key("from_node_id"), link.key("to_node_id"))
    if not name or name in found.roads.pieces or name in found.closed:
        raise NetworkError(f"{link.where}: link_id", quoted(name) if name else "nothing",
                           "a name of its own for every link", "correct the link")
    reason = _absent(found, ends) or ("" if (base := table.base(link)) else "it has no lane for vehicles")
    if reason:
        found.closed[name] = reason
        if reason.startswith("it has"):
            ledger.note("ignored", "link without a lane for cars, vans, trucks or buses", link.where)
        else:
            ledger.repair("edge-left-out", f"{link.where} ({reason})")
        return
    line = tuple(found.units.point(x, y) for x, y in lines[name])
    attributes = _attributes(link, found.units, len(base), ledger)
    length_m = _length_m(link, line, found.units, attributes["origins"], ledger)
    found.ends[name], found.speed_kmh[name] = ends, attributes["speed_limit_kmh"]
    drawn = link.text("geometry").upper().startswith("LINE") or link.text("geometry_id")
    shape = {"geometry": line if drawn else ()}
    pieces = pieces_of(name, length_m, base, table.changes(link, length_m, base))
    found.roads.add(name, ends, pieces, {**attributes, **shape})
    if _is(link, "directed") is False:
        back = pieces_of(f"-{name}", length_m, base, ())
        found.ends[f"-{name}"], found.speed_kmh[f"-{name}"] = ends[::-1], attributes["speed_limit_kmh"]
        found.roads.add(f"-{name}", ends[::-1], back, {**attributes, "geometry": shape["geometry"][::-1]})
        ledger.note("inferred", "link of the other direction of an undirected one", link.where)
    ledger.note("read", "link", link.where)
    for column in link.values.keys() - READ_LINK:
        if link.text(column):
            ledger.note("ignored", f"column {column} of links", link.where)


def _absent(found: Read, ends: tuple[str, str]) -> str:
    missing = next((end for end in ends if end not in found.nodes), None)
    if missing is not None:
        return f"node {quoted(missing)} is not in the table node" if missing else "it does not say between which nodes"
    return "it leads from a node to itself" if ends[0] == ends[1] else ""


def _is(row: Row, name: str) -> bool:
    text = row.text(name).lower()
    if text not in (*YES, *NO):
        raise InputError(f"{row.where}: {name}", quoted(text), "1 or 0, true or false", "correct the value")
    return text in YES


def _length_m(link: Row, line: Sequence[Point], units: Units, origins: dict[str, str], ledger: Ledger) -> float:
    """Length between the middles of junctions: as stated, unless it is less than half the way as the crow flies."""
    drawn_m = line_length(line)
    stated = link.number("length_m", least=0)
    stated_m = stated if stated is not None else (link.number("length", least=0) or 0.0) * units.long_m
    if not stated_m:
        if not drawn_m:
            raise NetworkError(f"{link.where}: length", "no length, and no coordinates to infer it from", "a length",
                               "add the length, or coordinates to both nodes")
        ledger.note("inferred", "length of a link from its line", link.where)
        origins["length_m"] = "inferred: no length, that of its line"
        return _kept(CENTRE_LENGTH, drawn_m, link, ledger)
    beeline_m = math.dist(line[0], line[-1]) if line else 0.0
    if stated_m < beeline_m / 2:
        ledger.repair("length-contradicted", f"{link.where} ({stated_m:.0f} m stated, {beeline_m:.0f} m as the crow "
                      "flies)")
        origins["length_m"] = f"repaired: {stated_m:.0f} m stated, shorter than its line"
        return _kept(CENTRE_LENGTH, drawn_m, link, ledger)
    origins["length_m"] = f"read: link {link.key('link_id')}, length between junctions, less their extent"
    return _kept(CENTRE_LENGTH, stated_m, link, ledger)


def _attributes(link: Row, units: Units, lanes: int, ledger: Ledger) -> dict[str, Any]:
    speed, metric = link.number("free_speed", "speed_limit", least=0), link.number("free_speed_mps", least=0)
    speed_kmh = metric * 3.6 if metric is not None else (speed or 0.0) * units.speed_kmh
    origins = {"speed_limit_kmh": f"read: link {link.key('link_id')}, free_speed"}
    if not speed_kmh:
        speed_kmh = SPEED_KMH
        origins["speed_limit_kmh"] = f"inferred: no free_speed, {SPEED_KMH:g} km/h assumed"
        ledger.note("inferred", f"speed of a link: {SPEED_KMH:g} km/h", link.where, level="warning")
    origins["lanes"] = f"read: link {link.key('link_id')}, {'lanes' if link.text('lanes') else 'table lane'}"
    speed_kmh = _kept("speed_limit_kmh", round(speed_kmh, 3), link, ledger)
    kind = link.text("facility_type").lower()
    found: dict[str, Any] = {"speed_limit_kmh": speed_kmh, "name": link.text("name"), "origins": origins,
                             "road_class": road_class(kind, speed_kmh)}
    capacity = link.number("capacity", least=0)
    if capacity:
        found["capacity_veh_h"] = _kept("capacity_veh_h", capacity * lanes, link, ledger)
    toll = link.number("toll")
    if toll and units.currency.upper() == "EUR":
        found["toll_eur"] = _kept("toll_eur", toll, link, ledger)
    elif toll:
        ledger.note("ignored", f"toll in {units.currency or 'an unknown currency'}", link.where, level="warning")
    return found


def road_class(kind: str, limit_kmh: float) -> str:
    """Return the road class: motorway by facility type; else by its limit.

    Examples
    --------
    >>> road_class("freeway", 88.5), road_class("arterial", 72.4), road_class("", 40.2)
    ('motorway', 'rural', 'urban')
    """
    if any(word in kind for word in ("freeway", "motorway", "interstate")):
        return "motorway"
    return class_of_limit(limit_kmh)


def _kept(name: str, value: float, link: Row, ledger: Ledger) -> float:
    return round(capped(name, value, link.where, ledger), 6)
