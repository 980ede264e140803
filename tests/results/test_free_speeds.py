"""Where free speeds are measured, and which places are away from signals, slow turns and queues."""

from __future__ import annotations

import numpy as np

import trafficsim as ts
from tests.support.worlds import fixed_time, link, make_network, make_plan, make_world, through
from trafficsim.base.codes import FREE_SPEED
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.results.free_speeds import slowing_ends, undisturbed
from trafficsim.run.free_speeds import acted_on, measuring_free_speeds
from trafficsim.spec.demand import Flow


def plan_of(**joint: object) -> object:
    rows = [link("a", 600.0), link("b", 600.0), link("short", 10.0)]
    joints = [*through("a", "b", **joint), *through("b", "short")]
    signals = [fixed_time("s", 40.0, 90.0)] if "signal" in joint else []
    flow = Flow(id="f", origin="a", destination="short", volume_veh_h=600)
    return make_plan(make_world(make_network(rows, joints, signals), [flow]))


def places(plan: object, positions: list[float], link_row: int, queue_m: float = 0.0) -> list[bool]:
    rows = np.full(len(positions), link_row, np.int32)
    return undisturbed(plan, rows, np.array(positions), np.full(3, queue_m)).tolist()  # type: ignore[arg-type]


def test_a_road_without_a_stop_is_free_everywhere() -> None:
    plan = plan_of()
    assert [part.tolist() for part in slowing_ends(plan)] == [[False] * 3, [False] * 3]  # type: ignore[arg-type]
    assert places(plan, [5.0, 300.0, 595.0], 0) == [True, True, True]


def test_before_and_behind_a_signal_drivers_are_not_free() -> None:
    # At 50 km/h and 1.5 m/s2 drivers slow down over 64.3 m; 25 m are left for those who stand at the line.
    plan = plan_of(signal="s", signal_index=0)
    assert places(plan, [500.0, 510.5, 511.0, 590.0], 0) == [True, True, False, False]
    assert places(plan, [64.0, 64.5, 300.0], 1) == [False, True, True]


def test_a_slow_turn_counts_and_a_queue_reaches_back() -> None:
    assert places(plan_of(speed_limit_kmh=20.0), [500.0, 590.0], 0) == [True, False]
    plan = plan_of(signal="s", signal_index=0)
    assert places(plan, [335.0, 336.0], 0, queue_m=200.0) == [True, False]


def test_links_that_are_crossed_within_a_step_are_no_place() -> None:
    assert places(plan_of(), [5.0], 2) == [False]


def world() -> ts.Scenario:
    flow = ts.Flow(id="f", origin="east1", destination="east3", volume_veh_h=300)
    return ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([600, 300, 100]),
                       demand=ts.Demand(flows=(flow,)))


def test_places_lie_where_an_alternative_acts_and_nowhere_else() -> None:
    prepared = prepare(ts.build(world()))
    slower = ts.policies.SpeedLimit(on=ts.links("east1"), limit_kmh=30)
    camera = ts.policies.SpeedCamera(at=(ts.policies.CameraPlace(link="east2", position_m=150.0),))
    assert acted_on(lower(prepared, [slower])).tolist() == [True, False, False]
    assert acted_on(lower(prepared, [camera])).tolist() == [True, True, True], "its halo reaches 300 m up, 1.7 km down"
    study = ts.Study(scenarios=[world()], alternatives={"do nothing": [], "slower": [slower]})
    sections = measuring_free_speeds(study, {"road": prepared})["road"].sections
    mine = sections.role == FREE_SPEED
    assert sections.to_link[mine].tolist() == [0, 0, 0]
    assert ((sections.from_m + sections.to_m) / 2.0)[mine].tolist() == [100.0, 300.0, 500.0]
