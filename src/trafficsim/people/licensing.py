"""What a measure of licensing does to whom: factors on kilometres and on risk by months since the licence and age.

Exposure and risk are kept apart, because much of what graduated licensing does is that novices drive less.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.people.novices import LearningCurve, mean_risk, parameters
from trafficsim.spec.population import PersonGroup, Population

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
NOVICE_MONTHS = 24.0
"""Who counts as a novice, unless a measure says otherwise (Curry et al.; the evidence base's first two years)."""
ANY_AGE = 200.0


class LicenceEffect(NamedTuple):
    """What a measure does to the drivers between two times since the licence.

    Attributes
    ----------
    begin_months, end_months : months since the licence
    exposure : factor on their kilometres
    risk : factor on their crash risk per km
    practice_km : supervised km before the licence, beyond those of today
    until_age_years : drivers of this age and older are left alone
    new_only : whether it reaches only those licensed after its start; else everybody at once
    groups : names of the groups that it is about; all without any
    """

    begin_months: float = 0.0
    end_months: float = NOVICE_MONTHS
    exposure: float = 1.0
    risk: float = 1.0
    practice_km: float = 0.0
    until_age_years: float = ANY_AGE
    new_only: bool = True
    groups: tuple[str, ...] = ()


class Cells(NamedTuple):
    """Licence holders by group, months since the licence and age; arrays of shape (cells,).

    Attributes
    ----------
    names : of the groups
    group : row of the group in the population
    begin_months, end_months : months since the licence
    age_years : age, the middle of a year
    kilometres : share of all kilometres (trips, where all trips are as long)
    """

    names: tuple[str, ...]
    group: I8
    begin_months: F8
    end_months: F8
    age_years: F8
    kilometres: F8


def cells_of(population: Population, resolved_months: float) -> Cells:
    """Divide a population into cells of a month up to ``resolved_months`` since the licence, and a year of age.

    People of a group are spread evenly over its range of months and of ages. Cells beyond are one for each age.

    Examples
    --------
    >>> cells = cells_of(Population(people=100), 24.0)
    >>> round(float(cells.kilometres.sum()), 9), round(float(cells.kilometres[cells.end_months <= 24.0].sum()), 9)
    (1.0, 0.02)
    """
    parts = [_cells(row, group, resolved_months) for row, group in enumerate(population.groups)]
    group, begin, end, age, kilometres = (np.concatenate(column) for column in zip(*parts, strict=True))
    names = tuple(group.name for group in population.groups)
    return Cells(names, group, begin, end, age, kilometres / kilometres.sum())


def _cells(row: int, group: PersonGroup, resolved_months: float) -> tuple[NDArray[Any], ...]:
    begin, end, months = _pieces(*group.licence_months, 1.0, resolved_months)
    low, high, ages = _pieces(*group.age_years, 1.0, np.inf)
    weight = group.share * group.trip_rate * np.outer(months, ages).ravel()
    count = len(ages)
    return (np.full(len(weight), row), np.repeat(begin, count), np.repeat(end, count),
            np.tile((low + high) / 2.0, len(months)), weight)


def _pieces(low: float, high: float, step: float, resolved: float) -> tuple[F8, F8, F8]:
    """Begin, end and share of pieces that end at whole steps; one piece beyond ``resolved``."""
    if high <= low:
        return np.array([low]), np.array([high]), np.ones(1)
    inner = np.arange(np.floor(low / step) + 1.0, np.ceil(high / step)) * step
    edges = np.concatenate([[low], inner[inner <= resolved], [high]])
    return edges[:-1], edges[1:], np.diff(edges) / (high - low)


def exposure_and_risk(
    cells: Cells, effects: Sequence[LicenceEffect], curve: LearningCurve, since_months: float = np.inf
) -> tuple[F8, F8]:
    """Kilometres and crash risk per km of cells under effects that began some months ago; shape (cells,) each.

    Effects on one cell multiply (modelling assumption: what is known comes from one measure at a time).

    Parameters
    ----------
    cells
        Licence holders.
    effects
        What the measures do.
    curve
        Risk by months since the licence.
    since_months
        How long the measures have been in force; infinite when everybody was licensed under them.
    """
    middle = (cells.begin_months + cells.end_months) / 2.0
    exposure, factor, practice = cells.kilometres.copy(), np.ones(len(middle)), np.zeros(len(middle))
    for one in effects:
        reached = held(cells, one, since_months)
        exposure[reached] *= one.exposure
        factor[reached] *= one.risk
        practice[reached] += one.practice_km
    shift = practice_months(practice)
    return exposure, factor * mean_risk(*curve, cells.begin_months + shift, cells.end_months + shift)


def held(cells: Cells, effect: LicenceEffect, since_months: float) -> NDArray[np.bool_]:
    """Whom an effect holds for that began some months ago; shape (cells,)."""
    middle = (cells.begin_months + cells.end_months) / 2.0
    reached = (middle >= effect.begin_months) & (middle < effect.end_months)
    reached &= cells.age_years < effect.until_age_years
    if effect.new_only:
        reached &= middle < since_months
    if effect.groups:
        reached &= np.isin(cells.group, [row for row, name in enumerate(cells.names) if name in effect.groups])
    return np.asarray(reached)


def practice_months(practice_km: F8) -> F8:
    """Months of driving that supervised kilometres count as.

    Examples
    --------
    >>> practice_months(np.array([3200.0])).tolist()
    [4.0]
    """
    practice = parameters()["practice"]
    return np.asarray(practice_km * practice["transfer"] / practice["km_per_month"])
