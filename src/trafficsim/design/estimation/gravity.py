"""A matrix where nobody has one: trips grow with what zones produce and attract, and fall off with cost.

Source: the doubly constrained gravity model with exponential deterrence (Wilson 1967; Ortúzar & Willumsen, Modelling
Transport, chapter 5): ``trips = a_i O_i b_j D_j exp(-beta c_ij)``.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq

from trafficsim.base.errors import DemandError
from trafficsim.design.estimation.problem import F8

ROUNDS, ENOUGH = 500, 1e-9
LEAST_BETA, MOST_BETA = 1e-6, 1e3


def gravity(production: F8, attraction: F8, cost: F8, beta: float) -> F8:
    """Return trips from zone to zone; none within zones, and none where the cost is infinite.

    Parameters
    ----------
    production, attraction
        Trips from each zone, and weights of the trips to it (scaled to as many).
    cost
        Cost from zone to zone, of any unit; shape (zones, zones).
    beta
        Deterrence, per unit of cost.

    Examples
    --------
    >>> cost = np.array([[0.0, 1.0, 9.0], [1.0, 0.0, 1.0], [9.0, 1.0, 0.0]])
    >>> gravity(np.array([10.0, 0.0, 0.0]), np.array([0.0, 1.0, 1.0]), cost, 0.0).round(3).tolist()[0]
    [0.0, 5.0, 5.0]
    """
    nearest = np.where(np.isfinite(cost), cost, np.inf).min(initial=np.inf, where=cost > 0)
    willing = np.exp(-beta * np.where(np.isfinite(cost), cost - nearest, 0.0)) * np.isfinite(cost)
    np.fill_diagonal(willing, 0.0)
    wanted = attraction * (production.sum() / max(float(attraction.sum()), 1e-300))
    to = np.ones(len(cost))
    for _ in range(ROUNDS):
        by = _over(production, willing @ (to * wanted))
        after = _over(np.ones(len(cost)), willing.T @ by)
        if np.abs(after - to).max() <= ENOUGH * max(float(np.abs(to).max()), 1.0):
            break
        to = after
    return np.asarray(by[:, np.newaxis] * willing * (to * wanted))


def beta_of(production: F8, attraction: F8, cost: F8, mean_cost: float) -> float:
    """Return the deterrence under which the mean cost of the trips is a target.

    Raises
    ------
    DemandError
        If no deterrence gives it.

    Examples
    --------
    >>> cost = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
    >>> beta = beta_of(np.ones(5), np.ones(5), cost, 1.6)
    >>> trips = gravity(np.ones(5), np.ones(5), cost, beta)
    >>> round(float((trips * cost).sum() / trips.sum()), 6)
    1.6
    """
    finite = np.where(np.isfinite(cost), cost, 0.0)

    def excess(beta: float) -> float:
        trips = gravity(production, attraction, cost, beta)
        return float((trips * finite).sum() / max(float(trips.sum()), 1e-300)) - mean_cost

    steepest = min(MOST_BETA, 500.0 / max(float(finite.max()), 1e-9))
    longest, shortest = excess(LEAST_BETA), excess(steepest)
    if not shortest < 0.0 < longest:
        raise DemandError("mean trip length", f"{mean_cost:g}", f"between {mean_cost + shortest:,.0f} and "
                          f"{mean_cost + longest:,.0f}, which this network and these zones can have",
                          "give another --trip-length")
    return float(brentq(excess, LEAST_BETA, steepest, xtol=1e-12))


def _over(value: F8, by: F8) -> F8:
    return np.asarray(np.divide(value, by, out=np.zeros_like(by), where=by > 0.0))
