"""Speeds at places and times along paths of the tiny run, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.results.tiny import LABELS, tiny_plan, tiny_record, tiny_reference
from trafficsim.base.codes import FREE_SPEED
from trafficsim.plan.record import no_traversals
from trafficsim.results.speeds import evaluated_traversals, paths_table, speed_counts_table, speeds_table
from trafficsim.results.tables import events_table, result_tables

EXACT = 1e-9


def test_speeds_of_a_detector_and_a_camera() -> None:
    table = speeds_table(tiny_plan(), tiny_record(), LABELS).set_index("place")
    detector = table.loc["d"]
    assert (detector["role"], detector["link"], int(detector["traversals"])) == ("detector", "a", 3)
    assert float(detector["mean_kmh"]) == pytest.approx((14 + 16 + 17) / 3 * 3.6, abs=EXACT)
    # limit 15 m/s: 16 and 17 are above it, 17 is above 16.5, none above 15 m/s + 20 km/h
    assert float(detector["share_over_limit"]) == pytest.approx(2 / 3, abs=EXACT)
    assert float(detector["share_over_110_percent"]) == pytest.approx(1 / 3, abs=EXACT)
    assert float(detector["share_over_20_kmh"]) == 0.0
    assert int(detector["unimpeded_traversals"]) == 2
    assert float(detector["unimpeded_share_over_limit"]) == 0.5
    camera = table.loc["c"]
    assert (camera["role"], int(camera["traversals"]), int(camera["citations"])) == ("camera", 2, 1)


def test_times_along_a_path() -> None:
    (row,) = paths_table(tiny_plan(), tiny_record(), LABELS).to_dict("records")
    assert (row["path"], row["vehicles"], row["length_m"]) == ("p", 2, 2000.0)
    assert row["mean_time_s"] == pytest.approx(225.0, abs=EXACT)  # 200 and 250 s
    assert row["sd_time_s"] == pytest.approx(50.0 / 2**0.5, abs=EXACT)
    assert row["p50_time_s"] == pytest.approx(225.0, abs=EXACT)
    assert row["mean_speed_kmh"] == pytest.approx(2000.0 / 225.0 * 3.6, abs=EXACT)


def test_who_takes_another_way_between_the_points_is_not_judged() -> None:
    plan = tiny_plan()
    sections = plan.sections._replace(links=((), (1, 0), ()))  # all trips go from a to b
    assert paths_table(replace(plan, sections=sections), tiny_record(), LABELS)["vehicles"].tolist() == [0]
    seen = evaluated_traversals(replace(plan, sections=sections), tiny_record())
    assert np.unique(seen.section).tolist() == [0, 2]


def test_counts_by_speed_over_the_limit() -> None:
    table = speed_counts_table(tiny_plan(), tiny_record(), LABELS)
    found = table[table["place"] == "d"][["bin_kmh", "traversals"]].to_numpy().tolist()
    # 14, 16 and 17 m/s at a limit of 15 m/s: -3.6, +3.6 and +7.2 km/h
    assert found == [[-5.0, 1], [0.0, 1], [5.0, 1]]
    assert int(table["traversals"].sum()) == 7


def test_a_headway_of_five_seconds_is_not_yet_unimpeded() -> None:
    seen = evaluated_traversals(tiny_plan(), tiny_record())
    assert seen.unimpeded[seen.section == 0].tolist() == [True, False, True]


def test_citations_are_events_after_the_engine_s_own() -> None:
    table = events_table(tiny_plan(), tiny_record(), LABELS)
    last = table.iloc[-1]
    assert (last["event"], last["trip"], last["link"], last["time_s"]) == ("citation", "one", "b", 250.0)
    assert (table["event"] == "citation").sum() == 1


def test_types_of_columns_are_the_same_without_any_place() -> None:
    # tables of all runs of a study are joined, and only some alternatives have cameras
    plan = tiny_plan()
    sections = plan.sections._replace(role=np.full_like(plan.sections.role, FREE_SPEED))
    none = speeds_table(replace(plan, sections=sections), tiny_record(), LABELS)
    assert len(none) == 0
    assert none.dtypes.to_dict() == speeds_table(plan, tiny_record(), LABELS).dtypes.to_dict()


def test_without_traversals_shares_are_null_and_counts_zero() -> None:
    record = replace(tiny_record(), traversals=no_traversals())
    tables = result_tables(tiny_plan(), record, LABELS, tiny_reference())
    assert tables["speeds"]["traversals"].tolist() == [0, 0, 0]
    assert tables["speeds"][["mean_kmh", "share_over_limit", "unimpeded_sd_kmh"]].isna().all(axis=None)
    assert tables["paths"]["vehicles"].tolist() == [0]
    assert tables["paths"][["mean_time_s", "p85_time_s", "mean_speed_kmh"]].isna().all(axis=None)
