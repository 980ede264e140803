"""What a study says of money: unit values, prices, the cost of each alternative, and what is uncertain about them."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from trafficsim.spec.emission_factors import EmissionFactor
from trafficsim.spec.model import Model

MOST = 1.0e12
CURRENCY = r"^[A-Z]{3}$"
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
GIVEN = "given by the user"
Grade = Literal["A", "B", "C", "D"]
Year = Annotated[int, Field(ge=EARLIEST_YEAR, le=LATEST_YEAR)]
Rate = Annotated[float, Field(ge=-0.05, le=0.25)]


class Interval(Model):
    """A number and the 95 % interval around it; a number alone stands for itself without one.

    Parameters
    ----------
    value
        Best estimate.
    low, high
        Ends of the interval: both or none.
    source, grade
        Where it comes from, and how good the evidence is, A to D.

    Examples
    --------
    >>> Interval(value=-0.01, low=-0.02, high=0.01).high
    0.01
    """

    value: float = Field(ge=-MOST, le=MOST)
    low: float | None = Field(default=None, ge=-MOST, le=MOST)
    high: float | None = Field(default=None, ge=-MOST, le=MOST)
    source: str = Field(default=GIVEN, min_length=1)
    grade: Grade = "D"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("one end of an interval; give low and high, or neither")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"a value of {self.value:g} with an interval from {self.low:g} to {self.high:g}; "
                             "put low, value and high in order")
        return self


class Amount(Interval):
    """A number that is not negative, and the 95 % interval around it.

    Examples
    --------
    >>> Amount(value=100, low=60, high=189).high
    189.0
    """

    value: float = Field(ge=0, le=MOST)
    low: float | None = Field(default=None, ge=0, le=MOST)
    high: float | None = Field(default=None, ge=0, le=MOST)


def _amount(given: Any) -> Any:
    return {"value": given} if isinstance(given, int | float) and not isinstance(given, bool) else given


def _above_zero(amount: Amount) -> Amount:
    if amount.value <= 0.0 or (amount.low is not None and amount.low <= 0.0):
        raise ValueError("0, which would price nothing; give a value above 0, or leave the key out")
    return amount


class _OrNumber:
    """Says in the JSON Schema that a number will do."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "number"}, handler(schema)]}


Number = Annotated[Amount, BeforeValidator(_amount), _OrNumber()]
Signed = Annotated[Interval, BeforeValidator(_amount), _OrNumber()]
FASTEST_GROWTH = 0.2


class TimeValue(Model):
    """What an hour is worth to those in a vehicle of a class who travel for a purpose.

    Parameters
    ----------
    class, vehicle_class
        Name of the class; ``"*"`` for all that have no row.
    purpose
        Such as commuting, business, leisure, freight.
    share
        Share of the class's vehicle-hours; the shares of a class add up to 1.
    occupancy
        Persons per vehicle.
    per_h
        Value of an hour of one person, or of a vehicle with its load where ``occupancy`` is 1.

    Examples
    --------
    >>> TimeValue(vehicle_class="truck", purpose="freight", per_h=32.5).share
    1.0
    """

    model_config = ConfigDict(populate_by_name=True)

    vehicle_class: str = Field(default="*", alias="class", min_length=1)
    purpose: str = Field(min_length=1)
    share: float = Field(default=1.0, gt=0, le=1)
    occupancy: float = Field(default=1.0, gt=0, le=200)
    per_h: Number

    @model_validator(mode="after")
    def _priced(self) -> Self:
        _above_zero(self.per_h)
        return self


PRICES = ("fatality", "serious_injury", "slight_injury", "fuel_per_l", "co2_per_t", "nox_per_kg", "enforcement_per_h",
          "device_per_year")
"""Unit values that a table, or a study in their place, may give."""


class UnitValues(Model):
    """Unit values, each for itself; one that is left out is not priced, and the appraisal says so.

    Parameters
    ----------
    fatality, serious_injury, slight_injury
        Per casualty.
    fuel_per_l
        Resource cost of fuel, without taxes: these are transfers.
    co2_per_t, nox_per_kg
        Damage of emissions.
    enforcement_per_h
        An hour of police or of enforcement staff.
    device_per_year
        A device of enforcement, such as a camera: annuity and operation of a year.

    Examples
    --------
    >>> UnitValues(fuel_per_l=0.8).fuel_per_l.value
    0.8
    """

    fatality: Number | None = None
    serious_injury: Number | None = None
    slight_injury: Number | None = None
    fuel_per_l: Number | None = None
    co2_per_t: Number | None = None
    nox_per_kg: Number | None = None
    enforcement_per_h: Number | None = None
    device_per_year: Number | None = None

    @model_validator(mode="after")
    def _priced(self) -> Self:
        for name in PRICES:
            if (amount := getattr(self, name)) is not None:
                try:
                    _above_zero(amount)
                except ValueError as error:
                    raise ValueError(f"{name} is {error}") from None
        return self

    def given(self) -> dict[str, Amount]:
        """Return the values that there are, by name."""
        return {name: amount for name in PRICES if (amount := getattr(self, name)) is not None}


class ValueTable(UnitValues):
    """A country's table of unit values, in one currency and at the prices of one year.

    Parameters
    ----------
    name
        Name of the table.
    currency
        Three letters (ISO 4217).
    price_year
        Year of its prices.
    source
        Publication.
    time
        Values of time by vehicle class and purpose.

    Examples
    --------
    >>> hour = TimeValue(purpose="all", per_h=10)
    >>> ValueTable(name="mine", currency="EUR", price_year=2020, source="own survey", time=(hour,)).currency
    'EUR'
    """

    name: str = Field(min_length=1)
    currency: str = Field(pattern=CURRENCY)
    price_year: Year
    source: str = Field(min_length=1)
    time: tuple[TimeValue, ...] = ()

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        check_shares(self.time)
        return self


def check_shares(values: tuple[TimeValue, ...]) -> None:
    """Refuse values of time whose shares do not add up to 1 within a class."""
    for name in dict.fromkeys(one.vehicle_class for one in values):
        total = sum(one.share for one in values if one.vehicle_class == name)
        if abs(total - 1.0) > 1.0e-6:
            raise ValueError(f"values of time of class {name!r} whose shares add up to {total:g}; make it 1")


class Measure(Model):
    """What an alternative costs and brings to the budget.

    Parameters
    ----------
    capital
        Investment at its beginning.
    life_years
        How long the investment lasts; it is renewed for as long as the appraisal reaches (annuity).
    operation_per_year
        Operation and maintenance.
    enforcement_hours_per_year
        Hours of police or enforcement staff, in place of those that the runs count.
    fine_per_citation
        Fine paid per citation: a transfer from drivers to the budget, no benefit. In place of the fines of the runs.
    effect_factor
        How strongly the measure works in reality, relative to what was simulated: 1, with an interval where the
        behavioural input of the policy has one.

    Examples
    --------
    >>> Measure(capital=40000, life_years=10).effect_factor.value
    1.0
    """

    capital: Number
    life_years: int = Field(default=10, ge=1, le=100)
    operation_per_year: Number = Amount(value=0.0)
    enforcement_hours_per_year: Number = Amount(value=0.0)
    fine_per_citation: Number = Amount(value=0.0)
    effect_factor: Number = Amount(value=1.0, source="as simulated")


class CasualtiesPerYear(Model):
    """Casualties of a year in the area of the scenario under the baseline.

    As they are expected (not one year's random draws). How free speeds change in the analysis period is taken to hold
    for all of them: give those of the hours that the analysis period stands for.

    Parameters
    ----------
    deaths, serious_injuries, slight_injuries
        Per year, corrected for under-reporting.

    Examples
    --------
    >>> CasualtiesPerYear(deaths=0.4, serious_injuries=6).slight_injuries.value
    0.0
    """

    deaths: Number = Amount(value=0.0)
    serious_injuries: Number = Amount(value=0.0)
    slight_injuries: Number = Amount(value=0.0)


class Economics(Model):
    """Table ``[economics]`` of a study.

    Parameters
    ----------
    currency
        Three letters (ISO 4217); the indicator is called after it, such as ``cost_eur``.
    price_year
        Year at whose prices everything is stated.
    periods_per_year
        How many times a year the analysis period of the scenario happens: this makes years of it.
    values
        A table of unit values: ``"eu_handbook_2019"``, a TOML file, or the table itself.
    exchange_rate
        Units of ``currency`` for one of the table's.
    gdp_deflator
        Index of prices by year, with the table's year and ``price_year``.
    real_income
        Index of real income per head by year; with it values of life and time grow with elasticity 0.8.
    unit_values, time
        Values in place of the table's, in ``currency`` at ``price_year``.
    casualties_per_year
        Casualties under the baseline.
    measures
        Costs by alternative.
    emission_factors
        Factors by mean speed of links, in place of those from traces.
    horizon_years
        Length of the appraisal.
    discount_rate
        Discount rate, as a share.
    discount_rates
        Further rates at which the net present value is given.
    traffic_growth
        Growth of benefits a year, as a share.
    draws
        Draws of the Monte Carlo, a power of two.
    seed
        Seed of the draws.

    Examples
    --------
    >>> Economics(currency="EUR", price_year=2016, periods_per_year=500).discount_rates
    (0.01, 0.05)
    """

    currency: str = Field(pattern=CURRENCY)
    price_year: Year
    periods_per_year: Number
    values: str | ValueTable = "eu_handbook_2019"
    exchange_rate: float | None = Field(default=None, gt=0, le=1.0e6)
    gdp_deflator: dict[Year, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    real_income: dict[Year, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    unit_values: UnitValues = UnitValues()
    time: tuple[TimeValue, ...] = ()
    casualties_per_year: CasualtiesPerYear | None = None
    measures: dict[str, Measure] = Field(default_factory=dict)
    emission_factors: tuple[EmissionFactor, ...] = ()
    horizon_years: int = Field(default=10, ge=1, le=100)
    discount_rate: Rate = 0.03
    discount_rates: tuple[Rate, ...] = (0.01, 0.05)
    traffic_growth: Signed = Interval(value=0.0)
    draws: int = Field(default=4096, ge=64, le=2**20)
    seed: int = Field(default=2009, ge=0, lt=2**63)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.periods_per_year.value <= 0.0:
            raise ValueError("periods_per_year is 0: no year is made of it; give how often the analysis period happens")
        if self.draws & (self.draws - 1):
            raise ValueError(f"draws is {self.draws}, no power of two; Sobol' sequences are balanced at powers of two, "
                             "such as 4096")
        ends = [self.traffic_growth.value, self.traffic_growth.low, self.traffic_growth.high]
        if any(abs(end) > FASTEST_GROWTH for end in ends if end is not None):
            raise ValueError("traffic_growth is more than 20 % a year; give a share: 0.01 is 1 %")
        check_shares(self.time)
        for pollutant in dict.fromkeys(one.pollutant for one in self.emission_factors):
            total = sum(one.share for one in self.emission_factors if one.pollutant == pollutant)
            if abs(total - 1.0) > 1.0e-6:
                raise ValueError(f"emission factors of {pollutant} whose shares add up to {total:g}; make it 1")
        return self

    @property
    def indicator(self) -> str:
        """Name of the indicator of annual cost."""
        return f"cost_{self.currency.lower()}"
