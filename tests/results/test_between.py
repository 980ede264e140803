"""Indicators between runs, and indicators that are registered by others: one registration, known everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import pytest

import trafficsim as ts
from trafficsim.base.errors import InputError
from trafficsim.report.material import from_result
from trafficsim.results.between import with_between
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.indicator import BY_NAME, Indicator, Pair, register
from trafficsim.results.indicators import in_order, not_computed, registered
from trafficsim.results.question import Question


def _kinetic(pair: Pair) -> float | None:
    """Ratio of the squares of mean travel speeds, by hand."""
    mean = [side["trips"]["distance_m"].sum() / side["trips"]["travel_time_s"].sum()
            for side in (pair.baseline, pair.alternative)]
    return float((mean[1] / mean[0]) ** 2)


KINETIC = Indicator("kinetic_rel", "square of the mean speed, relative to the baseline", "1", "lower", "all trips",
                    "extrapolated", None, "no trip", between=_kinetic, tables=("trips",))
FIRST = Indicator("first_exit_s", "earliest exit", "s", "lower", "all trips", "emergent",
                  lambda seen: float(seen.record.trips.exit_s.min()), "no trip")


@pytest.fixture
def _registered() -> Iterator[None]:
    register(KINETIC, FIRST)
    yield
    del BY_NAME["kinetic_rel"], BY_NAME["first_exit_s"]


def tables_of(arms: dict[str, tuple[int, ...]]) -> dict[str, pd.DataFrame]:
    """Runs whose trips drive 100 m in (10 s / number of letters of the alternative)."""
    indicators, trips = [], []
    for arm, replications in arms.items():
        for number in replications:
            labels = Labels("town", arm, number, "ca")
            indicators.append(frame(labels, {"indicator": strings(["mean_delay_s"]), "value": nullable([1.0]),
                                             "unit": strings(["s"]), "reason": strings([None])}))
            trips.append(frame(labels, {"distance_m": nullable([100.0]), "travel_time_s": nullable([10.0 / len(arm)])}))
    return {"indicators": pd.concat(indicators, ignore_index=True), "trips": pd.concat(trips, ignore_index=True)}


def test_without_any_nothing_is_added() -> None:
    tables = tables_of({"a": (1,)})
    assert with_between(tables, "a") is tables["indicators"]


@pytest.mark.usefixtures("_registered")
def test_each_run_is_held_against_the_same_replication_of_the_baseline() -> None:
    table = with_between(tables_of({"a": (1, 2), "bb": (1, 2, 3)}), "a")
    rows = table[table["indicator"] == "kinetic_rel"].set_index(["alternative", "replication"])
    assert rows["value"].dropna().to_dict() == {("a", 1): 1.0, ("a", 2): 1.0, ("bb", 1): 4.0, ("bb", 2): 4.0}
    assert rows["reason"].dropna().to_dict() == {("bb", 3): "no trip"}


@pytest.mark.usefixtures("_registered")
def test_a_table_that_is_not_there_gives_null_with_the_reason() -> None:
    tables = tables_of({"a": (1,)})
    row = with_between({"indicators": tables["indicators"]}, "a").iloc[-1]
    assert (pd.isna(row["value"]), row["reason"]) == (True, "no trip")


@pytest.mark.usefixtures("_registered")
def test_one_registration_is_known_to_study_json_and_report() -> None:
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=300)
    road = ts.Scenario(name="road", time=ts.Time(analysis_s=120, clear_s=300), network=ts.corridor([300, 200]),
                       demand=ts.Demand(flows=(flow,)))
    slower = ts.policies.SpeedLimit(on=ts.links("east1", "east2"), limit_kmh=30)
    result = ts.run(ts.Study(scenarios=[road], alternatives={"do nothing": [], "limit 30": [slower]},
                             primary=["kinetic_rel", "first_exit_s"], replications=2))
    rows = result.comparison.table("kinetic_rel", "first_exit_s")
    assert rows["primary"].all()
    kinetic = rows[rows["indicator"] == "kinetic_rel"].iloc[0]
    # A sign alone slows drivers by 0.38 of 20 km/h: (42.4 / 50) squared is 0.72.
    assert 1.0 + kinetic["diff"] == pytest.approx(0.72, abs=0.04)
    assert "kinetic_rel" in str(result.as_json()["results"])
    assert {one.indicator for one in from_result(result).comparison.differences} >= {"kinetic_rel", "first_exit_s"}


@pytest.mark.usefixtures("_registered")
def test_registered_indicators_may_be_asked_for_and_come_last() -> None:
    Question(primary=("kinetic_rel",)).check()
    assert "kinetic_rel" not in not_computed()
    assert in_order(["path_time_s[p]", "kinetic_rel", "mean_delay_s"]) == [
        "mean_delay_s", "kinetic_rel", "path_time_s[p]"]


def test_what_is_registered_wrongly_is_refused() -> None:
    with pytest.raises(InputError, match=r"mean_delay_s.*second time"):
        register(registered()["mean_delay_s"])
    with pytest.raises(InputError, match=r"both.*within a run and one between"):
        register(replace(KINETIC, name="both", compute=lambda seen: 1.0))
    assert "both" not in registered()
