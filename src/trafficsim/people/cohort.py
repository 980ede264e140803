"""Licence holders over the years: what a reform of licensing does, and when.

As many people get a licence every month as today, and drive as people of their months since the licence drive today
(a stationary population, modelling assumption): what changes is who among them was licensed under the reform. The new
drivers of a month move through the months since the licence together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.people.licensing import NOVICE_MONTHS, Cells, LicenceEffect, cells_of, exposure_and_risk
from trafficsim.people.novices import MONTHS_PER_YEAR, LearningCurve, default_curve
from trafficsim.spec.population import Population

F8 = NDArray[np.float64]


class CohortYears(NamedTuple):
    """By year since the start of a reform, arrays of shape (years,), relative to the same people without it.

    Attributes
    ----------
    year : 1, 2, ...
    reached : share of novices' kilometres driven by people who were licensed under the reform, or whom it reaches
    novice_km, novice_risk, novice_crashes : kilometres, crashes per km and crashes of novices, relative
    crashes : crashes of all drivers, relative
    by_exposure, by_risk : parts of the change of ``crashes``; they add up to ``crashes - 1``
    novice_share : share of novices in all crashes under the reform
    """

    year: F8
    reached: F8
    novice_km: F8
    novice_risk: F8
    novice_crashes: F8
    crashes: F8
    by_exposure: F8
    by_risk: F8
    novice_share: F8


def cohort_years(
    population: Population, effects: Sequence[LicenceEffect], years: int = 10, curve: LearningCurve | None = None
) -> CohortYears:
    """Follow licence holders for years after a reform.

    Parameters
    ----------
    population
        Groups with their shares, ages, months since the licence.
    effects
        What the reform does.
    years
        How long.
    curve
        Risk by months since the licence; the one fitted to a cohort without it.

    Examples
    --------
    >>> found = cohort_years(Population(people=1000), [LicenceEffect(end_months=12.0, risk=0.78)], years=3)
    >>> (100.0 * (found.crashes - 1.0)).round(2).tolist(), found.by_exposure.tolist()
    ([-0.34, -0.68, -0.68], [0.0, 0.0, 0.0])
    """
    used = default_curve() if curve is None else curve
    # who has had the licence for longer than the reform is old is beyond any effect on new drivers
    last = max([NOVICE_MONTHS, *(min(one.end_months, MONTHS_PER_YEAR * years) for one in effects)])
    cells = cells_of(population, last)
    months = np.arange(MONTHS_PER_YEAR * years) + 0.5
    today = exposure_and_risk(cells, (), used)
    monthly = np.array([_month(cells, today, exposure_and_risk(cells, effects, used, since)) for since in months])
    yearly = monthly.reshape(years, int(MONTHS_PER_YEAR), -1).mean(axis=1).T
    reached, km, km_before, crashes, crashes_before, total, before, by_exposure, by_risk = yearly
    return CohortYears(
        np.arange(1.0, years + 1.0), reached, _ratio(km, km_before), _ratio(crashes * km_before, crashes_before * km),
        _ratio(crashes, crashes_before), total / before, by_exposure / before, by_risk / before, crashes / total)


def _month(cells: Cells, without: tuple[F8, F8], with_reform: tuple[F8, F8]) -> tuple[float, ...]:
    """Sums of one month: novices' km and crashes with and without the reform, all crashes, and parts of the change."""
    (k0, r0), (k1, r1) = without, with_reform
    novice = (cells.begin_months + cells.end_months) / 2.0 < NOVICE_MONTHS
    touched = novice & ((k1 != k0) | (r1 != r0))
    # the mean of both orders: exact, and the same for either factor
    by_exposure, by_risk = ((k1 - k0) * (r0 + r1) / 2.0).sum(), ((r1 - r0) * (k0 + k1) / 2.0).sum()
    all_novices = k0[novice].sum()
    return (k0[touched].sum() / all_novices if all_novices > 0.0 else 0.0, k1[novice].sum(), all_novices,
            (k1 * r1)[novice].sum(), (k0 * r0)[novice].sum(), (k1 * r1).sum(), (k0 * r0).sum(), by_exposure, by_risk)


def _ratio(after: F8, before: F8) -> F8:
    """Ratio, 1 where there is nobody."""
    return np.asarray(np.divide(after, before, out=np.ones(len(after)), where=before > 0.0))
