"""Maximum likelihood of many normal or lognormal distributions at once, of which only bins are known.

Readings in bins are interval-censored: a bin says between which speeds a reading lies. The first and the last bin may
be open; readings below a speed may be left out, which truncates the distribution there.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

F8 = NDArray[np.float64]
Shape = Literal["normal", "lognormal"]

MOST_STEPS, HALVINGS = 60, 8
SMALL = 1e-12
CLOSE = 1e-7
LEAST_SD, MOST_SD = 0.1, 10.0
"""Bounds of the standard deviation, in units of the first guess."""


class BinnedFit(NamedTuple):
    """Fits of many sites, arrays of shape (sites,).

    Attributes
    ----------
    mean, sd : in km/h; of the lognormal those of the speed, not of its logarithm
    log_likelihood : of the readings used, per reading
    n : readings used
    converged : whether the score vanishes within the bounds
    """

    mean: F8
    sd: F8
    log_likelihood: F8
    n: F8
    converged: NDArray[np.bool_]


def fit_binned(edges_kmh: ArrayLike, counts: ArrayLike, shape: Shape = "normal") -> BinnedFit:
    """Fit a distribution to each row of counts by Fisher scoring.

    The likelihood is that of a multinomial with the probabilities of the bins, given that a reading lies above the
    first edge: ``p_j = (F(e_(j+1)) - F(e_j)) / (F(e_last) - F(e_0))``. A first edge of minus infinity (or 0 of a
    lognormal) and a last one of infinity make these bins open. Two parameters cannot be told from fewer than three
    bins with readings: such rows are not converged.

    Parameters
    ----------
    edges_kmh
        Shape (bins + 1,), rising; the last may be infinite, the first minus infinity.
    counts
        Shape (sites, bins).
    shape
        ``"normal"`` or ``"lognormal"``.

    Examples
    --------
    >>> one = fit_binned([-np.inf, 40.0, 50.0, 60.0, np.inf], [[1587, 3413, 3413, 1587]])
    >>> round(float(one.mean[0]), 2), round(float(one.sd[0]), 2), bool(one.converged[0])
    (50.0, 10.0, True)
    """
    ends, number = np.asarray(edges_kmh, np.float64), np.atleast_2d(np.asarray(counts, np.float64))
    if shape == "lognormal":
        ends = np.log(np.maximum(ends, SMALL))
    place, spread = _first_guess(ends, number)
    bounds = np.log(LEAST_SD * spread), np.log(MOST_SD * spread)
    total = np.maximum(number.sum(axis=1), SMALL)
    at = np.column_stack([place, np.log(spread)])
    value = _log_likelihood(ends, number, at)
    converged = np.zeros(len(at), np.bool_)
    for _ in range(MOST_STEPS):
        rows = np.flatnonzero(~converged)
        if not len(rows):
            break
        step = _scoring_step(ends, number[rows], at[rows])
        limits = bounds[0][rows], bounds[1][rows]
        at[rows], new = _ascended(ends, number[rows], (at[rows], step, value[rows]), limits)
        still = np.abs(step[:, 0]) <= CLOSE * np.exp(at[rows, 1])
        converged[rows] = still | (np.abs(new - value[rows]) <= SMALL * total[rows])
        value[rows] = new
    inside = (at[:, 1] > bounds[0] + CLOSE) & (at[:, 1] < bounds[1] - CLOSE)
    enough = (number > 0).sum(axis=1) >= 3
    mean, sd = _moments(at[:, 0], np.exp(at[:, 1]), shape)
    return BinnedFit(mean, sd, value / total, number.sum(axis=1), converged & inside & enough)


def _moments(place: F8, spread: F8, shape: Shape) -> tuple[F8, F8]:
    """Mean and standard deviation of the speeds."""
    if shape == "normal":
        return place, spread
    mean = np.exp(place + spread**2 / 2.0)
    return mean, mean * np.sqrt(np.expm1(spread**2))


def _first_guess(ends: F8, number: F8) -> tuple[F8, F8]:
    """Moments of the middles of the bins; open ones reach as far as their neighbours."""
    closed = ends.copy()
    if not np.isfinite(closed[0]):
        closed[0] = closed[1] - (closed[2] - closed[1])
    if not np.isfinite(closed[-1]):
        closed[-1] = closed[-2] + (closed[-2] - closed[-3])
    middle = (closed[1:] + closed[:-1]) / 2.0
    total = np.maximum(number.sum(axis=1), SMALL)
    mean = number @ middle / total
    variance = number @ middle**2 / total - mean**2
    return mean, np.sqrt(np.maximum(variance, np.diff(closed).min() ** 2 / 12.0))


class _Bins(NamedTuple):
    """Probabilities of bins given that a reading is in one of them, and their derivatives by place and log spread."""

    share: F8
    by_place: F8
    by_spread: F8


def _bins(ends: F8, at: F8) -> _Bins:
    spread = np.exp(at[:, 1])[:, None]
    z = (ends[None, :] - at[:, :1]) / spread
    finite = np.isfinite(z)
    below = np.where(z < 0.0, ndtr(np.where(finite, z, -40.0)), 0.0)
    above = np.where(z >= 0.0, ndtr(np.where(finite, -z, -40.0)), 0.0)
    both = (z[:, :-1] < 0.0) & (z[:, 1:] >= 0.0)
    # in the upper half differences of what lies above are exact, in the lower those of what lies below
    raw = np.where(both, 1.0 - below[:, :-1] - above[:, 1:],
                   np.where(z[:, 1:] < 0.0, np.diff(below, axis=1), -np.diff(above, axis=1)))
    raw = np.maximum(raw, 1e-300)
    density = np.where(finite, np.exp(-0.5 * np.where(finite, z, 0.0) ** 2), 0.0) / np.sqrt(2.0 * np.pi)
    moment = np.where(finite, z, 0.0) * density
    by_place, by_spread = -np.diff(density, axis=1) / spread, -np.diff(moment, axis=1)
    whole = raw.sum(axis=1, keepdims=True)
    share = raw / whole
    return _Bins(share, *((part - share * part.sum(axis=1, keepdims=True)) / whole for part in (by_place, by_spread)))


def _log_likelihood(ends: F8, number: F8, at: F8) -> F8:
    return np.asarray((number * np.log(np.maximum(_bins(ends, at).share, 1e-300))).sum(axis=1))


def _scoring_step(ends: F8, number: F8, at: F8) -> F8:
    """Inverse expected information times the score, by row."""
    bins = _bins(ends, at)
    share = np.maximum(bins.share, 1e-300)
    score = np.column_stack([(number * part / share).sum(axis=1) for part in bins[1:]])
    total = np.maximum(number.sum(axis=1), SMALL)
    a, b, c = (total * (one * other / share).sum(axis=1) for one, other in (
        (bins.by_place, bins.by_place), (bins.by_place, bins.by_spread), (bins.by_spread, bins.by_spread)))
    determinant = np.maximum(a * c - b * b, 1e-300)
    step = np.column_stack([c * score[:, 0] - b * score[:, 1], a * score[:, 1] - b * score[:, 0]])
    step /= determinant[:, None]
    most = np.column_stack([np.exp(at[:, 1]), np.full(len(at), 0.5)])  # no further than a standard deviation at a time
    return np.asarray(np.clip(np.nan_to_num(step), -most, most))


def _ascended(ends: F8, number: F8, state: tuple[F8, F8, F8], bounds: tuple[F8, F8]) -> tuple[F8, F8]:
    """Go along the step, half as far wherever the likelihood would fall; return place and likelihood."""
    at, step, value = state
    factor = np.ones(len(at))
    for _ in range(HALVINGS):
        new = at + factor[:, None] * step
        new[:, 1] = np.clip(new[:, 1], *bounds)
        reached = _log_likelihood(ends, number, new)
        worse = reached < value
        if not worse.any():
            return new, reached
        factor = np.where(worse, factor / 2.0, factor)
    new[worse] = at[worse]
    return new, np.where(worse, value, reached)
