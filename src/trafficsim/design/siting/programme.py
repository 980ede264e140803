"""Building places over years: a budget for each year, and an order of who is next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.draws import hash_name, u01
from trafficsim.base.errors import InputError
from trafficsim.design.siting.benefits import Benefits, Coverage

F8 = NDArray[np.float64]
BOOL = NDArray[np.bool_]
Order = Callable[[Coverage, BOOL], int | None]
"""Given what stands and what can be paid, the next place; ``None`` ends the year."""
ORDER_STREAM = 71
"""Random stream of orders; numbers of streams need only differ where keys are the same."""


@dataclass(frozen=True)
class Budget:
    """Money of a programme.

    Attributes
    ----------
    per_year : of every year; what is left does not go into the next
    running_per_year : of every place that stands, from the same budget, from the year in which it is built
    years : their number
    most_per_year : sites that are built in a year at most; no limit but money without it
    """

    per_year: float
    running_per_year: float
    years: int
    most_per_year: int | None = None


@dataclass(frozen=True)
class Built:
    """A place and the year, from 1, in which it is built."""

    place: int
    year: int


def built(benefits: Benefits, budget: Budget, order: Order) -> tuple[Built, ...]:
    """Build places year by year, each time the next one of an order that can be paid.

    Raises
    ------
    InputError
        If not even the cheapest place can be paid.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> three = Benefits(("a", "b", "c"), np.ones(3), csr_array(np.diag([1.0, 3.0, 2.0])))
    >>> [(one.place, one.year) for one in built(three, Budget(1.5, 0.25, 3), by_gain(three))]
    [(1, 1), (2, 2)]
    """
    least = float(benefits.cost.min()) + budget.running_per_year
    if least > budget.per_year:
        raise InputError("budget_per_year", f"{budget.per_year:g}, less than every site costs in its first year "
                         f"(from {least:g})", "enough for one site", "raise the budget, or correct the costs")
    cover, found = Coverage(benefits), list[Built]()
    for year in range(1, budget.years + 1):
        left, before = budget.per_year - budget.running_per_year * len(found), len(found)
        while budget.most_per_year is None or len(found) - before < budget.most_per_year:
            able = benefits.cost + budget.running_per_year <= left + 1e-9 * budget.per_year
            able[cover.taken] = False
            place = order(cover, able) if able.any() else None
            if place is None:
                break
            cover.take(place)
            left -= float(benefits.cost[place]) + budget.running_per_year
            found.append(Built(place, year))
    return tuple(found)


def by_gain(benefits: Benefits) -> Order:
    """Take what adds most per cost; nothing that adds nothing."""
    def following(cover: Coverage, able: BOOL) -> int | None:
        return _most(np.where(able, cover.gains() / benefits.cost, 0.0))

    return following


def by_score(score: F8) -> Order:
    """Take the highest score first, whatever stands already; of equal ones the first, and none with zero."""
    return lambda cover, able: _most(np.where(able, score, 0.0))


def at_random(names: Sequence[str], seed: int) -> Order:
    """Take places in an order that is drawn; a place keeps its draw whoever else is a candidate."""
    return by_score(u01(hash_name("order", seed), ORDER_STREAM, [hash_name(name) >> 1 for name in names], 0))


def one_per_area(areas: Sequence[str], order: Order) -> Order:
    """Take a place in every area that has none before an area gets a second; within that, by another order."""
    named = np.array(areas, object)

    def following(cover: Coverage, able: BOOL) -> int | None:
        new = able & ~np.isin(named, named[cover.taken])
        place = order(cover, new) if new.any() else None
        return order(cover, able) if place is None else place

    return following


def equal_reduction(areas: Sequence[str], risk: Mapping[str, float], benefits: Benefits) -> Order:
    """Take the place that adds most per cost in the area whose risk has been reduced by the smallest share.

    Parameters
    ----------
    areas
        Of the places.
    risk
        Casualties by area without any place.
    benefits
        The places.
    """
    best = by_gain(benefits)

    def following(cover: Coverage, able: BOOL) -> int | None:
        alone, gained = Coverage(benefits), dict.fromkeys(risk, 0.0)
        for one in cover.taken:
            gained[areas[one]] += alone.take(one)
        share = {area: gained[area] / risk[area] if risk[area] > 0.0 else np.inf for area in risk}
        for area in sorted(risk, key=lambda one: (share[one], one)):
            place = best(cover, able & (np.array(areas, object) == area))
            if place is not None:
                return place
        return None

    return following


def _most(score: F8) -> int | None:
    place = int(np.argmax(score))
    return place if score[place] > 0.0 else None
