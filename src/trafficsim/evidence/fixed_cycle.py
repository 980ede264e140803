"""A vertical queue at a fixed-time signal, vehicle by vehicle, and the formula that engineers use for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FixedCycle:
    """A signal whose green begins at multiples of the cycle.

    Vehicle n of a queue crosses at ``lost_s + n * headway_s`` after the start of green, until ``per_cycle`` of them on
    average have crossed. That need not be whole: the end of the effective green then varies within one headway.
    """

    cycle_s: float
    headway_s: float
    lost_s: float
    per_cycle: float


def crossings(arrivals_s: Sequence[float], signal: FixedCycle, seed: int) -> np.ndarray:
    """Return when vehicles cross that reach the stop line at ``arrivals_s`` (ascending), first come first served."""
    rng = np.random.default_rng(seed)
    found = []
    cycle, last = 0, -np.inf
    end = rng.random()
    for arrival in arrivals_s:
        while True:
            start = cycle * signal.cycle_s
            served = max(last + signal.headway_s, start + signal.lost_s + signal.headway_s)
            crossing = max(arrival, served)
            if crossing <= start + signal.lost_s + (signal.per_cycle + end) * signal.headway_s:
                break
            cycle, end = cycle + 1, rng.random()
        found.append(crossing)
        last = crossing
    return np.array(found)


def hcm_delay_s(
    cycle_s: float, green_s: float, capacity_veh_h: float, x: float, period_h: float = 0.25
) -> tuple[float, float]:
    """Return uniform and incremental delay (HCM 2016, ch. 19): fixed time (k = 0.5), isolated (I = 1)."""
    share = green_s / cycle_s
    d1 = 0.5 * cycle_s * (1.0 - share) ** 2 / (1.0 - min(1.0, x) * share)
    over = x - 1.0
    d2 = 900.0 * period_h * (over + (over * over + 8 * 0.5 * x / (capacity_veh_h * period_h)) ** 0.5)
    return d1, d2
