"""From readings of many deployments to the speeds of a class of roads: mean, spread of drivers, spread of sites.

A reading is ``mean + site + driver``: drivers differ at one site (``sd``), sites of one class differ (``site_sd``).
Each deployment is fitted by itself, then sites are a random sample of the roads of their class (random effects,
DerSimonian and Laird 1986). Intervals come from a bootstrap over streets, so that deployments of one street stay
together: drivers there are the same people.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from trafficsim.design.calibration.binned_normal import BinnedFit, Shape, fit_binned

F8 = NDArray[np.float64]
Names = NDArray[np.object_]
FROM_KMH = 20.0
"""Slower readings are left out, as a truncation: in towns they are vehicles that turn, queue or park, and bicycles
(modelling assumption; signs of the city of Toronto show speeds from 20 km/h on)."""
FEWEST_READINGS = 200
"""Deployments with fewer readings above that speed are left out (modelling assumption: their spread is not known to a
tenth)."""
DRAWS = 1000
Z85 = float(ndtri(0.85))


class Interval(NamedTuple):
    """An estimate with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


class GroupSpeeds(NamedTuple):
    """Speeds of a group of sites, in km/h.

    Attributes
    ----------
    group : its name
    sites, streets : deployments used, and the streets on which they stood
    readings : above the speed from which readings count
    mean : of all drivers, at a site like the mean of all
    sd : of drivers at one site
    site_sd : of the means of sites
    p85 : 85th percentile at a site like the mean of all
    lognormal_share : share of the sites that a lognormal distribution describes better
    left_out : deployments that were not used: few readings, or mostly slower than what counts
    """

    group: str
    sites: int
    streets: int
    readings: float
    mean: Interval
    sd: Interval
    site_sd: Interval
    p85: Interval
    lognormal_share: float
    left_out: int


class SiteFits(NamedTuple):
    """Fits of all deployments; arrays of shape (deployments,).

    Attributes
    ----------
    normal, lognormal : fits to the readings from the least speed on
    used : which deployments can be judged
    """

    normal: BinnedFit
    lognormal: BinnedFit
    used: NDArray[np.bool_]


def fit_sites(edges_kmh: F8, counts: F8, from_kmh: float = FROM_KMH) -> SiteFits:
    """Fit every deployment by itself, truncated at the edge of a bin.

    Parameters
    ----------
    edges_kmh, counts
        Shape (bins + 1,) and (deployments, bins).
    from_kmh
        Readings of bins that begin below are left out.

    Examples
    --------
    >>> edges = np.append(np.arange(0.0, 90.0, 10.0), np.inf)
    >>> rows = 1000 * np.diff(np.append(0.0, [0.001, 0.006, 0.023, 0.067, 0.5, 0.9, 0.98, 0.999, 1.0]))[None, :]
    >>> bool(fit_sites(edges, rows).used[0])
    True
    """
    normal, lognormal = fit_one(edges_kmh, counts, from_kmh), fit_one(edges_kmh, counts, from_kmh, "lognormal")
    return SiteFits(normal, lognormal, usable(normal, from_kmh))


def fit_one(edges_kmh: F8, counts: F8, from_kmh: float, shape: Shape = "normal") -> BinnedFit:
    """Fit one distribution to the readings of every deployment in bins that begin at a speed or above."""
    first = int(np.searchsorted(edges_kmh, from_kmh))
    return fit_binned(edges_kmh[first:], counts[:, first:], shape)


def usable(fit: BinnedFit, from_kmh: float) -> NDArray[np.bool_]:
    """Say which fits can be judged: enough readings, and a mean above the speed from which they count.

    Below it only a tail is left, from which mean and spread cannot both be told.
    """
    return np.asarray(fit.converged & (fit.n >= FEWEST_READINGS) & (fit.mean > max(from_kmh, 0.0)))


def speeds_by_group(
    fits: SiteFits, groups: Sequence[str], streets: Sequence[str], *, draws: int = DRAWS, seed: int = 1,
) -> tuple[GroupSpeeds, ...]:
    """Sum up the deployments of each group.

    Parameters
    ----------
    fits
        From :func:`fit_sites`.
    groups, streets
        Of each deployment; deployments without a street are streets of their own.
    draws, seed
        Of the bootstrap over streets.

    Returns
    -------
    One entry per group with at least two usable deployments, in the order of their names.
    """
    return tuple(_groups(fits, np.asarray(groups, object), np.asarray(streets, object), draws, seed))


def _groups(fits: SiteFits, groups: Names, streets: Names, draws: int, seed: int) -> Iterator[GroupSpeeds]:
    for name in sorted(set(groups.tolist())):
        mine = groups == name
        rows = np.flatnonzero(mine & fits.used)
        if len(rows) < 2:
            continue
        means, sds, n = fits.normal.mean[rows], fits.normal.sd[rows], fits.normal.n[rows]
        cluster = _numbered(streets[rows])
        estimates = _estimates(means, sds, n, np.ones(len(rows)))
        drawn = _bootstrap(means, sds, n, cluster, np.random.default_rng(seed), draws)
        parts = [Interval(float(value), float(low), float(high)) for value, low, high in zip(
            estimates, *np.quantile(drawn, [0.025, 0.975], axis=0), strict=True)]
        better = fits.lognormal.log_likelihood[rows] > fits.normal.log_likelihood[rows]
        mean, sd, site_sd, p85 = parts
        yield GroupSpeeds(str(name), len(rows), int(cluster.max()) + 1, float(n.sum()), mean, sd, site_sd, p85,
                          float(better.mean()), int(mine.sum()) - len(rows))


def _numbered(streets: Names) -> NDArray[np.int64]:
    """Number the streets; a deployment without one is a street of its own."""
    named = [street or f"\0{at}" for at, street in enumerate(streets.tolist())]
    return np.unique(named, return_inverse=True)[1]


def _estimates(means: F8, sds: F8, n: F8, weight: F8) -> F8:
    """Mean, spread of drivers, spread of sites and 85th percentile; weights say how often a site was drawn.

    Random effects with the moment estimator of the variance between sites: ``tau^2 = max(0, var(means) - mean(sd^2 /
    n))``. The sampling variance of a mean of thousands of readings is small beside it, so sites count alike.
    """
    total = weight.sum()
    mean = weight @ means / total
    variance = weight @ (means - mean) ** 2 / max(total - 1.0, 1.0)
    sampling = weight @ (sds**2 / n) / total
    sd = np.sqrt(weight @ sds**2 / total)
    return np.array([mean, sd, np.sqrt(max(variance - sampling, 0.0)), mean + Z85 * sd])


def _bootstrap(
    means: F8, sds: F8, n: F8, cluster: NDArray[np.int64], rng: np.random.Generator, draws: int,
) -> F8:
    """Estimates of samples of streets drawn with replacement, shape (draws, 4)."""
    streets = int(cluster.max()) + 1
    out = np.empty((draws, 4))
    for draw in range(draws):
        times = np.bincount(rng.integers(0, streets, streets), minlength=streets)
        out[draw] = _estimates(means, sds, n, times[cluster].astype(np.float64))
    return out


class ChoiceEstimate(NamedTuple):
    """How drivers of a group choose their speed, in the two numbers that a scenario takes.

    Attributes
    ----------
    group, sites : whose, and on how many deployments it rests
    share_over_limit, cv : with their 95 % intervals
    mean_over_limit : mean speed over the limit
    """

    group: str
    sites: int
    share_over_limit: Interval
    cv: Interval
    mean_over_limit: Interval


def choices_by_group(
    fits: SiteFits, groups: Sequence[str], streets: Sequence[str], limits_kmh: F8, *, draws: int = DRAWS, seed: int = 1,
) -> tuple[ChoiceEstimate, ...]:
    """Estimate how drivers choose their speed relative to the limit of each site.

    Speeds are taken as shares of the limit of their site, as the drivers of a scenario take them, so that sites of
    different limits can stand in one group.

    Parameters
    ----------
    fits, groups, streets, draws, seed
        As in :func:`speeds_by_group`.
    limits_kmh
        Of each deployment; NaN where it is not known: such a deployment is not used.
    """
    names, roads = np.asarray(groups, object), np.asarray(streets, object)
    known, found = fits.used & np.isfinite(limits_kmh), []
    for name in sorted(set(names[known].tolist())):
        rows = np.flatnonzero(known & (names == name))
        if len(rows) < 2:
            continue
        means, sds = fits.normal.mean[rows] / limits_kmh[rows], fits.normal.sd[rows] / limits_kmh[rows]
        n, cluster = fits.normal.n[rows], _numbered(roads[rows])
        one = _estimates(means, sds, n, np.ones(len(rows)))
        drawn = np.vstack([one, _bootstrap(means, sds, n, cluster, np.random.default_rng(seed), draws)])
        measures = (ndtr((drawn[:, 0] - 1.0) / drawn[:, 1]), drawn[:, 1] / drawn[:, 0], drawn[:, 0])
        found.append(ChoiceEstimate(str(name), len(rows), *(
            Interval(float(values[0]), *(float(end) for end in np.quantile(values[1:], [0.025, 0.975])))
            for values in measures)))
    return tuple(found)


def speed_choice(mean: float, sd: float, limit_kmh: float) -> tuple[float, float]:
    """Share over the limit and coefficient of variation of a normal distribution of free speeds.

    They are what the drivers of a scenario are given by: ``mean = limit / (1 + cv z)`` with ``z`` the normal quantile
    of one minus the share.

    Examples
    --------
    >>> share, cv = speed_choice(50.0, 7.5, 50.0)
    >>> round(share, 6), cv
    (0.5, 0.15)
    """
    return float(ndtr((mean - limit_kmh) / sd)), sd / mean
