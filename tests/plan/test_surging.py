"""Surges multiply flows for a time, and an evacuation empties a place by the nearest exits; nobody else changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.worlds import PLACEHOLDER
from trafficsim.base.errors import DemandError
from trafficsim.design.synthetic import grid
from trafficsim.plan.lower import lower
from trafficsim.plan.surging import with_surges
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.happenings import Evacuation, Surge
from trafficsim.spec.scenario import DemandSource, Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World
from trafficsim.spec.zones import Zone

FLOWS = (Flow(id="one", origin="w0_r0c0", destination="r1c1_e1", volume_veh_h=600.0,
              profile=((0.0, 1.0), (900.0, 2.0))),
         Flow(id="two", origin="w1_r1c0", destination="r0c1_e0", volume_veh_h=600.0))


def world(**more: Any) -> World:
    zones = (Zone(id="west", origins=("w0_r0c0", "w1_r1c0"), destinations=("r0c0_w0", "r1c0_w1")),)
    scenario = Scenario(name="town", network=PLACEHOLDER, time=Time(analysis_s=3600.0),
                        demand=DemandSource(zones=zones), **more)
    return World(scenario, grid(2, 2), Demand(flows=FLOWS, routes="free_flow"), DEFAULT_CLASSES)


def departures(one: World, flow: str) -> np.ndarray:
    trips = lower(one).plan.trips
    return np.array([time for name, time in zip(trips.name, trips.depart_s, strict=True) if name.startswith(flow)])


def test_a_surge_multiplies_what_it_selects_between_its_times_only() -> None:
    busy = world(surges=(Surge(factor=3.0, flows=("one",), begin_s=600.0, end_s=1800.0),))
    flow = with_surges(busy).demand.flows[0]
    assert flow.profile == ((0.0, 1.0), (600.0, 3.0), (900.0, 6.0), (1800.0, 2.0))
    before, after = departures(world(), "one"), departures(busy, "one")
    assert (before[before < 600.0] == after[after < 600.0]).all()
    rate = [((times >= 900.0) & (times < 1800.0)).sum() for times in (before, after)]
    assert rate[1] == pytest.approx(3.0 * rate[0], rel=0.15)
    assert (departures(world(), "two") == departures(busy, "two")).all()


def test_zones_and_links_select_flows() -> None:
    assert [bool(flow.profile) and flow.profile[-1][1] == 0.0 for flow in with_surges(
        world(surges=(Surge(factor=0.0, origins=("west",), destinations=("r0c1_e0",)),))).demand.flows] == [False, True]
    with pytest.raises(DemandError, match="no flow of the scenario"):
        with_surges(world(surges=(Surge(factor=2.0, origins=("w0_r0c0",), destinations=("r0c1_e0",)),)))
    with pytest.raises(DemandError, match="lower the factor"):
        with_surges(world(surges=(Surge(factor=100.0),)))


def test_an_evacuation_sends_all_to_the_nearest_exit_and_nobody_else_goes_there() -> None:
    left = world(evacuation=Evacuation(origins=("west",), exits=("r0c1_e0", "r1c1_e1"), vehicles=400.0, begin_s=1800.0,
                                       mobilisation_s=1200.0))
    plan = lower(left).plan
    last = [plan.link_id[plan.trips.route_link[end - 1]] for end in plan.trips.route_start[1:]]
    gone = {name: exit_ for name, exit_ in zip(plan.trips.name, last, strict=True) if name.startswith("evacuation")}
    assert 330 < len(gone) < 470
    assert {exit_ for name, exit_ in gone.items() if "w0_r0c0" in name} == {"r0c1_e0"}
    assert {exit_ for name, exit_ in gone.items() if "w1_r1c0" in name} == {"r1c1_e1"}
    times = departures(left, "evacuation")
    assert times.min() >= 1800.0
    assert times.max() < 3000.0
    assert departures(left, "one").max() < 1800.0
