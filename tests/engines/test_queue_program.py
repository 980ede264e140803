"""The program of the queue engine: its layout in memory, routes by parts, and signals that repeat."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.queues import chain, chain_plan, looked_at, trips_at
from trafficsim.engines.queue import trips as queue_trips
from trafficsim.engines.queue.layout import LINE_BYTES, VEHICLE, records
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.signals import control_of, switches_of
from trafficsim.spec.signals import Phase, SignalProgram

PROGRAM = SignalProgram(id="s", offset_s=7, phases=(
    Phase(duration_s=11, state="G"), Phase(duration_s=3, state="y"), Phase(duration_s=17, state="r")))


def test_a_vehicle_and_its_trip_lie_on_one_stretch_of_memory() -> None:
    world = compile_plan(chain_plan(chain([100.0, 100.0]), trips_at([0.0, 5.0, 9.0], 2)), QueueSettings())
    columns = {**world.trips._asdict(), **world.vehicles._asdict()}
    first = min(columns[name].ctypes.data for name in VEHICLE)
    assert first % LINE_BYTES == 0
    assert max(columns[name].ctypes.data for name in VEHICLE) - first < 2 * LINE_BYTES
    often = [name for name in VEHICLE if columns[name].ctypes.data - first < LINE_BYTES]
    assert {"cursor", "since", "ready", "before", "after", "planned", "kind"} <= set(often)
    assert columns["cursor"].strides == columns["kind"].strides == (2 * LINE_BYTES,)
    assert columns["cursor"].dtype == np.int32
    assert columns["cursor"].tolist() == [0, 2, 4]
    assert columns["depart"].tolist() == [0, 5000, 9000]


def test_records_keep_every_column_at_a_multiple_of_its_size() -> None:
    rows = records(3, {"a": np.dtype(np.int32), "b": np.dtype(np.float64), "c": np.dtype((np.int32, (3,)))})
    assert (rows.dtype.itemsize, [rows.dtype.fields[name][1] for name in "abc"]) == (32, [0, 8, 16])
    rows["b"], rows["c"] = 0.5, [[1, 2, 3]] * 3
    assert rows["c"][2].tolist() == [1, 2, 3]
    assert rows["b"].tolist() == [0.5] * 3


def test_routes_by_parts_are_those_of_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = chain_plan(chain([100.0, 60.0, 80.0]), trips_at(np.arange(40.0).tolist(), 3))
    whole = queue_trips.compile_trips(plan)
    monkeypatch.setattr(queue_trips, "PLACES_AT_ONCE", 10)
    assert len(list(queue_trips.parts_of(plan))) > 10
    parts = queue_trips.compile_trips(plan)
    for one, other in zip(whole, parts, strict=True):
        assert np.array_equal(one, other)
    assert whole.turn.tolist() == [0, 1, -1] * 40


def test_signals_show_what_the_controller_says_in_every_second() -> None:
    plan = chain_plan(chain([100.0, 100.0], signals=[PROGRAM]), trips_at([0.0, 100.0], 2), analysis_s=200.0)
    control, seen = control_of(plan), list[tuple[int, int]]()
    assert control is not None
    looked_at(plan, lambda world, now: seen.append((now // 1000 - 1, int(world.shown.state[0]))))
    assert len(seen) > 90
    assert [state for _, state in seen] == [int(control.states(tick)[0]) for tick, _ in seen]
    assert len(switches_of(plan).tick) > 3


def test_a_plan_without_signals_commands_nothing() -> None:
    plan = chain_plan(chain([100.0, 100.0]), trips_at([0.0], 2))
    assert control_of(plan) is None
    assert len(switches_of(plan).tick) == 0
