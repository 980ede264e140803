"""Unit values: the handbook's table, other currencies, years and tables, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from trafficsim.base.errors import InputError
from trafficsim.outcomes.economics.discounting import annuity_factor, present_worth
from trafficsim.outcomes.economics.valuation import built_in_table, unit_values
from trafficsim.spec.economics import Economics, ValueTable

STUDY: dict[str, Any] = {"currency": "EUR", "price_year": 2016, "periods_per_year": 500}
TABLE: dict[str, Any] = {
    "name": "pl", "currency": "PLN", "price_year": 2020, "source": "a ministry",
    "fatality": 2400000, "time": [{"class": "*", "purpose": "all", "per_h": 40}],
}


def study(**changes: Any) -> Economics:
    return Economics.model_validate({**STUDY, **changes})


def test_handbook_casualties_are_the_sums_of_their_components() -> None:
    table = built_in_table("eu_handbook_2019")
    values = {name: amount.value for name, amount in table.given().items()}
    # the published total of a fatality is 1 euro below the sum of its rounded components
    assert values["fatality"] == pytest.approx(2907921 + 361358 + 2722 + 1909, abs=1.0)
    assert values["serious_injury"] == 464844 + 24055 + 8380 + 1312
    assert values["slight_injury"] == 35757 + 1472 + 721 + 564
    assert (table.currency, table.price_year) == ("EUR", 2016)


def test_values_of_the_table_year_stay_as_they_are() -> None:
    values = unit_values(study())
    assert values.unit["fatality"].value == 3273909
    carbon = values.unit["co2_per_t"]
    assert (carbon.low, carbon.value, carbon.high) == (60.0, 100.0, 189.0)
    assert values.vehicle_hour("truck") == 32.5
    assert values.vehicle_hour("motorcycle") == 12.0


def test_prices_follow_the_deflator_and_lives_income_too() -> None:
    income = {2016: 100, 2022: 110}
    values = unit_values(study(price_year=2022, gdp_deflator={2016: 100, 2022: 115}, real_income=income))
    assert values.unit["co2_per_t"].value == pytest.approx(115.0)
    assert values.unit["fatality"].value == pytest.approx(3273909 * 1.15 * 1.1**0.8)
    assert values.vehicle_hour("truck") == pytest.approx(32.5 * 1.15 * 1.1**0.8)


def test_own_values_are_taken_as_they_are_and_go_before_the_table() -> None:
    own = {"class": "truck", "purpose": "freight", "per_h": 50, "occupancy": 1.2}
    values = unit_values(study(price_year=2022, gdp_deflator={2016: 100, 2022: 115}, time=[own],
                               unit_values={"co2_per_t": {"value": 200, "low": 100, "high": 300}, "fuel_per_l": 0.9}))
    assert values.unit["co2_per_t"].value == 200.0
    assert values.unit["fuel_per_l"].value == 0.9
    assert values.vehicle_hour("truck") == pytest.approx(60.0)
    assert values.vehicle_hour("car") == pytest.approx(12.0 * 1.15)


def test_another_country_and_currency() -> None:
    table = ValueTable.model_validate(TABLE)
    polish = unit_values(study(currency="PLN", price_year=2020, values=table))
    assert (polish.unit["fatality"].value, polish.vehicle_hour("car")) == (2400000.0, 40.0)
    assert study(currency="PLN").indicator == "cost_pln"
    changed = unit_values(study(currency="PLN", exchange_rate=4.4))
    assert changed.unit["co2_per_t"].value == pytest.approx(440.0)


def test_purposes_of_a_class_are_weighted_by_their_shares() -> None:
    rows = [{"class": "car", "purpose": "business", "share": 0.25, "per_h": 28, "occupancy": 1.1},
            {"class": "car", "purpose": "other", "share": 0.75, "per_h": 12, "occupancy": 1.5}]
    assert unit_values(study(time=rows)).vehicle_hour("car") == pytest.approx(0.25 * 28 * 1.1 + 0.75 * 12 * 1.5)


@pytest.mark.parametrize(("changes", "where", "remedy"), [
    ({"currency": "PLN"}, "economics.currency", "exchange_rate"),
    ({"price_year": 2022}, "economics.gdp_deflator", "2016"),
    ({"price_year": 2022, "gdp_deflator": {2016: 100}}, "economics.gdp_deflator", "add 2022"),
    ({"price_year": 2022, "gdp_deflator": {2016: 1, 2022: 1}, "real_income": {2022: 1}}, "economics.real_income",
     "2016"),
    ({"exchange_rate": 1.1}, "economics.exchange_rate", "leave exchange_rate out"),
    ({"values": "eu_handbook"}, "economics.values", "correct the name"),
])
def test_prices_that_cannot_be_brought_together_are_refused(changes: dict[str, Any], where: str, remedy: str) -> None:
    with pytest.raises(InputError) as refused:
        unit_values(study(**changes))
    assert where in str(refused.value)
    assert remedy in str(refused.value)


@pytest.mark.parametrize("changes", [
    {"currency": "euro"}, {"price_year": 16}, {"periods_per_year": 0}, {"periods_per_year": -1}, {"draws": 1000},
    {"unit_values": {"fatality": 0}}, {"unit_values": {"co2_per_t": {"value": 100, "low": 120, "high": 150}}},
    {"unit_values": {"co2_per_t": {"value": 100, "low": 60}}}, {"unit_values": {"fatalities": 1}},
    {"time": [{"class": "car", "purpose": "a", "share": 0.4, "per_h": 10}]},
    {"time": [{"class": "car", "purpose": "a", "per_h": 0}]}, {"discount_rate": 3}, {"horizon_years": 0},
    {"traffic_growth": 2}, {"gdp_deflator": {2016: 0}}, {"measures": {"a": {}}},
    {"measures": {"a": {"capital": 1, "life_years": 0}}}, {"measures": {"a": {"capital": -1}}},
    {"casualties_per_year": {"deaths": -1}}, {"casualties_per_year": {"killed": 1}},
])
def test_economics_that_make_no_sense_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        study(**changes)


def test_a_table_needs_its_price_year_and_source() -> None:
    for key in ("price_year", "source", "currency"):
        with pytest.raises(ValidationError):
            ValueTable.model_validate({name: value for name, value in TABLE.items() if name != key})


def test_discounting_by_hand() -> None:
    assert annuity_factor(0.05, 2) == pytest.approx(0.05 / (1.0 - 1.0 / 1.1025))
    assert present_worth(0.05, 2) == pytest.approx(1.0 / 1.05 + 1.0 / 1.1025)
    assert present_worth(0.05, 2, 0.02) == pytest.approx(1.0 / 1.05 + 1.02 / 1.1025)
    # an investment that lasts as long as the appraisal costs its price, whatever the rate
    for rate in (0.0, 0.01, 0.03, 0.05):
        assert annuity_factor(rate, 20) * present_worth(rate, 20) == pytest.approx(1.0, rel=1e-12)
