"""How far a seed may be wrong: in its total, in the trip ends of zones, in its slices and in single cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from trafficsim.design.estimation.problem import F8, I8, Cells

PARTS = ("total", "part", "origin", "destination", "pair", "cell")


@dataclass(frozen=True)
class Spread:
    """Relative standard deviations of the errors of a seed, and of counts.

    Attributes
    ----------
    total : of the seed as a whole
    zone : of the trips from a zone, of those to a zone, and of a slice
    pair : of a pair of zones, beyond those of its zones; a single slice of a pair deviates by half as much again
    error : of counts, with that of the routes of the assignment

    Examples
    --------
    >>> Spread().variances["origin"]
    0.04
    """

    total: float = 0.5
    zone: float = 0.2
    pair: float = 0.3
    error: float = 0.05

    @property
    def variances(self) -> Mapping[str, float]:
        """Variance of each part of the error of the seed."""
        zone, pair = round(self.zone**2, 12), round(self.pair**2, 12)
        return {"total": self.total**2, "part": zone, "origin": zone, "destination": zone, "pair": pair,
                "cell": pair / 4.0}


@dataclass(frozen=True)
class Prior:
    """The covariance of the cells before any count: a sum over parts, each with a factor of few columns.

    Attributes
    ----------
    factors : by part, shape (cells, groups); the covariance of the part is its variance times factor @ factor.T
    """

    factors: Mapping[str, csr_array]

    def seen(self, rows: csr_array) -> dict[str, csr_array]:
        """Factors as sums of cells see them: rows (k, cells) -> (k, groups)."""
        return {name: csr_array(rows @ factor) for name, factor in self.factors.items()}

    def between(self, first: Mapping[str, csr_array], second: Mapping[str, csr_array], variances: Mapping[str, float],
                ) -> F8:
        """Covariance between two sets of sums of cells."""
        parts = [variances[name] * (first[name] @ second[name].T).toarray() for name in self.factors]
        return np.asarray(sum(parts))

    def pulled(self, seen: Mapping[str, csr_array], weights: F8, variances: Mapping[str, float]) -> F8:
        """Return the change of the cells that weights of sums of cells bring: covariance times rows' times weights."""
        parts = [variances[name] * (factor @ (seen[name].T @ weights)) for name, factor in self.factors.items()]
        return np.asarray(sum(parts))


def prior_of(cells: Cells) -> Prior:
    """Make the prior of a seed: relative errors of the total, of slices, of zones, of pairs and of cells."""
    nothing = np.zeros(len(cells), np.int64)
    groups = {"total": nothing, "part": cells.part, "origin": cells.origin, "destination": cells.destination,
              "pair": cells.pair, "cell": np.arange(len(cells), dtype=np.int64)}
    several = len(np.unique(cells.part)) > 1
    skipped = set() if several else {"part", "cell"}
    return Prior({name: _factor(cells.seed, groups[name]) for name in PARTS if name not in skipped})


def entropy_prior_of(cells: Cells) -> Prior:
    """Make the prior of maximum entropy: cells vary by themselves, with variances as their seeds."""
    return Prior({"cell": _factor(np.sqrt(cells.seed), np.arange(len(cells), dtype=np.int64))})


def _factor(size: F8, group: I8) -> csr_array:
    return csr_array((size, (np.arange(len(size)), group)), shape=(len(size), int(group.max(initial=-1)) + 1))
