"""From tables to annual cost and appraisal, by hand; and what of it is missing, with reasons."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from trafficsim.results.appraisal import appraisal_of
from trafficsim.results.appraisal_lines import appraisal_lines
from trafficsim.results.compared import compared
from trafficsim.results.question import Question
from trafficsim.spec.economics import Economics

STUDY: dict[str, Any] = {
    "currency": "PLN", "price_year": 2020, "periods_per_year": 100, "draws": 256, "discount_rate": 0.0,
    "values": {"name": "own", "currency": "PLN", "price_year": 2020, "source": "a ministry", "fuel_per_l": 5,
               "co2_per_t": 400, "time": [{"purpose": "all", "per_h": 36}]},
    "measures": {"slower": {"capital": 1000, "life_years": 10, "fine_per_citation": 10}},
}
FACTOR = {"pollutant": "co2", "gamma": 200, "least_kmh": 10, "most_kmh": 130}
SLOWER = {1: 70.0, 2: 80.0, 3: 90.0}
BEFORE = {1: 60.0, 2: 60.0, 3: 70.0}


def tables(**more: dict[int, float]) -> dict[str, pd.DataFrame]:
    """Two alternatives, three replications: mean delays of 200 cars; indicators by name, of the slower one."""
    labels, groups, indicators, links = [], [], [], []
    for alternative, delays in (("do nothing", BEFORE), ("slower", SLOWER)):
        for number, delay_s in delays.items():
            label = {"scenario": "town", "alternative": alternative, "replication": number, "engine": "ca"}
            labels.append({**label, "status": "complete"})
            groups.append({**label, "grouping": "class", "group": "car", "trips": 200, "mean_delay_s": delay_s})
            values = {"mean_delay_s": delay_s, "citations": 4.0 if alternative == "slower" else 0.0, "vehicle_km": 50.0}
            values |= {name: one[number] * (1.1 if alternative == "slower" else 1.0) for name, one in more.items()}
            indicators += [{**label, "indicator": name, "value": value, "unit": "1", "reason": None}
                           for name, value in values.items()]
            links.append({**label, "link": "a", "vehicle_km": 80.0, "speed_kmh": 50.0})
    frames = {"runs": labels, "groups": groups, "indicators": indicators, "links": links}
    found = {name: pd.DataFrame(rows) for name, rows in frames.items()}
    found["indicators"]["reason"] = found["indicators"]["reason"].astype("string")
    return found


def question(**changes: Any) -> Question:
    economics = Economics.model_validate({**STUDY, **changes})
    return Question("do nothing", ("cost_pln",), outcomes={"economics": economics})


def test_annual_cost_by_hand() -> None:
    found = {one.alternative: one for one in compared(tables(), question()).differences if one.indicator == "cost_pln"}
    # 100 periods of 200 vehicles x 60 s, 60 s and 70 s at 36 an hour; and 1,000 over ten years without interest
    assert found["do nothing"].mean == pytest.approx(100 * 200 * (60 + 60 + 70) / 3 / 3600 * 36)
    assert found["slower"].diff == pytest.approx(100 * 200 * 50 / 3 / 3600 * 36 + 100)
    assert found["slower"].unit == "PLN/year"
    assert str(found["slower"].reason).startswith("without fuel, co2, nox, casualties")
    low, high = found["slower"].low, found["slower"].high
    assert low is not None
    assert high is not None
    # t interval of three pairs: 16.67 +- 4.303 x 5.774 / sqrt 3 s; quantiles of 256 draws, within 10 %
    assert (high - low) / 2.0 == pytest.approx(200 * 4.303 * 5.774 / 3**0.5, rel=0.10)


def test_annual_cost_of_a_measure_that_works_by_halves() -> None:
    half = {"slower": {**STUDY["measures"]["slower"], "effect_factor": 0.5}}
    found = {one.alternative: one for one in compared(tables(), question(measures=half)).differences
             if one.indicator == "cost_pln"}["slower"]
    assert found.diff == pytest.approx(0.5 * 100 * 200 * 50 / 3 / 3600 * 36 + 100)
    assert found.low is not None
    assert found.high is not None
    # the difference is the middle of its own interval: a t distribution is symmetric; 256 draws, within 5 %
    assert (found.low + found.high) / 2.0 == pytest.approx(found.diff, rel=0.05)


def test_annual_cost_says_that_nothing_is_known_of_the_cost_of_a_measure() -> None:
    found = {one.alternative: one for one in compared(tables(), question(measures={})).differences
             if one.indicator == "cost_pln"}
    assert "the cost of the measure" in str(found["slower"].reason)
    assert "the cost of the measure" not in str(found["do nothing"].reason)


def test_appraisal_by_hand_with_fines_apart() -> None:
    found = appraisal_of(tables(), question(), ("do nothing", "slower"))
    assert found is not None
    worth = found.worths["town", "ca"][0]
    loss = 100 * 200 * 50 / 3 / 3600 * 36
    assert worth.figures["npv"].value == pytest.approx(-10 * (loss + 100))
    assert worth.fines.value == pytest.approx(100 * 4 * 10)
    assert sorted(worth.missing) == ["casualties", "co2", "fuel", "nox"]
    text = "\n".join(appraisal_lines(found))
    assert "a transfer, in no other figure" in text
    assert "benefit a year -3,333" in text


def test_emissions_of_runs_are_priced_where_all_have_them() -> None:
    litres = {1: 10.0, 2: 20.0, 3: 30.0}
    found = appraisal_of(tables(fuel_l=litres), question(), ("do nothing", "slower"))
    assert found is not None
    worth = found.worths["town", "ca"][0]
    assert worth.benefits["fuel"].value == pytest.approx(-100 * 5 * 2.0)
    assert "fuel" not in worth.missing


def test_factors_by_mean_speed_by_hand() -> None:
    given = tables()
    given["links"].loc[given["links"]["alternative"] == "slower", "speed_kmh"] = 40.0
    rows = [{**FACTOR, "delta": 1000.0}]  # 200 + 1000 / V g/km
    found = appraisal_of(given, question(emission_factors=rows), ("do nothing", "slower"))
    assert found is not None
    worth = found.worths["town", "ca"][0]
    more_kg = 50.0 * (1000.0 / 40.0 - 1000.0 / 50.0) / 1000.0  # 50 km of the trips due
    assert worth.benefits["co2"].value == pytest.approx(-100 * 0.4 * more_kg)
    assert worth.benefits["fuel"].value == pytest.approx(-100 * 5 * more_kg / 2.31)
    fast = appraisal_of(given, question(emission_factors=[{**FACTOR, "most_kmh": 45}]), ("do nothing", "slower"))
    assert fast is not None
    assert "covers 10 to 45 km/h" in fast.worths["town", "ca"][0].missing["co2"]


def test_without_a_pair_there_is_a_reason() -> None:
    given = tables()
    given = {name: table[table["alternative"] == "slower"] for name, table in given.items()}
    found = appraisal_of(given, question(), ("do nothing", "slower"))
    assert found is not None
    assert found.worths == {}
    assert found.reasons["town", "ca"] == "the baseline 'do nothing' has no results"
    assert found.as_json()["not_appraised"][0]["scenario"] == "town"


def test_without_economics_nothing_is_added() -> None:
    plain = Question("do nothing", ("mean_delay_s",))
    assert appraisal_of(tables(), plain, ("do nothing", "slower")) is None
    assert {one.indicator for one in compared(tables(), plain).differences} == {
        "mean_delay_s", "citations", "vehicle_km"}


def test_unit_values_in_the_sums_are_told_with_their_sources() -> None:
    found = appraisal_of(tables(), question(), ["slower"])
    assert found is not None
    assert list(found.prices) == ["time of *, all"]
    assert found.as_json()["unit_values"]["time of *, all"] | {"low": None, "high": None} == {
        "value": 36.0, "low": None, "high": None, "source": "a ministry", "grade": found.prices["time of *, all"].grade}
    assert next(line for line in appraisal_lines(found) if "unit values" in line).startswith(
        "  unit values: time of *, all 36, a ministry, grade ")
    with_fuel = appraisal_of(tables(fuel_l=SLOWER), question(), ["slower"])
    assert with_fuel is not None
    assert set(with_fuel.prices) == {"time of *, all", "fuel_per_l"}
