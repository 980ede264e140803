"""Plain statistics of replications: t-intervals, paired tests, Holm's correction, what pairing gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

F8 = NDArray[np.float64]


def t_interval(values: ArrayLike, confidence: float = 0.95) -> tuple[F8, F8, F8]:
    """Mean and two-sided Student t-interval over the last axis (Student 1908).

    Parameters
    ----------
    values
        Shape (..., n) with n >= 2.
    confidence
        Level of the interval.

    Returns
    -------
    Mean, low and high end, each of shape (...).

    Examples
    --------
    >>> [round(float(part), 3) for part in t_interval([1.0, 2.0, 3.0])]
    [2.0, -0.484, 4.484]
    """
    sample = np.asarray(values, np.float64)
    mean, error, freedom = _moments(sample)
    half = stdtrit(freedom, 0.5 + confidence / 2.0) * error
    return mean, mean - half, mean + half


def paired_p(differences: Sequence[float]) -> float:
    """Two-sided p-value of the paired t-test that the mean difference is zero; n >= 2.

    Without variance the output is defined: 1 if all differences are zero, else 0 (every pair says the same). Counts
    and what else comes in steps can agree by chance in few pairs: for them see :func:`sign_p`.

    Examples
    --------
    >>> paired_p([0.0, 0.0]), paired_p([1.0, 1.0]), round(paired_p([1.0, 2.0, 3.0]), 4)
    (1.0, 0.0, 0.0742)
    """
    mean, error, freedom = _moments(np.asarray(differences, np.float64))
    if error == 0.0:
        return 1.0 if mean == 0.0 else 0.0
    return float(2.0 * stdtr(freedom, -abs(mean) / error))


def sign_p(n: int) -> float:
    """Two-sided p-value of the exact sign test when all of ``n`` differences have one sign (Conover 1999, section 3.4).

    Examples
    --------
    >>> sign_p(2), sign_p(6)
    (0.5, 0.03125)
    """
    return 2.0 ** (1 - n)


def equivalence_p(differences: Sequence[float], margin: float) -> float:
    """p-value of two one-sided tests that the mean difference lies within plus or minus ``margin`` (Schuirmann 1987).

    Without variance the output is defined: 0 if the differences are zero or below the margin, else 1.

    Examples
    --------
    >>> equivalence_p([0.0, 0.0], 1.0), round(equivalence_p([-0.1, 0.1, 0.0], 1.0), 4)
    (0.0, 0.0017)
    """
    mean, error, freedom = _moments(np.asarray(differences, np.float64))
    if error == 0.0:
        return 0.0 if mean == 0.0 or abs(mean) < margin else 1.0
    return float(stdtr(freedom, (abs(mean) - margin) / error))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values of one family for multiple testing, in the order given (Holm 1979).

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, position in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[position]))
        adjusted[position] = highest
    return adjusted


class Pairing(NamedTuple):
    """What taking differences in pairs gains; each is ``None`` where there is no variance to speak of."""

    variance_ratio: float | None
    correlation: float | None


def pairing(ours: ArrayLike, theirs: ArrayLike) -> Pairing:
    """Variance of the paired differences against unpaired ones, and the correlation of the pairs.

    ``variance_ratio = Var(a - b) / (Var(a) + Var(b))``: 0.1 means that a tenth of the replications gives the interval
    that independent runs would give; 1 means that pairing gains nothing. With common random numbers 2 s of retiming
    should give at most 0.3, and policies of behaviour in free flow may give 0.75 to 0.8 (requirements; the benchmark
    ``statistics_check`` prints what is reached).

    Parameters
    ----------
    ours, theirs
        Shape (n,), n >= 2, values of the same replications in the same order.

    Examples
    --------
    >>> pairing([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    Pairing(variance_ratio=0.0, correlation=1.0)
    >>> pairing([1.0, 1.0], [1.0, 1.0])
    Pairing(variance_ratio=None, correlation=None)
    """
    a, b = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    sd_a, sd_b, sd_difference = (standard_deviation(part) for part in (a, b, a - b))
    unpaired, product = sd_a**2 + sd_b**2, sd_a * sd_b
    ratio = sd_difference**2 / unpaired if unpaired > 0.0 else None
    correlation = (unpaired - sd_difference**2) / (2.0 * product) if product > 0.0 else None
    return Pairing(ratio, None if correlation is None else min(1.0, max(-1.0, correlation)))


def standard_deviation(values: ArrayLike) -> float:
    """Sample standard deviation, exactly zero if all values are equal; n >= 2.

    Examples
    --------
    >>> standard_deviation([1.0, 3.0]), standard_deviation([0.1, 0.1, 0.1])
    (1.4142135623730951, 0.0)
    """
    sample = np.asarray(values, np.float64)
    return 0.0 if (sample == sample[0]).all() else float(sample.std(ddof=1))


def _moments(sample: F8) -> tuple[F8, F8, int]:
    """Mean, its standard error (exactly zero if all values are equal) and the degrees of freedom."""
    count = sample.shape[-1]
    mean = sample.mean(axis=-1)
    error = sample.std(axis=-1, ddof=1) / np.sqrt(count)
    constant = (sample == sample[..., :1]).all(axis=-1)
    return np.where(constant, sample[..., 0], mean), np.where(constant, 0.0, error), count - 1
