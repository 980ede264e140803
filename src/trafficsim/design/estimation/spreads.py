"""How wrong seed and counts are, judged by how well each count is predicted by all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from trafficsim.design.estimation.broken import deleted_residuals
from trafficsim.design.estimation.prior import Prior, Spread
from trafficsim.design.estimation.problem import F8, Problem

FREEDOM = 4.0
"""Degrees of freedom of the t distribution of residuals: a broken detector must not make all others look imprecise
(Lange, Little & Taylor, Robust statistical modeling using the t distribution, JASA 84 (1989) 881-896)."""
DOUBT = 0.7
"""Standard deviation of the logarithm of each spread around its default: a factor of 2 either side (modelling
assumption). It decides where counts are too few to tell."""
PROFILE = np.linspace(-1.5, 1.5, 11)
"""Logarithms of the factors at which the profile of a spread is looked at."""
CONSISTENT = 0.8310034937777917
"""Scale of that distribution that fits normal residuals of standard deviation 1: where the mean of
(f + 1) z^2 / (f s^2 + z^2) is 1 for f = 4."""
FEWEST, MOST = 6, 200
"""Counts that say something about spreads, and counts that are looked at (evenly chosen)."""


def spread_of(problem: Problem, prior: Prior, default: Spread) -> Spread:
    """Return the spreads of zones, pairs and counts under which the counts predict each other best.

    Each count is predicted by all others; the sum of the log densities of what was counted is largest. Seeds that are
    far from the counts get wide spreads, and all intervals with them. Links carry many pairs, whose errors cancel out,
    so that counts say little about a single one: they may raise the spread of pairs, and not lower it.
    """
    chosen = np.flatnonzero(problem.reached)
    if len(chosen) < FEWEST:
        return default
    part = problem.rows(chosen[np.linspace(0, len(chosen) - 1, min(len(chosen), MOST)).astype(np.int64)])
    seen = prior.seen(part.proportions)
    parts = {name: _square(one) for name, one in seen.items()}
    start = np.array([default.zone, default.pair, default.error])

    def loss(logs: F8) -> float:
        zone, pair, error = (start * np.exp(np.clip(logs, -4.0, 4.0))).tolist()
        return _loss(part, parts, Spread(default.total, zone, pair, error)) + float((logs**2).sum()) / (2 * DOUBT**2)

    found = minimize(loss, np.zeros(3), method="Nelder-Mead", options={"maxfev": 80, "xatol": 0.02,
                     "fatol": 0.02, "initial_simplex": np.vstack([np.zeros(3), 0.7 * np.eye(3)])})
    zone, pair, error = (start * np.exp(np.clip(found.x + _doubt(loss, found.x), -4.0, 4.0))).tolist()
    return Spread(default.total, float(zone), max(float(pair), default.pair), float(error))


def _doubt(loss: Callable[[F8], float], logs: F8) -> F8:
    """Raise the logarithms of spreads to those of their mean variances, each along its own profile.

    Intervals that took the most likely spread for the truth would be too narrow where counts tell little about it.
    """
    raised = np.zeros(len(logs))
    for one in range(len(logs)):
        losses = np.array([loss(logs + step * (np.arange(len(logs)) == one)) for step in PROFILE])
        weight = np.exp(losses.min() - losses)
        raised[one] = 0.5 * np.log((weight * np.exp(2.0 * PROFILE)).sum() / weight.sum())
    return raised


def freedom_of(problem: Problem, prior: Prior, spread: Spread) -> float:
    """Return the variance over the mean of the cells of maximum entropy that makes counts predict each other best."""
    chosen = np.flatnonzero(problem.reached)
    part = problem.rows(chosen[np.linspace(0, len(chosen) - 1, min(len(chosen), MOST)).astype(np.int64)])
    parts = {name: _square(one) for name, one in prior.seen(part.proportions).items()}
    tried = np.exp(np.linspace(np.log(0.01), np.log(1000.0), 24))
    losses = [_loss_of(part, parts, {"cell": float(one)}, spread.error) for one in tried]
    return float(tried[int(np.argmin(losses))])


def noise_of(problem: Problem, prior: Prior, spread: Spread) -> F8:
    """Return the variances of counts, larger where the other counts contradict one: it then weighs less.

    The factor is ``(f + z^2) / (f + 1)``, where it is above 1, for a deleted residual of z standard deviations: the
    weights of the t distribution with f degrees of freedom (Lange, Little & Taylor 1989).
    """
    noise = problem.variance(spread.error)
    if len(noise) < FEWEST:
        return noise
    seen = prior.seen(problem.proportions)
    covariance = prior.between(seen, seen, spread.variances) + np.diag(noise)
    residual, variance = deleted_residuals(covariance, problem.counts - problem.seed_flow)
    return np.asarray(noise * np.maximum((FREEDOM + residual**2 / variance) / (FREEDOM + 1.0), 1.0))


def _square(seen: csr_array) -> F8:
    return np.asarray((seen @ seen.T).toarray())


def _loss(problem: Problem, parts: Mapping[str, F8], spread: Spread) -> float:
    return _loss_of(problem, parts, spread.variances, spread.error)


def _loss_of(problem: Problem, parts: Mapping[str, F8], variances: Mapping[str, float], error: float) -> float:
    covariance = np.asarray(sum(variances[name] * part for name, part in parts.items()))
    covariance = covariance + np.diag(problem.variance(error))
    residual, variance = deleted_residuals(covariance, problem.counts - problem.seed_flow)
    scale = CONSISTENT**2 * variance
    density = np.log(scale) / 2.0 + (FREEDOM + 1.0) / 2.0 * np.log1p(residual**2 / (FREEDOM * scale))
    return float(np.sum(density))
