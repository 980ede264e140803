"""Numbers of a difference in its own decimals: as many as its interval bears."""

from __future__ import annotations

import math
from typing import NamedTuple

from markupsafe import Markup

from trafficsim.report.language import ABSENT, decimals_of
from trafficsim.report.quantities import Quantity, quantity
from trafficsim.report.views import Writer
from trafficsim.results.difference import Difference
from trafficsim.results.indicators import declaration

MOST_DECIMALS = 6


class Shown(NamedTuple):
    """A difference as it is written: every value scaled to the shown unit and with the same decimals."""

    writer: Writer
    one: Difference
    quantity: Quantity
    decimals: int | None

    def value(self, value: float | None, *, signed: bool = False) -> Markup:
        """Write a value of the difference."""
        return self.writer.number(None if value is None else value * self.quantity.factor, self.decimals, signed=signed)

    def text(self, value: float | None, *, signed: bool = False) -> str:
        """Write a value without markup."""
        scaled = None if value is None else value * self.quantity.factor
        return self.writer.words.number(scaled, self.decimals, signed=signed)

    def interval(self, low: float | None, high: float | None) -> Markup:
        """Write an interval, or a dash."""
        if low is None or high is None:
            return Markup(ABSENT)
        return self.writer.words.say("verdicts.interval", low=self.value(low), high=self.value(high))

    def share(self) -> Markup:
        """Write the difference in percent of the baseline's mean."""
        if self.one.diff is None or not self.one.baseline_mean:
            return Markup(ABSENT)
        share = 100.0 * self.one.diff / abs(self.one.baseline_mean)
        return self.writer.number(share, max(0, decimals_of(share, 2)) if abs(share) < 10 else 0, signed=True)


def shown(writer: Writer, one: Difference) -> Shown:
    """Choose the decimals of a difference: two significant digits of its interval's half-width."""
    what = quantity(declaration(one.indicator))
    return Shown(writer, one, what, decimals(one.half_width, what.factor))


def decimals(half_width: float | None, factor: float = 1.0) -> int | None:
    """Return the decimals that show two significant digits of a half-width; ``None`` without any.

    Examples
    --------
    >>> decimals(6.19), decimals(0.0123), decimals(350.0), decimals(0.0), decimals(None)
    (1, 3, 0, None, None)
    """
    if not half_width:
        return None
    return min(max(0, 1 - math.floor(math.log10(half_width * factor))), MOST_DECIMALS)


def p_value(writer: Writer, p: float | None) -> Markup:
    """Write a p-value; below a thousandth only that.

    Examples
    --------
    >>> from trafficsim.report.language import load
    >>> from types import SimpleNamespace
    >>> p_value(Writer(load("en"), SimpleNamespace()), 0.00001)
    Markup('&lt; <bdi dir="ltr">0.001</bdi>')
    """
    if p is not None and p < 0.001:
        return writer.words.say("verdicts.p_below", p=writer.number(0.001, 3))
    return writer.number(p, None if p is None else (3 if p < 0.1 else 2))
