"""Stepped wedge: sites get a measure at random times, so that the programme can be judged by its own counts.

All sites begin without the measure and end with it; at every step a few more get it. Which site gets it when is drawn,
so neither regression to the mean (sites chosen for their count have fewer crashes anyway) nor what changes everywhere
from year to year is taken for an effect.

Power: Hussey & Hughes (2007), *Contemporary Clinical Trials* 28:182-191, equation 8. Evaluation: Poisson regression
with an effect of every site and of every period (conditional maximum likelihood, Hausman, Hall & Griliches 1984,
*Econometrica* 52:909-938), with standard errors by leaving out one site at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import t as student

from trafficsim.base.errors import InputError

F8 = NDArray[np.float64]
MOST_STEPS, ENOUGH = 50, 1e-10
"""Newton steps at most, and the change of the coefficients at which they end."""
FEWEST_SITES = 4
"""Fewer sites have no standard error to speak of (modelling assumption)."""


@dataclass(frozen=True)
class Power:
    """What an evaluation will be able to see.

    Attributes
    ----------
    power : probability of a significant difference if the effect is as assumed
    standard_error : of the effect, as a share of the crashes of an untreated site
    detectable : share of crashes avoided that is seen with a probability of 80 %
    """

    power: float
    standard_error: float
    detectable: float


@dataclass(frozen=True)
class Evaluation:
    """Effect of a programme from its counts.

    Attributes
    ----------
    ratio, low, high : crashes with the measure over those without (1: no effect), with the interval
    standard_error : of the logarithm of the ratio
    sites, periods : that have information on it
    """

    ratio: float
    low: float
    high: float
    standard_error: float
    sites: int
    periods: int


def wedge(step: ArrayLike, periods: int) -> F8:
    """Return which site has the measure in which period, shape (sites, periods).

    Parameters
    ----------
    step
        Period from which each site has it; 0 is the first, in which a wedge has none.
    periods
        Number of periods.

    Examples
    --------
    >>> wedge([1, 2], 3).astype(int).tolist()
    [[0, 1, 1], [0, 0, 1]]
    """
    return np.asarray(np.arange(periods) >= np.asarray(step)[:, np.newaxis], np.float64)


def wedge_power(treated: ArrayLike, mean: float, overdispersion: float, effect: float, level: float = 0.05) -> Power:
    """Return the power of a stepped wedge (Hussey & Hughes 2007, equation 8).

    ``Var = I s (s + T t) / ((I U - W) s + (U^2 + I T U - T W - I V) t)`` with the design X, ``U = sum X``, ``W`` the
    sum over periods of squared column sums, ``V`` that over sites of squared row sums; s is the variance of a count
    given its site, here the mean (Poisson), and t that between sites, here ``k mean^2``. Normal approximation, and the
    variance without effect also with it: cautious.

    Parameters
    ----------
    treated
        The design (:func:`wedge`), shape (sites, periods).
    mean
        Crashes per site and period without the measure.
    overdispersion
        The k of the sites around their mean.
    effect
        Share of crashes avoided.
    level
        Two-sided level of the test.

    Raises
    ------
    InputError
        If the design cannot tell the effect from that of time, or a number makes no sense.

    Examples
    --------
    >>> design = wedge(np.repeat([1, 2, 3, 4], 6), 5)
    >>> round(wedge_power(design, 8.0, 0.3, 0.2).power, 2)
    0.41
    """
    design = np.asarray(treated, np.float64)
    if not (mean > 0.0 and overdispersion >= 0.0 and 0.0 < effect < 1.0 and 0.0 < level < 1.0):
        raise InputError("stepped wedge", f"mean {mean:g}, overdispersion {overdispersion:g}, effect {effect:g}",
                         "a mean above 0, an overdispersion from 0, an effect between 0 and 1", "correct the numbers")
    variance = wedge_variance(design, mean, overdispersion * mean**2)
    error = math.sqrt(variance) / mean
    bar = float(ndtri(1.0 - level / 2.0))
    seen = float(ndtr(effect / error - bar) + ndtr(-effect / error - bar))
    return Power(seen, error, (bar + float(ndtri(0.8))) * error)


def wedge_variance(design: F8, within: float, between: float) -> float:
    """Return the variance of the effect by generalised least squares (Hussey & Hughes 2007, equation 8).

    Raises
    ------
    InputError
        If all sites get the measure at once: then its effect is that of time.
    """
    sites, periods = design.shape
    whole, columns, rows = design.sum(), (design.sum(axis=0) ** 2).sum(), (design.sum(axis=1) ** 2).sum()
    below = (sites * whole - columns) * within + (
        whole**2 + sites * periods * whole - periods * columns - sites * rows) * between
    if below <= 1e-12 * sites * periods:
        raise InputError("stepped wedge", "a design in which all sites get the measure at once, or never",
                         "sites that get it in different periods", "give the programme more years or more sites")
    return float(sites * within * (within + periods * between) / below)


def evaluate_wedge(
    counts: ArrayLike, treated: ArrayLike, exposure: ArrayLike | None = None, confidence: float = 0.95,
) -> Evaluation:
    """Judge a programme by the counts of its sites: two-way fixed effects, ``log mean = site + period + effect``.

    It is meant for a programme whose sites got the measure at random times. An effect that grows or fades with the time
    since is averaged, and not evenly (Goodman-Bacon 2021, *Journal of Econometrics* 225:254-277).

    Parameters
    ----------
    counts
        Crashes by site and period, shape (sites, periods).
    treated
        Whether, or in which share of the period, each site had the measure, shape (sites, periods).
    exposure
        Traffic or length of the period, shape (sites, periods); the same everywhere if left out.
    confidence
        Level of the interval (Student's t with one degree of freedom less than sites).

    Raises
    ------
    InputError
        If shapes differ, a number is negative, too few sites have crashes, or the effect cannot be told from time.

    Examples
    --------
    Forty sites, of which ten a year get a measure that avoids 30 % of crashes:

    >>> generator = np.random.default_rng(1)
    >>> design = wedge(np.repeat([1, 2, 3, 4], 10), 5)
    >>> counts = generator.poisson(20.0 * generator.gamma(4.0, 0.25, (40, 1)) * (1.0 - 0.3 * design))
    >>> found = evaluate_wedge(counts, design)
    >>> round(found.ratio, 2), round(found.low, 2), round(found.high, 2)
    (0.78, 0.68, 0.89)
    """
    number, design, offset = _checked(counts, treated, exposure)
    effect = _effect(number, design, offset)
    sites = len(number)
    without = np.array([_effect(*(np.delete(one, row, axis=0) for one in (number, design, offset)))
                        for row in range(sites)])
    error = math.sqrt((sites - 1) / sites * float(((without - effect) ** 2).sum()))
    spread = float(student.ppf(0.5 + confidence / 2.0, sites - 1)) * error
    return Evaluation(math.exp(effect), math.exp(effect - spread), math.exp(effect + spread), error, sites,
                      number.shape[1])


def _checked(counts: ArrayLike, treated: ArrayLike, exposure: ArrayLike | None) -> tuple[F8, F8, F8]:
    """Sites that have crashes, their design, and the logarithm of their exposure."""
    number, design = np.asarray(counts, np.float64), np.asarray(treated, np.float64)
    size = np.ones_like(number) if exposure is None else np.asarray(exposure, np.float64)
    if number.ndim != 2 or number.shape != design.shape or number.shape != size.shape:
        raise InputError("stepped wedge", f"shapes {number.shape}, {design.shape} and {size.shape}",
                         "one shape (sites, periods)", "give a row per site and a column per period")
    fine = np.isfinite(number) & (number >= 0.0) & (design >= 0.0) & (design <= 1.0) & (size > 0.0)
    if not fine.all():
        raise InputError("stepped wedge", "a negative count, a share outside 0 to 1, or no exposure",
                         "counts from 0, shares from 0 to 1, exposure above 0", "correct the numbers")
    some = number.sum(axis=1) > 0.0
    if some.sum() < FEWEST_SITES:
        raise InputError("stepped wedge", f"{int(some.sum())} sites with crashes", f"at least {FEWEST_SITES}",
                         "wait for more counts, or evaluate more sites")
    return number[some], design[some], np.log(size[some])


def _effect(number: F8, design: F8, offset: F8) -> float:
    """Logarithm of the ratio: given the sum of a site, its counts are multinomial over the periods."""
    sites, periods = number.shape
    dummies = np.broadcast_to(np.eye(periods)[:, 1:], (sites, periods, periods - 1))
    columns = np.concatenate([design[:, :, np.newaxis], dummies], axis=2)
    total, beta = number.sum(axis=1), np.zeros(periods)
    for _ in range(MOST_STEPS):
        weight = np.exp(offset + columns @ beta)
        share = weight / weight.sum(axis=1, keepdims=True)
        score = np.einsum("itc,it->c", columns, number - total[:, np.newaxis] * share)
        mean = np.einsum("itc,it->ic", columns, share)
        curved = np.einsum("itc,it,itd,i->cd", columns, share, columns, total) - (mean.T * total) @ mean
        try:
            move = np.linalg.solve(curved, score)
        except np.linalg.LinAlgError:
            raise _unidentified() from None
        beta = beta + np.clip(move, -2.0, 2.0)
        if np.abs(move).max() < ENOUGH:
            return float(beta[0])
    raise _unidentified()


def _unidentified() -> InputError:
    return InputError("stepped wedge", "counts from which the effect cannot be told from that of time",
                      "crashes in every period, with and without the measure", "take more sites or longer periods")
