"""Read the shape of a junction off the graph: where its links meet, on which streets, and how far it extends."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import networkx as nx

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.design.inference.geometry import Point, ahead, heading, heading_at_end, line_length, turn_angle
from trafficsim.design.inference.junction_shape import LANE_WIDTH_M, JunctionShape, Leg
from trafficsim.design.inference.osmnx import CENTRE_LENGTH
from trafficsim.spec.schema import ROAD_CLASSES, within

CORNER_RADIUS_M = 6.0  # kerb radius of urban corners (modelling assumption)
ROUNDABOUT_SETBACK_M = 3.0  # entry to circulating lane (modelling assumption)
SAME_STREET_RAD = math.radians(15.0)  # approach and exit this close in direction are one street
CROSSING_SINE = 0.5  # streets at 30-150 degrees cross; others run side by side
BELOW_ALL = 10_000_000  # more than ranks can differ: who has a sign gives way to everybody who has none
HEADINGS = ("heading_at_start_rad", "heading_at_end_rad")
"""Attributes of a link that is cut back to its stop lines: its headings at the nodes of the map."""
MARKED_BEYOND = "turn_lanes_beyond"
"""Attribute of a link whose lanes are marked for a junction further on; which side new lanes open on shows in it."""
MAPPED = "junctions_joined"
"""Attribute of a graph of a map whose junctions are joined: lanes open and links fork there as maps draw them."""
AT_NODE_M = 1.0  # a line that ends nearer to its node counts as a centre line
LEAST_LENGTH_M, MOST_LENGTH_M = within("length_m").values()
LEAVES, ENTERS = True, False  # which end of a link an extent is about
BANNED = "banned_turns"  # attribute of a node: pairs of links from the one of which nobody turns into the other


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its place in the order of the graph."""

    id: str
    order: int
    tail: Any
    head: Any
    attributes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SeenJunction:
    """A junction's shape, the ids of its legs, and the metres by which it shortens ``(link, leaves it?)``."""

    shape: JunctionShape
    approaches: tuple[str, ...]
    exits: tuple[str, ...]
    extent: dict[tuple[str, bool], float]
    without_coordinates: bool


@dataclass(slots=True)
class _End:
    """One end of a link at the junction."""

    link: Link
    leaves: bool
    direction: float  # heading of travel
    offset: Point  # where its line ends, relative to the node
    arm: int = 0

    @property
    def ray(self) -> float:
        """Direction from the junction along the street."""
        return self.direction if self.leaves else turn_angle(math.pi, self.direction)

    @property
    def centred(self) -> bool:
        return math.hypot(*self.offset) < AT_NODE_M


def shape_of(graph: nx.MultiDiGraph[Any], node: Any, links: Mapping[str, Link], mirrored: bool) -> SeenJunction:
    """Return the junction at a node; mirrored for left-hand traffic."""
    ins = sorted((links[a["id"]] for _, _, a in graph.in_edges(node, data=True)), key=lambda link: link.order)
    outs = sorted((links[a["id"]] for _, _, a in graph.out_edges(node, data=True)), key=lambda link: link.order)
    lines = {link.id: line_of(graph, link) for link in (*ins, *outs)}
    blind = any(line is None for line in lines.values()) and len({*_neighbours(ins, outs, node)}) > 1
    if blind or any(line is None for line in lines.values()):
        ends = _spread_evenly(ins, outs, node)
    else:
        middle = _position(graph, node) or _where_lines_meet(ins, outs, lines)
        ends = [_seen_end(link, False, lines[link.id] or (), middle, mirrored) for link in ins]
        ends += [_seen_end(link, True, lines[link.id] or (), middle, mirrored) for link in outs]
    _number_arms(ends)
    control = _control(graph, node)
    setbacks = _setbacks(ends, graph)
    legs = [_leg(end, setback, ends, graph, mirrored) for end, setback in zip(ends, setbacks, strict=True)]
    extent = {(end.link.id, end.leaves): setback for end, setback in zip(ends, setbacks, strict=True)}
    banned = _banned(graph.nodes[node].get(BANNED, ()), ins, outs)
    shape = JunctionShape(control, tuple(legs[: len(ins)]), tuple(legs[len(ins):]), banned,
                          bool(graph.graph.get(MAPPED)))
    return SeenJunction(shape, tuple(link.id for link in ins), tuple(link.id for link in outs), extent, blind)


def ban_turns(graph: nx.MultiDiGraph[Any], turns: Iterable[tuple[str, str]]) -> None:
    """Give banned turns to the nodes where their links meet.

    Raises
    ------
    NetworkError
        If the links of a turn are not there or do not meet.
    """
    ends = {attributes["id"]: (tail, head) for tail, head, attributes in graph.edges(data=True)}
    for first, second in sorted(set(turns)):
        if first in ends and second in ends and ends[first][1] == ends[second][0]:
            node = graph.nodes[ends[first][1]]
            node[BANNED] = [*(pair for pair in node.get(BANNED, ()) if list(pair) != [first, second]), [first, second]]
        else:
            raise NetworkError("banned_turns", quoted((first, second)), "two links of which the one ends where the "
                               "other begins", "correct or remove the pair")


def _banned(turns: Iterable[Any], ins: list[Link], outs: list[Link]) -> frozenset[tuple[int, int]]:
    """Banned turns by the places of their links at the junction."""
    approaches, exits = ({link.id: place for place, link in enumerate(links)} for links in (ins, outs))
    return frozenset((approaches[first], exits[second]) for first, second in turns
                     if first in approaches and second in exits)


def line_of(graph: nx.MultiDiGraph[Any], link: Link) -> tuple[Point, ...] | None:
    """Return the line of a link in metres, or ``None`` without geometry and coordinates."""
    geometry: tuple[Point, ...] = link.attributes["geometry"]
    if len(geometry) >= 2:
        return geometry
    start, end = _position(graph, link.tail), _position(graph, link.head)
    return None if start is None or end is None or start == end else (start, end)


def trimmed_length(graph: nx.MultiDiGraph[Any], link: Link, extents: float) -> float:
    """Return the length between the middles of junctions, given or from coordinates, less what the junctions take.

    At least half of it is kept.
    """
    line = line_of(graph, link)
    whole = float(link.attributes.get(CENTRE_LENGTH) or (line_length(line) if line else 0.0))
    length_m = round(max(whole - extents, whole / 2), 3)
    if not LEAST_LENGTH_M <= length_m <= MOST_LENGTH_M and whole > 0:
        source = "its 'length'" if link.attributes.get(CENTRE_LENGTH) else "its geometry or coordinates"
        raise NetworkError(f"link {link.id!r}: length_m", f"{length_m:g} m from {source}",
                           f"{LEAST_LENGTH_M:g} to {MOST_LENGTH_M:g} m",
                           "give length_m, correct the coordinates, or split the link")
    if whole <= 0:
        raise NetworkError(f"link {link.id!r}: length_m", "no length, and no geometry or coordinates to infer it from",
                           "a length in metres", "add length_m to the edge, or x_m and y_m to both of its nodes")
    return length_m


def _position(graph: nx.MultiDiGraph[Any], node: Any) -> Point | None:
    x, y = graph.nodes[node].get("x_m"), graph.nodes[node].get("y_m")
    return None if x is None or y is None else (x, y)


def _where_lines_meet(ins: list[Link], outs: list[Link], lines: Mapping[str, tuple[Point, ...] | None]) -> Point:
    for number, link in [(-1, link) for link in ins] + [(0, link) for link in outs]:
        line = lines[link.id]
        if line:
            return line[number]
    return 0.0, 0.0


def _control(graph: nx.MultiDiGraph[Any], node: Any) -> str:
    return str(graph.nodes[node]["control"])


def _neighbours(ins: list[Link], outs: list[Link], node: Any) -> list[Any]:
    """Return the nodes at the other ends, in the order of the graph."""
    ends = sorted([(link.order, link.tail) for link in ins] + [(link.order, link.head) for link in outs],
                  key=lambda pair: pair[0])
    return list(dict.fromkeys(other for _, other in ends))


def _spread_evenly(ins: list[Link], outs: list[Link], node: Any) -> list[_End]:
    """Without coordinates: streets stand evenly around the junction, counter-clockwise in the order of the graph."""
    others = _neighbours(ins, outs, node)
    count = max(2, len(others)) if len(others) != 1 else 2
    ray = {other: 2 * math.pi * place / count for place, other in enumerate(others)}
    loop = math.pi if others == [node] else 0.0  # a loop leaves on the side where it does not come in
    ends = [_End(link, False, turn_angle(math.pi, ray[link.tail] + loop), (0.0, 0.0)) for link in ins]
    return ends + [_End(link, True, turn_angle(0.0, ray[link.head]), (0.0, 0.0)) for link in outs]


def _seen_end(link: Link, leaves: bool, line: tuple[Point, ...], middle: Point, mirrored: bool) -> _End:
    side = -1.0 if mirrored else 1.0
    points = [(side * (x - middle[0]), y - middle[1]) for x, y in line]
    known = link.attributes.get(HEADINGS[0 if leaves else 1])
    direction = heading(points) if leaves else heading_at_end(points)
    if known is not None:
        direction = turn_angle(math.pi, -known) if mirrored else known
    return _End(link, leaves, direction, points[0 if leaves else -1])


def _number_arms(ends: list[_End]) -> None:
    """Put ends on one street when they lie in one direction, or join the same two nodes and leave nearly so."""
    firsts: list[_End] = []
    for end in ends:
        for arm, first in enumerate(firsts):
            angle = abs(turn_angle(first.ray, end.ray))
            back = first.leaves != end.leaves and first.link.head == end.link.tail and first.link.tail == end.link.head
            near = SAME_STREET_RAD * (3 if back else 1)
            if first.link is not end.link and first.leaves != end.leaves and angle < near:
                end.arm = arm
                break
        else:
            end.arm = len(firsts)
            firsts.append(end)


def _leg(end: _End, setback: float, ends: list[_End], graph: nx.MultiDiGraph[Any], mirrored: bool) -> Leg:
    attributes = end.link.attributes
    base = ahead((0.0, 0.0), end.ray, setback) if end.centred else end.offset
    turns = attributes["turn_lanes"] or (attributes.get(MARKED_BEYOND) if end.leaves else None)
    if mirrored and turns:
        swap = {"left": "right", "right": "left"}
        turns = tuple(";".join(swap.get(name, name) for name in entry.split(";")) for entry in turns)
    return Leg(
        heading=round(end.direction, 6), base=(round(base[0], 3), round(base[1], 3)), shared=_is_shared(end, ends),
        arm=end.arm, lanes=attributes["lanes"], speed_kmh=attributes["speed_limit_kmh"], rank=_rank(end),
        circulating=_is_circulating(end, graph), turn_lanes=turns, allow=attributes["allow"],
        stops=not end.leaves and bool(attributes.get("stop_at_end")),
    )


def _rank(end: _End) -> tuple[float, ...]:
    """Signs decide, then priority; between equal priorities the class of the road, then its limit, then its lanes."""
    attributes = end.link.attributes
    gives_way = not end.leaves and (attributes.get("give_way_at_end") or attributes.get("stop_at_end"))
    return (attributes["priority"] - (BELOW_ALL if gives_way else 0), ROAD_CLASSES.index(attributes["road_class"]),
            attributes["speed_limit_kmh"])


def _is_circulating(end: _End, graph: nx.MultiDiGraph[Any]) -> bool:
    return _control(graph, end.link.tail) == _control(graph, end.link.head) == "roundabout"


def _is_shared(end: _End, ends: list[_End]) -> bool:
    return any(o.arm == end.arm and o.leaves != end.leaves and _on_one_line(end, o) for o in ends)


def _on_one_line(one: _End, other: _End) -> bool:
    """Tell whether two ends of one street lie on one centre line: at the node, or where both are cut back."""
    if one.centred or other.centred:
        return one.centred and other.centred
    joins = one.link.tail == other.link.head and one.link.head == other.link.tail
    return joins and math.dist(one.offset, other.offset) < AT_NODE_M


def _setbacks(ends: list[_End], graph: nx.MultiDiGraph[Any]) -> list[float]:
    """Return how far from the middle each stop line lies: the crossing street's half width and the corner."""
    if len({end.arm for end in ends}) <= 2:
        return [0.0] * len(ends)
    if any(_is_circulating(end, graph) for end in ends):
        return [ROUNDABOUT_SETBACK_M if end.centred else 0.0 for end in ends]
    streets = [(end.arm, end.ray, _half_width(end, ends)) for end in ends]
    return [_widest_crossing(end, streets) + CORNER_RADIUS_M if end.centred else 0.0 for end in ends]


def _widest_crossing(end: _End, streets: list[tuple[int, float, float]]) -> float:
    """Return the greatest half width of the streets ``(arm, ray, half width)`` that cross this end's street."""
    ray = end.ray
    return max((half for arm, other, half in streets
                if arm != end.arm and abs(math.sin(other - ray)) > CROSSING_SINE), default=0.0)


def _half_width(end: _End, ends: list[_End]) -> float:
    lanes = int(end.link.attributes["lanes"])
    return LANE_WIDTH_M * (lanes if _is_shared(end, ends) else lanes / 2)
