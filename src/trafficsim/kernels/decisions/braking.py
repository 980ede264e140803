"""Braking: the largest speed from which a vehicle still stops behind another or before a line, and whether it can."""

from __future__ import annotations

import numpy as np
from numba import float32, int32

from trafficsim.kernels.jit import scalar

EVEN_THETA = np.float32(0.5)
"""Half a tick: what stopping takes on top of ``v^2 / 2b`` when speeds hold for whole ticks."""
JUDGED_HEADWAY = np.float32(0.7)
"""Headway of 1.2 ticks, less half a tick, that drivers leave each other when they change lanes, enter the road, let
somebody in or draw up behind a rear that reaches back over the line (modelling assumption)."""


@scalar
def safe_speed(gap, leader_speed, theta, brake):
    """Return the largest speed from which the vehicle can still stop behind its leader, both braking with ``brake``.

    Solves ``v^2 / 2b + v * theta <= gap + vl^2 / 2b - vl / 2`` for v; ``theta`` is the headway less half a tick.
    """
    fl = float32(leader_speed)
    reach = brake * theta
    inner = reach * reach + fl * fl + float32(2.0) * brake * (float32(gap) - float32(0.5) * fl)
    return np.sqrt(max(inner, float32(0.0))) - reach


@scalar
def stop_bound(available, brake):
    """Return the largest whole speed from which a vehicle can stop within ``available`` cells, braking evenly."""
    room = max(available, int32(0))
    return min(int32(max(safe_speed(room, int32(0), EVEN_THETA, brake), float32(0.0))), room)


@scalar
def line_bound(v, available, brake):
    """Return the speed bound that a closed stop line sets: the driver's own braking, or the even one that it takes.

    Who is too near for the own braking needs ``v^2 / (2 available + v)``, with which ``can_stop`` just holds.
    """
    fv = float32(v)
    needed = fv * fv / max(float32(2.0) * float32(available) + fv, float32(1.0))
    return stop_bound(available, max(brake, needed))


@scalar
def can_stop(v, available, brake):
    """Whether a vehicle that begins to brake now, this hard, stops before the line: ``v^2 / 2b - v / 2`` fits."""
    return float32(v) * float32(v) - float32(v) * brake <= float32(2.0) * brake * float32(available)
