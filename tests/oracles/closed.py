"""Closed stretches of lanes, looked at one by one: where a driver would be, and how far the next one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Closed:
    """First and last cell (from the stop line) of a closed stretch of a lane, counted from the nearside."""

    lane: int
    first: int
    last: int


def ahead_of(stretches: Sequence[Closed], lane: int, place: int) -> Closed | None:
    """The nearest stretch of a lane that begins beyond a place."""
    beyond = [one for one in stretches if one.lane == lane and one.first > place]
    return min(beyond, key=lambda one: one.first) if beyond else None


def room(stretches: Sequence[Closed], lane: int, front: int, back: int, most: int) -> int:
    """Cells before a vehicle in a lane up to a stretch; -1 where any of it would be beside one."""
    mine = [one for one in stretches if one.lane == lane]
    if any(one.first <= front and back < one.last for one in mine):
        return -1
    return min([most, *(one.first - 1 - front for one in mine if one.first > front)])


def sides(stretches: Sequence[Closed], lanes: int, lane: int, place: int) -> set[int]:
    """Directions that are right for a driver whose lane is closed ahead; empty: no other lane is better."""
    own = ahead_of(stretches, lane, place)
    assert own is not None
    seen = {other: ahead_of(stretches, other, place) for other in range(lanes) if other != lane}
    open_beside = [other for other, one in seen.items() if one is None or one.first > own.last]
    if open_beside:
        nearest = min(abs(other - lane) for other in open_beside)
        return {1 if other > lane else -1 for other in open_beside if abs(other - lane) == nearest}
    further = {other: one.first for other, one in seen.items() if one is not None and one.first > own.first}
    best = max(further.values(), default=0)
    return {1 if other > lane else -1 for other, first in further.items() if first == best}
