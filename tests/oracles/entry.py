"""Reference model of the entry of a trip.

Who is ahead and behind, and every place that it may take, one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.oracles.car_following import safe_speed

THETA_BEHIND = 0.7


@dataclass(frozen=True)
class Newcomer:
    """Who wants to enter; lengths in cells, speeds in cells per tick, braking in cells per tick squared."""

    cells: int
    wanted: int
    theta: float
    brake: float
    line: int
    """Speed from which it can stop at the first closed line."""
    begin: int
    passed: float
    """Part of a tick since it was due."""


@dataclass(frozen=True)
class Lane:
    """Vehicles of a lane at the end of a tick as (front, length, speed), leader first, and what is beyond its line."""

    vehicles: list[tuple[int, int, int]]
    rear_over: tuple[int, int]
    safe: float
    firm: int


def speed_at(lane: Lane, new: Newcomer, place: int) -> int | None:
    """Speed of the newcomer with its front at a place; None if it has to wait."""
    ahead = [vehicle for vehicle in lane.vehicles if vehicle[0] > new.begin]
    behind = [vehicle for vehicle in lane.vehicles if vehicle[0] <= new.begin]
    rear, speed = (ahead[-1][0] - ahead[-1][1], ahead[-1][2]) if ahead else lane.rear_over
    if rear < place:
        return None
    speed = min(speed, new.wanted)
    v = min(new.wanted, new.line, int(max(safe_speed(rear - place, speed, new.theta, new.brake), 0.0)))
    if v < min(speed, new.line):
        return None
    if behind:
        front, _, fast = behind[0]
        gap = place - new.cells - front
        if gap < 0 or safe_speed(gap, v, THETA_BEHIND, lane.safe) < np.float32(fast - lane.firm):
            return None
    return v


def entry(lane: Lane, new: Newcomer) -> tuple[int, int] | None:
    """Return (place, speed): the furthest place that it can have come to since it was due; None if it waits."""
    best = None
    for place in range(new.begin, min(new.begin + int(new.wanted * new.passed), -1) + 1):
        v = speed_at(lane, new, place)
        if v is None or place - new.begin > v * new.passed:
            break
        best = (place, v)
    return best
