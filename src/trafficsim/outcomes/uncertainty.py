"""Uncertainty in one place: one sampler, shares of variance, what information is worth, what turns a verdict.

All sources of uncertainty are drawn together from one scrambled Sobol' sequence with a stated seed (Sobol' 1967, Owen
1998). Shares of variance are those of Sobol' (1993) for groups of inputs: first order by the estimator of Saltelli et
al. (2010), total order by that of Jansen (1999).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import qmc

F8 = NDArray[np.float64]
Draws = Mapping[str, F8]
Model = Callable[[Draws], F8]
"""From draws by input, shape (n,) each, to results, shape (n,) or (n, alternatives)."""
SMALLEST_LEVEL = 2.0**-40
"""Levels are kept this far from 0 and 1, where quantiles of the normal distribution are infinite."""


class Uncertain(NamedTuple):
    """One uncertain number.

    Attributes
    ----------
    name : unique
    group : source of uncertainty that it belongs to
    quantile : from levels in (0, 1), shape (n,), to values
    """

    name: str
    group: str
    quantile: Callable[[F8], F8]


@dataclass(frozen=True)
class Sample:
    """Two independent samples of all inputs, from one sequence: what estimators of Sobol' shares need.

    Attributes
    ----------
    inputs : the uncertain numbers
    first, second : values by input, shape (n,) each
    """

    inputs: tuple[Uncertain, ...]
    first: Draws
    second: Draws

    @property
    def groups(self) -> tuple[str, ...]:
        """Sources of uncertainty, in the order of the inputs."""
        return tuple(dict.fromkeys(one.group for one in self.inputs))

    def with_group_of_second(self, group: str) -> Draws:
        """Return the first sample with the inputs of one group from the second."""
        return {one.name: (self.second if one.group == group else self.first)[one.name] for one in self.inputs}


def sample(inputs: Sequence[Uncertain], number: int, seed: int) -> Sample:
    """Draw all inputs.

    Parameters
    ----------
    inputs
        Independent of each other.
    number
        Draws, a power of two.
    seed
        Of the scrambling.

    Examples
    --------
    >>> one = Uncertain("x", "noise", lambda level: level)
    >>> sample([one], 1024, 1).first["x"].mean().round(3)
    np.float64(0.5)
    """
    count = len(inputs)
    # The two halves of one sequence of twice the dimensions are independent samples (Saltelli 2002).
    levels = qmc.Sobol(max(2 * count, 1), scramble=True, rng=np.random.default_rng(seed)).random(number)
    levels = np.clip(levels, SMALLEST_LEVEL, 1.0 - SMALLEST_LEVEL)
    halves = [{one.name: np.asarray(one.quantile(levels[:, column + shift])) for column, one in enumerate(inputs)}
              for shift in (0, count)]
    return Sample(tuple(inputs), halves[0], halves[1])


class Share(NamedTuple):
    """Share of the variance of a result that a source of uncertainty has.

    Attributes
    ----------
    first : what would go if this source alone were known
    total : what would stay if all others were known
    """

    first: float
    total: float


def variance_shares(drawn: Sample, model: Model) -> dict[str, Share]:
    """Return the shares of every source in the variance of a result of shape (n,); none of a result that is certain.

    Examples
    --------
    Of the sum of x and 2 y the variance is that of y to four fifths:

    >>> from scipy.special import ndtri
    >>> drawn = sample([Uncertain("x", "x", ndtri), Uncertain("y", "y", ndtri)], 4096, 1)
    >>> shares = variance_shares(drawn, lambda d: d["x"] + 2 * d["y"])
    >>> round(shares["y"].first, 2), round(shares["y"].total, 2)
    (0.8, 0.8)
    """
    a, b = model(drawn.first), model(drawn.second)
    variance = float(np.concatenate([a, b]).var())
    centre = float(np.concatenate([a, b]).mean())
    if variance <= 1.0e-24 * max(centre * centre, 1.0e-300):
        return {}
    shares = {}
    for group in drawn.groups:
        mixed = model(drawn.with_group_of_second(group))
        first = float(((b - centre) * (mixed - a)).mean()) / variance
        shares[group] = Share(first, float(((a - mixed) ** 2).mean()) / (2.0 * variance))
    return shares


def value_of_perfect_information(net_benefit: F8) -> float:
    """Return by how much a decision would gain on average if nothing were uncertain: ``E max - max E``.

    Parameters
    ----------
    net_benefit
        Shape (n, alternatives): one column each, that of doing nothing too.

    Examples
    --------
    >>> value_of_perfect_information(np.array([[0.0, 2.0], [0.0, -1.0]]))
    0.5
    """
    return float(net_benefit.max(axis=1).mean() - net_benefit.mean(axis=0).max())


def value_of_information(drawn: Sample, net_benefit: F8) -> dict[str, float]:
    """Return what knowing each source alone would be worth to the decision.

    ``E max_a E[NB_a | source] - max_a E[NB_a]``; the conditional means are regressed on the inputs of the source
    (Strong, Oakley, Brennan 2014), by a quadratic polynomial without products: a modelling assumption that fits the
    nearly linear models here. Where the fit makes more of a source than of knowing everything, it is worth the latter.

    Parameters
    ----------
    drawn
        The sample whose first half gave ``net_benefit``.
    net_benefit
        Shape (n, alternatives).

    Examples
    --------
    >>> from scipy.special import ndtri
    >>> drawn = sample([Uncertain("x", "x", ndtri), Uncertain("y", "y", ndtri)], 4096, 1)
    >>> benefit = np.stack([np.zeros(4096), drawn.first["x"]], axis=1)
    >>> {name: round(value, 2) for name, value in value_of_information(drawn, benefit).items()}
    {'x': 0.4, 'y': 0.0}
    """
    best, most, known = float(net_benefit.mean(axis=0).max()), value_of_perfect_information(net_benefit), {}
    for group in drawn.groups:
        columns = [_standard(drawn.first[one.name]) for one in drawn.inputs if one.group == group]
        terms = np.stack([np.ones(len(net_benefit)), *columns, *(one * one for one in columns)], axis=1)
        fitted = terms @ np.linalg.lstsq(terms, net_benefit, rcond=None)[0]
        known[group] = min(max(0.0, float(fitted.max(axis=1).mean()) - best), most)
    return known


def _standard(values: F8) -> F8:
    spread = float(values.std())
    return np.asarray((values - values.mean()) / spread) if spread > 0.0 else np.zeros(len(values))


def turning_point(result: Callable[[F8], F8], now: float, least: float, most: float) -> float | None:
    """Return the value nearest to the present one at which a result changes its sign; ``None`` without one.

    Parameters
    ----------
    result
        Of values of one number, shape (n,), all others at their best estimates.
    now
        Its best estimate.
    least, most
        Where to look.

    Examples
    --------
    >>> turning_point(lambda x: x - 3.0, 5.0, 0.0, 50.0)
    3.0
    """
    places = np.unique(np.concatenate([np.linspace(least, now, 41), np.linspace(now, most, 81)]))
    positive = result(places) > 0.0
    found = [float(brentq(lambda one: float(result(np.array([one]))[0]), places[at], places[at + 1]))
             for at in np.flatnonzero(positive[1:] != positive[:-1]).tolist()]
    return min(found, key=lambda place: abs(place - now)) if found else None
