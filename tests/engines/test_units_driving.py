"""Emergency vehicles in both engines: their drive, the chain, and what others feel of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.emergency_worlds import CRASH, prepared, response
from trafficsim.engines.registry import engine_named
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.record import Record
from trafficsim.policies import Preemption
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.emergency import Station

ENGINES = ("ca", "queue")
OPEN = {"share": 1.0}
QUIET = 1.0


def ran(world: Prepared, engine: str, replication: int = 1) -> Record:
    one = engine_named(engine)
    return one.run(lower(world, (), replication).plan, one.settings_of(world.world))


def drive_s(record: Record) -> float:
    return float((record.emergency.arrived_s - record.emergency.departed_s)[0])


@pytest.mark.parametrize("engine", ENGINES)
def test_on_an_empty_road_only_red_and_speeding_up_cost_time(engine: str) -> None:
    world = prepared(response(), volume_veh_h=QUIET)
    plan = lower(world).plan
    assert plan.emergency is not None
    free_s = float(plan.emergency.drive_s[0, 0])
    assert free_s < drive_s(ran(world, engine)) < free_s + 35.0


@pytest.mark.parametrize("engine", ENGINES)
def test_who_makes_way_saves_time_for_the_unit(engine: str) -> None:
    slow, fast = (drive_s(ran(prepared(response(rescue_lane={"share": share, "hesitation_s": 20.0})), engine))
                  for share in (0.0, 1.0))
    assert fast < slow - 10.0


@pytest.mark.parametrize("engine", ENGINES)
def test_without_room_beside_others_nobody_is_passed(engine: str) -> None:
    narrow = {**OPEN, "opposing_lane": False}
    one, two = (drive_s(ran(prepared(response(rescue_lane=narrow), 500.0, lanes=lanes), engine)) for lanes in (1, 2))
    assert two < one


@pytest.mark.parametrize("engine", ENGINES)
def test_a_unit_that_waits_at_red_never_crosses_it(engine: str) -> None:
    careful = ran(prepared(response(red={"allowed": False}, rescue_lane=OPEN)), engine)
    daring = ran(prepared(response(rescue_lane=OPEN)), engine)
    assert careful.emergency.red_crossings.tolist() == [0]
    assert drive_s(daring) < drive_s(careful)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_run_gives_the_same_bits(engine: str) -> None:
    first, second = (ran(prepared(response()), engine) for _ in range(2))
    assert first.state == second.state
    for one, other in zip(first.emergency, second.emergency, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("engine", ENGINES)
def test_all_vehicles_arrive_and_ways_are_open_again(engine: str) -> None:
    record = ran(prepared(response(rescue_lane=OPEN)), engine)
    assert record.completed == record.demanded


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_comes_without_response(engine: str) -> None:
    record = ran(prepared(None), engine)
    assert len(record.emergency.station) == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_the_second_crash_waits_for_the_only_unit(engine: str) -> None:
    later = CRASH.model_copy(update={"id": "later", "link": "east3", "begin_s": 310.0})
    setting = response(rescue_lane=OPEN)
    waited = ran(prepared(setting, incidents=(CRASH, later)), engine).emergency
    assert waited.dispatched_s[1] >= waited.cared_s[0]
    two = response(rescue_lane=OPEN, stations=(Station(id="west", link="east1", units=2),))
    at_once = ran(prepared(two, incidents=(CRASH, later)), engine).emergency
    assert at_once.dispatched_s[1] == 310.0
    assert at_once.unit.tolist() == [0, 1]


@pytest.mark.parametrize(("rule", "station"), [("nearest", 1), ("in_order", 0)])
def test_dispatch_follows_its_rule(rule: str, station: int) -> None:
    places = (Station(id="west", link="east1"), Station(id="near", link="east3"))
    record = ran(prepared(response(stations=places, dispatch=rule), QUIET), "queue")
    assert record.emergency.station.tolist() == [station]


@pytest.mark.parametrize("engine", ENGINES)
def test_lanes_open_when_the_road_is_clear(engine: str) -> None:
    lasting = CRASH.model_copy(update={"until_cleared": True})
    world = prepared(response(rescue_lane=OPEN), incidents=(lasting,))
    tables = simulate(world, Job(Labels("town", "x", 1, engine), ()))
    row = tables["responses"].iloc[0]
    parts: Any = row[["response_s", "care_s", "clearance_s"]].sum()
    assert parts == pytest.approx(float(tables["incidents"]["duration_s"].iloc[0]))


@pytest.mark.parametrize("engine", ENGINES)
def test_pre_emption_saves_time_and_breaks_no_signal(engine: str) -> None:
    world, one = prepared(response(), 500.0), engine_named(engine)
    off, on = (one.run(lower(world, policies).plan, one.settings_of(world.world))
               for policies in ((), (Preemption(check_in_m=400.0),)))
    assert drive_s(on) < drive_s(off)
    assert on.completed == on.demanded
