"""Observed against simulated distributions of speed: mean, spread, 85th percentile, distance of the two."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

F8 = NDArray[np.float64]


class Moments(NamedTuple):
    """What a histogram says: mean, standard deviation and 85th percentile in km/h, and how many values it holds."""

    mean: float
    sd: float
    p85: float
    n: float


def binned_moments(edges: ArrayLike, counts: ArrayLike) -> Moments:
    """Mean, spread and 85th percentile of binned values; the last edge closes the last bin.

    Grouping adds w²/12 to the variance of a smooth distribution, which is taken off again (Sheppard 1898); no less than
    that is left, the variance within a single bin. The percentile is interpolated within its bin.

    Parameters
    ----------
    edges
        Shape (bins + 1,), rising.
    counts
        Shape (bins,), at least one above 0.

    Examples
    --------
    >>> one = binned_moments([0.0, 10.0, 20.0], [50, 50])
    >>> one.mean, round(one.sd, 3), one.p85
    (10.0, 4.082, 17.0)
    """
    ends, number = np.asarray(edges, np.float64), np.asarray(counts, np.float64)
    middle, width, total = (ends[1:] + ends[:-1]) / 2.0, np.diff(ends), number.sum()
    mean = float(middle @ number / total)
    grouping = float(width**2 @ number / total) / 12.0
    variance = max(float((middle - mean) ** 2 @ number / total) - grouping, grouping)
    cumulative = np.append(0.0, np.cumsum(number) / total)
    return Moments(mean, math.sqrt(variance), float(np.interp(0.85, cumulative, ends)), float(total))


def distance_of_distributions(values: ArrayLike, edges: ArrayLike, counts: ArrayLike) -> float:
    """Largest difference of the cumulative shares of single values and of binned ones, at the edges of the bins.

    It is the Kolmogorov-Smirnov statistic as far as bins show it: a lower bound of that of the values themselves.

    Parameters
    ----------
    values
        Simulated speeds, at least one.
    edges, counts
        Observed bins as in :func:`binned_moments`; shape (bins + 1,) and (bins,).

    Examples
    --------
    >>> distance_of_distributions([5.0, 15.0], [0.0, 10.0, 20.0], [50, 50])
    0.0
    """
    ours, ends = np.sort(np.asarray(values, np.float64)), np.asarray(edges, np.float64)
    number = np.asarray(counts, np.float64)
    seen = np.cumsum(number)[:-1] / number.sum()
    simulated = np.searchsorted(ours, ends[1:-1], side="left") / len(ours)
    return float(np.abs(seen - simulated).max()) if len(seen) else 0.0


def largest_distance(observed: float, simulated: float, level: float = 0.05) -> float:
    """Distance that two samples of one distribution exceed with a probability of ``level`` (Smirnov 1939, asymptotic).

    Parameters
    ----------
    observed, simulated
        Numbers of values. They must be independent: readings of one site on one day are not quite.
    level
        Probability.

    Examples
    --------
    >>> round(largest_distance(1000, 1000), 4)
    0.0607
    """
    return math.sqrt(-0.5 * math.log(level / 2.0) * (1.0 / observed + 1.0 / simulated))
