"""Distance between observed and simulated distributions of speed."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike


def distance_of_distributions(values: ArrayLike, edges: ArrayLike, counts: ArrayLike) -> float:
    """Largest difference of the cumulative shares of single values and of binned ones, at the edges of the bins.

    It is the Kolmogorov-Smirnov statistic as far as bins show it: a lower bound of that of the values themselves.

    Parameters
    ----------
    values
        Simulated speeds, at least one.
    edges, counts
        Rising edges and numbers of the observed bins; shape (bins + 1,) and (bins,).

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
