"""Headways of single drivers: drawn once each around that of the class, whose mean they keep."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from trafficsim.kernels.rng import Stream, u01
from trafficsim.kernels.words import TAU_UNIT
from trafficsim.plan.arrays import F8, Plan
from trafficsim.spec.scenario import CellularAutomaton

MOST_SCORE = 2.0
"""Drivers further than this many standard deviations from the median are left out (2.3 % on either side)."""
LEAST_TICKS, MOST = 0.6, 255
"""Shortest headway: the rule counts on half a tick. Longest: what word Z holds, almost 4 ticks."""


def headway_factors(keys: np.ndarray, spread: float) -> F8:
    """Return by driver the own headway over that of the class: lognormal, cut at two standard deviations, mean 1.

    That headways of drivers who follow are lognormal is common in the literature (Greenberg 1966, Australian Road
    Research 2(7)); the spread is chosen with the shares of short gaps in policy evidence B5.

    Parameters
    ----------
    keys
        Random keys of the drivers, uint64.
    spread
        Standard deviation of the logarithm, before the cut.

    Examples
    --------
    >>> factors = headway_factors(np.arange(100_000, dtype=np.uint64), 0.5)
    >>> round(float(factors.mean()), 2), round(float(factors.min()), 2), round(float(factors.max()), 2)
    (1.0, 0.34, 2.51)
    """
    tail = float(ndtr(-MOST_SCORE))
    score = ndtri(tail + (1.0 - 2.0 * tail) * u01(keys, Stream.HEADWAY, 0, 0))
    # Mean of the cut lognormal: exp(s^2 / 2) times the share of scores between the cuts, shifted by s.
    inside = float(ndtr(MOST_SCORE - spread) - ndtr(-MOST_SCORE - spread)) / (1.0 - 2.0 * tail)
    return np.asarray(np.exp(spread * score - spread**2 / 2.0) / inside)


def own_headways(words: np.ndarray, plan: Plan, settings: CellularAutomaton) -> np.ndarray:
    """Return words Z of all trips with the headways of their drivers; unchanged where all drivers are alike."""
    if settings.headway_spread == 0.0:
        return words
    factors = headway_factors(plan.trips.key, settings.headway_spread)
    ticks = plan.classes.headway_s[plan.trips.vehicle_class] * factors / settings.tick_s
    tau = np.clip(np.rint(ticks * TAU_UNIT), round(LEAST_TICKS * TAU_UNIT), MOST).astype(np.int32)
    return np.asarray((words & ~np.int32(0xFF << 16)) | (tau << 16), np.int32)
