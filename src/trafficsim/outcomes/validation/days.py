"""The four criteria of FHWA 2019: a simulation against a representative day, within the variability of days.

Source: FHWA, *Traffic Analysis Toolbox Volume III: Guidelines for Applying Traffic Microsimulation Modeling Software*,
2019 update, publication 18-036, https://ops.fhwa.dot.gov/publications/fhwahop18036/chapter5.htm; worked example:
Texas DOT, *Traffic and Safety Analysis Procedures Manual*, appendix N, section 3. Bands, shares and thresholds are
those of the text: ``c_r(t) +- 1.96 sigma(t)`` and ``c_r(t) +- sigma(t)``, two thirds, and one third of the threshold.
Not confirmed word for word, and therefore modelling assumptions: sigma is the sample standard deviation over all days,
the representative day among them; the threshold is the mean over the other days and all intervals.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trafficsim.base.errors import InputError

F8 = NDArray[np.float64]
Mask = NDArray[np.bool_]

TWO_SIGMA = 1.96
LEAST_INSIDE_TWO_SIGMA, LEAST_INSIDE_ONE_SIGMA = 0.95, 2.0 / 3.0
FEW_INTERVALS, OUTLIERS_OF_FEW = 20, 1
"""Of fewer than 20 intervals one may lie outside (Texas DOT, 13.5.2.4)."""
SYSTEMATIC_SHARE = 1.0 / 3.0
LEAST_DAYS = 2


class DayVariability(NamedTuple):
    """What several days say of one measure; arrays have one element per interval.

    Attributes
    ----------
    representative : position of the representative day
    value : on that day
    sd : standard deviation over days
    mean : over days
    distance : mean absolute difference of the other days from the representative one
    """

    representative: int
    value: F8
    sd: F8
    mean: F8
    distance: F8

    @property
    def bdae_threshold(self) -> float:
        """Mean absolute difference of the other days from the representative one, over all intervals."""
        return float(self.distance.mean())


class Criterion(NamedTuple):
    """One criterion: what it is called, its value, the bound, and whether the value is on the right side of it."""

    name: str
    value: float
    bound: float
    passed: bool


def representative_day(days: ArrayLike) -> int:
    """Day that is closest to the mean of all: least mean of ``|c_i(t) - mean(t)| / mean(t)`` over the intervals.

    Parameters
    ----------
    days
        Shape (days, intervals), or (days, measures, intervals) for one day chosen by all measures together.

    Returns
    -------
    Position of the day; of equal ones the first. Intervals whose mean is 0 do not count.

    Examples
    --------
    >>> representative_day([[90.0, 100.0], [100.0, 110.0], [140.0, 150.0]])
    1
    """
    values = np.asarray(days, np.float64)
    flat = values.reshape(len(values), -1)
    mean = flat.mean(axis=0)
    relative = np.divide(np.abs(flat - mean), mean, out=np.zeros_like(flat), where=mean > 0.0)
    return int(np.argmin(relative.mean(axis=1)))


def day_variability(days: ArrayLike, representative: int | None = None) -> DayVariability:
    """Sum up several days of one measure.

    Parameters
    ----------
    days
        Shape (days, intervals), at least two days.
    representative
        Position of the representative day; chosen by :func:`representative_day` without it.

    Raises
    ------
    InputError
        If there are fewer than two days: one day has no variability.

    Examples
    --------
    >>> seen = day_variability([[100.0, 200.0], [110.0, 190.0], [120.0, 210.0]])
    >>> seen.representative, seen.sd.tolist(), seen.bdae_threshold
    (1, [10.0, 10.0], 12.5)
    """
    values = np.asarray(days, np.float64)
    if values.ndim != 2 or len(values) < LEAST_DAYS:
        raise InputError("days", f"{len(values)} of them", f"at least {LEAST_DAYS} days with the same intervals",
                         "give counts of more days: the criteria of FHWA 2019 rest on the variability of days")
    chosen = representative_day(values) if representative is None else representative
    others = np.delete(values, chosen, axis=0)
    return DayVariability(chosen, values[chosen], values.std(axis=0, ddof=1), values.mean(axis=0),
                          np.abs(others - values[chosen]).mean(axis=0))


def critical_intervals(value: ArrayLike) -> tuple[int, ...]:
    """Two intervals with the largest values that are no neighbours (one where there are fewer than three).

    Which intervals are critical is the analyst's choice in FHWA 2019; this is what is taken when none is named: the
    peak, and the highest interval that does not touch it (modelling assumption).

    Examples
    --------
    >>> critical_intervals([1.0, 5.0, 9.0, 8.0, 2.0])
    (2, 4)
    """
    values = np.asarray(value, np.float64)
    first = int(np.argmax(values))
    apart = np.abs(np.arange(len(values)) - first) > 1
    if not apart.any():
        return (first,)
    return first, int(np.argmax(np.where(apart, values, -np.inf)))


def fhwa_2019(simulated: ArrayLike, seen: DayVariability, critical: tuple[int, ...] = ()) -> tuple[Criterion, ...]:
    """Criteria I to IV of FHWA 2019 for one measure at one place.

    I: 95 % of the intervals lie within ``c_r(t) +- 1.96 sigma(t)`` (of fewer than 20, all but one). II: two thirds lie
    within ``c_r(t) +- sigma(t)``, the critical intervals among them. III, bounded dynamic absolute error (BDAE): the
    mean of ``|c_r(t) - simulated(t)|`` is at most that of the other days. IV, bounded dynamic systematic error (BDSE):
    the mean of ``c_r(t) - simulated(t)`` is, up to its sign, at most a third of that.

    Parameters
    ----------
    simulated
        Shape (intervals,).
    seen
        From :func:`day_variability`.
    critical
        Positions of critical intervals; :func:`critical_intervals` of the representative day without any.

    Examples
    --------
    >>> seen = day_variability([[100.0, 200.0, 100.0], [110.0, 190.0, 110.0], [120.0, 210.0, 90.0]])
    >>> [(one.name, round(one.value, 3), round(one.bound, 3), one.passed)
    ...  for one in fhwa_2019([108.0, 195.0, 95.0], seen)]  # doctest: +NORMALIZE_WHITESPACE
    [('I', 1.0, 0.667, True), ('II', 1.0, 0.667, True), ('III', 6.0, 11.667, True), ('IV', 0.667, 3.889, True)]
    """
    ours = np.asarray(simulated, np.float64)
    error = seen.value - ours
    off = np.abs(error)
    outer, inner = off <= TWO_SIGMA * seen.sd, off <= seen.sd
    chosen = critical or critical_intervals(seen.value)
    least = 1.0 - OUTLIERS_OF_FEW / len(ours) if len(ours) < FEW_INTERVALS else LEAST_INSIDE_TWO_SIGMA
    threshold = seen.bdae_threshold
    absolute, systematic = float(off.mean()), abs(float(error.mean()))
    return (
        Criterion("I", float(outer.mean()), least, bool(outer.mean() >= least - 1e-12)),
        Criterion("II", float(inner.mean()), LEAST_INSIDE_ONE_SIGMA,
                  bool(inner.mean() >= LEAST_INSIDE_ONE_SIGMA - 1e-12 and inner[list(chosen)].all())),
        Criterion("III", absolute, threshold, absolute <= threshold),
        Criterion("IV", systematic, SYSTEMATIC_SHARE * threshold, systematic <= SYSTEMATIC_SHARE * threshold),
    )
