"""What is estimated: trips of cells (origin, destination, slice of departure), from counts and a seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
LEAST_VARIANCE = 1.0
"""Variance of a count of 0: one vehicle more would not surprise (modelling assumption)."""
MOST_CHANGE = 20.0
"""Bound of a cell: this many times its seed, or its seed plus as many vehicles (modelling assumption: seeds are wrong
by factors of a few; more is a sign of wrong counts or wrong routes)."""


@dataclass(frozen=True)
class Cells:
    """Cells of the matrix, with the seed's vehicles.

    Attributes
    ----------
    origin, destination : index of the zone
    part : index of the slice of departure (and of the class, where counts tell classes apart)
    seed : vehicles that the seed has
    """

    origin: I8
    destination: I8
    part: I8
    seed: F8

    def __len__(self) -> int:
        """Return how many cells there are."""
        return len(self.seed)

    @property
    def pair(self) -> I8:
        """Index of the pair of zones of each cell."""
        width = int(self.destination.max(initial=0)) + 1
        return np.asarray(np.unique(self.origin * width + self.destination, return_inverse=True)[1], np.int64)

    @property
    def most(self) -> F8:
        """Upper bound of each cell."""
        return np.asarray(np.maximum(self.seed * MOST_CHANGE, self.seed + MOST_CHANGE) * (self.seed > 0))


@dataclass(frozen=True)
class Problem:
    """Counts, and the share of every cell that is expected in each.

    Attributes
    ----------
    cells : what is estimated
    proportions : expected vehicles of a count per vehicle of a cell, shape (counts, cells)
    counts : vehicles
    detector : index of the detector of each count
    background : vehicles of each count that are not estimated (buses, trips with stops)
    own_variance : variance of a count where it is known, NaN elsewhere
    """

    cells: Cells
    proportions: csr_array
    counts: F8
    detector: I8
    background: F8
    own_variance: F8

    def rows(self, chosen: NDArray[Any]) -> Problem:
        """Return the problem with some of its counts."""
        return replace(self, proportions=csr_array(self.proportions[chosen]), counts=self.counts[chosen],
                       detector=self.detector[chosen], background=self.background[chosen],
                       own_variance=self.own_variance[chosen])

    @property
    def seed_flow(self) -> F8:
        """What the seed has in each count."""
        return np.asarray(self.proportions @ self.cells.seed + self.background)

    def levelled(self, fewest: int = 1) -> Problem:
        """Return the problem with its seed brought to the level of the counts, if so many tell it.

        The level is the median of counts over what the seed has in them.
        """
        flow, counted = self.proportions @ self.cells.seed, self.counts - self.background
        some = (flow > 0) & (counted > 0)
        if some.sum() < fewest:
            return self
        return replace(self, cells=replace(self.cells, seed=self.cells.seed * np.median(counted[some] / flow[some])))

    @property
    def reached(self) -> NDArray[np.bool_]:
        """Whether any trip of the seed passes the place of each count."""
        return np.asarray(self.proportions @ (self.cells.seed > 0)) > 0

    def variance(self, relative_error: float) -> F8:
        """Variance of counts: that of a Poisson variable, and a relative error of counting and of assignment."""
        usual = np.maximum(self.counts, LEAST_VARIANCE) + (relative_error * self.counts) ** 2
        return np.asarray(np.where(np.isnan(self.own_variance), usual, self.own_variance))


def plain_problem(cells: Cells, proportions: csr_array, counts: F8) -> Problem:
    """Make a problem in which every count is of a detector of its own, and all vehicles are estimated.

    Examples
    --------
    >>> none = np.zeros(1, np.int64)
    >>> plain_problem(Cells(none, none + 1, none, np.array([10.0])), csr_array([[0.5]]), np.array([8.0])).seed_flow
    array([5.])
    """
    number = len(counts)
    return Problem(cells, proportions, counts, np.arange(number, dtype=np.int64), np.zeros(number),
                   np.full(number, np.nan))
