"""Lanes that policies add: what they join, what keeps its lane, and when they are open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.worlds import PLACEHOLDER
from trafficsim.base.errors import PolicyError
from trafficsim.design.synthetic import corridor
from trafficsim.plan.added_lanes import widened, with_added_lanes
from trafficsim.plan.happenings import shut_at
from trafficsim.plan.lane_joins import joined
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies import Contraflow, HardShoulderRunning, LaneControl, QuickClearance
from trafficsim.spec.added_lanes import AddedLanes
from trafficsim.spec.calendar import Hours
from trafficsim.spec.demand import Demand, Flow, Stop, Trip
from trafficsim.spec.happenings import Works
from trafficsim.spec.incident import Incident
from trafficsim.spec.network import Connection
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Detector, Scenario, Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

Ways = list[tuple[int, int, tuple[int, ...]]]


def shoulder(link: str = "b", side: Any = "nearside") -> AddedLanes:
    return AddedLanes("p", link, 1, side, ())


def way(from_link: str, from_lane: int, to_link: str, to_lane: int, *yields_to: int, **more: Any) -> Connection:
    return Connection(from_link=from_link, from_lane=from_lane, to_link=to_link, to_lane=to_lane, yields_to=yields_to,
                      crosses=yields_to, **more)


def ways(found: tuple[Connection, ...], tail: str, head: str) -> Ways:
    return sorted((one.from_lane, one.to_lane, one.yields_to) for one in found
                  if (one.from_link, one.to_link) == (tail, head))


@pytest.mark.parametrize("side", ["nearside", "offside"])
def test_a_road_as_wide_before_and_beyond_leads_straight_on(side: str) -> None:
    road = corridor([300.0] * 3, lanes=(3, 2, 3))
    found = joined(road.connections, {"east1": 3, "east2": 2, "east3": 3}, {"east2": shoulder("east2", side)})
    straight = [(lane, lane, ()) for lane in range(3)]
    assert ways(found, "east1", "east2") == ways(found, "east2", "east3") == straight
    assert all(not one.crosses for one in found)


def test_added_lanes_that_follow_each_other_are_connected_and_else_begin_and_end_on_the_link() -> None:
    road = corridor([300.0] * 4, lanes=2)
    lanes = {f"east{number}": 2 for number in (1, 2, 3, 4)}
    found = joined(road.connections, lanes, {name: shoulder(name) for name in ("east2", "east3")})
    assert ways(found, "east1", "east2") == [(0, 1, ()), (1, 2, ())]
    assert ways(found, "east2", "east3") == [(0, 0, ()), (1, 1, ()), (2, 2, ())]
    assert ways(found, "east3", "east4") == [(1, 0, ()), (2, 1, ())]


def test_a_ramp_leads_onto_the_shoulder_and_the_shoulder_into_an_exit_that_it_gives_way_at() -> None:
    before = (way("a", 0, "b", 0), way("a", 1, "b", 1), way("ramp", 0, "b", 0, 0), way("b", 0, "c", 0),
              way("b", 1, "c", 1), way("b", 0, "exit", 0, signal="s", signal_index=3))
    found = joined(before, {"a": 2, "ramp": 1, "b": 2, "c": 2, "exit": 1}, {"b": shoulder()})
    assert ways(found, "ramp", "b") == [(0, 0, ()), (0, 1, (0,))]
    assert ways(found, "b", "exit") == [(0, 0, (5,)), (1, 0, ())]
    assert ways(found, "b", "c") == [(1, 0, ()), (2, 1, ())]
    leaving = next(one for one in found if (one.from_lane, one.to_link) == (0, "exit"))
    assert (leaving.signal, leaving.signal_index, leaving.crosses) == ("s", 3, (5,))
    assert found[5].crosses == (found.index(leaving),)
    assert [found[place].to_link for place in range(6)] == [one.to_link for one in before]


def world(**more: Any) -> World:
    network = corridor([500.0] * 3, lanes=2, speed_limit_kmh=120.0, road_class="motorway", two_way=True)
    scenario = Scenario(name="road", network=PLACEHOLDER, time=Time(analysis_s=3600.0, clear_s=600.0), **more)
    flow = Flow(id="f", origin="east1", destination="east3", volume_veh_h=100.0, vehicle_classes={"car": 1.0})
    return World(scenario, network, Demand(flows=(flow,)), DEFAULT_CLASSES)


ON = Links(ids=("east2",))
EARLY = (Hours(begin_h=0, end_h=0.25),)


def test_all_that_lies_on_a_lane_keeps_it() -> None:
    """One lane more at the nearside: who has a number counts one more; an incident on the shoulder is on that lane."""
    crash = Incident(id="x", link="east2", position_m=100.0, lanes=(0,), shoulder=True, begin_s=60.0, duration_s=60.0)
    late = crash.model_copy(update={"id": "late", "begin_s": 1800.0})
    works = Works(id="w", on=Links(ids=("east1", "east2")), lanes=(1,), limit_kmh=80.0)
    prepared = prepare(world(incidents=(crash, late), works=(works,),
                             detectors=(Detector(id="d", link="east2", position_m=100.0, lane=0),
                                        Detector(id="all", link="east2", position_m=200.0),
                                        Detector(id="beyond", link="east3", position_m=100.0, lane=1))))
    found = with_added_lanes(prepared, (HardShoulderRunning(on=ON, hours=EARLY),))
    scenario = found.world.scenario
    assert scenario.detectors[0].lane == 1
    assert [one.lanes for one in scenario.incidents] == [(0, 1), (0, 1)]
    assert [one.rubbernecking for one in scenario.incidents] == [None, crash.remaining_per_lane(2)]
    assert [(one.id, one.lanes, one.limit_kmh) for one in scenario.works] == [
        ("w", (), 80.0), ("w east1", (1,), None), ("w east2", (2,), None)]
    assert found.network.link_id == prepared.network.link_id
    assert len(found.network.lanes.link) == len(prepared.network.lanes.link) + 1
    assert with_added_lanes(prepared, ()) is prepared
    anew = prepare(found.world)
    for own, other in ((found.sections, anew.sections), (found.detectors, anew.detectors), (found.trips, anew.trips)):
        assert repr(own) == repr(other)


def test_lanes_beside_are_the_pattern_and_trips_keep_theirs() -> None:
    before = world()
    network = before.network
    for _, _, attributes in network.graph.edges(data=True):
        if attributes["id"] == "east2":
            attributes.update(allow=(("bus",), None), lane_length_m=(400.0, 500.0), turn_lanes=("right", "through"),
                              capacity_veh_h=4000.0)
    trip = Trip(id="t", depart_s=0.0, route=("east2", "east3"), depart_lane=0,
                stops=(Stop(link="east2", position_m=300.0, dwell_s=10.0, lane=1),
                       Stop(link="east3", position_m=100.0, dwell_s=10.0, lane=0)))
    shoulders = {"east2": shoulder("east2")}
    found = widened(replace(before, demand=Demand(trips=(trip,))), shoulders)
    link = found.network.links["east2"]
    assert (link["lanes"], link["allow"], link["lane_length_m"], link["turn_lanes"], link["capacity_veh_h"]) == (
        3, (None, ("bus",), None), (500.0, 400.0, 500.0), ("", "right", "through"), 6000.0)
    moved = found.demand.trips[0]
    assert (moved.depart_lane, [stop.lane for stop in moved.stops]) == (1, [2, 0])
    inner = widened(replace(before, demand=Demand(trips=(trip,))), {"east2": shoulder("east2", "offside")})
    assert inner.network.links["east2"]["allow"] == (("bus",), None, None)
    assert inner.demand.trips[0] == trip
    assert network.links["east2"]["lanes"] == 2


def test_the_lanes_are_worked_out_once_for_a_world_and_anew_for_another() -> None:
    policies = (HardShoulderRunning(on=ON, hours=EARLY),)
    prepared = prepare(world())
    assert with_added_lanes(prepared, policies) is with_added_lanes(prepared, policies)
    learnt = replace(prepared, routes=replace(prepared.routes))
    assert with_added_lanes(learnt, policies).routes is learnt.routes


def test_limits_are_lower_while_the_shoulder_is_open() -> None:
    plan = lower(world(), (HardShoulderRunning(on=ON, hours=EARLY, limit_kmh=100.0),)).plan
    assert set(plan.timeline.field) == {"link.factor_speed_ms", "link.free_speed_mean_ms", "link.speed_limit_ms"}
    assert (plan.timeline.begin_s == 0.0).all()
    assert (plan.timeline.end_s == 900.0).all()
    assert plan.timeline.value[-1] * 3.6 == pytest.approx(100.0)
    assert not lower(world(), (HardShoulderRunning(on=ON, hours=EARLY, limit_kmh=130.0),)).plan.timeline.field


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(41, 69)), min_size=1, max_size=3), st.integers(20, 1200))
def test_no_lane_is_open_to_both_directions(minutes: list[tuple[int, int]], clearance_s: int) -> None:
    hours = tuple(Hours(begin_h=begin / 60.0, end_h=end / 60.0) for begin, end in minutes)
    plan = lower(PREPARED, (Contraflow(on=ON, hours=hours, clearance_s=float(clearance_s)),)).plan
    start = dict(zip(plan.link_id, plan.links.lane_start.tolist(), strict=False))
    for time_s in range(0, 4200, 60):
        shut = set(shut_at(plan, time_s + 0.5).tolist())
        east, west = start["east2"] + 2 not in shut, start["west2"] + 1 not in shut
        assert not (east and west)
        is_open = any(begin * 60 <= time_s + 0.5 < end * 60 for begin, end in minutes)
        assert east == is_open


def test_lanes_are_closed_ahead_of_works_and_for_as_long_as_an_incident_lasts() -> None:
    """From the last gantry before the place; a duration that another policy shortens is known; 50 m are the taper."""
    works = Works(id="w", on=Links(ids=("east3",)), lanes=(1,), from_m=150.0, begin_s=0.0, end_s=1200.0)
    crash = Incident(id="x", link="east2", position_m=400.0, lanes=(0,), begin_s=60.0, duration_s=600.0)
    signs = LaneControl(on=Links(ids=("east1", "east2", "east3")), spacing_m=300.0, detection_s=30.0)
    plan = lower(world(works=(works,), incidents=(crash,)), (signs, QuickClearance(factor=0.5))).plan
    lanes, name = plan.lane_closures, plan.link_id
    rows = {(name[plan.lanes.link[lane]], *rest) for lane, *rest in zip(
        lanes.lane.tolist(), lanes.from_m.tolist(), lanes.to_m.tolist(), lanes.begin_s.tolist(), lanes.end_s.tolist(),
        strict=True)}
    assert rows == {("east2", 400.0, 430.0, 60.0, 360.0), ("east2", 100.0, 400.0, 90.0, 360.0),
                    ("east3", 150.0, 500.0, 0.0, 1200.0), ("east2", 400.0, 500.0, 0.0, 1200.0),
                    ("east3", 50.0, 150.0, 0.0, 1200.0)}


PREPARED = prepare(world())
CRASHED = {"incidents": (Incident(id="x", link="east2", position_m=100.0, lanes=(0,), begin_s=60.0, duration_s=600.0),)}
REFUSED: dict[str, tuple[tuple[Policy, ...], dict[str, Any], str]] = {
    "two shoulders": ((HardShoulderRunning(on=ON, hours=EARLY), HardShoulderRunning(on=ON, hours=EARLY)), {},
                      "both add lanes to it"),
    "a shoulder and a lane of the other side": (
        (Contraflow(on=ON, hours=EARLY), HardShoulderRunning(on=ON, hours=EARLY)), {}, "both add lanes to it"),
    "both ways at once": ((Contraflow(on=Links(ids=("east2", "west2")), hours=EARLY),), {},
                          "gives lanes and gets some"),
    "given twice": ((Contraflow(on=Links(ids=("east1", "east2")), hours=EARLY, opposite={"east1": "west2"}),), {},
                    "gives lanes twice"),
    "nothing ahead": ((LaneControl(on=ON),), {}, "no incident and no works"),
    "not one road": ((LaneControl(on=Links(ids=("east1", "east3"))),), CRASHED, "does not lie on one road"),
    "no time to empty": ((Contraflow(on=ON, hours=EARLY, clearance_s=5.0),), {}, "5 s, in which nobody drives"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_is_refused(name: str) -> None:
    policies, happens, says = REFUSED[name]
    with pytest.raises(PolicyError) as told:
        lower(world(**happens), policies)
    assert says in str(told.value)


def test_more_lanes_than_drivers_choose_from_are_refused() -> None:
    road = corridor([500.0], lanes=8, speed_limit_kmh=120.0, road_class="motorway")
    flow = Flow(id="f", origin="east1", destination="east1", volume_veh_h=100.0, vehicle_classes={"car": 1.0})
    scenario = Scenario(name="wide", network=PLACEHOLDER, time=Time(analysis_s=3600.0))
    with pytest.raises(PolicyError, match="no more than 8 lanes"):
        lower(World(scenario, road, Demand(flows=(flow,)), DEFAULT_CLASSES),
              (HardShoulderRunning(on=Links(ids=("east1",)), hours=EARLY),))


def test_every_number_of_the_ledger_is_said() -> None:
    lowered = lower(world(), (Contraflow(on=ON, hours=EARLY),))
    rows = {(row.cells, row.begin_s, row.end_s) for row in lowered.ledger if row.field == "lane.closed"}
    assert rows == {(("east2/2",), 900.0, None), (("west2/1",), -300.0, 1200.0)}
