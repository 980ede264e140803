"""What sets of places are worth: on every stretch of road the strongest place counts, and counts once.

Kernels of neighbouring places overlap. A driver in two of them follows the rule that asks for the lowest speed (so
does the plan), so a set S is worth ``f(S) = sum over stretches of max over places in S of b(place, stretch)``. It never
falls when a place is added, and a place adds less the more there are: f is monotone and submodular.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from trafficsim.base.errors import InputError, quoted

F8 = NDArray[np.float64]
MOST_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Benefits:
    """Places with their costs, and what each is worth on every stretch of road.

    Attributes
    ----------
    name : of the places, each once
    cost : of the places, in the unit of the budget, above zero; shape (places,)
    benefit : shape (places, stretches), from zero
    """

    name: tuple[str, ...]
    cost: F8
    benefit: csr_array

    def __post_init__(self) -> None:
        """Refuse two places of one name, and costs and benefits that are none."""
        twice = sorted({one for one in self.name if self.name.count(one) > 1})
        if twice:
            raise InputError(f"candidate {quoted(twice[0])}", "this place a second time", "every place once",
                             "leave one out")
        for what, values, right in (("cost", self.cost, self.cost > 0.0),
                                    ("benefit", self.benefit.data, self.benefit.data >= 0.0)):
            if not (np.isfinite(values) & right).all():
                raise InputError(f"candidates: {what}", "a value that is negative, zero or no number",
                                 "costs above 0 and benefits from 0", "correct it")

    def in_order_of_names(self) -> Benefits:
        """Return the same places sorted by name, so that nothing depends on the order in which they were given."""
        order = sorted(range(len(self.name)), key=self.name.__getitem__)
        return Benefits(tuple(self.name[row] for row in order), self.cost[order], csr_array(self.benefit[order]))

    @property
    def same_cost(self) -> bool:
        """Whether all places cost the same."""
        return bool((self.cost == self.cost[:1]).all())

    def value(self, places: Sequence[int]) -> float:
        """Return what a set of places (by row) is worth."""
        return float(self.benefit[list(places)].max(axis=0).toarray().sum()) if len(places) else 0.0


class Coverage:
    """A set of places that grows, with what every further place would add.

    Parameters
    ----------
    benefits
        The places.

    Examples
    --------
    >>> two = Benefits(("a", "b"), np.ones(2), csr_array(np.array([[3.0, 1.0], [2.0, 2.0]])))
    >>> cover = Coverage(two)
    >>> cover.take(0), cover.gains().tolist(), cover.value
    (4.0, [0.0, 1.0], 4.0)
    """

    def __init__(self, benefits: Benefits) -> None:
        self._table = csr_array(benefits.benefit)
        self._table.sort_indices()
        self._row = np.repeat(np.arange(len(benefits.name)), np.diff(self._table.indptr))
        self._there = np.zeros(self._table.shape[1])
        self.taken: list[int] = []

    def gains(self) -> F8:
        """Return what each place would add to those taken; shape (places,)."""
        table = self._table
        more = np.maximum(table.data - self._there[table.indices], 0.0)
        return np.asarray(np.bincount(self._row, more, table.shape[0]), np.float64)

    def take(self, place: int) -> float:
        """Take a place, and return what it adds."""
        table = self._table
        own = slice(table.indptr[place], table.indptr[place + 1])
        there = self._there[table.indices[own]]
        more = np.maximum(table.data[own] - there, 0.0)
        self._there[table.indices[own]] = there + more
        self.taken.append(place)
        return float(np.bincount(np.zeros(len(more), np.int64), more, 1)[0])

    @property
    def value(self) -> float:
        """What the places taken are worth."""
        return float(self._there.sum())


def require_affordable(cost: F8, budget: float) -> None:
    """Refuse a choice that cannot be paid.

    Parameters
    ----------
    cost
        Of the places.
    budget
        Most that they may cost together.

    Raises
    ------
    InputError
        If there is no place, the budget is no number above zero, or no place costs as little as the budget.
    """
    if not len(cost):
        raise InputError("candidates", "no place", "at least one", "name places, or let them stand along the links")
    if not (np.isfinite(budget) and budget > 0.0):
        raise InputError("budget", f"{budget:g}", "a number above 0", "correct the budget")
    if cost.min() > budget:
        raise InputError("budget", f"{budget:g}, less than every place costs (from {cost.min():g})",
                         "enough for one place", "raise the budget, or correct the costs")
