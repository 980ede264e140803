"""Cameras that stand there already, as places of the policies that put up such cameras."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import networkx as nx
import numpy as np

from trafficsim.design.inference.geometry import turn_angle
from trafficsim.io.ledger import Ledger
from trafficsim.io.osm.source import Node, OsmData, Relation
from trafficsim.spec.network import Network
from trafficsim.spec.plane import Plane

NEAR_M = 30.0
"""A camera stands no further from the road that it watches (modelling assumption)."""
SAME_ROAD_M = 1.0
"""Links this much further away than the nearest one lie on the same road: its two directions."""
ALIKE_RAD = math.radians(60.0)
LEFT_OUT = "osm-camera-left-out"


class Spot(NamedTuple):
    """A place on a link."""

    link: str
    position_m: float


class Camera(NamedTuple):
    """A device: what it enforces (``maxspeed``, ``traffic_signals``), where, and the object that says so."""

    enforces: str
    spot: Spot
    source: str


class Section(NamedTuple):
    """Links over which the average speed is enforced, and the relation that says so."""

    links: tuple[str, ...]
    source: str


@dataclass
class Enforcement:
    """What stands in the extract."""

    cameras: list[Camera] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


class Map:
    """The lines of all links, to find the links at a place."""

    def __init__(self, network: Network, plane: Plane) -> None:
        self.links, self.plane = network.links, plane
        self.names = list(self.links)
        lines = [np.asarray(row["geometry"] or [_place(network, row["from"]), _place(network, row["to"])], float)
                 for row in self.links.values()]
        self.starts = np.concatenate([line[:-1] for line in lines])
        self.steps = np.concatenate([np.diff(line, axis=0) for line in lines])
        self.owner = np.repeat(np.arange(len(lines)), [len(line) - 1 for line in lines])
        self.lengths = np.hypot(self.steps[:, 0], self.steps[:, 1])
        whole = np.concatenate([[0.0], np.cumsum(self.lengths)])
        first = np.concatenate([[0], np.cumsum([len(line) - 1 for line in lines])])
        self.before = whole[:-1] - whole[first[self.owner]]
        self.totals = whole[first[1:]] - whole[first[:-1]]

    def at(self, node: Node, most_m: float = NEAR_M) -> list[tuple[Spot, float]]:
        """Return the places on the road nearest to a node, one for each direction, with the heading of the link."""
        point = np.asarray(self.plane.metres(node.longitude, node.latitude))
        squared = np.maximum(self.lengths**2, 1e-9)
        share = np.clip(((point - self.starts) * self.steps).sum(axis=1) / squared, 0.0, 1.0)
        apart = np.hypot(*(self.starts + share[:, None] * self.steps - point).T)
        least = float(apart.min())
        if least > most_m:
            return []
        best: dict[int, int] = {}
        for part in np.flatnonzero(apart <= least + SAME_ROAD_M).tolist():
            own = int(self.owner[part])
            if own not in best or apart[part] < apart[best[own]]:
                best[own] = part
        return [(self._spot(part, float(share[part])), math.atan2(self.steps[part, 1], self.steps[part, 0]))
                for part in best.values()]

    def _spot(self, part: int, share: float) -> Spot:
        """Lines run from junction to junction, links from stop line to stop line: places are scaled."""
        own = int(self.owner[part])
        along = (self.before[part] + share * self.lengths[part]) / max(float(self.totals[own]), 1e-9)
        return Spot(self.names[own], round(float(along) * float(self.links[self.names[own]]["length_m"]), 1))


def enforcement_of(data: OsmData, network: Network, plane: Plane, ledger: Ledger) -> Enforcement:
    """Return the cameras of an extract, each on the links that it watches.

    A relation ``type=enforcement`` says by its members ``from`` and ``to`` in which direction; a node
    ``highway=speed_camera`` alone watches the direction that it is tagged with, and both where it is not.
    """
    found = Enforcement()
    devices: set[int] = set()
    relations = [one for one in data.relations if one.tags.get("type") == "enforcement"]
    cameras = [node for node in data.nodes.values() if node.tags.get("highway") == "speed_camera"]
    if not relations and not cameras:
        return found
    known = Map(network, plane)
    approaches = {one.from_link for one in network.connections if one.signal is not None}
    for relation in sorted(relations, key=lambda one: one.id):
        devices |= {one.id for one in relation.members if one.role == "device"}
        failed = _of_relation(relation, data, known, found, _Roads(network, approaches))
        if failed:
            ledger.repair(LEFT_OUT, f"relation {relation.id}: {failed}")
        else:
            ledger.note("read", f"enforcement of {relation.tags.get('enforcement')}", f"relation {relation.id}")
    for node in sorted(cameras, key=lambda one: one.id):
        if node.id not in devices:
            _of_node(node, known, found, ledger)
    for node in data.nodes.values():
        if node.tags.get("type") == "enforcement":
            ledger.note("ignored", "node of enforcement without a relation that says where the camera stands",
                        f"node {node.id}")
    found.cameras = list(dict.fromkeys(found.cameras))
    return found


class _Roads(NamedTuple):
    """The network, and its links with a signal at the end."""

    network: Network
    approaches: set[str]


def _of_node(node: Node, known: Map, found: Enforcement, ledger: Ledger) -> None:
    where = f"node {node.id}"
    spots = known.at(node)
    if not spots:
        ledger.repair(LEFT_OUT, f"{where}: no road within {NEAR_M:g} m")
        return
    chosen = _by_direction(node, spots)
    ledger.note("read", "speed camera", where)
    if len(chosen) > 1:
        ledger.note("inferred", "speed camera whose direction is not tagged: offered for both", where)
    found.cameras += [Camera("maxspeed", spot, where) for spot in chosen]


def _by_direction(node: Node, spots: Sequence[tuple[Spot, float]]) -> list[Spot]:
    """Places in the direction that a camera is tagged with: along or against the way, or facing traffic (degrees)."""
    tag = node.tags.get("direction", "")
    if tag in ("forward", "backward"):
        own = [spot for spot, _ in spots if spot.link.startswith("-") == (tag == "backward")]
        return own or [spot for spot, _ in spots]
    if tag.isdigit() and len(spots) > 1:
        facing = math.pi / 2 - math.radians(float(tag))
        return [min(spots, key=lambda one: abs(turn_angle(one[1], facing + math.pi)))[0]]
    return [spot for spot, _ in spots]


def _of_relation(relation: Relation, data: OsmData, known: Map, found: Enforcement, roads: _Roads) -> str:
    """Add what a relation enforces; return why it cannot be."""
    kind, source = relation.tags.get("enforcement", ""), f"relation {relation.id}"
    places = {role: [data.nodes[one.id] for one in relation.members if one.role == role and one.kind == "n"
                     and one.id in data.nodes] for role in ("from", "to", "device")}
    begin, end, device = (next(iter(places[role]), None) for role in ("from", "to", "device"))
    if kind == "average_speed":
        links = _section(begin, end, known, roads.network)
        found.sections += [Section(links, source)] if links else []
        return "" if links else "no road leads from its 'from' to its 'to'"
    if kind not in ("maxspeed", "traffic_signals"):
        return f"enforcement={kind} is none of maxspeed, average_speed, traffic_signals"
    at = device or end or begin
    spots = _watched(at, begin, end, known) if at is not None else []
    if kind == "traffic_signals":
        spots = [spot for one in spots if (spot := _approach(one, roads)) is not None]
    found.cameras += [Camera(kind, spot, source) for spot in spots]
    return "" if spots else "no road, or no approach of a signal, at its members"


def _watched(at: Node, begin: Node | None, end: Node | None, known: Map) -> list[Spot]:
    """Places at a device, in the direction from ``from`` to ``to``."""
    spots = known.at(at)
    if not spots and end is not None:  # a device on a mast beside a wide road
        spots = known.at(end)
    first, last = begin or at, end or at
    if first is last:
        return [spot for spot, _ in spots]
    (x0, y0), (x1, y1) = (known.plane.metres(node.longitude, node.latitude) for node in (first, last))
    driven = math.atan2(y1 - y0, x1 - x0)
    return [spot for spot, heading in spots if abs(turn_angle(heading, driven)) < math.pi - ALIKE_RAD]


def _approach(spot: Spot, roads: _Roads) -> Spot | None:
    """Return the end of the approach of the signal that follows: the link itself, or the only one after it."""
    if spot.link in roads.approaches:
        return spot
    onward = {one.to_link for one in roads.network.connections if one.from_link == spot.link} & roads.approaches
    return Spot(onward.pop(), 0.0) if len(onward) == 1 else None


def _section(begin: Node | None, end: Node | None, known: Map, network: Network) -> tuple[str, ...]:
    """Links from a node to another by the shortest path."""
    if begin is None or end is None:
        return ()
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_weighted_edges_from((one.from_link, one.to_link, float(known.links[one.to_link]["length_m"]))
                                  for one in network.connections)
    paths = [path for first, _ in known.at(begin) for last, _ in known.at(end)
             if (path := _path(graph, first, last))]
    return min(paths, key=lambda path: (sum(known.links[link]["length_m"] for link in path), path), default=())


def _path(graph: nx.DiGraph[str], first: Spot, last: Spot) -> tuple[str, ...]:
    if first.link == last.link:
        return (first.link,) if first.position_m < last.position_m else ()
    try:
        return tuple(nx.dijkstra_path(graph, first.link, last.link))
    except (nx.NetworkXNoPath, nx.NodeNotFound):
        return ()


def _place(network: Network, node: str) -> tuple[float, float]:
    row = network.graph.nodes[node]
    return row["x_m"], row["y_m"]


def study_text(found: Enforcement) -> str:
    """Return a study file that compares the scenario without and with what stands there.

    Examples
    --------
    >>> print(study_text(Enforcement([Camera("maxspeed", Spot("1@2", 30.0), "node 7")])).splitlines()[-3])
        { kind = "speed_camera", at = [{ link = "1@2", position_m = 30.0 }] },  # node 7
    """
    rows = [f'{{ kind = "speed_camera", at = [{{ link = "{one.spot.link}", position_m = {one.spot.position_m} }}] }}, '
            f' # {one.source}' for one in found.cameras if one.enforces == "maxspeed"]
    rows += [f'{{ kind = "red_light_camera", on = {{ ids = ["{one.spot.link}"] }} }},  # {one.source}'
             for one in found.cameras if one.enforces == "traffic_signals"]
    rows += [f'{{ kind = "section_control", on = {{ ids = {list(one.links)} }} }},  # {one.source}'.replace("'", '"')
             for one in found.sections]
    return "\n".join([*HEAD, *(f"    {row}" for row in rows), "]", ""])


HEAD = (
    "# Enforcement that stands there already, as OpenStreetMap knows it. The scenario {name}.toml is without it.",
    "# Compare what it does:    trafficsim compare {name}-enforcement.toml",
    "# In a study of your own:  copy the policies of \"as built\" into every alternative.",
    "# OpenStreetMap tells neither fines nor hours: those of the policies' defaults hold (trafficsim policies).",
    'name = "{name}-enforcement"',
    'question = "What does the enforcement do that stands there already?"',
    'scenarios = ["{name}.toml"]',
    'baseline = "without enforcement"',
    "",
    "[alternatives]",
    '"without enforcement" = []',
    '"as built" = [',
)
