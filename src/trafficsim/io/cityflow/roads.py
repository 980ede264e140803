"""Roads and intersections of a CityFlow roadnet as links and nodes of ours."""

from __future__ import annotations

import itertools
import math
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass

import networkx as nx

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.base.units import ms_to_kmh
from trafficsim.design.inference.geometry import Point, line_length
from trafficsim.io.cityflow.values import Item
from trafficsim.io.ledger import Ledger
from trafficsim.io.link_values import LONGEST_M, class_of_limit
from trafficsim.spec.schema import EDGE_ATTRIBUTES, NODE_ATTRIBUTES, complete, within

FASTEST_KMH, SLOWEST_KMH = float(within("speed_limit_kmh")["le"]), float(within("speed_limit_kmh")["ge"])
MOST_LANES = int(within("lanes")["le"])
SHORTEST_M = 5.0
"""Where an intersection is wider than a road is long, a car still fits on it (modelling assumption)."""
HALF_DIGIT_KMH = 0.0051 * 3.6
"""Files write 50 km/h as 13.89 m/s, and 40 km/h as 11.11 or 11.111."""


@dataclass(frozen=True)
class Intersection:
    """An intersection: a virtual one is where traffic enters and leaves."""

    id: str
    point: Point
    width_m: float
    virtual: bool
    item: Item


@dataclass(frozen=True)
class Road:
    """A road in one direction; CityFlow counts its lanes from the middle of the street, we from the nearside."""

    id: str
    start: Intersection
    end: Intersection
    points: tuple[Point, ...]
    lane_width_m: tuple[float, ...]
    lane_speed_kmh: tuple[float, ...]
    item: Item

    @property
    def lanes(self) -> int:
        """Number of lanes."""
        return len(self.lane_width_m)

    def lane(self, index: int) -> int:
        """Return our number of the lane with an index of CityFlow."""
        return self.lanes - 1 - index

    @property
    def middle(self) -> tuple[Point, ...]:
        """Line in the middle of the lanes, between the stop lines; ``points`` is the middle of the street."""
        return _beside(_trimmed(self.points, *self._widths), sum(self.lane_width_m) / 2)

    @property
    def length_m(self) -> float:
        """Length between the stop lines: intersections reach as far as they are wide, from their point."""
        return line_length(self.points) - sum(self._widths)

    @property
    def _widths(self) -> tuple[float, float]:
        return tuple(0.0 if end.virtual else end.width_m for end in (self.start, self.end))  # type: ignore[return-value]


def read_intersections(root: Item) -> dict[str, Intersection]:
    """Return the intersections by id.

    Raises
    ------
    InputError, NetworkError
        If a value is missing or wrong, or two have one id.
    """
    found: dict[str, Intersection] = {}
    for item in root.items("intersections"):
        name, virtual = item.text("id"), item.truth("virtual")
        _require_new(name, found, item)
        width = item.number("width", 0.0) if item.has("width") or not virtual else 0.0
        found[name] = Intersection(name, item.item("point").point(), width, virtual, item)
    return found


def read_roads(root: Item, intersections: dict[str, Intersection], ledger: Ledger) -> dict[str, Road]:
    """Return the roads by id.

    Raises
    ------
    InputError, NetworkError
        If a value is missing or wrong, an intersection is not there, or two roads have one id.
    """
    found: dict[str, Road] = {}
    for item in root.items("roads"):
        name = item.text("id")
        _require_new(name, found, item)
        ends = [_end(item, key, intersections) for key in ("startIntersection", "endIntersection")]
        points = tuple(point.point() for point in item.items("points"))
        lanes = list(item.items("lanes"))
        if len(points) < 2 or line_length(points) <= 0:
            raise item.wrong("points", [list(point) for point in points], "two points or more that differ")
        if not 1 <= len(lanes) <= MOST_LANES:
            raise item.wrong("lanes", f"{len(lanes)} lanes", f"1 to {MOST_LANES} lanes")
        found[name] = Road(name, ends[0], ends[1], points, tuple(lane.above_zero("width") for lane in lanes),
                           tuple(_limit_kmh(lane, ledger) for lane in lanes), item)
        ledger.note("read", "road", item.where)
        ledger.note("read", "lane", item.where, times=len(lanes))
    if not found:
        raise NetworkError(root.where, "no road", "at least one", "give a complete roadnet")
    return found


def graph_of(intersections: Iterable[Intersection], roads: Iterable[Road], signals: set[str], ledger: Ledger
             ) -> nx.MultiDiGraph:
    """Return the graph: intersections as nodes, roads as links; ``signals`` are the intersections that have one."""
    graph: nx.MultiDiGraph = nx.MultiDiGraph()
    for one in intersections:
        control = "dead_end" if one.virtual else "signal" if one.id in signals else "priority"
        found = {"x_m": one.point[0], "y_m": one.point[1], "control": control}
        graph.add_node(one.id, **complete(found, NODE_ATTRIBUTES, one.item.where))
        ledger.note("read", "virtual intersection (a boundary)" if one.virtual else "intersection", one.item.where)
    for road in roads:
        found = complete(_attributes(road, ledger), EDGE_ATTRIBUTES, road.item.where)
        graph.add_edge(road.start.id, road.end.id, key=road.id, **found)
    return graph


def _attributes(road: Road, ledger: Ledger) -> dict[str, object]:
    length_m = min(max(road.length_m, SHORTEST_M), LONGEST_M)
    if length_m != road.length_m:
        ledger.repair("value-capped", f"{road.item.where}: length {road.length_m:.4g} m between its intersections, "
                      f"now {length_m:g} m")
    limit = max(road.lane_speed_kmh)
    if min(road.lane_speed_kmh) < limit:
        ledger.note("inferred", "road whose lanes differ in speed: the highest is its limit", road.item.where)
    ledger.note("inferred", "length of a road: its points, less the width of its intersections", road.item.where)
    return {"id": road.id, "length_m": round(length_m, 3), "lanes": road.lanes, "speed_limit_kmh": limit,
            "road_class": class_of_limit(limit), "geometry": road.middle,
            "lane_width_m": tuple(reversed(road.lane_width_m))}


def _limit_kmh(lane: Item, ledger: Ledger) -> float:
    speed_kmh = whole_kmh(lane.above_zero("maxSpeed"))
    if not SLOWEST_KMH <= speed_kmh <= FASTEST_KMH:
        ledger.repair("value-capped", f"{lane.where}: maxSpeed {speed_kmh:.4g} km/h")
    return min(max(speed_kmh, SLOWEST_KMH), FASTEST_KMH)


def whole_kmh(speed_ms: float) -> float:
    """Convert to km/h, whole ones where the file rounded them.

    Examples
    --------
    >>> whole_kmh(13.89), whole_kmh(11.111), round(whole_kmh(7.03), 3)
    (50.0, 40.0, 25.308)
    """
    speed_kmh = ms_to_kmh(speed_ms)
    nearest = round(speed_kmh)
    return float(nearest) if nearest and abs(nearest - speed_kmh) <= HALF_DIGIT_KMH else speed_kmh


def _end(item: Item, key: str, intersections: dict[str, Intersection]) -> Intersection:
    name = item.text(key)
    if name not in intersections:
        raise NetworkError(f"{item.where}: {key}", f"an unknown intersection {quoted(name)}",
                           "the id of an intersection of the file", f"correct {key}, or add the intersection")
    return intersections[name]


def _require_new(name: str, found: Container[str], item: Item) -> None:
    if name in found:
        raise NetworkError(item.where, "this id a second time", "unique ids", "rename or remove one of them")


def _trimmed(points: Sequence[Point], first_m: float, last_m: float) -> tuple[Point, ...]:
    """Move both ends of a line inwards along their pieces; not beyond a quarter of them."""
    line = list(points)
    line[0] = _towards(line[0], line[1], first_m)
    line[-1] = _towards(line[-1], line[-2], last_m)
    return tuple(line)


def _towards(start: Point, end: Point, distance_m: float) -> Point:
    piece = math.dist(start, end)
    share = min(distance_m / piece, 0.45) if piece > 0 else 0.0
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _beside(points: Sequence[Point], offset_m: float) -> tuple[Point, ...]:
    """Shift a line to its right; at a bend along the mean of both directions, as CityFlow places lanes."""
    directions = [_unit(a, b) for a, b in itertools.pairwise(points)]
    shifted = []
    for place, (x, y) in enumerate(points):
        before, after = directions[max(place - 1, 0)], directions[min(place, len(directions) - 1)]
        along = _unit((0.0, 0.0), (before[0] + after[0], before[1] + after[1]))
        shifted.append((round(x + along[1] * offset_m, 3), round(y - along[0] * offset_m, 3)))
    return tuple(shifted)


def _unit(a: Point, b: Point) -> Point:
    length = math.dist(a, b)
    return ((b[0] - a[0]) / length, (b[1] - a[1]) / length) if length > 0 else (0.0, 0.0)
