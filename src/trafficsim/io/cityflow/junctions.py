"""Lane links of CityFlow as connections of ours: their lengths, which of them cross, and who gives way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.design.inference.geometry import Point, distance_to_crossing, line_length, paths_cross
from trafficsim.design.inference.right_of_way import (
    AT_SIGNAL,
    LEAST_WAITING_PLACE_M,
    MINOR,
    U_TURN,
)
from trafficsim.io.cityflow.roads import Intersection, Road
from trafficsim.io.cityflow.values import Item
from trafficsim.io.ledger import Ledger
from trafficsim.spec.network import Connection, Turn

TURN: dict[str, Turn] = {"go_straight": "through", "turn_left": "left", "turn_right": "right"}
RANK = {"through": 3, "left": 2, "u_turn": 2, "right": 1}
"""Who goes first where paths cross: roadnet.h (RoadLinkType) and Cross::canPass of CityFlow."""
TURN_KMH = 30.0
"""turnSpeed of CityFlow's vehicles, 8.3333 m/s."""
LANE_WIDTH_M = 4.0
"""Of a lane link (roadnet.h)."""
MOST_LENGTH_M = 500.0


@dataclass(frozen=True)
class RoadLink:
    """A movement of an intersection, with its number there."""

    number: int
    turn: Turn
    start: Road
    end: Road
    item: Item


@dataclass(frozen=True)
class LaneLink:
    """A path from lane to lane; lanes are numbered as ours are."""

    road_link: RoadLink
    from_lane: int
    to_lane: int
    points: tuple[Point, ...]


def read_road_links(node: Intersection, roads: dict[str, Road]) -> list[RoadLink]:
    """Return the movements of an intersection.

    Raises
    ------
    InputError, NetworkError
        If a road is not there or does not meet the intersection, or a type is not known.
    """
    found = []
    for number, item in enumerate(node.item.items("roadLinks")):
        kind = item.text("type")
        if kind not in TURN:
            raise item.wrong("type", kind, f"one of {', '.join(TURN)}")
        start, end = (_road(item, key, roads) for key in ("startRoad", "endRoad"))
        if start.end.id != node.id or end.start.id != node.id:
            raise NetworkError(item.where, f"roads {quoted(start.id)} and {quoted(end.id)}, which do not meet at "
                               f"intersection {quoted(node.id)}", "a road that ends there and one that begins there",
                               "correct startRoad or endRoad")
        back = kind == "turn_left" and end.end.id == start.start.id  # no type of CityFlow is a U-turn
        found.append(RoadLink(number, "u_turn" if back else TURN[kind], start, end, item))
    return found


def read_lane_links(road_links: Sequence[RoadLink], ledger: Ledger) -> list[LaneLink]:
    """Return the paths of the movements, each pair of lanes once.

    Raises
    ------
    InputError
        If a lane is not there.
    """
    found: dict[tuple[str, int, str, int], LaneLink] = {}
    for link in road_links:
        for item in link.item.items("laneLinks"):
            start = link.start.lane(item.index("startLaneIndex", link.start.lanes, "lanes"))
            end = link.end.lane(item.index("endLaneIndex", link.end.lanes, "lanes"))
            key = link.start.id, start, link.end.id, end
            if key in found:
                ledger.note("ignored", "laneLink between two lanes that another one joins", item.where)
                continue
            found[key] = LaneLink(link, start, end, _points(item, link, start, end, ledger))
            ledger.note("read", "laneLink", item.where)
    return list(found.values())


def connections_of(links: Sequence[LaneLink], node: Intersection, signal: bool, first: int) -> Iterator[Connection]:
    """Yield the connections of an intersection; ``first`` is the place of the first of them in the network."""
    origin = node.point
    paths = tuple(tuple((round(x - origin[0], 2), round(y - origin[1], 2)) for x, y in link.points) for link in links)
    starts = tuple((link.road_link.start.id, link.from_lane) for link in links)
    ends = tuple((link.road_link.end.id, link.to_lane) for link in links)
    pairs = _conflicts(paths, _numbers(starts), _numbers(tuple(one for one, _ in starts)), _numbers(ends))
    yields, crosses = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for a, b in pairs:
        crosses[a].add(b)
        crosses[b].add(a)
        loser, winner = (a, b) if _order(links[a]) < _order(links[b]) else (b, a)
        yields[loser].add(winner)
    for place, link in enumerate(links):
        wait_m = _waiting_area_m(paths, place, list(yields[place]), links) if signal else 0.0
        yield _connection(link, paths[place], signal, wait_m,
                          yields_to=tuple(sorted(first + one for one in yields[place])),
                          crosses=tuple(sorted(first + one for one in crosses[place])))


def _connection(link: LaneLink, path: tuple[Point, ...], signal: bool, waiting_area_m: float,
                **relations: tuple[int, ...]) -> Connection:
    turn, road_link = link.road_link.turn, link.road_link
    limit = min(max(road_link.start.lane_speed_kmh), max(road_link.end.lane_speed_kmh))
    like = "left" if turn == "u_turn" else turn
    gap, follow_up = AT_SIGNAL[like] if signal else U_TURN if turn == "u_turn" else MINOR[turn]
    return Connection(
        from_link=road_link.start.id, from_lane=link.from_lane, to_link=road_link.end.id, to_lane=link.to_lane,
        length_m=min(round(line_length(path), 3), MOST_LENGTH_M), turn=turn,
        speed_limit_kmh=limit if turn == "through" else min(limit, TURN_KMH),
        signal=road_link.start.end.id if signal else None, signal_index=road_link.number if signal else None,
        critical_gap_s=gap, follow_up_s=follow_up,
        waiting_area_m=waiting_area_m, keep_clear=bool(relations["crosses"]), **relations,
    )


def _order(link: LaneLink) -> tuple[int, float, int, int]:
    """Rank of a path; the larger one goes first: by type, then the wider and faster road, then the earlier one."""
    road = link.road_link.start
    return RANK[link.road_link.turn], road.lanes * max(road.lane_speed_kmh), -link.road_link.number, -link.from_lane


def _waiting_area_m(paths: Sequence[Sequence[Point]], place: int, winners: Sequence[int], links: Sequence[LaneLink]
                    ) -> float:
    """How far beyond the stop line a left turn waits for a gap: at the edge of the first path that it crosses."""
    if links[place].road_link.turn not in ("left", "u_turn"):
        return 0.0
    crossings = [distance_to_crossing(paths[place], paths[one]) for one in winners]
    before = min((one for one in crossings if one is not None), default=0.0) - LANE_WIDTH_M / 2
    return round(min(before, 100.0), 1) if before >= LEAST_WAITING_PLACE_M else 0.0


def _points(item: Item, link: RoadLink, start: int, end: int, ledger: Ledger) -> tuple[Point, ...]:
    points = tuple(point.point() for point in item.items("points")) if item.has("points") else ()
    if len(points) >= 2:
        return points
    ledger.note("inferred", "path of a laneLink without points: straight from lane to lane", item.where)
    return _lane_end(link.start, start, -1), _lane_end(link.end, end, 0)


def _lane_end(road: Road, lane: int, place: int) -> Point:
    """End (-1) or begin (0) of a lane: beside the middle of all lanes."""
    line, widths = road.middle, tuple(reversed(road.lane_width_m))
    (ax, ay), (bx, by) = (line[-2], line[-1]) if place else (line[0], line[1])
    length = max(((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5, 1e-9)
    beside = sum(widths) / 2 - sum(widths[:lane]) - widths[lane] / 2
    x, y = line[place]
    return x + (by - ay) / length * beside, y - (bx - ax) / length * beside


def _numbers(names: tuple[object, ...]) -> tuple[int, ...]:
    known: dict[object, int] = {}
    return tuple(known.setdefault(name, len(known)) for name in names)


@lru_cache(maxsize=256)
def _conflicts(paths: tuple[tuple[Point, ...], ...], lane: tuple[int, ...], road: tuple[int, ...],
               into: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Pairs of paths that end in one lane, or cross and come from different roads; equal intersections share them.

    Lanes of one road change over before the stop line: their paths to the lanes beyond do not count as crossing.
    """
    boxes = [(min(xs), min(ys), max(xs), max(ys)) for xs, ys in (zip(*path, strict=True) for path in paths)]
    found = []
    for a in range(len(paths)):
        for b in range(a + 1, len(paths)):
            if lane[a] == lane[b]:
                continue
            if into[a] == into[b] or (road[a] != road[b] and _overlap(boxes[a], boxes[b])
                                      and paths_cross(paths[a], paths[b])):
                found.append((a, b))
    return tuple(found)


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _road(item: Item, key: str, roads: dict[str, Road]) -> Road:
    name = item.text(key)
    if name not in roads:
        raise NetworkError(f"{item.where}: {key}", f"an unknown road {quoted(name)}", "the id of a road of the file",
                           f"correct {key}, or add the road")
    return roads[name]
