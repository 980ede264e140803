"""The estimate of a matrix from counts: what was used, what was left out, what the counts determine, and intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.linalg import eigvalsh
from scipy.sparse import csr_array, eye_array

from trafficsim.design.estimation.broken import Broken, find_broken
from trafficsim.design.estimation.entropy import maximum_entropy
from trafficsim.design.estimation.least_squares import Posterior, least_squares
from trafficsim.design.estimation.prior import Prior, Spread, entropy_prior_of, prior_of
from trafficsim.design.estimation.problem import F8, I8, Problem
from trafficsim.design.estimation.spreads import FEWEST, freedom_of, noise_of, spread_of

Method = Literal["gls", "entropy"]
QUANTILE_95 = 1.959963984540054
"""Of the normal distribution, for intervals of 95 %."""


@dataclass(frozen=True)
class Determined:
    """How far the counts determine the cells.

    Attributes
    ----------
    cells, counts : how many there are
    rank : directions of the matrix that the counts see at all
    known : directions in which the counts say more than the seed
    effective : degrees of freedom that the counts take up (between 0 and the rank)
    seed_share : variance of the cells that is left over that of the seed: 1 where counts say nothing
    """

    cells: int
    counts: int
    rank: int
    known: int
    effective: float
    seed_share: float


@dataclass(frozen=True)
class Estimate:
    """Cells, with intervals.

    Attributes
    ----------
    trips, deviation : vehicles by cell, and their standard deviation
    posterior : covariances
    spread : how wrong seed and counts are, as the counts tell
    broken : detectors that are left out because the others contradict them
    unreached : counts that no trip of the seed passes
    used : counts that are used
    determined : how far the counts determine the cells
    at_bound : cells that a bound holds
    """

    trips: F8
    deviation: F8
    posterior: Posterior
    spread: Spread
    broken: tuple[Broken, ...]
    unreached: I8
    used: I8
    determined: Determined
    at_bound: int

    def flow(self, sums: csr_array) -> tuple[F8, F8]:
        """Return sums of cells (flows of links, trip ends of zones), and their standard deviations."""
        return np.asarray(sums @ self.trips), self.posterior.deviation(sums)


def estimate(problem: Problem, method: Method = "gls", default: Spread | None = None) -> Estimate:
    """Estimate the cells of a matrix.

    Parameters
    ----------
    problem
        Counts, seed and proportions.
    method
        ``"gls"``: generalised least squares; ``"entropy"``: maximum entropy.
    default
        Spreads where counts are too few to tell.
    """
    problem = problem.levelled(FEWEST)  # errors of a seed are relative to what there is
    reached = np.flatnonzero(problem.reached)
    usual = default or Spread()
    prior = prior_of(problem.cells)
    spread, broken, used = _sound(problem.rows(reached), prior, usual)
    used = reached[used]
    kept = problem.rows(used)
    noise = noise_of(kept, prior, spread)
    if method == "entropy":
        posterior = _entropy(kept, spread, noise)
    else:
        posterior = least_squares(kept, prior, spread.variances, noise)
    deviation = posterior.deviation(csr_array(eye_array(len(problem.cells))))
    unreached = np.flatnonzero(~problem.reached)
    return Estimate(posterior.trips, deviation, posterior, spread, broken, unreached, used,
                    _determined(kept, posterior, deviation), len(posterior.at_bound))


def _sound(problem: Problem, prior: Prior, default: Spread) -> tuple[Spread, tuple[Broken, ...], I8]:
    """Spreads, detectors that are broken, and the counts of the others: twice, as each depends on the other."""
    everything = np.arange(len(problem.counts))
    spread, broken, used = default, tuple[Broken, ...](), everything
    if not len(everything):
        return spread, broken, used
    for _ in range(2):
        spread = spread_of(problem.rows(used), prior, default)
        broken = find_broken(problem, prior, spread.variances, problem.variance(spread.error))
        used = everything[~np.isin(problem.detector, [one.detector for one in broken])]
    return spread, broken, used


def _entropy(problem: Problem, spread: Spread, noise: F8) -> Posterior:
    """Maximum entropy, with the covariance of its cells around the solution (Laplace's approximation)."""
    freedom = freedom_of(problem, entropy_prior_of(problem.cells), spread) if len(noise) else 1.0
    trips = maximum_entropy(problem, freedom, noise)
    around = entropy_prior_of(replace(problem.cells, seed=trips))
    held = np.flatnonzero(trips >= problem.cells.most * (1 - 1e-12))
    return Posterior(trips, held, around, {"cell": freedom}, problem.proportions, noise)


def _determined(problem: Problem, posterior: Posterior, deviation: F8) -> Determined:
    number = len(problem.counts)
    seed_variance = np.asarray(sum(posterior.variances[name] * np.asarray(one.multiply(one).sum(axis=1)).ravel()
                                   for name, one in posterior.prior.factors.items()))
    left = float((deviation**2).sum() / seed_variance.sum()) if seed_variance.sum() > 0 else 1.0
    if not number:
        return Determined(len(problem.cells), 0, 0, 0, 0.0, left)
    seen = posterior.prior.seen(problem.proportions)
    flows = posterior.prior.between(seen, seen, posterior.variances)
    size = 1.0 / np.sqrt(posterior.noise[:number])
    gain = np.maximum(eigvalsh(flows * size[:, np.newaxis] * size), 0.0)
    rank = int((gain > 1e-9 * max(float(gain.max()), 1e-300)).sum())
    known, effective = int((gain > 1.0).sum()), float((gain / (1.0 + gain)).sum())
    return Determined(len(problem.cells), number, rank, known, effective, left)


def seed_deviation(prior: Prior, variances: Mapping[str, float], sums: csr_array) -> F8:
    """Standard deviation of sums of cells before any count."""
    theirs = prior.seen(sums)
    parts = [variances[name] * np.asarray(one.multiply(one).sum(axis=1)).ravel() for name, one in theirs.items()]
    return np.asarray(np.sqrt(np.sum(parts, axis=0)))
