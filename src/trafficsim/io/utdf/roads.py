"""Nodes, links and lane groups of UTDF, as a graph with movements from lane to lane."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.base.units import KM_PER_MILE, M_PER_FOOT
from trafficsim.design.inference.given import Movement
from trafficsim.design.inference.osmnx import CENTRE_LENGTH
from trafficsim.io.ledger import Ledger
from trafficsim.io.link_values import SPEED_KMH, capped, class_of_limit
from trafficsim.io.road_pieces import Lanes, Roads, pieces_of
from trafficsim.io.utdf.sections import Utdf
from trafficsim.spec.network import Turn
from trafficsim.spec.vehicles import KINDS

CONTROLS = {0: "signal", 1: "dead_end", 2: "priority", 3: "priority", 4: "roundabout"}
"""By TYPE of a node: signalised, external, bend, unsignalised, roundabout."""
SIDES = ("U", "L2", "L", "T", "R", "R2")
"""Movements of an approach from the left, as names of lane groups end."""
TURNS: dict[str, Turn] = {"U": "u_turn", "L2": "left", "L": "left", "T": "through", "R": "right", "R2": "right"}
SHARED_LEFT, SHARED_RIGHT = (1, 3), (2, 3)
YIELD, STOP = 1, 2
MOST_LANES = 12
IDEAL_FLOW = 1900.0
"""Passenger cars per hour and lane: DefFlow where the file does not state it (HCM 2016, exhibit 19-11)."""
Key = tuple[str, int, str, int]


class Group(NamedTuple):
    """A lane group: one movement of an approach."""

    node: str
    column: str
    link: str
    to_link: str
    turn: Turn
    lanes: int
    shared: int
    storage_m: float
    storage_lanes: int

    @property
    def side(self) -> str:
        """Which movement it is, such as ``L``."""
        return self.column[2:]


@dataclass
class Read:
    """What was read of the roads, for volumes and signals."""

    roads: Roads = field(default_factory=Roads)
    groups: dict[str, list[Group]] = field(default_factory=dict)
    """By link, from the left."""
    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    served: dict[Key, list[Group]] = field(default_factory=dict)
    metre: float = M_PER_FOOT
    kmh: float = KM_PER_MILE


def read_roads(utdf: Utdf, ledger: Ledger) -> Read:
    """Read nodes, links and lane groups.

    Raises
    ------
    InputError, NetworkError
        If a value cannot be used, or no link is left.
    """
    read = Read()
    metric = utdf.network.get("metric", "")
    if metric not in ("0", "1"):
        ledger.note("inferred", "feet and miles per hour: Metric is not stated", str(utdf.path), level="warning")
    if metric == "1":
        read.metre, read.kmh = 1.0, 1.0
    _add_nodes(utdf, read, ledger)
    directions = _links(utdf, read, ledger)
    if not directions:
        raise NetworkError(utdf.links.where, "no link", "records Up ID with the node before", "give a complete file")
    for (node, direction), link in directions.items():
        read.groups[link] = _groups(utdf, read, node, direction, ledger)
    for (node, direction), link in directions.items():
        _add_link(utdf, read, (node, direction), link, ledger)
    for link, groups in read.groups.items():
        for group, lanes in _lanes_of(read, link, groups, ledger):
            _join(read, group, lanes)
    return read


def _add_nodes(utdf: Utdf, read: Read, ledger: Ledger) -> None:
    for line, row in utdf.nodes:
        name, where = row.get("INTID", ""), f"{utdf.path}:{line}"
        if not name or name in read.roads.graph:
            raise NetworkError(f"{where}: INTID", quoted(name) if name else "nothing", "a number of its own",
                               "correct the node")
        try:
            kind, x, y = int(row.get("TYPE") or 3), float(row["X"]), float(row["Y"])
        except (KeyError, ValueError):
            raise NetworkError(f"{where}: node {name}", quoted(", ".join(row.values())),
                               "numbers TYPE, X and Y", "correct the node") from None
        if kind not in CONTROLS or not math.isfinite(x + y):
            raise NetworkError(f"{where}: node {name}", f"type {kind} at {x:g}, {y:g}",
                               "a type from 0 to 4 and finite coordinates", "correct the node")
        read.roads.graph.add_node(name, x_m=round(x * read.metre, 3), y_m=round(y * read.metre, 3),
                                  control=CONTROLS[kind], name=row.get("DESCRIPTION", ""),
                                  origins={"control": f"read: node {name}, TYPE {kind}"})
        ledger.note("read", "node", where)


def _links(utdf: Utdf, read: Read, ledger: Ledger) -> dict[tuple[str, str], str]:
    """Links ``UP_NODE`` by the node at their end and the direction in which they reach it."""
    found: dict[tuple[str, str], str] = {}
    for node in utdf.links.records:
        for direction in utdf.links.columns(node, "Up ID"):
            before = utdf.links.text(node, "Up ID", direction)
            missing = next((name for name in (node, before) if name not in read.roads.graph), None)
            where = utdf.links.place(node, "Up ID", direction)
            link = f"{before}_{node}"
            if missing is not None or before == node or link in read.ends:
                reason = "it leads from a node to itself" if before == node else "there is one between these nodes"
                reason = f"node {missing} is not in [Nodes]" if missing else reason
                ledger.repair("edge-left-out", f"{where} ({reason})")
                continue
            found[node, direction] = link
            read.ends[link] = (before, node)
            ledger.note("read", "link", where)
    return found


def _groups(utdf: Utdf, read: Read, node: str, direction: str, ledger: Ledger) -> list[Group]:
    found, link = [], f"{utdf.links.text(node, 'Up ID', direction)}_{node}"
    for side in SIDES:
        column = f"{direction}{side}"
        dest = utdf.lanes.text(node, "Dest Node", column)
        if not dest:
            continue
        lanes = utdf.lanes.whole(node, "Lanes", column) or 0
        place = utdf.lanes.place(node, "Dest Node", column)
        if lanes > MOST_LANES:
            ledger.repair("value-capped", f"{place}: {lanes} lanes")
        if f"{node}_{dest}" not in read.ends:
            ledger.repair("movement-left-out", f"{place} (no link leads from {node} to {dest})")
            continue
        storage = (utdf.lanes.number(node, "Storage", column, least=0) or 0.0) * read.metre
        stored = utdf.lanes.whole(node, "StLanes", column)
        found.append(Group(node, column, link, f"{node}_{dest}", TURNS[side], min(lanes, MOST_LANES),
                           utdf.lanes.whole(node, "Shared", column) or 0, storage,
                           min(stored or lanes, lanes) if storage and side != "T" else 0))
        ledger.note("read", "lane group", place)
    return found


def _stop_line(groups: list[Group]) -> tuple[Lanes, dict[str, list[int]], float]:
    """Lanes at the stop line by number, those of each group from the left, and the length of the storage lanes.

    Lanes that go all the way are 1, 2, ...; storage lanes to the left are -1, -2, ..., to the right those after them.
    """
    full_length = sum(group.lanes - group.storage_lanes for group in groups)
    keeps_one = 0 if full_length else 1
    numbers: dict[str, list[int]] = {}
    left = -sum(group.storage_lanes for group in groups if group.side in SIDES[:3])
    through, right = 1, max(full_length, keeps_one) + 1
    for group in groups:
        own = []
        is_left = group.side in SIDES[:3]
        stored = group.storage_lanes
        for lane in range(group.lanes):
            in_storage = lane < stored if is_left else lane >= group.lanes - stored
            if not in_storage:
                own.append(through)
                through += 1
            elif is_left:
                own.append(left)
                left += 1
            else:
                own.append(right)
                right += 1
        numbers[group.column] = own
    found = {number: KINDS for own in numbers.values() for number in own}
    return found, numbers, max((group.storage_m for group in groups if group.storage_lanes), default=0.0)


def _add_link(utdf: Utdf, read: Read, place: tuple[str, str], link: str, ledger: Ledger) -> None:
    node, direction = place
    groups = read.groups[link]
    lanes, _, storage_m = _stop_line(groups)
    stated = utdf.links.whole(node, "Lanes", direction)
    origins = {"lanes": f"read: lane groups {direction} of node {node}" if lanes else f"read: Lanes of node {node}"}
    if not lanes:
        lanes = dict.fromkeys(range(1, min(max(stated or 1, 1), MOST_LANES) + 1), KINDS)
    base = {number: kinds for number, kinds in lanes.items()
            if number > 0 and number <= sum(one.lanes - one.storage_lanes for one in groups)} if groups else lanes
    base = base or {1: KINDS}
    if groups and stated is not None and stated not in (len(lanes), len(base)):
        ledger.repair("lanes-contradicted", f"{utdf.links.place(node, 'Lanes', direction)}: {stated}, lane groups "
                      f"{len(lanes)}")
    length_m = _length_m(utdf, read, place, link, ledger)
    added = {number: kinds for number, kinds in lanes.items() if number not in base}
    changes = [(max(length_m - storage_m, 0.0), length_m, added, 0)] if added else []
    speed, where = utdf.links.number(node, "Speed", direction, least=0), utdf.links.place(node, "Speed", direction)
    if not speed:
        ledger.note("inferred", f"speed of a link: {SPEED_KMH:g} km/h", where, level="warning")
    speed_kmh = capped("speed_limit_kmh", round(speed * read.kmh, 3) if speed else SPEED_KMH, where, ledger)
    origins["length_m"] = f"read: Distance of node {node}, {direction}, less the extent of the junctions"
    origins["speed_limit_kmh"] = (f"read: Speed of node {node}, {direction}" if speed
                                  else f"inferred: {SPEED_KMH:g} km/h assumed")
    ideal = max((utdf.lanes.number(node, "IdealFlow", group.column, least=0) or 0.0 for group in groups), default=0.0)
    attributes: dict[str, Any] = {
        "speed_limit_kmh": speed_kmh, "road_class": class_of_limit(speed_kmh), "origins": origins,
        "name": utdf.links.text(node, "Name", direction), "capacity_veh_h": (ideal or IDEAL_FLOW) * len(base),
        **_sign(utdf, read, groups), **_flows(utdf, groups)}
    curve = [utdf.links.number(node, f"Curve Pt {axis}", direction) for axis in "XY"]
    if None not in curve:
        ends = [read.roads.graph.nodes[end] for end in read.ends[link]]
        middle = tuple(round((one or 0.0) * read.metre, 3) for one in curve)
        attributes["geometry"] = ((ends[0]["x_m"], ends[0]["y_m"]), middle, (ends[1]["x_m"], ends[1]["y_m"]))
    read.roads.add(link, read.ends[link], pieces_of(link, length_m, base, changes), attributes)


def _flows(utdf: Utdf, groups: list[Group]) -> dict[str, Any]:
    """Saturation flows of the lane groups, kept with the link for whoever compares or calibrates."""
    found = {group.column: flow for group in groups
             if (flow := utdf.lanes.number(group.node, "SatFlow", group.column, least=0))}
    return {"saturation_flows_veh_h": found} if found else {}


def _sign(utdf: Utdf, read: Read, groups: list[Group]) -> dict[str, Any]:
    """Rank of an approach with a sign, at nodes without signals."""
    if not groups or read.roads.graph.nodes[groups[0].node]["control"] != "priority":
        return {}
    signs = {utdf.lanes.whole(group.node, "Sign Control", group.column) for group in groups} - {None}
    return {"priority": -1} if signs & {YIELD, STOP} else {}


def _length_m(utdf: Utdf, read: Read, place: tuple[str, str], link: str, ledger: Ledger) -> float:
    node, direction = place
    stated = utdf.links.number(node, "Distance", direction, least=0)
    ends = [read.roads.graph.nodes[end] for end in read.ends[link]]
    beeline_m = math.dist(*((end["x_m"], end["y_m"]) for end in ends))
    where = utdf.links.place(node, "Distance", direction)
    length_m = (stated or 0.0) * read.metre
    if not length_m:
        ledger.note("inferred", "length of a link from coordinates", where)
        length_m = beeline_m
    elif length_m < beeline_m / 2:
        ledger.repair("length-contradicted", f"{where} ({length_m:.0f} m stated, {beeline_m:.0f} m as the crow flies)")
        length_m = beeline_m
    return capped(CENTRE_LENGTH, length_m, where, ledger)


def _lanes_of(read: Read, link: str, groups: list[Group], ledger: Ledger) -> list[tuple[Group, list[int]]]:
    """Lanes of each movement by number, those that it shares with its neighbours among them."""
    _, numbers, _ = _stop_line(groups)
    lanes = {column: list(own) for column, own in numbers.items()}
    for place, group in enumerate(groups):
        own = numbers[group.column]
        if own and group.shared in SHARED_LEFT and place > 0:
            lanes[groups[place - 1].column].append(own[0])
        if own and group.shared in SHARED_RIGHT and place < len(groups) - 1:
            lanes[groups[place + 1].column].append(own[-1])
    every = [number for group in groups for number in numbers[group.column]]
    for group in groups:
        if not lanes[group.column]:
            outer = every or [1]
            lanes[group.column] = [outer[0] if group.side in SIDES[:3] else outer[-1]]
            ledger.repair("movement-without-lane", f"node {group.node}, {group.column} of link {link}")
    return [(group, lanes[group.column]) for group in groups]


def _join(read: Read, group: Group, lanes: list[int]) -> None:
    """Add the movements of a lane group: left turns from the inside, others from the nearside."""
    before, after = read.roads.pieces[group.link][-1], read.roads.pieces[group.to_link][0]
    ins = sorted({lane for number in lanes if (lane := before.lane(number)) is not None})
    outs = list(range(len(after.lanes)))
    if group.turn in ("left", "u_turn"):
        ins, outs = ins[::-1], outs[::-1]
    for place, lane in enumerate(ins):
        key = (before.id, lane, after.id, outs[min(place, len(outs) - 1)])
        read.roads.movements.setdefault(group.node, []).append(Movement(*key, group.turn))
        read.served.setdefault(key, []).append(group)

