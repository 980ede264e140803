"""Lanes that policies open and close, on both engines: more pass, nobody vanishes, or drives where it is closed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.oracles.road_state import faults, unpack
from tests.support.worlds import PLACEHOLDER
from trafficsim.base.codes import COMPLETED
from trafficsim.design.synthetic import corridor
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.timeline import Timeline
from trafficsim.engines.registry import engine_named
from trafficsim.plan.arrays import Plan
from trafficsim.plan.happenings import ENTRY_M, shut_at
from trafficsim.plan.lower import lower
from trafficsim.plan.record import Record
from trafficsim.policies import Contraflow, HardShoulderRunning, LaneControl
from trafficsim.spec.calendar import Hours
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.incident import Incident
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

ENGINES = ("ca", "queue")
NARROW = Links(ids=("east2", "east3"))
ROAD = Links(ids=("east1", "east2", "east3", "east4"))
MIX = {"car": 0.9, "truck": 0.1}


def between(*hours: tuple[float, float]) -> tuple[Hours, ...]:
    """Return hours from clock times in seconds."""
    return tuple(Hours(begin_h=begin_s / 3600.0, end_h=end_s / 3600.0) for begin_s, end_s in hours)


def world(volume_veh_h: float = 4800.0, lanes: tuple[int, ...] = (3, 2, 2, 3), **happens: Any) -> World:
    """Return a motorway of four links with a narrow place, and some traffic the other way, for five minutes."""
    network = corridor([400.0] * 4, lanes=lanes, speed_limit_kmh=100.0, road_class="motorway", two_way=True)
    scenario = Scenario(name="road", network=PLACEHOLDER, seed=3,
                        time=Time(analysis_s=300.0, clear_s=1500.0, interval_s=60.0), **happens)
    flows = (Flow(id="e", origin="east1", destination="east4", volume_veh_h=volume_veh_h, vehicle_classes=MIX),
             Flow(id="w", origin="west4", destination="west1", volume_veh_h=800.0, vehicle_classes=MIX))
    return World(scenario, network, Demand(flows=flows), DEFAULT_CLASSES)


def run(engine: str, plan: Plan) -> Record:
    one = engine_named(engine)
    return one.run(plan, one.settings())


def eastbound_s(plan: Plan, record: Record) -> float:
    """Return the mean time from the departure to the arrival of those who drive to the east."""
    east = np.array([name.startswith("e#") for name in plan.trips.name])
    return float((record.trips.exit_s - plan.trips.depart_s)[east].mean())


ALL_DAY = {
    "shoulder": HardShoulderRunning(on=NARROW, hours=between((0.0, 86400.0))),
    "contraflow": Contraflow(on=NARROW, hours=between((0.0, 86400.0)), clearance_s=60.0),
}
LATER = {
    "shoulder": HardShoulderRunning(on=NARROW, hours=between((1700.0, 3600.0))),
    "contraflow": Contraflow(on=NARROW, hours=between((1700.0, 3600.0)), clearance_s=60.0),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kind", ALL_DAY)
def test_an_open_lane_carries_more_and_a_closed_one_hardly_changes_a_thing(engine: str, kind: str) -> None:
    plans = [lower(world(), policies).plan for policies in ((), (LATER[kind],), (ALL_DAY[kind],))]
    records = [run(engine, plan) for plan in plans]
    assert all((record.trips.status == COMPLETED).all() for record in records)
    nothing, closed, opened = (eastbound_s(*pair) for pair in zip(plans, records, strict=True))
    assert opened < 0.8 * nothing
    assert abs(closed - nothing) < 0.1 * nothing
    assert [record.links.entered.sum() for record in records] == [4 * len(records[0].trips.status)] * 3


def on_lanes(program: Any) -> dict[int, tuple[int, int]]:
    """Return by trip the lane that it is on and the cells from its start."""
    now = unpack(program)
    return {int(trip): (int(lane), int(front) + int(program.net.lane.length[lane]))
            for trip, lane, front in zip(now.trip, now.lane, now.front, strict=True)}


CHANGING: dict[str, tuple[Policy, ...]] = {
    "shoulder": (HardShoulderRunning(on=NARROW, hours=between((100.0, 200.0), (260.0, 300.0))),),
    "contraflow": (Contraflow(on=NARROW, hours=between((100.0, 220.0)), clearance_s=60.0),),
    "both": (HardShoulderRunning(on=Links(ids=("west2",)), hours=between((100.0, 200.0))),
             Contraflow(on=NARROW, hours=between((150.0, 250.0)), clearance_s=60.0)),
}


def lane_of(plan: Plan, link: str, side: int) -> int:
    return int(plan.links.lane_start[plan.link_id.index(link)]) + side


def last_lane(plan: Plan, link: str) -> int:
    return int(plan.links.lane_start[plan.link_id.index(link) + 1]) - 1


@pytest.mark.parametrize("kind", CHANGING)
def test_nobody_comes_onto_a_closed_lane_and_no_lane_serves_both_directions(kind: str) -> None:
    """Tick by tick: beyond the taper only those are on a closed lane who were on it when it closed."""
    plan = lower(world(), CHANGING[kind]).plan
    program = compile_plan(plan, CellularAutomaton())
    line = Timeline.of(plan, CellularAutomaton(), program.zones)
    taper = round(ENTRY_M / CellularAutomaton().cell_m) + 1
    stayed: set[int] = set()
    shut_before: set[int] = set()
    after: dict[int, tuple[int, int]] = {}
    given = [[last_lane(plan, f"{way}{number}") for way in ("east", "west")] for number in (2, 3)]
    with np.errstate(over="ignore"):
        for tick in range(500):
            line.apply(program, tick)
            shut = set(shut_at(plan, float(tick)).tolist())
            stayed = {trip for trip, (lane, _) in after.items()
                      if lane in shut and (trip in stayed or lane not in shut_before)}
            advance(program, tick, tick + 1)
            after, shut_before = on_lanes(program), shut
            assert not faults(program), f"after tick {tick}"
            beyond = {trip: lane for trip, (lane, cells) in after.items() if cells > taper}
            assert {trip for trip, lane in beyond.items() if lane in shut} <= stayed, f"after tick {tick}"
            for pair in given if kind != "shoulder" else ():
                assert not set(pair) <= set(beyond.values()), f"after tick {tick}"
    assert (program.trips.row.status[:-1] == COMPLETED).mean() > 0.8


def test_trips_do_not_begin_on_a_closed_lane() -> None:
    """The first link is widened: lanes are closed from its start on for those who begin there."""
    policy = HardShoulderRunning(on=Links(ids=("east1", "east2")), hours=between((1700.0, 3600.0)))
    plan = lower(world(lanes=(2, 2, 2, 2)), (policy,)).plan
    program = compile_plan(plan, CellularAutomaton())
    line = Timeline.of(plan, CellularAutomaton(), program.zones)
    shut = shut_at(plan, 0.0).tolist()
    assert len(shut) == 2
    with np.errstate(over="ignore"):
        for tick in range(200):
            line.apply(program, tick)
            advance(program, tick, tick + 1)
            assert not {lane for lane, _ in on_lanes(program).values()} & set(shut), f"after tick {tick}"


@pytest.mark.parametrize("engine", ENGINES)
def test_tidal_flow_between_signals_loses_nobody(engine: str) -> None:
    """Lanes change direction between signals with side streets and lanes for turns; all arrive, as without it."""
    network = corridor([300.0] * 4, lanes=2, two_way=True, signals=(1, 2, 3), side_streets=(1, 2, 3), turn_lane_m=60.0)
    trips = (("e", "east1", "east4", 1500.0), ("w", "west4", "west1", 400.0), ("s", "south2_in", "north2_out", 200.0),
             ("l", "east1", "north3_out", 200.0), ("r", "south1_in", "east4", 150.0))
    flows = tuple(Flow(id=name, origin=origin, destination=destination, volume_veh_h=volume, vehicle_classes=MIX)
                  for name, origin, destination, volume in trips)
    scenario = Scenario(name="town", network=PLACEHOLDER, seed=3,
                        time=Time(analysis_s=300.0, clear_s=1500.0, interval_s=60.0))
    tidal = Contraflow(on=NARROW, hours=between((100.0, 240.0)), clearance_s=60.0,
                       opposite={"east2": "west2", "east3": "west3"})
    plan = lower(World(scenario, network, Demand(flows=flows), DEFAULT_CLASSES), (tidal,)).plan
    record = run(engine, plan)
    assert (record.trips.status == COMPLETED).all()
    assert len(plan.shut_lanes.lane) == 6
    assert record.links.entered.sum() == len(plan.trips.route_link)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_incident_on_an_open_shoulder_blocks_a_lane(engine: str) -> None:
    """Without the policy it is on the shoulder and blocks nobody; while the shoulder is open there is no refuge."""
    crash = Incident(id="crash", link="east3", position_m=200.0, shoulder=True, rubbernecking=1.0, begin_s=30.0,
                     duration_s=600.0)
    quiet, broken = (lower(world(**happens), (ALL_DAY["shoulder"],)).plan for happens in ({}, {"incidents": (crash,)}))
    assert eastbound_s(broken, run(engine, broken)) > 1.1 * eastbound_s(quiet, run(engine, quiet))
    assert broken.lane_closures.lane.tolist() == [lane_of(broken, "east3", 0)]
    assert not len(lower(world(incidents=(crash,))).plan.lane_closures.lane)


@pytest.mark.parametrize("engine", ENGINES)
def test_lane_control_closes_the_lane_from_the_gantry_on_and_all_arrive(engine: str) -> None:
    crash = Incident(id="crash", link="east3", position_m=200.0, lanes=(0,), begin_s=30.0, duration_s=300.0)
    signs = LaneControl(on=ROAD, spacing_m=300.0, gantries=2, detection_s=60.0)
    plan = lower(world(3000.0, (3, 3, 3, 3), incidents=(crash,)), (signs,)).plan
    record = run(engine, plan)
    assert (record.trips.status == COMPLETED).all()
    assert record.links.entered.sum() == 4 * len(record.trips.status)
    lanes = plan.lane_closures
    assert lanes.lane.tolist() == [lane_of(plan, name, 0) for name in ("east2", "east3", "east3")]
    assert lanes.from_m.tolist() == [200.0, 50.0, 200.0]
    assert lanes.begin_s.tolist() == [90.0, 90.0, 30.0]
    assert lanes.end_s.tolist() == [330.0] * 3
    assert not len(lower(world(incidents=(crash,)), (signs,), replication=0).plan.lane_closures.lane)
