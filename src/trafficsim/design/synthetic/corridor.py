"""A road in a row: chain of sections with lane drops, signals, side streets and turn lanes."""

from __future__ import annotations

import difflib
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import accumulate
from typing import Annotated, Any

import networkx as nx
from pydantic import Field

from trafficsim.design.inference.staging import Timing
from trafficsim.design.synthetic import assembly
from trafficsim.design.synthetic.arguments import (
    Count,
    Lanes,
    LengthM,
    RoadClassName,
    Seconds,
    SpeedKmh,
    builder,
    per_item,
    wrong,
)
from trafficsim.spec.network import Network
from trafficsim.spec.schema import EDGE_ATTRIBUTES

NOT_OF_A_SECTION = {"id", "length_m", "geometry", "turn_lanes", "lane_length_m", "allow", "lanes"}
MAIN_PRIORITY = 1
DIRECTIONS = ("east", "west")
Track = list[tuple[str, int]]
"""Links, each with the number of its section."""


@builder
def corridor(
    lengths_m: Annotated[tuple[LengthM, ...], Field(min_length=1)],
    lanes: Lanes | tuple[Lanes, ...] = 1,
    speed_limit_kmh: SpeedKmh | tuple[SpeedKmh, ...] = 50.0,
    *,
    two_way: bool = False,
    road_class: RoadClassName = "urban",
    signals: tuple[Annotated[int, Field(strict=True, ge=0)], ...] = (),
    side_streets: tuple[Annotated[int, Field(strict=True, ge=0)], ...] = (),
    side_lanes: Lanes = 1,
    side_length_m: LengthM = 200.0,
    turn_lane_m: Annotated[float, Field(strict=True, ge=0, le=2000)] = 0.0,
    cycle_s: Seconds = 90.0,
    left_green_s: Seconds = 10.0,
    offsets_s: float | tuple[float, ...] = 0.0,
    sections: dict[str, dict[str, Any]] | None = None,
    groups: dict[str, tuple[Count, ...]] | None = None,
    left_hand_traffic: bool = False,
) -> Network:
    """Make a straight road of sections from west to east.

    Parameters
    ----------
    lengths_m
        Length of each section, from node to node; at crossings the links are shorter by the extent of the junction.
    lanes, speed_limit_kmh
        Per direction; one value, or one per section (a lane drop or gain lies at the node between).
    two_way
        Also build the opposite direction.
    road_class
        Of all sections.
    signals, side_streets
        Numbers of the nodes (0 is the west end) with signals, and with two-way side streets to north and south.
        A crossing without signals gives the main road priority.
    side_lanes, side_length_m
        Of the side streets.
    turn_lane_m
        Where a side street crosses, the last metres before the middle of the junction have one lane more, for turns
        across the opposing traffic; 0: none. With signals they get a protected stage of ``left_green_s``.
    cycle_s, offsets_s
        Of the signals; one offset, or one per signal.
    sections
        Further edge attributes by section number (from "1"), for example ``{"3": {"free_speed_mean_kmh": 92.0}}``.
    groups
        Section numbers by group name.
    left_hand_traffic
        Vehicles keep to the left.

    Notes
    -----
    Nodes ``j0``, ``j1``, ...; links ``east1``, ``east2``, ... and ``west1``, ... over the same section; the piece with
    the turn lane is ``east1_turn``. Side streets at node 3: ``south3_in``, ``south3_out``, ``north3_in``,
    ``north3_out``. Paths ``east`` and ``west`` run along the whole road; group ``side_streets`` holds those.

    Raises
    ------
    InputError
        If an argument is unknown, missing or out of range, or arguments contradict each other.

    Examples
    --------
    >>> network = corridor((500, 300), lanes=(3, 2))
    >>> [(movement.from_lane, movement.to_lane, movement.yields_to) for movement in network.connections]
    [(0, 0, ()), (1, 1, ()), (2, 1, (1,))]
    """
    count = len(lengths_m)
    road = _Road(
        lengths_m=lengths_m, lanes=per_item("corridor", "lanes", lanes, count),
        limits=per_item("corridor", "speed_limit_kmh", speed_limit_kmh, count), road_class=road_class,
        crossings=frozenset(side_streets), signals=tuple(signals), turn_lane_m=turn_lane_m,
        extra=_checked_sections(sections or {}, count), directions=DIRECTIONS[: 2 if two_way else 1],
        turns=("left", "right") if left_hand_traffic else ("right", "left"),
    )
    _check_numbers(road, groups or {})
    graph, tracks = _graph_of(road, side_lanes, side_length_m)
    offsets = per_item("corridor", "offsets_s", offsets_s, len(road.signals))
    timing: dict[Hashable, Timing] = {
        f"j{node}": Timing(cycle_s, offset, left_green_s=left_green_s)
        for node, offset in zip(road.signals, offsets, strict=True)
    }
    paths = {direction: tuple(link for link, _ in track) for direction, track in tracks.items()}
    return assembly.built(graph, timing, _groups_of(graph, tracks, groups or {}), paths,
                          left_hand_traffic=left_hand_traffic)


@dataclass(frozen=True)
class _Road:
    lengths_m: tuple[float, ...]
    lanes: tuple[int, ...]
    limits: tuple[float, ...]
    road_class: str
    crossings: frozenset[int]
    signals: tuple[int, ...]
    turn_lane_m: float
    extra: dict[int, dict[str, Any]]
    directions: tuple[str, ...]
    turns: tuple[str, str]
    """Towards the nearside, and across the opposing traffic."""

    @property
    def x_m(self) -> list[float]:
        return [0.0, *accumulate(self.lengths_m)]

    def attributes(self, section: int) -> dict[str, Any]:
        """Edge attributes of a section, counted from 1."""
        return {"speed_limit_kmh": self.limits[section - 1], "road_class": self.road_class,
                "priority": MAIN_PRIORITY, **self.extra.get(section, {})}


def _checked_sections(sections: dict[str, dict[str, Any]], count: int) -> dict[int, dict[str, Any]]:
    known = [attribute.name for attribute in EDGE_ATTRIBUTES if attribute.name not in NOT_OF_A_SECTION]
    for number, attributes in sections.items():
        if not number.isdigit() or not 1 <= int(number) <= count:
            raise wrong("corridor", "sections", number, f"a section number from \"1\" to \"{count}\"",
                        "number the sections from the west")
        for name in (name for name in attributes if name not in known):
            close = difflib.get_close_matches(name, known, n=1)
            raise wrong("corridor", f"sections.{number}", name, f"one of {', '.join(known)}",
                        f"did you mean {close[0]!r}" if close else "remove it")
    return {int(number): attributes for number, attributes in sections.items()}


def _check_numbers(road: _Road, groups: dict[str, tuple[int, ...]]) -> None:
    count = len(road.lengths_m)
    for name, numbers in (("signals", road.signals), ("side_streets", tuple(road.crossings))):
        for number in (number for number in numbers if not 1 <= number < count):
            raise wrong("corridor", name, number, f"numbers of inner nodes, 1 to {count - 1}",
                        "node 0 and the last node are the ends of the road")
    if len(set(road.signals)) < len(road.signals):
        raise wrong("corridor", "signals", road.signals, "each node once", "remove the repeated number")
    for name, numbers in groups.items():
        for number in (number for number in numbers if number > count):
            raise wrong("corridor", f"groups.{name}", number, f"section numbers from 1 to {count}",
                        "correct the section number")
    near = [length for number, length in enumerate(road.lengths_m)
            if {number, number + 1} & road.crossings and length <= 2 * road.turn_lane_m]
    if road.turn_lane_m and near:
        raise wrong("corridor", "turn_lane_m", road.turn_lane_m, f"less than half of the section of {near[0]:g} m",
                    "shorten the turn lane or lengthen the section")


def _graph_of(road: _Road, side_lanes: int, side_length_m: float) -> tuple[nx.MultiDiGraph[Any], dict[str, Track]]:
    """Make the graph, and the links of each direction with their sections, in driving order."""
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    _add_nodes(graph, road)
    tracks = {direction: _add_direction(graph, road, direction) for direction in road.directions}
    for node in sorted(road.crossings):
        _add_side_streets(graph, road, node, side_lanes, side_length_m)
    return graph, tracks


def _groups_of(
    graph: nx.MultiDiGraph[Any], tracks: dict[str, Track], groups: dict[str, tuple[int, ...]]
) -> dict[str, tuple[str, ...]]:
    """Links of the groups that were asked for, and those of the side streets."""
    named = {name: tuple(link for track in tracks.values() for link, section in track if section in numbers)
             for name, numbers in groups.items()}
    sides = tuple(a["id"] for _, _, a in graph.edges(data=True) if a["id"].startswith(("north", "south")))
    return {**named, **({"side_streets": sides} if sides else {})}


def _add_nodes(graph: nx.MultiDiGraph[Any], road: _Road) -> None:
    last = len(road.lengths_m)
    for number, x in enumerate(road.x_m):
        control = "dead_end" if number in (0, last) else "signal" if number in road.signals else "priority"
        graph.add_node(f"j{number}", x_m=x, y_m=0.0, control=control)


def _add_direction(graph: nx.MultiDiGraph[Any], road: _Road, direction: str) -> Track:
    """Add all links of one direction; return them in driving order."""
    numbers = range(1, len(road.lengths_m) + 1)
    track: Track = []
    for section in numbers if direction == "east" else reversed(numbers):
        tail, head = (section - 1, section) if direction == "east" else (section, section - 1)
        lanes, attributes = road.lanes[section - 1], road.attributes(section)
        name, start, end = f"{direction}{section}", f"j{tail}", f"j{head}"
        if head in road.crossings and road.turn_lane_m:
            waiting_area = f"{end}_{direction}"
            side = -1 if direction == "east" else 1
            graph.add_node(waiting_area, x_m=road.x_m[head] + side * road.turn_lane_m, y_m=0.0)
            marks = (f"{road.turns[0]};through", *("through",) * (lanes - 1), road.turns[1])
            graph.add_edge(start, waiting_area, id=name, lanes=lanes, **attributes)
            graph.add_edge(waiting_area, end, id=f"{name}_turn", lanes=lanes + 1, turn_lanes=marks, **attributes)
            track += [(name, section), (f"{name}_turn", section)]
        else:
            graph.add_edge(start, end, id=name, lanes=lanes, **attributes)
            track.append((name, section))
    return track


def _add_side_streets(graph: nx.MultiDiGraph[Any], road: _Road, node: int, lanes: int, length_m: float) -> None:
    for side, y in (("south", -length_m), ("north", length_m)):
        graph.add_node(f"{side}{node}", x_m=road.x_m[node], y_m=y, control="dead_end")
        assembly.two_way(graph, f"{side}{node}", f"j{node}", (f"{side}{node}_in", f"{side}{node}_out"), lanes=lanes)
