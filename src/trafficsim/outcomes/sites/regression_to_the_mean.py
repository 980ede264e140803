"""Regression to the mean: sites chosen for many crashes have fewer afterwards, whatever is done there.

A naive before/after comparison takes that for an effect. Empirical Bayes compares with what was to be expected:
Hauer (1997), *Observational Before-After Studies in Road Safety*, ch. 6 and 11; Elvik (2008), *AAP* 40:1631-1635.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import nbinom

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.empirical_bayes import empirical_bayes

F8 = NDArray[np.float64]
NEGLIGIBLE = 1e-12
"""Probability of counts that are left out of a sum."""


@dataclass(frozen=True)
class Effect:
    """Crashes after over crashes expected without treatment.

    Attributes
    ----------
    ratio, low, high : the ratio (1: no effect) and its interval
    after, expected : crashes counted after, and those that were to be expected then
    """

    ratio: float
    low: float
    high: float
    after: float
    expected: float


@dataclass(frozen=True)
class BeforeAfter:
    """One programme, judged twice.

    Attributes
    ----------
    naive : beside the counts before
    empirical_bayes : beside what was to be expected
    """

    naive: Effect
    empirical_bayes: Effect

    @property
    def regression_to_the_mean(self) -> float:
        """Share of the crashes before that would have gone without any treatment; negative if they would have come."""
        return 1.0 - self.empirical_bayes.expected / self.naive.expected


def before_after(
    before: ArrayLike, after: ArrayLike, predicted: tuple[ArrayLike, ArrayLike], overdispersion: ArrayLike, *,
    confidence: float = 0.95,
) -> BeforeAfter:
    """Judge a programme at some sites, naively and by empirical Bayes.

    Parameters
    ----------
    before, after
        Crashes of each site in the two periods, shape (n,).
    predicted
        Calibrated predictions of the sites for the period before, and for that after without treatment (its length and
        traffic), each of shape (n,).
    overdispersion
        The k of the predictions, shape (n,) or a number.
    confidence
        Level of the intervals.

    Raises
    ------
    InputError
        If there is no crash in one of the periods, or a prediction is not above zero.

    Notes
    -----
    Ratio and variance after Hauer (1997, eq. 6.7 to 6.9), with the sum of expected crashes Pi and its variance V:
    ``ratio = (after / Pi) / (1 + V / Pi^2)``; interval on a logarithmic scale with the standard error ``sqrt(1 / after
    + V / Pi^2)``. The naive estimate has the counts before, stretched to the period after, as Pi, and their Poisson
    variance as V.

    Examples
    --------
    >>> judged = before_after([9, 8, 7], [4, 5, 4], ([4.0, 4.0, 4.0], [4.0, 4.0, 4.0]), 0.4)
    >>> round(judged.naive.ratio, 2), round(judged.empirical_bayes.ratio, 2), round(judged.regression_to_the_mean, 2)
    (0.52, 0.65, 0.19)
    """
    counts, later = np.atleast_1d(np.asarray(before, np.float64)), float(np.sum(after))
    prior, following = (np.atleast_1d(np.asarray(one, np.float64)) for one in predicted)
    if counts.sum() <= 0.0 or later <= 0.0:
        raise InputError("before and after", f"{counts.sum():g} and {later:g} crashes", "crashes in both periods",
                         "take more sites or longer periods")
    expected = empirical_bayes(prior, counts, overdispersion)
    stretch = following / prior
    naive, judged = ((float((stretch * mean).sum()), float((stretch**2 * variance).sum()))
                     for mean, variance in ((counts, counts), (expected.mean, expected.variance)))
    return BeforeAfter(_effect(later, *naive, confidence), _effect(later, *judged, confidence))


def _effect(after: float, expected: float, variance: float, confidence: float) -> Effect:
    relative = variance / expected**2
    ratio = after / expected / (1.0 + relative)
    spread = math.exp(float(ndtri(0.5 + confidence / 2.0)) * math.sqrt(1.0 / after + relative))
    return Effect(ratio, ratio / spread, ratio * spread, after, expected)


def naive_ratio_of_no_effect(predicted: ArrayLike, overdispersion: ArrayLike, least: int) -> float:
    """Return what a naive comparison finds where nothing was done, at sites chosen for their count.

    Counts of a site with the prediction m are negative binomial with the overdispersion k; of a site that counted x the
    same period afterwards has ``w m + (1 - w) x`` on average. So the ratio is the sum over sites and chosen counts
    of ``P(x) (w m + (1 - w) x)`` over that of ``P(x) x``.

    Parameters
    ----------
    predicted
        Predictions of all sites that could have been chosen, for the period before, shape (n,).
    overdispersion
        Of the predictions, shape (n,) or a number.
    least
        Smallest count at which a site was chosen.

    Examples
    --------
    >>> round(naive_ratio_of_no_effect([4.0], 0.4, 8), 3)
    0.766
    """
    prior, k = np.broadcast_arrays(*(np.atleast_1d(np.asarray(one, np.float64)) for one in (predicted, overdispersion)))
    size, chance = 1.0 / k, 1.0 / (1.0 + k * prior)
    most = int(np.max(nbinom.isf(NEGLIGIBLE, size, chance))) + least + 1
    counts = np.arange(least, most)[:, None]
    probability = nbinom.pmf(counts, size, chance)
    expected = chance * prior + (1.0 - chance) * counts
    return float((probability * expected).sum() / (probability * counts).sum())
