"""Officer hours and devices are costs, fines a transfer; what a study gives takes the place of what runs count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from trafficsim.outcomes.economics.model import Case
from trafficsim.outcomes.economics.quantities import Alternative
from trafficsim.outcomes.economics.valuation import unit_values
from trafficsim.results.enforcement_costs import annual_enforcement, counted_enforcement
from trafficsim.spec.economics import Economics, Measure, UnitValues

PRICES = UnitValues(enforcement_per_h=60.0, device_per_year=5000.0)
RUNS = pd.DataFrame({"officer_hours": [4.0, 2.0], "devices": [3.0, 3.0], "fines_eur": [180.0, 90.0]})


def study(**more: Any) -> Economics:
    return Economics(**{"currency": "EUR", "price_year": 2016, "periods_per_year": 250, "discount_rate": 0.0,
                        "unit_values": PRICES, **more})


def counted(economics: Economics) -> tuple[dict[str, list[float]], set[str]]:
    found = counted_enforcement(economics, unit_values(economics), "patrols", RUNS)
    return {name: values.tolist() for name, values in found.amounts.items()}, set(found.missing)


def test_runs_count_officers_devices_and_fines() -> None:
    assert counted(study()) == ({"officer_hours": [4.0, 2.0], "devices": [3.0, 3.0], "fines_eur": [180.0, 90.0]}, set())


def test_what_has_no_price_is_told() -> None:
    amounts, missing = counted(study(unit_values=UnitValues()))
    assert (set(amounts), missing) == ({"fines_eur"}, {"officer_hours", "devices"})


def test_fines_are_not_brought_to_another_currency() -> None:
    economics = study(currency="PLN", exchange_rate=4.3, gdp_deflator={2016: 1.0})
    assert counted(economics)[1] == {"fines_eur"}


@pytest.mark.parametrize(("measure", "left"), [
    (Measure(capital=0.0, enforcement_hours_per_year=100.0), {"devices", "fines_eur"}),
    (Measure(capital=9000.0), {"officer_hours", "fines_eur"}),
    (Measure(capital=0.0, fine_per_citation=40.0), {"officer_hours", "devices"}),
])
def test_what_the_study_gives_is_not_counted_twice(measure: Measure, left: set[str]) -> None:
    assert set(counted(study(measures={"patrols": measure}))[0]) == left


def test_a_year_by_hand() -> None:
    economics = study()
    values = unit_values(economics)
    found = counted_enforcement(economics, values, "patrols", RUNS)
    by_run = annual_enforcement(economics, values, found)
    np.testing.assert_allclose(by_run, [250 * 4 * 60 + 15000, 250 * 2 * 60 + 15000])
    one = Alternative("patrols", {}, enforcement=found.amounts)
    (year,) = Case(economics, values, {}, (one,)).years({})
    assert one.costed
    assert {name: float(cost[0]) for name, cost in year.costs.items()} == pytest.approx(
        {"officer_hours": 250 * 3 * 60, "devices": 15000})
    assert float(year.fines[0]) == pytest.approx(250 * 135)
    assert float(year.benefit[0]) == 0.0, "fines are no benefit"
    accounts = {name: float(value[0]) for name, value in year.accounts().items()}
    assert sum(accounts.values()) == pytest.approx(-float(year.cost[0])), "and cancel between drivers and the budget"
