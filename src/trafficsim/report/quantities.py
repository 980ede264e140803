"""Indicators and plan fields in the units that people use: shares in percent, speeds in km/h."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.base.units import KMH_PER_MS
from trafficsim.report.language import Language
from trafficsim.results.indicator import Indicator
from trafficsim.results.indicators import PATH_TIME

SHARES = ("completed_share", "share_over_limit")
RELATIVE = "_rel"
PERCENT = 100.0


class Quantity(NamedTuple):
    """How a number of the tables is shown.

    Attributes
    ----------
    name : of the indicator
    factor : shown value over value in the table
    unit, unit_of_difference : keys of the catalogue's units
    """

    name: str
    factor: float
    unit: str
    unit_of_difference: str

    def label(self, words: Language) -> str:
        """Return the name in words, or the bare name where the catalogue has none."""
        path = PATH_TIME.fullmatch(self.name)
        return words.plain("plot.path_time", path=path[1]) if path else words.named("indicator", self.name) or self.name

    def shown_unit(self, words: Language) -> str:
        """Return the unit of values."""
        return unit_text(words, self.unit)

    def difference_unit(self, words: Language) -> str:
        """Return the unit of differences: those of shares are percentage points."""
        return unit_text(words, self.unit_of_difference)


def quantity(indicator: Indicator) -> Quantity:
    """Say how an indicator is shown.

    Examples
    --------
    >>> from trafficsim.results.indicators import declaration
    >>> quantity(declaration("share_over_limit")).factor, quantity(declaration("mean_delay_s")).factor
    (100.0, 1.0)
    """
    if indicator.name.endswith(RELATIVE):
        return Quantity(indicator.name, PERCENT, "percent", "percent")
    if indicator.name in SHARES:
        return Quantity(indicator.name, PERCENT, "percent", "percentage_points")
    return Quantity(indicator.name, 1.0, indicator.unit, indicator.unit)


def people_units(unit: str) -> tuple[float, str]:
    """Return factor and unit in which a value of the plan is shown.

    Examples
    --------
    >>> people_units("m/s"), people_units("s")
    ((3.6, 'km/h'), (1.0, 's'))
    """
    return (KMH_PER_MS, "km/h") if unit == "m/s" else (1.0, unit)


def unit_text(words: Language, unit: str) -> str:
    """Return a unit as the language writes it; a pure number has none."""
    known = words.named("unit", unit.replace("/", "_per_"))
    return unit if known is None else known
