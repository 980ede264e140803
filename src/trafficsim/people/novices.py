"""How the crash risk of new drivers falls with the months since the licence.

``1 + (R0 - 1) exp(-m / tau)`` per km, relative to experienced drivers. It is an input, fitted to the share of a cohort
that has a crash in its first, second and third year (18, 13 and 10 %). What follows for the whole system comes out of
the kilometres that people of each age of licence drive.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trafficsim.base.draws import hash_name, u01

F8 = NDArray[np.float64]
MONTHS_PER_YEAR = 12.0
STEPS = 120
"""Steps of the search for pairs that fit, in either direction."""
RISK_STREAM = 32
"""Stream of published quantities (``trafficsim.outcomes.sourced.OUTCOME``)."""
PAIR = "novice curve: R0 and tau"


class LearningCurve(NamedTuple):
    """Risk at month 0 relative to experienced drivers, and months in which the excess falls to 1/e.

    Examples
    --------
    >>> LearningCurve(3.0, 8.0).risk([0.0, 8.0, 240.0]).round(2).tolist()
    [3.0, 1.74, 1.0]
    """

    r0: float
    tau_months: float

    def risk(self, months: ArrayLike) -> F8:
        """Risk per km at these months since the licence, any shape."""
        return np.asarray(1.0 + (self.r0 - 1.0) * np.exp(-np.asarray(months, np.float64) / self.tau_months))

    def mean_risk(self, begin_months: ArrayLike, end_months: ArrayLike) -> F8:
        """Mean risk per km between two times, kilometres being driven evenly; the risk itself where they agree.

        Examples
        --------
        >>> LearningCurve(4.0, 21.5).mean_risk([0, 12, 24], [12, 24, 36]).round(2).tolist()
        [3.3, 2.32, 1.75]
        """
        return mean_risk(self.r0, self.tau_months, begin_months, end_months)


def mean_risk(r0: ArrayLike, tau_months: ArrayLike, begin_months: ArrayLike, end_months: ArrayLike) -> F8:
    """Mean over time of the curve of every pair (R0, tau), all broadcast against each other.

    ``1 + (R0 - 1) tau (exp(-b / tau) - exp(-e / tau)) / (e - b)``.
    """
    begin, end = np.asarray(begin_months, np.float64), np.asarray(end_months, np.float64)
    tau = np.asarray(tau_months, np.float64)
    x = (end - begin) / tau
    share = np.where(x > 0.0, -np.expm1(-x) / np.where(x > 0.0, x, 1.0), 1.0)
    return np.asarray(1.0 + (np.asarray(r0, np.float64) - 1.0) * np.exp(-begin / tau) * share)


@cache
def parameters() -> dict[str, Any]:
    """Read the parameters with their sources."""
    text = files("trafficsim.people.parameters").joinpath("novices.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def default_curve() -> LearningCurve:
    """Return the curve that was fitted to the cohort.

    Examples
    --------
    >>> default_curve()
    LearningCurve(r0=4.02, tau_months=21.5)
    """
    curve = parameters()["curve"]
    return LearningCurve(curve["r0"], curve["tau_months"])


def shares_with_crash(curve: LearningCurve, crashes_per_year: float, years: int = 3) -> F8:
    """Share of a cohort with at least one crash in each year, ``1 - exp(-crashes)`` (Poisson).

    Parameters
    ----------
    curve
        Learning curve.
    crashes_per_year
        Crashes a year of an experienced driver with the same kilometres.
    years
        Number of years.

    Examples
    --------
    >>> (100 * shares_with_crash(default_curve(), 0.0599)).round(1).tolist()
    [18.0, 13.0, 10.0]
    """
    begin = MONTHS_PER_YEAR * np.arange(years)
    return np.asarray(-np.expm1(-crashes_per_year * curve.mean_risk(begin, begin + MONTHS_PER_YEAR)))


def fitted(shares: ArrayLike) -> tuple[LearningCurve, float]:
    """Return the curve, and the crashes a year of experienced drivers, that give three yearly shares exactly.

    With h the hazards ``-ln(1 - share)``, ``q = (h2 - h3) / (h1 - h2)`` is the decay over a year: three numbers for
    three unknowns.

    Raises
    ------
    ValueError
        If the shares do not fall, ever more slowly, towards a level above 0.

    Examples
    --------
    >>> curve, base = fitted([0.18, 0.13, 0.10])
    >>> round(curve.r0, 2), round(curve.tau_months, 1), round(base, 4)
    (4.02, 21.5, 0.0599)
    """
    hazard = -np.log1p(-np.asarray(shares, np.float64))
    first, second = hazard[0] - hazard[1], hazard[1] - hazard[2]
    if not 0.0 < second < first:
        raise ValueError(f"shares {np.asarray(shares).tolist()}; give three that fall, ever more slowly")
    decay = second / first
    base = hazard[0] - first / (1.0 - decay)
    if base <= 0.0:
        raise ValueError(f"shares {np.asarray(shares).tolist()} fall to a level below 0; give others")
    tau = -MONTHS_PER_YEAR / np.log(decay)
    r0 = 1.0 + (hazard[0] / base - 1.0) * MONTHS_PER_YEAR / tau / (1.0 - decay)
    return LearningCurve(float(r0), float(tau)), float(base)


@cache
def consistent_pairs() -> tuple[F8, F8]:
    """All pairs (R0, tau) of a grid with which the cohort's shares come out within their rounding.

    Returns
    -------
    R0 and tau, float64, shape (pairs,) each.

    Examples
    --------
    >>> r0, tau = consistent_pairs()
    >>> [float(round(x, 1)) for x in (*np.quantile(r0, [0.025, 0.975]), *np.quantile(tau, [0.025, 0.975]))]
    [2.7, 5.9, 12.9, 30.6]
    """
    fit = parameters()["fit"]
    r0, tau = (np.linspace(fit[name][0], fit[name][1], STEPS) for name in ("r0_range", "tau_range_months"))
    shares = np.array(fit["share_with_crash"])
    begin = MONTHS_PER_YEAR * np.arange(len(shares))
    mean = mean_risk(r0[:, None, None], tau[None, :, None], begin, begin + MONTHS_PER_YEAR)
    least = (-np.log1p(-(shares - fit["rounding"])) / mean).max(axis=2)
    most = (-np.log1p(-(shares + fit["rounding"])) / mean).min(axis=2)
    rows, columns = np.nonzero(least <= most)
    return r0[rows], tau[columns]


def drawn_pairs(number: int, seed: int) -> tuple[F8, F8]:
    """Draw pairs (R0, tau) that give the cohort's shares within rounding; shape (number,) each.

    R0 and tau are drawn together: a higher R0 goes with a longer decay. The same draws for everybody.
    """
    return pairs_at(u01(hash_name("outcomes", seed), RISK_STREAM, hash_name(PAIR), np.arange(number)))


def pairs_at(level: F8) -> tuple[F8, F8]:
    """Pairs (R0, tau) at levels in (0, 1): all that fit are equally likely; the shape of ``level`` each."""
    r0, tau = consistent_pairs()
    row = np.minimum((level * len(r0)).astype(np.int64), len(r0) - 1)
    return r0[row], tau[row]
