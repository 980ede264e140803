"""Detectors of signals, as slowly and obviously as can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Move(NamedTuple):
    """A vehicle in one tick: its front before and after, and its length, in cells."""

    before: int
    after: int
    cells: int


def over_in_tick(moves: Sequence[Move], begin: int, end: int) -> tuple[bool, int]:
    """Whether somebody was over the cells ``begin`` to ``end`` in a tick, and how many fronts came past ``begin``."""
    over, came = False, 0
    for one in moves:
        covered = set(range(one.before - one.cells, one.after))  # all cells that it was over at any moment
        if covered & set(range(begin, end)) and one.after > begin:
            over = True
        if one.before <= begin < one.after:
            came += 1
    return over, came


class Standing(NamedTuple):
    """A vehicle in a queue: the room that it takes, cm."""

    room: int


class Coming(NamedTuple):
    """One on the running section: the lane that it comes to, when it will be at the line (ms), its speed (m/s)."""

    lane: int
    ready: int
    speed: float


def beyond_point(queue: Sequence[Standing], coming: Sequence[Coming], lane: int, far: int, now: int) -> int:
    """How many vehicles of a lane are between a point ``far`` cm before the line and the line."""
    count, room = 0, 0
    for one in queue:
        if room >= far:
            return count
        count += 1
        room += one.room
    if room >= far:
        return count
    return count + sum(1 for one in coming
                       if one.lane == lane and one.ready - int(far * 0.01 / one.speed * 1000.0) <= now)
