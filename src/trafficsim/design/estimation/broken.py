"""Detectors that the others contradict: what each counted against what all others say about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import inv
from scipy.stats import chi2, norm

from trafficsim.design.estimation.prior import Prior
from trafficsim.design.estimation.problem import F8, I8, Problem

LEVEL = 0.01
"""Chance that a set of sound detectors has any that is called broken: each is held against the level divided by their
number (Bonferroni)."""
MOST_SHARE = 1.0 / 3.0
"""No more than this share of the detectors is left out: if more contradict each other, nobody knows which are right."""


@dataclass(frozen=True)
class Broken:
    """A detector that is left out.

    Attributes
    ----------
    detector : its index
    counted, expected : vehicles of all its counts, and what the other detectors and the seed say
    deviation : how many standard deviations apart they are, as a normal variable of the same probability
    """

    detector: int
    counted: float
    expected: float
    deviation: float


def deleted_residuals(covariance: F8, residual: F8) -> tuple[F8, F8]:
    """Residual of every count against the prediction of all others, and its variance.

    ``covariance`` is that of the counts before they are known: of the seed's flows plus errors. Both come from its
    inverse (Cook & Weisberg 1982, Residuals and Influence in Regression, section 2.2); nothing is left out in turn.

    Examples
    --------
    >>> left, variance = deleted_residuals(np.array([[2.0, 1.0], [1.0, 2.0]]), np.array([1.0, 0.0]))
    >>> left.round(9).tolist(), variance.round(9).tolist()
    ([1.0, -0.5], [1.5, 1.5])
    """
    inverse = inv(covariance)
    variance = 1.0 / np.diag(inverse)
    return (inverse @ residual) * variance, variance


def find_broken(problem: Problem, prior: Prior, variances: Mapping[str, float], noise: F8) -> tuple[Broken, ...]:
    """Find detectors that the others contradict, the worst first; each is left out before the next is judged.

    All counts of a detector are judged together: their deleted residuals, squared and weighted, are a chi-square
    variable with as many degrees of freedom. It is broken if the probability, times the number of detectors, is below
    :data:`LEVEL`.
    """
    kept, found = np.arange(len(problem.counts)), list[Broken]()
    number = len(np.unique(problem.detector))
    seen = prior.seen(problem.proportions)
    covariance = prior.between(seen, seen, variances) + np.diag(noise)
    while len(found) < MOST_SHARE * number - 1 and len(np.unique(problem.detector[kept])) > 2:
        worst, probability = _worst(problem, covariance, kept)
        if probability * number >= LEVEL:
            break
        found.append(worst)
        kept = kept[problem.detector[kept] != worst.detector]
    return tuple(found)


def _worst(problem: Problem, covariance: F8, kept: I8) -> tuple[Broken, float]:
    """The detector that fits least, and the probability of fitting so badly."""
    inverse = inv(covariance[np.ix_(kept, kept)])
    pulled = inverse @ (problem.counts - problem.seed_flow)[kept]
    worst, least = None, np.inf
    for detector in np.unique(problem.detector[kept]).tolist():
        rows = np.flatnonzero(problem.detector[kept] == detector)
        residual = np.linalg.solve(inverse[np.ix_(rows, rows)], pulled[rows])
        log_p = float(chi2.logsf(residual @ pulled[rows], len(rows)))
        if log_p < least:
            counted = float(problem.counts[kept[rows]].sum())
            least, worst = log_p, Broken(detector, counted, counted - float(residual.sum()), _deviation(log_p))
    assert worst is not None
    return worst, float(np.exp(least))


def _deviation(log_probability: float) -> float:
    """Standard deviations of a normal variable, on both sides, of a probability; asymptotic where it is tiny."""
    half = log_probability - np.log(2.0)
    return float(norm.isf(np.exp(half))) if half > -700.0 else float(np.sqrt(-2.0 * half))
