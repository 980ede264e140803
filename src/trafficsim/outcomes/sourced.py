"""A published number: its value and interval, where it comes from, how good the evidence is, and draws from it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from trafficsim.base.draws import hash_name, u01
from trafficsim.base.errors import InputError

F8 = NDArray[np.float64]
Grade = Literal["A", "B", "C", "D"]
Origin = Literal["input", "emergent", "extrapolated"]

GRADES = ("A", "B", "C", "D")
ORIGINS = ("input", "emergent", "extrapolated")
DRAWS = 2000
"""Draws of a Monte Carlo unless told otherwise: the ends of a 95 % interval then lie within 0.06 standard deviations
(the square root of 0.025 x 0.975 / 2,000 over the normal density 0.058 there)."""
SEED = 2009
"""Seed of draws unless told otherwise: the same numbers for everybody who draws the same quantity."""
OUTCOME = 32
"""Stream of published quantities; ``trafficsim.kernels.rng.Stream`` lists it beside those of decisions."""
Z95 = float(ndtri(0.975))


@dataclass(frozen=True)
class Sourced:
    """A number with its published interval, source and grade.

    Attributes
    ----------
    name : what it is, unique among the quantities of a calculation: draws go by it
    value : best estimate
    unit : unit, ``"1"`` for ratios and exponents
    source : publication
    grade : quality of the evidence, A (meta-analysis) to D (expert judgement)
    origin : ``"input"``, ``"emergent"`` or ``"extrapolated"``
    low, high : ends of the 95 % interval; both ``None`` where none is published
    log : whether the interval is symmetric on a logarithmic scale, as those of ratios are

    Raises
    ------
    InputError
        If a number is not finite, the ends are not in order around the value or only one is there, or the grade or
        origin is unknown.

    Examples
    --------
    >>> exponent = Sourced("power: deaths, urban", 3.0, "1", "Elvik 2009, TOI 1034", "A", "extrapolated", -0.5, 6.5)
    >>> drawn = exponent.draws(2000)
    >>> drawn.shape, bool(abs(drawn.mean() - 3.0) < 0.2), bool((drawn == exponent.draws(2000)).all())
    ((2000,), True, True)
    """

    name: str
    value: float
    unit: str
    source: str
    grade: Grade
    origin: Origin
    low: float | None = None
    high: float | None = None
    log: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no published number."""
        self._check_words()
        self._check_interval()

    def _check_words(self) -> None:
        if self.grade not in GRADES:
            raise InputError(self.name, f"grade {self.grade!r}", f"one of {', '.join(GRADES)}", "give the grade")
        if self.origin not in ORIGINS:
            raise InputError(self.name, f"origin {self.origin!r}", f"one of {', '.join(ORIGINS)}", "give the origin")
        if not self.source:
            raise InputError(self.name, "no source", "a publication or 'modelling assumption'", "name the source")

    def _check_interval(self) -> None:
        if (self.low is None) != (self.high is None):
            raise InputError(self.name, "one end of an interval", "both ends or none", "give low and high")
        ends = [self.value, *(end for end in (self.low, self.high) if end is not None)]
        if not all(math.isfinite(end) for end in ends):
            raise InputError(self.name, f"{ends}", "finite numbers", "correct the value and its interval")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise InputError(self.name, f"{self.value:g} with an interval from {self.low:g} to {self.high:g}",
                             "low <= value <= high", "put low, value and high in order")
        if self.log and min(ends) <= 0.0:
            raise InputError(self.name, f"{min(ends):g} on a logarithmic scale", "numbers above 0",
                             "correct the interval, or use a linear scale")

    @property
    def has_interval(self) -> bool:
        """Whether an interval is published."""
        return self.low is not None

    def quantile(self, levels: F8 | float) -> F8:
        """Return quantiles of the distribution that the interval is read as; levels in (0, 1).

        Normal with the value as its median and the ends at 2.5 and 97.5 %. Where the ends lie at different distances
        each half has the width of its side (split normal, Fechner 1897), so that both published ends are met. Without
        an interval the value itself.
        """
        z = np.asarray(ndtri(np.asarray(levels, np.float64)))
        if self.low is None or self.high is None:
            return np.full(z.shape, self.value)
        value, low, high = (math.log(end) if self.log else end for end in (self.value, self.low, self.high))
        drawn = value + z / Z95 * np.where(z > 0.0, high - value, value - low)
        return np.asarray(np.exp(drawn) if self.log else drawn)

    def draws(self, number: int = DRAWS, seed: int = SEED) -> F8:
        """Draw from the interval; shape (number,).

        The draws depend on the name and the seed alone, never on order: everybody who draws this quantity draws the
        same numbers, so that alternatives are ranked under one truth at a time. ``number`` of them are the first of
        any larger number.
        """
        levels = u01(hash_name("outcomes", seed), OUTCOME, hash_name(self.name), np.arange(number))
        return self.quantile(levels)

    def renamed(self, name: str) -> Sourced:
        """Return the same number under another name: it is drawn independently."""
        return replace(self, name=name)
