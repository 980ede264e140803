"""Lanes that are closed for a time, on both engines: nobody drives there, nobody vanishes, and all goes on later."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.oracles.road_state import faults, unpack
from tests.support.worlds import PLACEHOLDER
from trafficsim.base.codes import COMPLETED
from trafficsim.base.errors import InputError
from trafficsim.design.synthetic import corridor
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.timeline import Timeline
from trafficsim.engines.registry import engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.record import Record
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.happenings import Weather, Works
from trafficsim.spec.incident import Duration, Incident
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

ENGINES = ("ca", "queue")
ROADS = {"urban": 50.0, "motorway": 100.0}


def world(road: str = "urban", volume_veh_h: float = 2400.0, **happens: Any) -> World:
    """Two lanes over two links, for five minutes of demand."""
    network = corridor([500.0, 500.0], lanes=2, speed_limit_kmh=ROADS[road], road_class=road)
    scenario = Scenario(name="road", network=PLACEHOLDER, seed=2,
                        time=Time(analysis_s=300.0, clear_s=1500.0, interval_s=60.0), **happens)
    flow = Flow(id="f", route=("east1", "east2"), volume_veh_h=volume_veh_h, vehicle_classes={"car": 0.9, "truck": 0.1})
    return World(scenario, network, Demand(flows=(flow,)), DEFAULT_CLASSES)


def crash(*lanes: int, **more: Any) -> Incident:
    return Incident(**{"id": "crash", "link": "east2", "position_m": 250.0, "lanes": lanes, "begin_s": 60.0,
                       "duration_s": 120.0} | more)


def run(engine: str, plan: Plan) -> Record:
    one = engine_named(engine)
    return one.run(plan, one.settings())


@pytest.mark.parametrize("road", ROADS)
@pytest.mark.parametrize("lanes", [(0,), (1,), (0, 1)])
def test_nobody_drives_onto_a_closed_stretch_and_who_is_there_drives_off(road: str, lanes: tuple[int, ...]) -> None:
    """Tick by tick: order and books hold, no front comes onto a closed stretch, and all stand or go on before it."""
    plan = lower(world(road, incidents=(crash(*lanes),))).plan
    program = compile_plan(plan, CellularAutomaton())
    line = Timeline.of(plan, CellularAutomaton(), program.zones)
    closed = [2 + lane for lane in lanes]
    first, last = -500, -500 + 60
    inside = set()
    with np.errstate(over="ignore"):
        for tick in range(700):
            line.apply(program, tick)
            now = unpack(program)
            before = {int(trip): (int(lane), int(front))
                      for trip, lane, front in zip(now.trip, now.lane, now.front, strict=True)}
            advance(program, tick, tick + 1)
            road_now = unpack(program)
            assert not faults(program), f"after tick {tick}"
            if not 60 <= tick < 180:
                continue
            here = np.isin(road_now.lane, closed) & (road_now.front >= first) & (road_now.front <= last)
            came = set(road_now.trip[here].tolist())
            if tick == 60:
                inside = {trip for trip, (lane, front) in before.items() if lane in closed and first <= front <= last}
            assert came <= inside, f"after tick {tick}: {[before.get(trip) for trip in came - inside]}"
    assert (program.trips.row.status[:-1] == COMPLETED).all()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_blocked_road_lets_nobody_pass_and_all_arrive_later(engine: str) -> None:
    plan = lower(world(incidents=(crash(0, 1),))).plan
    record = run(engine, plan)
    exit_s = record.trips.exit_s
    assert (record.trips.status == COMPLETED).all()
    free_s = 250.0 / (ROADS["urban"] / 3.6)
    first = 60.0 + (2.0 * free_s if engine == "ca" else 2.0)  # who is beyond the place drives on
    assert not ((exit_s > first) & (exit_s < 180.0)).any()
    assert (exit_s > 180.0).sum() > 50
    assert record.links.entered.sum() == 2 * len(exit_s)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_blocked_lane_costs_time_and_another_incident_elsewhere_does_not(engine: str) -> None:
    """Travel times with one of two lanes blocked, beside those without it and with the shoulder taken at no cost."""
    plans = [lower(world(incidents=one)).plan for one in (
        (), (crash(shoulder=True, rubbernecking=1.0),), (crash(1),), (crash(1, rubbernecking=1.0),))]
    none, shoulder, looked_at, ignored = (
        float((one.trips.exit_s - one.trips.entry_s).mean()) for one in (run(engine, plan) for plan in plans))
    assert none == shoulder
    assert looked_at > ignored > none


def test_the_duration_is_drawn_once_for_all_alternatives() -> None:
    drawn = crash(0, duration_s=None, duration=Duration(mean_s=120.0, sd_s=60.0))
    plans = [lower(world(incidents=(drawn,)), replication=number).plan for number in range(1, 40)]
    durations = np.array([float(plan.incidents.duration_s[0]) for plan in plans])
    assert len(np.unique(durations)) == len(durations)
    assert 90.0 < durations.mean() < 150.0
    again = lower(world(volume_veh_h=600.0, incidents=(drawn,)), replication=1).plan
    assert float(again.incidents.duration_s[0]) == durations[0]
    assert plans[0].lane_closures.end_s[0] == 60.0 + durations[0]


def test_nobody_plans_for_an_incident() -> None:
    assert not lower(world(incidents=(crash(0),)), replication=0).plan.incidents.name


@pytest.mark.parametrize("engine", ENGINES)
def test_bad_weather_is_slow_and_takes_capacity(engine: str) -> None:
    dry, wet = (lower(world("motorway", volume_veh_h=600.0, weather=weather)).plan
                for weather in ((), (Weather(speed_factor=0.8, capacity_factor=0.7),)))
    assert wet.timeline.field == ("link.free_speed_mean_ms",) * 2 + ("link.factor_speed_ms",) * 2 + (
        "link.capacity_factor",) * 2
    times = [float((one.trips.exit_s - one.trips.entry_s).mean()) for one in (run(engine, dry), run(engine, wet))]
    assert times[1] / times[0] == pytest.approx(1.25, rel=0.06)


@pytest.mark.parametrize("engine", ENGINES)
def test_capacity_under_a_factor_is_that_share_of_it(engine: str) -> None:
    """Saturated discharge past works in one of two lanes' narrow part: time between first and last is longer."""
    def discharge_s(factor: float) -> float:
        works = (Works(id="w", on=Links(ids=("east2",)), capacity_factor=factor),) if factor < 1.0 else ()
        record = run(engine, lower(world("motorway", volume_veh_h=6000.0, works=works)).plan)
        exits = np.sort(record.trips.exit_s)
        return float(exits[-50] - exits[50])

    full_s = discharge_s(1.0)
    assert full_s / discharge_s(0.7) == pytest.approx(0.7, abs=0.09)


@pytest.mark.parametrize("engine", ENGINES)
def test_works_close_a_link_lower_a_limit_and_ban_a_turn(engine: str) -> None:
    shut = Works(id="w", on=Links(ids=("east2",)), closed=True, begin_s=60.0, end_s=180.0)
    record = run(engine, lower(world(works=(shut,))).plan)
    assert (record.trips.status == COMPLETED).all()
    assert record.links.entered[1:3, 1].sum() <= 2.0  # who had passed the line in the tick
    banned = Works(id="w", movements=(("east1", "east2"),), begin_s=60.0, end_s=180.0)
    same = run(engine, lower(world(works=(banned,))).plan)
    assert (same.trips.exit_s == record.trips.exit_s).all()
    slow = lower(world(works=(Works(id="w", on=Links(ids=("east2",)), limit_kmh=30.0),))).plan
    assert slow.timeline.value[0] == pytest.approx(30.0 / 3.6)


def test_a_rule_without_headways_is_refused() -> None:
    plan = lower(world(incidents=(crash(0),))).plan
    with pytest.raises(InputError, match="rubbernecking = 1"):
        compile_plan(plan, CellularAutomaton(rule="vdr"))
    compile_plan(lower(world(incidents=(crash(0, rubbernecking=1.0),))).plan, CellularAutomaton(rule="vdr"))


def test_works_hold_on_top_of_what_policies_show() -> None:
    """The lower of two limits holds, and factors of speed are multiplied."""
    from trafficsim.plan.happenings import with_happenings
    from trafficsim.plan.timeline_arrays import TimelineArrays

    base = world(works=(Works(id="w", on=Links(ids=("east2",)), limit_kmh=30.0, begin_s=50.0, end_s=150.0),))
    plan = lower(world()).plan
    shown = TimelineArrays(("link.speed_limit_ms",), np.array([1], np.int32), np.array([10.0]), np.array([100.0]),
                           np.array([200.0]))
    line = with_happenings(replace(plan, timeline=shown), base).timeline
    limit = [(begin, end, round(value * 3.6)) for name, begin, end, value in zip(
        line.field, line.begin_s, line.end_s, line.value, strict=True) if name == "link.speed_limit_ms"]
    assert limit == [(50.0, 100.0, 30), (100.0, 150.0, 30), (150.0, 200.0, 36)]
