"""Generalised least squares with bounds: counts against a seed, each with its variance.

Source: E. Cascetta, Estimation of trip matrices from traffic counts and survey data: a generalized least squares
estimator, Transportation Research B 18 (1984) 289-299. It is solved in the space of the counts, of which there are far
fewer than cells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array, vstack

from trafficsim.design.estimation.prior import Prior
from trafficsim.design.estimation.problem import F8, I8, Problem

EXACT = 1e-6
"""Standard deviation (vehicles) with which a cell is held at a bound."""
ROUNDS = 30


@dataclass(frozen=True)
class Posterior:
    """Cells after the counts, and how they vary.

    Attributes
    ----------
    trips : vehicles by cell
    at_bound : cells that a bound holds
    """

    trips: F8
    at_bound: I8
    prior: Prior
    variances: Mapping[str, float]
    rows: csr_array
    noise: F8

    def deviation(self, sums: csr_array, block: int = 512) -> F8:
        """Standard deviation of sums of cells, worked out for some at a time."""
        seen = self.prior.seen(self.rows)
        factor = _factored(self.prior, seen, self.variances, self.noise)
        found = []
        for first in range(0, sums.shape[0], block):
            theirs = self.prior.seen(csr_array(sums[first:first + block]))
            across = self.prior.between(seen, theirs, self.variances)
            own = sum(self.variances[name] * np.asarray(one.multiply(one).sum(axis=1)).ravel()
                      for name, one in theirs.items())
            found.append(own - (across * cho_solve(factor, across)).sum(axis=0))
        return np.asarray(np.sqrt(np.maximum(np.concatenate([*found, np.zeros(0)]), 0.0)))


def least_squares(problem: Problem, prior: Prior, variances: Mapping[str, float], noise: F8) -> Posterior:
    """Estimate cells between 0 and their upper bounds.

    The least of ``sum (count - flow)^2 / noise + (trips - seed)' B^-1 (trips - seed)``: an active set holds cells at
    bounds, as if they had been counted exactly, and lets go of those that would move inwards.

    Parameters
    ----------
    problem
        Counts, seed and proportions.
    prior, variances
        Covariance B of the seed.
    noise
        Variances of the counts.
    """
    cells, most = problem.cells, problem.cells.most
    held: dict[int, float] = {}
    for _ in range(ROUNDS):
        rows, target, variance = _with_held(problem, held, noise)
        seen = prior.seen(rows)
        weight = cho_solve(_factored(prior, seen, variances, variance), target - rows @ cells.seed)
        trips = cells.seed + prior.pulled(seen, weight, variances)
        low, high = np.flatnonzero(trips < -1e-3), np.flatnonzero(trips > most + 1e-3)
        pull = dict(zip(held, weight[len(problem.counts):].tolist(), strict=True))
        free = [cell for cell, bound in held.items() if (pull[cell] < 0) == (bound == 0.0)]
        if not len(low) and not len(high) and not free:
            break
        held = {cell: bound for cell, bound in held.items() if cell not in free}
        held |= dict.fromkeys(low.tolist(), 0.0) | {cell: float(most[cell]) for cell in high.tolist()}
    return Posterior(np.clip(trips, 0.0, most), np.array(sorted(held), np.int64), prior, variances, rows, variance)


def _with_held(problem: Problem, held: Mapping[int, float], noise: F8) -> tuple[csr_array, F8, F8]:
    """Rows, targets and variances: those of the counts, and of the cells held at a bound."""
    number, where = len(held), np.array(list(held), np.int64)
    unit = csr_array((np.ones(number), (np.arange(number), where)), shape=(number, len(problem.cells)))
    rows = csr_array(vstack([problem.proportions, unit])) if number else problem.proportions
    target = np.concatenate([problem.counts - problem.background, np.array(list(held.values()))])
    return rows, target, np.concatenate([noise, np.full(number, EXACT**2)])


def _factored(prior: Prior, seen: Mapping[str, csr_array], variances: Mapping[str, float], noise: F8,
              ) -> tuple[F8, bool]:
    both = prior.between(seen, seen, variances)
    both[np.diag_indices_from(both)] += noise
    found: tuple[F8, bool] = cho_factor(both, lower=True)
    return found
