"""Detectors of SUMO's actuated logics: where SUMO places them, and which of them extend which green."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.units import kmh_to_ms
from trafficsim.io.sumo.logics import (
    DETECTOR_GAP_S,
    GREENS,
    JAM_SPACING_M,
    MAX_GAP_S,
    NO_DETECTOR,
    PASSING_S,
    Step,
    by_lane,
    number_of,
)
from trafficsim.io.sumo.stops import DETECTORS, find_lane, lane_length_m
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.control import SignalDetector
from trafficsim.spec.model import bounds
from trafficsim.spec.network import Connection, Network

LOOP_M = 2.0
"""Length of a loop, which SUMO takes for a point (modelling assumption: that of loops in the field)."""
AREAS = ("laneAreaDetector", "e2Detector")
MOST_ZONE_M = bounds(SignalDetector, "length_m")[1]
LaneId = tuple[str, int]
"""Link and index of a lane."""


class Zone(NamedTuple):
    """A detector of the files: where its zone ends before the end of its link, and how long it is."""

    link: str
    lane: int
    distance_m: float
    length_m: float


class Loop(NamedTuple):
    """A loop: its place before the end of its link, the lane at the stop line that it stands for, and its gap."""

    id: str
    link: str
    lane: int
    distance_m: float
    stands_for: LaneId
    gap_s: float
    length_m: float = LOOP_M


class Lanes(NamedTuple):
    """Lanes before a signal: the indices that vehicles from each obey, and what leads into each lane of the network."""

    indices: Mapping[LaneId, tuple[int, ...]]
    into: Mapping[LaneId, tuple[Connection, ...]]
    connections: Mapping[int, tuple[Connection, ...]]


def lanes_of(network: Network, signal: str) -> Lanes:
    """Collect the lanes before a signal."""
    indices: dict[LaneId, list[int]] = defaultdict(list)
    into: dict[LaneId, list[Connection]] = defaultdict(list)
    connections: dict[int, list[Connection]] = defaultdict(list)
    for one in network.connections:
        into[one.to_link, one.to_lane].append(one)
        if one.signal == signal and one.signal_index is not None:
            indices[one.from_link, one.from_lane].append(one.signal_index)
            connections[one.signal_index].append(one)
    return Lanes({lane: tuple(dict.fromkeys(of)) for lane, of in indices.items()},
                 {lane: tuple(of) for lane, of in into.items()},
                 {index: tuple(of) for index, of in connections.items()})


def loops_of(element: Element, given: Mapping[str, str], steps: Sequence[Step], network: Network,
             custom: Mapping[str, Zone]) -> tuple[Loop, ...]:
    """Return a loop for every lane that a step of variable duration serves, where SUMO places it.

    It lies ``detector-gap`` seconds at the limit before the stop line, yet so near that those who stand between leave
    within the shortest green (``minDur / passing-time + 0.5`` vehicles of 7.5 m); where the lane is shorter, on the
    lane before, as long as there is only one. ``custom`` holds detectors that the logic may name instead.

    Raises
    ------
    InputError
        If the logic names a detector that is not there, or a lane that does not lead to it.
    """
    lanes, links = lanes_of(network, element.get("id")), network.links
    gap_s = number_of(element, given, "detector-gap", DETECTOR_GAP_S)
    passing_s = number_of(element, given, "passing-time", PASSING_S) or PASSING_S
    names = {f"{link}_{lane}": (link, lane) for link, lane in lanes.indices}
    _check_lanes(element, given, names)
    found = []
    for name, lane in names.items():
        shortest_s = min((step.least_s for step in steps if step.varies and _serves(step, lanes.indices[lane])),
                         default=None)
        if shortest_s is None or given.get(name) == NO_DETECTOR:
            continue
        most_s = number_of(element, given, f"max-gap:{name}", number_of(element, given, "max-gap", MAX_GAP_S))
        if given.get(name):
            found.append(_custom(element, name, lane, custom, most_s))
            continue
        speed_ms = kmh_to_ms(float(links[lane[0]]["speed_limit_kmh"]))
        before_m = min(gap_s * speed_ms, (shortest_s / passing_s + 0.5) * JAM_SPACING_M)
        at, distance_m = _placed(lane, before_m, lanes, links)
        found.append(Loop(f"{element.get('id')} {name}", *at, round(distance_m, 3), lane, most_s))
    return tuple(found)


def _serves(step: Step, indices: Sequence[int]) -> bool:
    return any(index < len(step.state) and step.state[index] in GREENS for index in indices)


def _check_lanes(element: Element, given: Mapping[str, str], names: Mapping[str, LaneId]) -> None:
    for name in by_lane(given, "max-gap"):
        if name not in names:
            raise InputError(f"{element.where}: param max-gap:{name}", f"lane {quoted(name)}",
                             f"a lane before the signal: {', '.join(list(names)[:8])}", "correct the name of the lane")


def _custom(element: Element, name: str, lane: LaneId, custom: Mapping[str, Zone], gap_s: float) -> Loop:
    given = parameters_value(element, name)
    one = custom_zone(element, name, given, custom)
    return Loop(given, one.link, one.lane, one.distance_m, lane, gap_s, one.length_m)


def custom_zone(element: Element, name: str, given: str, custom: Mapping[str, Zone]) -> Zone:
    """Return the detector that a logic names for a lane.

    Raises
    ------
    InputError
        If no file holds it.
    """
    if given not in custom:
        raise InputError(f"{element.where}: param {name}", f"detector {quoted(given)}, which no file holds",
                         "the id of an inductionLoop or laneAreaDetector on a lane of the network",
                         "correct the id, or give the additional file that holds it")
    return custom[given]


def zones(elements: Iterable[Element], network: Network) -> dict[str, Zone]:
    """Return the detectors of additional files by id: loops, and those that cover a stretch of a lane."""
    links, found = network.links, dict[str, Zone]()
    for element in elements:
        if element.tag not in (*DETECTORS, *AREAS) or not element.get("lane"):
            continue
        lane = find_lane(element, "lane", links)
        if lane is None:
            continue
        whole_m = lane_length_m(links, *lane)
        begin_m = min(_from_begin(element.number("pos", 0.0), whole_m), whole_m)
        length_m = LOOP_M
        if element.tag in AREAS:
            end_m = _from_begin(element.number("endPos", whole_m), whole_m)
            length_m = element.number("length", 0.0) or max(end_m - begin_m, 0.0)
        else:
            length_m = min(LOOP_M, max(begin_m, 0.1))
        distance_m = max(whole_m - begin_m - length_m, 0.0) if element.tag in AREAS else whole_m - begin_m
        found[element.text("id")] = Zone(*lane, round(distance_m, 3), min(max(length_m, 0.1), MOST_ZONE_M))
    return found


def _from_begin(at_m: float, length_m: float) -> float:
    return max(at_m + length_m if at_m < 0 else at_m, 0.0)


def parameters_value(element: Element, key: str) -> str:
    """Return the value of a ``param`` of a logic."""
    return next((child.get("value") for child in element.all("param") if child.get("key") == key), "")


def _placed(lane: LaneId, before_m: float, lanes: Lanes, links: Mapping[str, Mapping[str, Any]]
            ) -> tuple[LaneId, float]:
    """Lane and distance before its end of a place so far before a stop line; none inside a junction."""
    seen, place = {lane}, (lane, float(links[lane[0]]["length_m"]))
    while before_m > (length_m := float(links[lane[0]]["length_m"])):
        into = lanes.into.get(lane, ())
        before_m -= length_m + sum(one.length_m for one in into)
        if len(into) != 1 or before_m < 0 or (into[0].from_link, into[0].from_lane) in seen:
            return place
        lane = into[0].from_link, into[0].from_lane
        seen.add(lane)
        place = lane, min(before_m, float(links[lane[0]]["length_m"]))
    return lane, before_m


def extending(state: str, steps: Sequence[Step], loops: Sequence[Loop], lanes: Lanes, links: Mapping[str, Any]
              ) -> tuple[Loop, ...]:
    """Return the loops that extend a green, as SUMO chooses them.

    Every movement of the lane must go: with ``G``, or with ``g`` where it never has more and another one from there
    has ``G``, or where the road has one lane only.
    """
    never = {index for index in lanes.connections
             if all(index >= len(step.state) or step.state[index] != "G" for step in steps)}

    def goes(index: int, lane: LaneId) -> bool:
        letter = state[index] if index < len(state) else "r"
        if letter != "g":
            return letter == "G"
        turns_round = all(one.turn == "u_turn" for one in lanes.connections[index])
        beside = any(state[other] == "G" for other in lanes.indices[lane] if other < len(state))
        return ((index in never or turns_round) and beside) or int(links[lane[0]]["lanes"]) == 1

    return tuple(loop for loop in loops
                 if all(goes(index, loop.stands_for) for index in lanes.indices[loop.stands_for]))
