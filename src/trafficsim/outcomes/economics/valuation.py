"""Unit values at the currency and prices of a study: from a table, its price year and an exchange rate.

A value of another year is taken along by the GDP deflator, and values of casualties and time by real income per head
with an elasticity of 0.8 (van Essen et al. 2019, section 2): ``v1 = v0 (P1 / P0) (Y1 / Y0)^0.8``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sourced import Sourced
from trafficsim.spec.economics import GIVEN, Amount, Economics, TimeValue, ValueTable

BUILT_IN = ("eu_handbook_2019",)
INCOME_ELASTICITY = 0.8
"""Of the willingness to pay, from which values of life and time derive (Handbook 2019)."""
GROWING = ("fatality", "serious_injury", "slight_injury")
"""Unit values that grow with income, as those of time do; the others are prices."""
EVERY_CLASS = "*"


@dataclass(frozen=True)
class Hour:
    """An hour of a vehicle of a class for a purpose: ``share`` of the class's hours, ``occupancy`` persons each."""

    vehicle_class: str
    purpose: str
    share: float
    occupancy: float
    per_person: Sourced


@dataclass(frozen=True)
class Values:
    """Unit values in one currency at the prices of one year.

    Attributes
    ----------
    currency, price_year : of all of them
    unit : by name (:data:`trafficsim.spec.economics.PRICES`); what is not there is not priced
    hours : values of time
    table : where those come from that the study does not give itself
    """

    currency: str
    price_year: int
    unit: Mapping[str, Sourced]
    hours: tuple[Hour, ...]
    table: str

    def hours_of(self, vehicle_class: str) -> tuple[Hour, ...]:
        """Return the values of time of a class, by purpose; those for every class where it has none of its own."""
        own = tuple(one for one in self.hours if one.vehicle_class == vehicle_class)
        return own or tuple(one for one in self.hours if one.vehicle_class == EVERY_CLASS)

    def vehicle_hour(self, vehicle_class: str) -> float | None:
        """Return the value of an hour of a vehicle of a class; ``None`` without any."""
        hours = self.hours_of(vehicle_class)
        return sum(one.share * one.occupancy * one.per_person.value for one in hours) if hours else None


@cache
def built_in_table(name: str) -> ValueTable:
    """Read a table that comes with the package.

    Raises
    ------
    InputError
        If there is none of this name.

    Examples
    --------
    >>> built_in_table("eu_handbook_2019").fatality.value
    3273909.0
    """
    if name not in BUILT_IN:
        raise InputError("economics.values", repr(name), f"one of {', '.join(BUILT_IN)}, or a TOML file",
                         "correct the name, or give the path of a table")
    text = files("trafficsim.outcomes.economics").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return ValueTable.model_validate(tomllib.loads(text))


def table_of(economics: Economics) -> ValueTable:
    """Return the table of unit values that a study uses."""
    return economics.values if isinstance(economics.values, ValueTable) else built_in_table(economics.values)


def unit_values(economics: Economics) -> Values:
    """Bring the unit values of a study to its currency and price year; what the study gives itself stays as it is.

    Raises
    ------
    InputError
        If the table's currency is another and there is no exchange rate, or an index lacks one of the two years.

    Examples
    --------
    >>> study = Economics(currency="EUR", price_year=2019, periods_per_year=500, gdp_deflator={2016: 100, 2019: 110})
    >>> round(unit_values(study).unit["slight_injury"].value)
    42365
    """
    table = table_of(economics)
    rate = _exchange_rate(economics, table)
    prices = rate * _index_ratio(economics.gdp_deflator, "gdp_deflator", economics, table)
    growth = _income_growth(economics, table)
    factors = {name: prices * (growth if name in GROWING else 1.0) for name in table.given()}
    unit = {name: _sourced(name, amount, economics.currency, factors[name], table.source)
            for name, amount in table.given().items()}
    unit |= {name: _sourced(name, amount, economics.currency) for name, amount in economics.unit_values.given().items()}
    hours = tuple(_hour(one, economics.currency, prices * growth, table.source) for one in table.time)
    if economics.time:
        own = {one.vehicle_class for one in economics.time}
        hours = (*(_hour(one, economics.currency) for one in economics.time),
                 *(one for one in hours if one.vehicle_class not in own))
    return Values(economics.currency, economics.price_year, unit, hours, table.name)


def _exchange_rate(economics: Economics, table: ValueTable) -> float:
    if economics.exchange_rate is not None:
        if table.currency == economics.currency and economics.exchange_rate != 1.0:
            raise InputError("economics.exchange_rate", f"{economics.exchange_rate:g} for {table.currency} to itself",
                             "no rate: the table has the currency of the study", "leave exchange_rate out")
        return economics.exchange_rate
    if table.currency != economics.currency:
        raise InputError("economics.currency", f"{economics.currency}, but values in {table.currency} ({table.name})",
                         f"a table of values in {economics.currency}, or a rate",
                         f"give values = \"FILE.toml\" in {economics.currency}, or exchange_rate = units of "
                         f"{economics.currency} per {table.currency}")
    return 1.0


def _index_ratio(index: Mapping[int, float], key: str, economics: Economics, table: ValueTable) -> float:
    if economics.price_year == table.price_year:
        return 1.0
    for year in (table.price_year, economics.price_year):
        if year not in index:
            raise InputError(f"economics.{key}", f"no index of {year}",
                             f"those of {table.price_year} (prices of {table.name}) and {economics.price_year}",
                             f"add {year} = ..., or set price_year = {table.price_year}")
    return index[economics.price_year] / index[table.price_year]


def _income_growth(economics: Economics, table: ValueTable) -> float:
    """Factor of values that grow with income; 1 where the study gives no index of it."""
    if not economics.real_income:
        return 1.0
    growth = _index_ratio(economics.real_income, "real_income", economics, table)
    return float(growth**INCOME_ELASTICITY)


def _sourced(name: str, amount: Amount, unit: str, factor: float = 1.0, source: str = GIVEN) -> Sourced:
    """Prices are above 0 by their model, so their intervals are read on a logarithmic scale.

    ``source`` is that of the table, for numbers that name none of their own.
    """
    low, high = (None if end is None else end * factor for end in (amount.low, amount.high))
    own = amount.source if amount.source != GIVEN else source
    return Sourced(name, amount.value * factor, unit, own, amount.grade, "input", low, high,
                   log=low is not None)


def _hour(one: TimeValue, currency: str, factor: float = 1.0, source: str = GIVEN) -> Hour:
    name = f"time of {one.vehicle_class}, {one.purpose}"
    return Hour(one.vehicle_class, one.purpose, one.share, one.occupancy,
                _sourced(name, one.per_h, f"{currency}/h", factor, source))
