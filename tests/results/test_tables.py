"""Tables of the tiny run, checked against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.results.tiny import LABELS, f8, i4, tiny_plan, tiny_record, tiny_reference
from trafficsim.base.errors import SimulationError
from trafficsim.plan.record import GridlockRecord, Record, no_gridlocks, no_traversals
from trafficsim.results.digest import digest
from trafficsim.results.frames import LABEL_COLUMNS
from trafficsim.results.gridlocks import gridlock_list
from trafficsim.results.indicators import indicators_table
from trafficsim.results.movements import NO_SIGNAL, SHARED, level_of_service
from trafficsim.results.runs import failed_run_table, runs_table
from trafficsim.results.tables import result_tables

EXACT = 1e-12  # one division or two: rounding only
LOCKED = GridlockRecord(i4(1, 1), f8(140, 140), f8(-1, -1), i4(2, 3), i4(0, 1))
DISSOLVED = LOCKED._replace(end_s=f8(500, 500))


def all_tables(record: Record) -> dict[str, pd.DataFrame]:
    plan, reference = replace(tiny_plan(), trajectory_share=1.0), tiny_reference()
    return {**result_tables(plan, record, LABELS, reference), "runs": runs_table(plan, record, LABELS),
            "indicators": indicators_table(plan, record, LABELS, reference)}


def plain(column: pd.Series) -> list[object]:
    return [None if value is pd.NA else value for value in column.tolist()]


def test_every_table_begins_with_the_four_labels() -> None:
    for name, table in all_tables(tiny_record()).items():
        assert tuple(table.columns[:4]) == LABEL_COLUMNS, name
        assert len(table) > 0, name
        assert set(table["alternative"]) == {"do nothing"}, name


def test_trips_are_null_where_something_did_not_happen() -> None:
    trips = all_tables(tiny_record())["trips"]
    assert plain(trips["status"]) == ["completed", "completed", "completed", "en_route", "waiting"]
    assert plain(trips["entry_wait_s"]) == [0.0, 0.0, 10.0, 0.0, None]
    assert plain(trips["travel_time_s"]) == [150.0, 200.0, 250.0, None, None]
    assert plain(trips["delay_s"]) == [0.0, 50.0, 90.0, None, None]
    assert plain(trips["exit_s"])[3:] == [None, None]
    assert plain(trips["stops"]) == [0, 1, 2, 3, None]
    assert plain(trips["kind"]) == ["car"] * 5


def test_links_follow_edie() -> None:
    links = all_tables(tiny_record())["links"]
    assert plain(links["link"]) == ["a", "b", "a", "b"]
    assert plain(links["begin_s"]) == [0.0, 0.0, 300.0, 300.0]
    assert plain(links["flow_veh_h"]) == pytest.approx([30.0, 15.0, 9.0, 0.0], abs=EXACT)
    assert plain(links["measured_length_m"]) == pytest.approx([1200.0, 800.0, 800.0, 1000.0], abs=EXACT)
    assert plain(links["density_veh_km"]) == pytest.approx([5 / 9, 5 / 12, 1.25, 0.0], abs=EXACT)
    assert plain(links["speed_kmh"])[:3] == pytest.approx([54.0, 36.0, 7.2], abs=EXACT)
    assert plain(links["speed_kmh"])[3] is None
    # Link a, second interval: one vehicle was there, one entered; 300 s less 600 m at 20 m/s, over two.
    assert plain(links["delay_s_per_vehicle"]) == pytest.approx([50 / 3, 0.0, 135.0, 0.0], abs=EXACT)


def test_a_run_that_stopped_early_tells_nothing_of_later_intervals() -> None:
    links = all_tables(replace(tiny_record(), end_s=250.0))["links"]
    assert set(links["begin_s"]) == {0.0}
    assert set(links["end_s"]) == {250.0}


def test_movements_by_hand() -> None:
    through, back = all_tables(tiny_record())["movements"].to_dict("records")
    assert (through["direction"], through["lanes"], through["signalised"]) == ("through", 2, True)
    assert through["volume_veh_h"] == pytest.approx(360.0, abs=EXACT)
    assert through["green_share"] == pytest.approx(0.4, abs=EXACT)
    assert through["capacity_veh_h"] == pytest.approx(1850 * 2 * 0.4, abs=1e-9)
    assert through["v_c"] == pytest.approx(360 / 1480, abs=EXACT)
    assert (through["control_delay_s"], through["level_of_service"]) == (35.0, "C")
    assert through["queue_95_m"] == pytest.approx(19.5, abs=EXACT)
    assert through["capacity_note"] == SHARED
    assert (back["direction"], back["lanes"], back["capacity_note"]) == ("u_turn", 1, NO_SIGNAL)
    for name in ("capacity_veh_h", "v_c", "control_delay_s", "level_of_service", "green_share"):
        assert pd.isna(back[name]), name


def test_volume_over_capacity_is_level_f() -> None:
    turns = tiny_record().turns._replace(volume=f8(400, 0), delay_s=f8(400, 0))
    through = all_tables(replace(tiny_record(), turns=turns))["movements"].iloc[0]
    assert through["v_c"] > 1.0
    assert (through["control_delay_s"], through["level_of_service"]) == (1.0, "F")


@pytest.mark.parametrize(("limits", "signalised"), [((10, 20, 35, 55, 80), True), ((10, 15, 25, 35, 50), False)])
def test_levels_of_service_end_at_their_limits(limits: tuple[float, ...], signalised: bool) -> None:
    assert "".join(level_of_service(limit, signalised=signalised) for limit in limits) == "ABCDE"
    assert "".join(level_of_service(limit + 1e-9, signalised=signalised) for limit in limits) == "BCDEF"


def test_detectors_have_both_mean_speeds() -> None:
    detectors = all_tables(tiny_record())["detectors"]
    assert plain(detectors["lane"]) == [0, 1, 0, 1]
    assert plain(detectors["flow_veh_h"]) == [24.0, 0.0, 12.0, 0.0]
    assert plain(detectors["time_mean_speed_kmh"]) == [54.0, None, 36.0, None]
    assert plain(detectors["space_mean_speed_kmh"]) == pytest.approx([2 / 0.15 * 3.6, None, 36.0, None])


def test_events_name_trip_and_link() -> None:
    events = all_tables(tiny_record())["events"]
    assert plain(events["event"]) == ["red_run", "wrong_lane_turn", "citation"]
    assert plain(events["trip"]) == ["one", None, "one"]
    assert plain(events["link"]) == ["a", "b", "b"]


def test_gridlocks_are_events_of_all_their_links_and_add_up_to_a_list() -> None:
    events = all_tables(replace(tiny_record(), gridlocks=DISSOLVED))["events"]
    rows = events[events["gridlock"].notna()]
    assert plain(rows["event"]) == ["gridlock", "gridlock", "gridlock_end", "gridlock_end"]
    assert plain(rows["time_s"]) == [140.0, 140.0, 500.0, 500.0]
    assert plain(rows["link"]) == ["a", "b", "a", "b"]
    names = LABELS.named()
    assert gridlock_list(events) == [
        {**names, "begin_s": 140.0, "end_s": 500.0, "links": ["a", "b"], "vehicles": ["two", "three"]}]
    lasting = all_tables(replace(tiny_record(), gridlocks=LOCKED))["events"]
    assert [one["end_s"] for one in gridlock_list(lasting)] == [None]


def test_a_gridlock_changes_the_digest_and_its_absence_does_not() -> None:
    plan = tiny_plan()
    digests = [digest(plan, replace(tiny_record(), gridlocks=one)) for one in (no_gridlocks(), LOCKED, DISSOLVED)]
    assert digests[0] == digest(plan, tiny_record())
    assert len(set(digests)) == 3


@pytest.mark.parametrize(("changes", "status"), [
    ({}, "incomplete"), ({"gridlocks": LOCKED}, "gridlock"), ({"gridlocks": DISSOLVED}, "incomplete"),
    ({"waiting": 0, "en_route": 0, "completed": 5}, "complete"),
])
def test_status_of_a_run(changes: dict[str, int], status: str) -> None:
    row = runs_table(tiny_plan(), replace(tiny_record(), **changes), LABELS).iloc[0]
    assert (row["status"], row["demanded"], len(row["digest"])) == (status, 5, 64)


def test_a_failed_run_is_a_row_with_its_reason() -> None:
    row = failed_run_table(LABELS, "two vehicles in one cell").iloc[0]
    assert (row["status"], row["reason"]) == ("failed", "two vehicles in one cell")
    assert row["digest"] is pd.NA
    assert row["completed"] is pd.NA


def test_a_number_that_is_not_finite_is_refused() -> None:
    broken = tiny_record().trips._replace(distance_m=f8(2000, np.nan, 2000, 500, 0))
    with pytest.raises(SimulationError, match="distance_m"):
        all_tables(replace(tiny_record(), trips=broken))


amounts = st.floats(0.0, 1e6)


@settings(max_examples=40, deadline=None)
@given(
    status=st.lists(st.sampled_from([0, 1, 2]), min_size=5, max_size=5),
    counters=st.lists(amounts, min_size=4, max_size=4), end_s=st.sampled_from([0.0, 50.0, 400.0, 600.0]),
    volume=st.sampled_from([0.0, 3.0, 1e4]), green_s=st.sampled_from([0.0, 100.0]), cycles=st.sampled_from([0.0, 5.0]),
)
def test_no_table_ever_holds_nan(
    status: list[int], counters: list[float], end_s: float, volume: float, green_s: float, cycles: float
) -> None:
    base = tiny_record()
    square = np.array(counters).reshape(2, 2)
    record = replace(
        base, end_s=end_s, trips=base.trips._replace(status=np.array(status, np.uint8)),
        links=base.links._replace(vehicle_s=square, vehicle_m=square[::-1]),
        turns=base.turns._replace(volume=f8(volume, 0), green_s=f8(green_s, 0)),
        queues=base.queues._replace(count=np.full((2, 3), cycles)),
        waiting=status.count(0), en_route=status.count(1), completed=status.count(2),
        detectors=base.detectors._replace(count=square, inverse_speed_sum_s_m=square[::-1]),
    )
    for name, table in all_tables(record).items():
        for column in table:
            values = [value for value in table[column].tolist() if value is not pd.NA]
            assert all(value == value and value not in (np.inf, -np.inf, None) for value in values), (name, column)


def test_tables_without_events_or_detectors_are_empty_not_absent() -> None:
    base = tiny_record()
    nothing = base.events._replace(time_s=f8(), code=i4(), trip=i4(), link=i4(), value_s=f8())
    empty = replace(base, events=nothing, traversals=no_traversals())
    events = all_tables(empty)["events"]
    assert len(events) == 0
    assert events.dtypes.equals(all_tables(base)["events"].dtypes)
