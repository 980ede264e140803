"""Indicators of the tiny run by hand, their declarations, and delay under do nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.results.tiny import LABELS, even_speeds, f8, i4, tiny_plan, tiny_record, tiny_reference
from trafficsim.results.emissions import NO_TRACES
from trafficsim.results.indicators import (
    FEW_THROUGH,
    INDICATORS,
    NO_THROUGH,
    NO_TRAVERSAL,
    NONE_DUE,
    indicators_table,
    not_computed,
    not_within_a_run,
)
from trafficsim.results.reference import Reference
from trafficsim.results.runs import runs_table
from trafficsim.results.summary import summarise
from trafficsim.results.tables import events_table

# Names of the contract for results, in its order.
CONTRACT = [
    "mean_travel_time_s", "mean_entry_wait_s", "mean_delay_s", "mean_speed_kmh", "free_speed_kmh",
    "free_speed_sd_kmh", "throughput_veh_h", "stops_per_trip", "max_queue_m", "vehicle_km", "vehicle_h",
    "completed_share", "share_over_limit", "citations", "sanctions", "fines_eur", "points",
    "officer_hours", "devices",
    "red_violations", "red_violations_late",
    "red_violations_inattention", "encroachments_late", "encroachments_inattention", "fuel_l", "co2_kg", "nox_g",
    "cost_eur",
]
BETWEEN = ["ksi_rel", "deaths_rel", "injury_crashes_rel", "fatal_crashes_rel", "deaths_per_year", "ksi_per_year",
           "injuries_per_year"]

PATH_NAME = "path_time_s[p]"
OF_TRACES = ("fuel_l", "co2_kg", "nox_g")
BY_HAND = {
    "mean_travel_time_s": (200 + 250 + 300) / 3,
    "mean_entry_wait_s": (0 + 10 + 0 + 200) / 4,
    # one: 200 - 150; two: 10 + 250 - 20 dwell - 150; three: 300 - a quarter of 150; four: 200 waiting.
    "mean_delay_s": (50 + 90 + 262.5 + 200) / 4,
    "mean_speed_kmh": 4500 / 750 * 3.6,
    # at the detector in the analysis period 14, 16 and 17 m/s, of which 16 only 3 s behind the leader; limit 15
    "free_speed_kmh": 15.5 * 3.6,
    "free_speed_sd_kmh": 1.5 * 2**0.5 * 3.6,
    "share_over_limit": 0.5,
    "citations": 1.0,
    # nobody says what follows a citation
    "sanctions": 0.0, "fines_eur": 0.0, "points": 0.0, "officer_hours": 0.0, "devices": 0.0,
    "throughput_veh_h": 3 / 400 * 3600,
    "stops_per_trip": 2.0,
    "max_queue_m": 19.8,
    "vehicle_km": 4.5,
    "vehicle_h": 750 / 3600,
    "completed_share": 0.5,
    "red_violations": 1.0,
    "red_violations_late": 1.0,
    "red_violations_inattention": 0.0,
    "encroachments_late": 0.0,
    "encroachments_inattention": 0.0,
    # 2,000 m at 10 and at 8 m/s, which are few vehicles for a mean
    PATH_NAME: 225.0,
}


def values(table: pd.DataFrame) -> dict[str, float]:
    return dict(zip(table["indicator"].tolist(), table["value"].tolist(), strict=True))


def test_each_indicator_of_the_contract_is_declared_once() -> None:
    assert [indicator.name for indicator in INDICATORS] == CONTRACT
    assert {*BY_HAND, *OF_TRACES, "cost_eur"} == {*CONTRACT, PATH_NAME}
    assert not not_computed()
    assert all(one.formula and one.population and one.unit for one in INDICATORS)


def test_indicators_by_hand() -> None:
    table = indicators_table(tiny_plan(), tiny_record(), LABELS, tiny_reference())
    by_name = values(table)
    assert {name: by_name.pop(name) is pd.NA for name in OF_TRACES} == dict.fromkeys(OF_TRACES, True)
    assert by_name == pytest.approx(BY_HAND, rel=1e-12)  # sums of a few numbers: rounding only
    reasons = table.set_index("indicator")["reason"].dropna().to_dict()
    assert reasons == {PATH_NAME: FEW_THROUGH, **dict.fromkeys(OF_TRACES, NO_TRACES)}


def test_time_along_a_path_from_five_vehicles_on() -> None:
    record = tiny_record()
    five = record.traversals._replace(section=i4(1, 1, 1, 1, 1), trip=i4(0, 1, 2, 3, 4), lane=i4(2, 2, 2, 2, 2),
                                      time_s=f8(200, 210, 220, 230, 240), speed_ms=f8(10, 10, 10, 10, 8))
    table = indicators_table(tiny_plan(), replace(record, traversals=five), LABELS, tiny_reference())
    assert values(table)[PATH_NAME] == pytest.approx((4 * 200 + 250) / 5, rel=1e-12)
    assert table.set_index("indicator").loc[PATH_NAME, "reason"] is pd.NA


def test_without_a_vehicle_along_a_path_its_time_is_null_with_the_reason() -> None:
    record = tiny_record()
    nobody = record.traversals._replace(section=np.where(record.traversals.section == 1, 2, record.traversals.section))
    table = indicators_table(tiny_plan(), replace(record, traversals=nobody), LABELS, tiny_reference())
    row = table.set_index("indicator").loc[PATH_NAME]
    assert (row["value"], row["reason"]) == (pd.NA, NO_THROUGH)


def test_without_a_trip_due_values_are_null_with_a_reason() -> None:
    plan = replace(tiny_plan(), analysis_begin_s=450.0, analysis_end_s=500.0)
    table = indicators_table(plan, tiny_record(), LABELS, tiny_reference()).set_index("indicator")
    assert table.loc["mean_delay_s", "value"] is pd.NA
    assert table.loc["mean_delay_s", "reason"] == NONE_DUE
    assert table.loc["vehicle_km", "value"] is pd.NA
    assert table.loc["share_over_limit", "reason"] == NO_TRAVERSAL
    few = table.index == PATH_NAME  # one vehicle has driven it
    assert bool((table["value"].isna() == table["reason"].notna())[~few].all())
    assert table.loc[PATH_NAME, "reason"] == FEW_THROUGH


def test_reference_is_matched_by_name() -> None:
    baseline = tiny_plan()
    trips = baseline.trips._replace(name=("two", "one", "early", "three", "new"))
    plan = replace(baseline, trips=trips, link_id=("b", "a"))
    ours = Reference(even_speeds(f8(1, 2, 3, 4, 5), f8(10, 20, 30, 40, 50)), f8(7, 8))
    own = Reference(even_speeds(f8(-1, -1, -1, -1, 99), f8(-1, -1, -1, -1, 98)), f8(-1, -1))
    matched = ours.matched_to(baseline, plan, lambda _: own)
    np.testing.assert_array_equal(matched.free_flow.total_s, [3, 2, 1, 4, 99])
    np.testing.assert_array_equal(matched.free_flow.total_m, [30, 20, 10, 40, 98])
    np.testing.assert_array_equal(matched.free_speed_ms, [8, 7])
    assert ours.matched_to(baseline, baseline, lambda _: own) is ours


def test_summary_of_two_replications() -> None:
    tables = []
    for number in (1, 2):
        labels = LABELS._replace(replication=number)
        tables.append({"indicators": indicators_table(tiny_plan(), tiny_record(), labels, tiny_reference()),
                       "runs": runs_table(tiny_plan(), tiny_record(), labels),
                       "events": events_table(tiny_plan(), tiny_record(), labels)})
    summary = summarise({name: pd.concat([one[name] for one in tables]) for name in tables[0]})
    assert (summary["status"], summary["gridlocks"]) == ("incomplete", [])
    assert summary["vehicles"] == {"demanded": 10, "waiting": 2, "en_route": 2, "completed": 6}
    assert summary["indicators"]["mean_delay_s"] == {
        "mean": 150.625, "low": 150.625, "high": 150.625, "unit": "s", "n": 2}
    assert summary["performance"] == {
        "vehicle_updates": 2000, "loop_s": 1.0, "per_s": 2000.0, "compile_s": 0.2, "peak_mb": 100.0}
    assert "failed" not in summary
    assert summary["not_computed"] == not_within_a_run() | dict.fromkeys(OF_TRACES, NO_TRACES)
    assert summary["indicators"][PATH_NAME] == {
        "mean": 225.0, "low": 225.0, "high": 225.0, "unit": "s", "n": 2, "reason": FEW_THROUGH}
    one = summarise(tables[0])
    assert one["indicators"]["mean_delay_s"]["low"] is None
    assert one["digest"] != summary["digest"]
    assert set(one["indicators"]) | set(one["not_computed"]) == {*CONTRACT, *BETWEEN, PATH_NAME}
