"""Observed against simulated flows: GEH, the bands of the guidelines, RMSE and R²; all on vehicles per hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

F8 = NDArray[np.float64]
Mask = NDArray[np.bool_]
S_PER_H = 3600.0
LEAST_FOR_R_SQUARED = 5
"""The variance of fewer observations says too little to be explained (modelling assumption)."""

LOW_FLOW_VEH_H, HIGH_FLOW_VEH_H = 700.0, 2700.0
LOW_BAND_VEH_H, HIGH_BAND_VEH_H, BAND_SHARE = 100.0, 400.0, 0.15
"""Bands of hourly link flows: within 100 veh/h below 700, within 15 % up to 2,700, within 400 veh/h above (Wisconsin
DOT 2002, in FHWA Traffic Analysis Toolbox volume III 2004, table 4; the same in TAG unit M3.1, table 2)."""


def geh(simulated_veh_h: ArrayLike, observed_veh_h: ArrayLike) -> F8:
    """GEH statistic of hourly flows, ``sqrt(2 (m - c)^2 / (m + c))`` (G. E. Havers; TAG unit M3.1).

    It is not scale free: counts of other lengths are first turned into vehicles per hour.

    Parameters
    ----------
    simulated_veh_h, observed_veh_h
        Hourly flows of one shape.

    Returns
    -------
    GEH of each; 0 where both are 0.

    Examples
    --------
    >>> [round(float(geh(1000.0, count)), 2) for count in (850.0, 840.0)]
    [4.93, 5.28]
    """
    simulated, observed = np.asarray(simulated_veh_h, np.float64), np.asarray(observed_veh_h, np.float64)
    total = simulated + observed
    return np.sqrt(np.divide(2.0 * (simulated - observed) ** 2, total, out=np.zeros_like(total), where=total > 0.0))


def within_flow_bands(simulated_veh_h: ArrayLike, observed_veh_h: ArrayLike) -> Mask:
    """Whether hourly flows lie within the bands of the FHWA guidelines of 2004 and of TAG unit M3.1.

    Examples
    --------
    >>> within_flow_bands([799.0, 801.0, 1150.0, 1151.0, 3400.0, 3401.0], [700.0, 700.0, 1000.0, 1000.0, 3000.0,
    ...                   3000.0]).tolist()
    [True, True, True, False, True, False]
    """
    simulated, observed = np.asarray(simulated_veh_h, np.float64), np.asarray(observed_veh_h, np.float64)
    allowed = np.where(observed < LOW_FLOW_VEH_H, LOW_BAND_VEH_H,
                       np.where(observed > HIGH_FLOW_VEH_H, HIGH_BAND_VEH_H, BAND_SHARE * observed))
    return np.asarray(np.abs(simulated - observed) <= allowed)


def rmse(simulated: ArrayLike, observed: ArrayLike) -> float:
    """Root of the mean squared difference, in the unit of the values; at least one value.

    Examples
    --------
    >>> rmse([1.0, 5.0], [4.0, 1.0])
    3.5355339059327378
    """
    difference = np.asarray(simulated, np.float64) - np.asarray(observed, np.float64)
    return float(np.sqrt(np.mean(difference**2)))


def r_squared(simulated: ArrayLike, observed: ArrayLike) -> float | None:
    """Share of the observed variance that the simulation explains, ``1 - SSE / SST``, about the line of equality.

    It is the coefficient of determination, not the squared correlation: a simulation that is off by a factor does not
    reach 1, and one that is worse than the mean of the observations is below 0.

    Returns
    -------
    The share; ``None`` where the observations do not vary.

    Examples
    --------
    >>> r_squared([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), r_squared([2.0, 4.0, 6.0], [1.0, 2.0, 3.0])
    (1.0, -6.0)
    >>> r_squared([1.0], [2.0]) is None
    True
    """
    ours, seen = np.asarray(simulated, np.float64), np.asarray(observed, np.float64)
    total = float(np.sum((seen - seen.mean()) ** 2))
    return 1.0 - float(np.sum((ours - seen) ** 2)) / total if total > 0.0 else None


def whole_hours(begin_s: ArrayLike, end_s: ArrayLike) -> list[list[int]]:
    """Join intervals that follow each other to whole hours; an interval that fits into none stays alone.

    From the first interval of each run of intervals without a gap, as many as make up exactly one hour are joined.

    Parameters
    ----------
    begin_s, end_s
        Begin and end of the intervals of one place, in their order.

    Returns
    -------
    Positions that are judged together.

    Examples
    --------
    >>> whole_hours([0.0, 900.0, 1800.0, 2700.0, 3600.0], [900.0, 1800.0, 2700.0, 3600.0, 4500.0])
    [[0, 1, 2, 3], [4]]
    """
    begins, ends = np.asarray(begin_s, np.float64), np.asarray(end_s, np.float64)
    groups: list[list[int]] = []
    at = 0
    while at < len(begins):
        last = at
        while last + 1 < len(begins) and begins[last + 1] == ends[last] and ends[last] - begins[at] < S_PER_H:
            last += 1
        joined = ends[last] - begins[at] == S_PER_H
        groups.append(list(range(at, last + 1)) if joined else [at])
        at = last + 1 if joined else at + 1
    return groups
