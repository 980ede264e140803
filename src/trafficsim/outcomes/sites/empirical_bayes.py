"""Empirical Bayes: what a site's crash count is worth beside what sites like it have.

A safety performance function gives the mean m of sites like this one, and they vary around it as a gamma distribution
with variance k m^2. Given a count, the expected number of the site is again gamma distributed: Hauer (1997),
*Observational Before-After Studies in Road Safety*, ch. 11; Highway Safety Manual, part C, appendix A.2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from trafficsim.base.errors import InputError

F8 = NDArray[np.float64]


@dataclass(frozen=True)
class Expected:
    """Expected crashes of sites in the period in which they were counted.

    Attributes
    ----------
    weight : of the prediction; that of the count is one minus it; shape (n,)
    mean, variance : of the expected number, shape (n,)
    shape_parameter, rate : of its gamma distribution, shape (n,)
    """

    weight: F8
    mean: F8
    variance: F8
    shape_parameter: F8
    rate: F8

    def interval(self, confidence: float = 0.95) -> tuple[F8, F8]:
        """Return the ends of the central interval of the expected number, each of shape (n,)."""
        return gamma_interval(self.mean, self.variance, confidence)


def gamma_interval(mean: F8, variance: F8, confidence: float = 0.95) -> tuple[F8, F8]:
    """Return the ends of the central interval of gamma quantities with these moments, each of shape (n,).

    Examples
    --------
    >>> low, high = gamma_interval(np.array([10.0]), np.array([4.0]))
    >>> round(float(low[0]), 2), round(float(high[0]), 2)
    (6.47, 14.28)
    """
    tail = (1.0 - confidence) / 2.0
    low, high = (np.asarray(gammaincinv(mean**2 / variance, level) * variance / mean) for level in (tail, 1.0 - tail))
    return low, high


def empirical_bayes(predicted: ArrayLike, observed: ArrayLike, overdispersion: ArrayLike) -> Expected:
    """Combine predicted and observed crashes of a period: ``w m + (1 - w) x`` with ``w = 1 / (1 + k m)``.

    Parameters
    ----------
    predicted
        Calibrated prediction m for the whole period, above zero; shape (n,).
    observed
        Crashes x counted in it; shape (n,).
    overdispersion
        The k of the function (Var = m + k m^2), above zero; shape (n,) or a number.

    Raises
    ------
    InputError
        If a prediction or an overdispersion is not above zero, or a count is negative.

    Examples
    --------
    >>> expected = empirical_bayes(5.0, 10, 0.4)
    >>> round(float(expected.weight[0]), 3), round(float(expected.mean[0]), 2)
    (0.333, 8.33)
    """
    arrays = (np.atleast_1d(np.asarray(one, np.float64)) for one in (predicted, observed, overdispersion))
    prior, count, k = np.broadcast_arrays(*arrays)
    _require("predicted crashes", prior, prior > 0.0, "numbers above 0")
    _require("overdispersion", k, k > 0.0, "numbers above 0")
    _require("observed crashes", count, count >= 0.0, "numbers of at least 0")
    weight = 1.0 / (1.0 + k * prior)
    shape, rate = 1.0 / k + count, 1.0 / (k * prior) + 1.0
    return Expected(weight, weight * prior + (1.0 - weight) * count, shape / rate**2, shape, rate)


def _require(what: str, values: F8, right: NDArray[np.bool_], expected: str) -> None:
    wrong = values[~(np.isfinite(values) & right)]
    if len(wrong):
        raise InputError(what, f"{wrong[0]:g}", expected, "correct the input of the empirical Bayes estimate")
