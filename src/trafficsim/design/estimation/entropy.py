"""Maximum entropy: the matrix nearest to the seed in information that fits the counts within their errors.

Source: H. J. van Zuylen, L. G. Willumsen, The most likely trip matrix estimated from traffic counts, Transportation
Research B 14 (1980) 281-293; here counts have variances, and cells have bounds, so that counts that contradict each
other have a solution too.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import diags_array

from trafficsim.design.estimation.problem import F8, Problem

ROUNDS, ENOUGH = 100, 1e-4
"""Newton steps at most, and the largest residual of the dual (standard deviations of counts) at which to stop."""


def maximum_entropy(problem: Problem, freedom: float, noise: F8) -> F8:
    """Estimate cells: ``seed * exp(freedom * sum of multipliers of the counts that they pass)``, within their bounds.

    The multipliers are the solution of the dual problem, found by Newton's method with a line search.

    Parameters
    ----------
    problem
        Counts, seed and proportions.
    freedom
        Variance of a cell over its seed: how far cells may leave the seed, against the errors of the counts.
    noise
        Variances of the counts.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from trafficsim.design.estimation.problem import Cells, plain_problem
    >>> none = np.zeros(2, np.int64)
    >>> seed = Cells(none, np.arange(2), none, np.array([10.0, 30.0]))
    >>> both = plain_problem(seed, csr_array(np.ones((1, 2))), np.array([80.0]))
    >>> maximum_entropy(both, 1e6, np.ones(1)).round(2).tolist()
    [20.0, 60.0]
    """
    rows, target = problem.proportions, problem.counts - problem.background
    seed, most = problem.cells.seed, problem.cells.most
    widest = np.log(np.maximum(most, 1e-12) / np.maximum(seed, 1e-12))

    def dual(weight: F8) -> tuple[float, F8, F8]:
        """Value and gradient of the dual, and the cells."""
        power = np.clip(freedom * (rows.T @ weight), -50.0, np.maximum(widest, 0.0))
        trips = seed * np.exp(power)
        beyond = freedom * (rows.T @ weight) - power
        value = ((trips - seed + trips * beyond).sum() / freedom - weight @ target + 0.5 * weight @ (noise * weight))
        return float(value), rows @ trips - target + noise * weight, trips

    weight = np.zeros(len(target))
    value, gradient, trips = dual(weight)
    for _ in range(ROUNDS):
        free = trips < most * (1 - 1e-12)
        hessian = (rows @ diags_array(freedom * trips * free) @ rows.T).toarray() + np.diag(noise)
        step = cho_solve(cho_factor(hessian), -gradient)
        slope, size = float(gradient @ step), 1.0
        if np.abs(gradient / np.sqrt(noise)).max(initial=0.0) < ENOUGH:
            break
        while size > 1e-10 and dual(weight + size * step)[0] > value + 1e-4 * size * slope:
            size /= 2.0
        weight = weight + size * step
        value, gradient, trips = dual(weight)
    return np.asarray(trips, np.float64)
