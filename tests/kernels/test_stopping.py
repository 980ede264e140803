"""Braking towards a stop line, against braking tick by tick."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numba import float32, int32, njit

from trafficsim.kernels.decisions import braking

HARDEST = 10.0  # cells/tick2: nearer ones than this allows do not stop at yellow
BRAKES = (3.6, 6.0, 9.0, 12.0)  # cells/tick2: 1.8 to 6 m/s2 at half-metre cells


@njit
def stop_bounds(available, brake, out):  # type: ignore[no-untyped-def]
    for i in range(len(available)):
        out[i] = braking.stop_bound(int32(available[i]), float32(brake))


@njit
def line_bounds(speeds, available, brake, out):  # type: ignore[no-untyped-def]
    for i in range(len(available)):
        out[i] = braking.line_bound(int32(speeds[i]), int32(available[i]), float32(brake))


@njit
def can_stops(speeds, available, brake, out):  # type: ignore[no-untyped-def]
    for i in range(len(speeds)):
        out[i] = braking.can_stop(int32(speeds[i]), int32(available[i]), float32(brake))


@pytest.mark.parametrize("brake", BRAKES)
def test_who_keeps_to_the_bound_stops_at_the_line_and_never_beyond(brake: float) -> None:
    bound = np.zeros(801, np.int64)
    stop_bounds(np.arange(801), brake, bound)
    for begin in range(0, 801, 37):
        left, speed = begin, int(bound[begin])
        for _ in range(200):
            speed = int(bound[left])
            left -= speed
            assert left >= 0
        assert (left, speed) == (0, 0)


@pytest.mark.parametrize("brake", BRAKES)
def test_the_bound_asks_for_no_harder_braking_than_stated(brake: float) -> None:
    # whole cells and ticks cost at most one cell per tick on top
    bound = np.zeros(801, np.int64)
    stop_bounds(np.arange(801), brake, bound)
    left = 800
    while left > 0:
        following = left - int(bound[left])
        assert bound[left] - bound[following] <= brake + 1
        left = following


@pytest.mark.parametrize("brake", BRAKES)
@pytest.mark.parametrize("speed", [6, 14, 28, 40])
def test_who_is_too_near_brakes_evenly_and_stops_at_the_line(brake: float, speed: int) -> None:
    nearest = math.ceil((speed**2 / HARDEST - speed) / 2)
    for room in range(max(nearest, 1), 400, 3):
        needed = speed**2 / (2.0 * room + speed)
        left, v, bound = room, speed, np.zeros(1, np.int64)
        while v > 0:
            line_bounds(np.array([v]), np.array([left]), brake, bound)
            slower = min(v, int(bound[0]))
            # whole cells per tick, and in the tick that ends at the line no further than it
            assert v - slower <= max(needed, brake) + 2
            left, v = left - slower, slower
        assert 0 <= left < max(needed, brake)


@pytest.mark.parametrize("brake", BRAKES)
def test_can_stop_agrees_with_braking_step_by_step(brake: float) -> None:
    speeds = np.repeat(np.arange(0, 70), 12)
    available = np.array([distance(int(v), brake) for v in speeds]) + np.tile(np.linspace(-3, 8, 12), 70)
    available = np.maximum(np.rint(available), 0).astype(np.int64)
    out = np.zeros(len(speeds), np.bool_)
    can_stops(speeds, available, brake, out)
    for v, room, answer in zip(speeds.tolist(), available.tolist(), out.tolist(), strict=True):
        needed = distance(v, brake)
        # the formula takes the last, incomplete tick of braking as a fraction: at most an eighth of the braking less
        if room >= needed + 1e-3:
            assert answer
        elif room < needed - brake / 8 - 1e-3:
            assert not answer


def distance(speed: float, brake: float) -> float:
    """Cells travelled when the speed falls by ``brake`` in every tick, from the next on."""
    total = 0.0
    while speed > brake:
        speed -= brake
        total += speed
    return total
