"""Headways of single drivers: drawn once each around that of the class, whose mean they keep."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from trafficsim.base.errors import InputError
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.packed_state import HEADWAY_SHIFT, MOST_HEADWAY
from trafficsim.kernels.rng import Stream, u01
from trafficsim.plan.arrays import F8, Plan

MOST_SCORE = 2.0
"""Drivers further than this many standard deviations from the median are left out (2.3 % on either side)."""
LEAST_TICKS = 0.6
"""Shortest headway: the rule counts on half a tick."""


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
    (1.0, 0.33, 2.47)
    """
    tail = float(ndtr(-MOST_SCORE))
    return _factor(ndtri(tail + (1.0 - 2.0 * tail) * u01(keys, Stream.HEADWAY, 0, 0)), spread)


def longest_factor(settings: CellularAutomaton) -> float:
    """Return the longest headway of a driver over that of the class."""
    return float(_factor(np.float64(MOST_SCORE), settings.headway_spread or 0.0))


def _factor(score: np.ndarray | np.float64, spread: float) -> F8:
    # Mean of the cut lognormal: exp(s^2 / 2) times the share of scores between the cuts, shifted by s.
    between = 1.0 - 2.0 * float(ndtr(-MOST_SCORE))
    inside = float(ndtr(MOST_SCORE - spread) - ndtr(-MOST_SCORE - spread)) / between
    return np.asarray(np.exp(spread * score - spread**2 / 2.0) / inside)


def own_headways(packed_state: np.ndarray, plan: Plan, settings: CellularAutomaton, unit: float) -> np.ndarray:
    """Return packed states Z of all trips with the headways of their drivers; unchanged with homogeneous drivers.

    Who keeps a longer time gap than the own has that one: at any speed the gap from rear to front is then no shorter,
    for vehicles that follow keep ``headway x speed`` and the gap at standstill beyond it.

    ``unit`` is what one step of the code in packed state Z stands for (ticks).

    Raises
    ------
    InputError
        If somebody keeps a longer gap than the packed state can hold.
    """
    if settings.headway_spread:
        factors = headway_factors(plan.trips.key, settings.headway_spread)
        ticks = plan.classes.headway_s[plan.trips.vehicle_class] * factors / settings.tick_s
        code = np.clip(np.rint(ticks / unit), np.ceil(LEAST_TICKS / unit), MOST_HEADWAY)
        packed_state = _with_code(packed_state, code)
    if not len(plan.kept_gap_s):
        return packed_state
    kept = np.ceil(plan.kept_gap_s / settings.tick_s / unit)
    if kept.max(initial=0.0) > MOST_HEADWAY:
        raise InputError("time gaps that drivers keep", f"{plan.kept_gap_s.max():g} s",
                         f"at most {MOST_HEADWAY * unit * settings.tick_s:g} s with these vehicle classes",
                         "shorten kept_gap_s")
    return _with_code(packed_state, np.maximum(kept, packed_state >> HEADWAY_SHIFT & MOST_HEADWAY))


def _with_code(packed_state: np.ndarray, code: np.ndarray) -> np.ndarray:
    rest = packed_state & ~np.int32(MOST_HEADWAY << HEADWAY_SHIFT)
    return np.asarray(rest | (code.astype(np.int32) << HEADWAY_SHIFT), np.int32)
