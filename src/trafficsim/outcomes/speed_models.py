"""How crashes and casualties change with the mean free speed of traffic: power and exponential models.

The speed is the free-flow spot speed of unimpeded vehicles, never a space-mean or journey speed: a retiming that saves
stops raises the journey speed and harms nobody by it. Volumes, signals and types of conflict stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sourced import Sourced

F8 = NDArray[np.float64]
Roads = Literal["rural", "urban", "all"]
"""Rural roads and motorways; urban and residential roads; all of them together."""
Severity = Literal[
    "fatal_crashes", "deaths", "serious_injury_crashes", "seriously_injured", "slight_injury_crashes",
    "slightly_injured", "injury_crashes", "injured", "property_damage_crashes",
]
Exponents = Mapping[tuple[Severity, Roads], Sourced]

MOST_CHANGE = 0.25
"""Relative change of speed up to which the power model is used (Elvik 2009, range of the studies, rounded)."""
SLOWEST_KMH, FASTEST_KMH = 30.0, 120.0
"""Range of speeds before the change that the studies cover (Elvik 2009, rounded)."""
ROADS: tuple[Roads, ...] = get_args(Roads)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_ELVIK_2009 = "Elvik 2009, TØI report 1034, power model update (115 studies)"
_TABLE: Mapping[Severity, tuple[tuple[float, float, float], ...]] = {
    "fatal_crashes": ((4.1, 2.9, 5.3), (2.6, 0.3, 4.9), (3.5, 2.4, 4.6)),
    "deaths": ((4.6, 4.0, 5.2), (3.0, -0.5, 6.5), (4.3, 3.7, 4.9)),
    "serious_injury_crashes": ((2.6, -2.7, 7.9), (1.5, 0.9, 2.1), (2.0, 1.4, 2.6)),
    "seriously_injured": ((3.5, 0.5, 5.5), (2.0, 0.8, 3.2), (3.0, 2.0, 4.0)),
    "slight_injury_crashes": ((1.1, 0.0, 2.2), (1.0, 0.6, 1.4), (1.0, 0.7, 1.3)),
    "slightly_injured": ((1.4, 0.5, 2.3), (1.1, 0.9, 1.3), (1.3, 1.1, 1.5)),
    "injury_crashes": ((1.6, 0.9, 2.3), (1.2, 0.7, 1.7), (1.5, 1.2, 1.8)),
    "injured": ((2.2, 1.8, 2.6), (1.4, 0.4, 2.4), (2.0, 1.6, 2.4)),
    "property_damage_crashes": ((1.5, 0.1, 2.9), (0.8, 0.1, 1.5), (1.0, 0.5, 1.5)),
}


def _elvik_2009() -> dict[tuple[Severity, Roads], Sourced]:
    found: dict[tuple[Severity, Roads], Sourced] = {}
    for severity, row in _TABLE.items():
        for roads, (value, low, high) in zip(ROADS, row, strict=True):
            found[severity, roads] = Sourced(f"power exponent: {severity}, {roads} roads", value, "1", _ELVIK_2009, "A",
                                             "extrapolated", low, high)
    return found


ELVIK_2009: Exponents = _elvik_2009()
"""Exponents with their published 95 % intervals by severity and roads; the default."""

_ELVIK_2004 = "Elvik, Christensen & Amundsen 2004, TØI report 740, as used for rv. 3 Alvdal (Statens vegvesen)"
_OLDER: Mapping[Severity, float] = {
    "deaths": 4.5, "seriously_injured": 3.0, "slightly_injured": 1.5, "injury_crashes": 2.7}
ELVIK_2004: Exponents = {
    (severity, roads): Sourced(f"power exponent of 2004: {severity}", value, "1", _ELVIK_2004, "A", "extrapolated")
    for severity, value in _OLDER.items() for roads in ROADS
}
"""The older set, one exponent for all roads; those that a published calculation shows, without intervals."""
SETS: Mapping[str, Exponents] = {"elvik_2009": ELVIK_2009, "elvik_2004": ELVIK_2004}

_USUAL = "usually quoted for Elvik 2013 (Accident Analysis & Prevention 50) and 2019; not found there: unverified"
USUAL_BETAS: Mapping[str, Sourced] = {
    "fatal": Sourced("exponential coefficient: fatal", 0.08, "h/km", _USUAL, "D", "extrapolated"),
    "injury": Sourced("exponential coefficient: injury", 0.06, "h/km", _USUAL, "D", "extrapolated"),
}
"""Coefficients of the exponential model that are often quoted. Nothing uses them unless they are given."""


def power(before_kmh: ArrayLike, after_kmh: ArrayLike, exponent: ArrayLike) -> F8:
    """Relative number of crashes or casualties by the power model, ``(v1 / v0)^e`` (Nilsson 2004; Elvik 2009).

    Parameters
    ----------
    before_kmh, after_kmh
        Mean free speeds, broadcast against each other and the exponent.
    exponent
        Exponent; one of :data:`ELVIK_2009`, or draws of it.

    Raises
    ------
    InputError
        If a speed is not above zero.

    Examples
    --------
    >>> (100.0 * (power(100.0, 90.8, [4.51, 3.01, 1.50, 2.71]) - 1.0)).round(1).tolist()
    [-35.3, -25.2, -13.5, -23.0]
    """
    before, after = _speeds(before_kmh), _speeds(after_kmh)
    return np.asarray((after / before) ** np.asarray(exponent, np.float64))


def exponential(before_kmh: ArrayLike, after_kmh: ArrayLike, beta_h_km: ArrayLike) -> F8:
    """Relative number by the exponential model, ``exp(beta (v1 - v0))`` (Elvik 2013).

    Raises
    ------
    InputError
        If a speed is not above zero.

    Examples
    --------
    >>> round(float(exponential(92.0, 77.0, 0.06)), 3)
    0.407
    """
    return np.asarray(np.exp(np.asarray(beta_h_km, np.float64) * (_speeds(after_kmh) - _speeds(before_kmh))))


def distribution_aware(before: tuple[float, float], after: tuple[float, float], beta_h_km: float) -> float:
    """Relative number if every driver's risk is exponential in his own speed and speeds are normal. Exploratory.

    ``exp(beta (m1 - m0) + beta^2 (s1^2 - s0^2) / 2)``. The coefficient of whole streams is not that of single drivers,
    and at -15 km/h the result is far beyond what was observed: never a default.

    Parameters
    ----------
    before, after
        Mean and standard deviation of free speeds in km/h.
    beta_h_km
        Coefficient.

    Examples
    --------
    >>> round(distribution_aware((100.0, 13.0), (100.0, 9.6), 0.08), 2)
    0.78
    """
    spread = after[1] ** 2 - before[1] ** 2
    return float(exponential(before[0], after[0], beta_h_km) * np.exp(beta_h_km**2 * spread / 2.0))


def outside_range(before_kmh: ArrayLike, after_kmh: ArrayLike) -> NDArray[np.bool_]:
    """Which changes lie outside what the studies of the power model cover: changes above a quarter, odd speeds before.

    Examples
    --------
    >>> outside_range([100.0, 100.0, 20.0], [90.0, 70.0, 20.0]).tolist()
    [False, True, False]
    """
    before, after = _speeds(before_kmh), _speeds(after_kmh)
    odd = (before < SLOWEST_KMH) | (before > FASTEST_KMH)
    return np.asarray((np.abs(after / before - 1.0) > MOST_CHANGE) | (odd & (after != before)))


def _speeds(speed_kmh: ArrayLike) -> F8:
    speeds = np.asarray(speed_kmh, np.float64)
    if not (speeds > 0.0).all() or not np.isfinite(speeds).all():
        raise InputError("speed model: mean free speed", f"{speeds[~(speeds > 0.0)].tolist()[:3] or 'not finite'} km/h",
                         "finite speeds above 0 km/h", "correct the speeds, or leave links without traffic out")
    return speeds
