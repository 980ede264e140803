"""The ranking by casualties avoided per million, its regret, and casualties over days."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from trafficsim.outcomes.casualties import Models, SpeedChange
from trafficsim.outcomes.economics.appraisal import appraise
from trafficsim.outcomes.economics.model import Case
from trafficsim.outcomes.economics.quantities import Alternative, quantities_of
from trafficsim.outcomes.economics.ranking import per_million, ranking
from trafficsim.outcomes.economics.speed_casualties import SpeedCasualties
from trafficsim.outcomes.economics.valuation import unit_values
from trafficsim.spec.economics import Economics

F8 = NDArray[np.float64]
ECONOMICS: dict[str, Any] = {
    "currency": "EUR", "price_year": 2016, "periods_per_year": 250, "draws": 256, "discount_rate": 0.0,
    "casualties_per_year": {"deaths": 1.0, "serious_injuries": 9.0},
    "measures": {"zones": {"capital": 0, "operation_per_year": {"value": 500_000, "low": 400_000, "high": 600_000}},
                 "cameras": {"capital": 0, "operation_per_year": 500_000}, "gift": {"capital": 0}},
}
ONE = np.ones(1)


def slower(name: str, after_kmh: float, *more_kmh: float, **given: Any) -> SpeedCasualties:
    changes = tuple(SpeedChange(np.array([50.0]), np.array([speed]), ONE, np.array([True]))
                    for speed in (after_kmh, *more_kmh))
    return SpeedCasualties(name, changes, Models(), **given)


def case(speeds: dict[str, float]) -> Case:
    economics = Economics.model_validate(ECONOMICS)
    values, saved = unit_values(economics), {"fuel_l": np.zeros(2)}
    return Case(economics, values, quantities_of(values, saved)[0], tuple(
        Alternative(name, saved, None, economics.measures.get(name), slower(name, speed, speed))
        for name, speed in speeds.items()))


def test_ranks_follow_from_casualties_over_cost() -> None:
    worths = {one.alternative: one for one in appraise(case({"cameras": 49.0, "zones": 45.0, "free of charge": 40.0}))}
    zones, cameras = worths["zones"].rank, worths["cameras"].rank
    assert zones is not None
    assert cameras is not None
    assert (zones.place, cameras.place, zones.of) == (1, 2, 2)
    avoided = sum(worths["zones"].avoided[part].value or 0.0 for part in ("deaths", "serious_injuries"))
    assert zones.per_million == pytest.approx(2.0 * avoided)  # half a million a year
    assert zones.low < zones.per_million < zones.high
    assert (zones.p_best, zones.regret, cameras.p_best) == (1.0, 0.0, 0.0)
    assert cameras.regret is not None
    assert cameras.regret > 0.0
    assert worths["free of charge"].rank is None  # no cost is given, so nothing can be said per million
    assert worths["free of charge"].as_json()["rank"] is None


def test_who_costs_nothing_has_no_rank() -> None:
    assert appraise(case({"gift": 45.0}))[0].rank is None
    assert per_million([ONE], np.array([0.0])) is None


def test_what_only_harms_is_never_best() -> None:
    rank = appraise(case({"cameras": 51.0}))[0].rank
    assert rank is not None
    assert rank.per_million < 0.0
    assert rank.p_best == 0.0
    assert rank.regret is not None
    assert rank.regret >= -rank.per_million * 0.5


@given(st.lists(st.lists(st.integers(-50, 50), min_size=8, max_size=8), min_size=1, max_size=5))
def test_regret_against_the_obvious_sum(rows: list[list[int]]) -> None:
    drawn = {f"a{number}": np.array(row, np.float64) for number, row in enumerate(rows)}
    found = ranking({name: row.mean(keepdims=True) for name, row in drawn.items()}, drawn)
    for name, row in drawn.items():
        best = [max(0.0, *(other[at] for other in drawn.values())) for at in range(8)]
        assert found[name].regret == pytest.approx(np.mean([most - mine for most, mine in zip(best, row, strict=True)]))
    assert sorted(one.place for one in found.values()) == list(range(1, len(rows) + 1))
    least = min(found.values(), key=lambda one: one.regret or 0.0)
    assert found[max(drawn, key=lambda name: float(drawn[name].mean()))].regret == pytest.approx(least.regret)
    assert ranking({}, {}) == {}
    assert all(one.regret is None for one in ranking({name: row[:1] for name, row in drawn.items()}, drawn,
                                                     has_mean=False).values())


def test_days_weigh_as_many_days_as_they_stand_for() -> None:
    alone = [float(slower("x", speed).relative("deaths", {}, ONE)[0]) for speed in (40.0, 48.0)]
    together = slower("x", 40.0, 48.0, runs=((1, 0.25), (1, 0.75)))
    assert together.relative("deaths", {}, ONE)[0] == pytest.approx(0.25 * alone[0] + 0.75 * alone[1])
    assert not [one for one in together.inputs if one.group == "replications"]  # days of one replication are no spread


def test_spread_is_that_of_replications_and_not_of_days() -> None:
    days = slower("x", 40.0, 48.0, 40.0, 48.0, runs=((1, 0.5), (1, 0.5), (2, 0.5), (2, 0.5)))
    assert not [one for one in days.inputs if one.group == "replications"]
    apart = replace(days, runs=((1, 0.5), (2, 0.5), (1, 0.5), (2, 0.5)))
    assert [one.name for one in apart.inputs if one.group == "replications"] == ["x: free speeds"]
