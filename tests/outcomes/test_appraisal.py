"""The appraisal against sums by hand, and what must hold whatever is put in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.outcomes.casualties import Models, SpeedChange, relative
from trafficsim.outcomes.economics.appraisal import Estimate, Worth, annual_changes, appraise
from trafficsim.outcomes.economics.model import Case
from trafficsim.outcomes.economics.quantities import Alternative, quantities_of
from trafficsim.outcomes.economics.speed_casualties import SpeedCasualties
from trafficsim.outcomes.economics.valuation import unit_values
from trafficsim.spec.economics import Economics

BASE: dict[str, Any] = {
    "currency": "EUR", "price_year": 2016, "periods_per_year": 250, "draws": 1024, "discount_rate": 0.05,
    "horizon_years": 2, "unit_values": {"fuel_per_l": 0.8, "enforcement_per_h": 60},
    "measures": {"camera": {"capital": 1000, "life_years": 2, "operation_per_year": 100,
                            "enforcement_hours_per_year": 2, "fine_per_citation": 30}},
}
SAVED = {"delay_h: car": [2.0, 4.0], "delay_h: truck": [1.0, 1.0], "fuel_l": [10.0, 10.0], "co2_kg": [20.0, 20.0],
         "nox_g": [100.0, 100.0]}
CASUALTIES = {"deaths": 0.2, "serious_injuries": 3, "slight_injuries": 20}


def speeds(before: float, after: float, urban: bool = True) -> SpeedChange:
    weight, kind = np.array([1.0, 3.0]), np.array([urban, urban])
    return SpeedChange(np.array([before, 50.0]), np.array([after, 50.0]), weight, kind)


def case(casualties: SpeedCasualties | None = None, saved: dict[str, list[float]] | None = None, citations: float = 4.0,
         **changes: Any) -> Case:
    economics = Economics.model_validate({**BASE, **changes})
    values = unit_values(economics)
    found = {name: np.array(one) for name, one in (SAVED if saved is None else saved).items()}
    count = len(next(iter(found.values())))
    one = Alternative("camera", found, np.full(count, citations), economics.measures.get("camera"), casualties)
    return Case(economics, values, quantities_of(values, found)[0], (one,))


def worth(given: Case) -> Worth:
    return appraise(given)[0]


def width(one: Estimate) -> float:
    assert one.low is not None
    assert one.high is not None
    return one.high - one.low


def test_every_sum_by_hand() -> None:
    found = worth(case())
    # a year has 250 periods: 3 h of cars at 12, 1 h of trucks at 32.5, 10 l at 0.8, 20 kg at 0.1, 0.1 kg at 21.3
    benefits = {"time": 250 * (3 * 12 + 32.5), "fuel": 250 * 8.0, "co2": 250 * 2.0, "nox": 250 * 2.13}
    assert {name: one.value for name, one in found.benefits.items()} == pytest.approx(benefits)
    annuity = 1000 * 0.05 / (1 - 1.05**-2)
    assert {name: one.value for name, one in found.costs.items()} == pytest.approx(
        {"annuity": annuity, "operation": 100.0, "enforcement": 120.0})
    worth_of_a_unit = 1 / 1.05 + 1 / 1.1025
    benefit, cost = sum(benefits.values()), annuity + 220.0
    figures = {name: one.value for name, one in found.figures.items() if one.value is not None}
    assert figures == pytest.approx({
        "benefit_per_year": benefit, "cost_per_year": cost, "npv": (benefit - cost) * worth_of_a_unit,
        "benefit_cost_ratio": benefit / cost, "first_year_return": (benefit - 220.0) / 1000.0})
    assert found.fines.value == pytest.approx(250 * 4 * 30)
    assert sorted(found.npv_at) == [0.01, 0.05]


def test_growth_and_rates_by_hand() -> None:
    found = worth(case(traffic_growth=0.02, discount_rates=[0.1]))
    benefit = 250 * (3 * 12 + 32.5 + 8 + 2 + 2.13)
    other = 1000 * 0.1 / (1 - 1.1**-2) + 220.0
    by_hand = benefit * (1 / 1.1 + 1.02 / 1.21) - other * (1 / 1.1 + 1 / 1.21)
    assert found.npv_at[0.1].value == pytest.approx(by_hand)


def test_casualties_by_hand() -> None:
    # a quarter of the weight slows down from 50 to 45 km/h; exponents of urban roads 3.0, 2.0, 1.1
    found = worth(case(SpeedCasualties("camera", (speeds(50.0, 45.0),), Models()), casualties_per_year=CASUALTIES))
    avoided = {name: count * 0.25 * (1.0 - 0.9**exponent) for (name, count), exponent in
               zip(CASUALTIES.items(), (3.0, 2.0, 1.1), strict=True)}
    assert {name: one.value for name, one in found.avoided.items()} == pytest.approx(avoided)
    assert found.benefits["deaths"].value == pytest.approx(avoided["deaths"] * 3273909)
    assert found.benefits["serious_injuries"].value == pytest.approx(avoided["serious_injuries"] * 498591)
    assert found.benefits["slight_injuries"].value == pytest.approx(avoided["slight_injuries"] * 38514)
    cost = found.figures["cost_per_year"].value
    assert cost is not None
    assert found.figures["cost_per_ksi_avoided"].value == pytest.approx(
        cost / (avoided["deaths"] + avoided["serious_injuries"]))


def test_casualties_agree_with_the_indicators() -> None:
    change = SpeedChange(np.array([48.0, 80.0, 55.0]), np.array([44.0, 71.0, 55.0]), np.array([2.0, 1.0, 4.0]),
                         np.array([True, False, True]))
    indicator = relative(change, "deaths", Models())
    for times in (1, 2):
        effect = SpeedCasualties("a", (change,) * times, Models())
        assert effect.relative("deaths", {}, np.ones(1))[0] == pytest.approx(indicator, rel=1e-12)


def test_no_change_is_worth_exactly_nothing() -> None:
    nothing = {name: [0.0] * 4 for name in SAVED}
    effect = SpeedCasualties("camera", (speeds(50.0, 50.0),) * 4, Models())
    found = worth(case(effect, nothing, casualties_per_year=CASUALTIES))
    assert {(one.value, one.low, one.high) for one in found.benefits.values()} == {(0.0, 0.0, 0.0)}
    assert {(one.value, one.low, one.high) for one in found.avoided.values()} == {(0.0, 0.0, 0.0)}
    assert found.figures["benefit_per_year"].value == 0.0
    assert found.figures["cost_per_ksi_avoided"].value is None


@given(citations=st.floats(0.0, 1e4), fine=st.floats(0.0, 1e3), hours=st.floats(-50.0, 50.0))
def test_fines_are_transfers_and_cancel(citations: float, fine: float, hours: float) -> None:
    saved = {**SAVED, "delay_h: car": [hours, hours + 1.0]}
    measure = {"camera": {**BASE["measures"]["camera"], "fine_per_citation": fine}}
    priced, free = (case(None, saved, one, measures=measure) for one in (citations, 0.0))
    assert priced.net_present_values({}).tolist() == free.net_present_values({}).tolist()
    year = priced.years({})[0]
    accounts = year.accounts()
    assert accounts["budget"][0] == pytest.approx(250 * citations * fine - year.cost[0])
    assert sum(accounts.values())[0] == pytest.approx(year.benefit[0] - year.cost[0], rel=1e-9, abs=1e-6)


@given(slower=st.floats(0.0, 10.0), urban=st.booleans())
def test_slower_is_never_worse_for_casualties(slower: float, urban: bool) -> None:
    more, less = (SpeedCasualties("a", (speeds(60.0, 60.0 - one, urban),), Models()) for one in (slower + 1.0, slower))
    for severity in CASUALTIES:
        assert more.relative(severity, {}, np.ones(1))[0] < less.relative(severity, {}, np.ones(1))[0]


def test_interval_holds_what_is_uncertain() -> None:
    rng = np.random.default_rng(4)
    saved = {"delay_h: car": rng.normal(3.0, 1.0, 20).tolist()}
    alone = worth(case(None, saved)).figures["benefit_per_year"]
    often = {"value": 250, "low": 150, "high": 350}
    more = worth(case(None, saved, periods_per_year=often)).figures["benefit_per_year"]
    # t interval of the mean: 250 x 12 x (mean +- 2.093 s / sqrt 20); quantiles of 1,024 quasi-random draws, within 3 %
    half = 250 * 12 * 2.093 * np.std(saved["delay_h: car"], ddof=1) / np.sqrt(20)
    assert width(alone) / 2.0 == pytest.approx(half, rel=0.03)
    assert width(more) > 1.5 * width(alone)


def test_how_sure_and_what_is_not_known() -> None:
    rng = np.random.default_rng(5)
    given = case(SpeedCasualties("camera", tuple(speeds(50.0, 49.0 + 0.01 * one) for one in range(20)), Models()),
                 {"delay_h: car": rng.normal(-1.0, 1.0, 20).tolist()}, casualties_per_year=CASUALTIES)
    sure = worth(given).sureness
    assert sure is not None
    assert 0.0 < sure.p_helps < 1.0
    assert set(sure.absent) == {"demand", "behaviour", "model form", "costs"}  # unit values: that of carbon dioxide
    assert 0.0 <= max(sure.information.values()) <= sure.perfect * 1.0001
    assert sum(one.first for one in sure.shares.values()) <= 1.03  # 1,024 draws: a few per cent
    assert sum(one.total for one in sure.shares.values()) >= 0.97
    for number, place in sure.turns.items():
        if number != "discount rate":
            assert abs(float(given.net_present_values({number: np.array([place])})[0, 0])) < 1e-3


def test_what_turns_a_verdict_by_the_smallest_change_comes_first() -> None:
    found = worth(case(saved={"delay_h: car": [0.3]})).sureness
    assert found is not None
    now = {"time of *, commuting and leisure": 12.0, "periods per year": 250.0, "camera: effect": 1.0,
           "camera: capital": 1000.0, "camera: operation_per_year": 100.0, "enforcement_per_h": 60.0,
           "camera: enforcement_hours_per_year": 2.0, "discount rate": 0.05}
    changes = [abs(place - now[name]) / now[name] for name, place in found.turns.items()]
    assert len(changes) > 5
    assert changes == sorted(changes)


def test_two_replications_have_an_interval_and_no_mean() -> None:
    # t with one degree of freedom has no mean: whatever the draws average to depends on their number
    two, one = (worth(case(saved={"delay_h: car": saved})).sureness for saved in ([1.0, 2.0], [1.5]))
    assert two is not None
    assert one is not None
    assert (two.mean, two.perfect, dict(two.information)) == (None, None, {})
    assert "two replications" in two.as_json()["no_mean"]
    assert one.mean is not None
    assert one.perfect is not None


def test_casualties_without_a_price_are_named() -> None:
    table = {"name": "own", "currency": "EUR", "price_year": 2016, "source": "a ministry", "slight_injury": 100}
    effect = SpeedCasualties("camera", (speeds(50.0, 45.0),), Models())
    found = worth(case(effect, {"delay_h: car": [1.0]}, values=table, casualties_per_year=CASUALTIES))
    assert set(found.benefits) == {"slight_injuries"}
    assert set(found.missing) == {"deaths", "serious_injuries"}
    assert found.missing["deaths"] == "no unit value for fatality in own, and none in economics.unit_values"


def test_nothing_is_paid_per_casualty_avoided_where_more_come_to_harm() -> None:
    found = worth(case(SpeedCasualties("camera", (speeds(50.0, 55.0),), Models()), casualties_per_year=CASUALTIES))
    assert found.figures["cost_per_ksi_avoided"] == Estimate(None, reason="no killed or seriously injured avoided")
    ratio, npv = found.figures["benefit_cost_ratio"].value, found.figures["npv"].value
    assert ratio is not None
    assert npv is not None
    assert ratio < 0.0
    assert npv < 0.0


def test_the_exponent_at_which_a_verdict_turns_by_hand() -> None:
    # an hour lost a period and costs against serious injuries: 3 x 0.25 x (1 - 0.9^e) x 498,591 = 250 x 12 + costs
    given = case(SpeedCasualties("camera", (speeds(50.0, 45.0),), Models()), {"delay_h: car": [-1.0]},
                 casualties_per_year={"serious_injuries": 3})
    found = worth(given)
    assert found.sureness is not None
    cost = found.figures["cost_per_year"].value or 0.0
    by_hand = np.log(1.0 - (250 * 12 + cost) / (0.75 * 498591)) / np.log(0.9)
    turns = found.sureness.turns
    assert turns["power exponent: seriously_injured, urban roads"] == pytest.approx(by_hand, rel=1e-6)


def test_alternatives_without_a_cost_or_with_one_replication() -> None:
    free = worth(case(measures={}))
    assert free.sureness is None
    assert free.figures["npv"].value is None
    assert free.figures["benefit_per_year"].value is not None
    one = worth(case(None, {"delay_h: car": [2.0]}))
    assert one.sureness is not None
    assert one.sureness.absent["replications"] == "one replication alone shows no spread"
    assert one.sureness.no_shares == "shares of variance need at least 6 replications"


def test_ratio_without_a_sure_denominator_has_no_interval() -> None:
    # more deaths and fewer injuries avoided by chance: the exponent of deaths in towns reaches below zero
    effect = SpeedCasualties("camera", (speeds(50.0, 45.0),), Models())
    found = worth(case(effect, casualties_per_year={"deaths": 10})).figures["cost_per_ksi_avoided"]
    assert found.value is not None
    assert found.low is None
    assert str(found.reason).startswith("no interval: no killed or seriously injured avoided in")


def test_annual_changes_are_costs_less_benefits() -> None:
    given = case(casualties_per_year=CASUALTIES)
    change = annual_changes(given)["camera"]
    found = worth(given)
    assert change.casualties == pytest.approx(0.2 * 3273909 + 3 * 498591 + 20 * 38514)  # those of the baseline
    middle = np.median(change.drawn)
    cost, benefit = (found.figures[name].value or 0.0 for name in ("cost_per_year", "benefit_per_year"))
    assert middle == pytest.approx(cost - benefit, rel=0.02)


def test_same_draws_whoever_asks() -> None:
    first, second = worth(case()), worth(case())
    assert first.as_json() == second.as_json()
