"""Dynamic equilibria against hand computation and published cases: Braess, and the network of UXsim's solvers."""

from __future__ import annotations

from dataclasses import replace

import pytest

import trafficsim as ts
from tests.support.point_networks import Road, flow_between, network_of, world_of
from trafficsim.spec.route_choice import RouteChoice
from trafficsim.spec.scenario import Time
from trafficsim.spec.world import World

SHORT_S, LONG_S, BRIDGE_S, CAPACITY_VEH_S, DEMAND_VEH_S, DEMAND_S = 100.0, 500.0, 50.0, 0.4, 0.6, 4800.0


def braess(bridge: bool) -> World:
    """o -> p (short, a bottleneck at its end) -> d (long); o -> q (long) -> d (short, a bottleneck); p -> q."""
    roads = [Road("op", "o", "p", 20.0 * SHORT_S, 20.0, capacity_veh_s=CAPACITY_VEH_S),
             Road("pd", "p", "d", 20.0 * LONG_S, 20.0), Road("oq", "o", "q", 20.0 * LONG_S, 20.0),
             Road("qd", "q", "d", 20.0 * SHORT_S, 20.0, capacity_veh_s=CAPACITY_VEH_S)]
    if bridge:
        roads.append(Road("pq", "p", "q", 20.0 * BRIDGE_S, 20.0))
    return world_of(network_of(roads, ("o", "d")), [flow_between("o", "d", DEMAND_VEH_S, 0.0, DEMAND_S)],
                    time=Time(analysis_s=DEMAND_S, clear_s=7200.0))


def test_a_new_link_makes_everybody_later() -> None:
    """Without the bridge half of the trips use each bottleneck, and nobody waits.

    With it queues grow at both, one after the other, by (0.6 - 0.4) / 0.4 s per second, until the three routes take the
    same 950 s: 600 s and what a bottleneck's queue is worth to those who go round it, long - bridge - short = 350 s.
    """
    before = ts.equilibrium(braess(bridge=False), iterations=20, gap=0.002)
    assert before.converged
    assert before.kept[0].routes.rehearsals.iterations[-1].travel_time_s == pytest.approx(600.0, abs=5.0)
    after = ts.equilibrium(braess(bridge=True), iterations=60, gap=0.01)
    assert after.relative_gap < 0.03
    growing_s = (LONG_S - BRIDGE_S - SHORT_S) / ((DEMAND_VEH_S - CAPACITY_VEH_S) / CAPACITY_VEH_S)
    expected_s = (growing_s * 425.0 + growing_s * 775.0 + (DEMAND_S - 2 * growing_s) * 950.0) / DEMAND_S
    assert after.as_json()["travel_time_s"] == pytest.approx(expected_s, rel=0.05)
    assert after.as_json()["total_time_h"] > 1.3 * before.as_json()["total_time_h"]


def motorway_and_arterial() -> World:
    """The network on which UXsim's solvers are verified (tests/test_verification_dta_solvers.py): 4,500 trips."""
    roads = [Road("highway12", "1", "2", 1000.0, 20.0), Road("highway23", "2", "3", 3000.0, 20.0, capacity_veh_s=0.6),
             Road("highway37", "3", "7", 1000.0, 20.0), Road("onramp", "5", "2", 1000.0, 20.0, 0.5),
             *(Road(f"arterial{a}{b}", a, b, length_m, 10.0, 0.5, lanes=2)
               for a, b, length_m in (("4", "5", 1000.0), ("5", "6", 3000.0), ("6", "7", 1000.0)))]
    flows = [flow_between("1", "7", 0.3, 0.0, 3000.0), flow_between("4", "7", 1.2, 0.0, 3000.0)]
    return world_of(network_of(roads, ("1", "4", "7")), flows, time=Time(analysis_s=3000.0, clear_s=6000.0))


def on_the_way() -> World:
    """The same with drivers who begin on the fastest route and look at the times of the moment every two minutes."""
    given = motorway_and_arterial()
    informed = given.scenario.model_copy(update={
        "route_choice": RouteChoice(informed_share=1.0, update_s=120.0, least_gain=0.0)})
    return replace(given, scenario=informed, demand=given.demand.model_copy(update={"routes": "free_flow"}))


@pytest.mark.long
def test_an_optimum_takes_less_time_than_the_equilibrium_and_that_less_than_looking_on_the_way() -> None:
    """The order of UXsim's test; that looking on the way takes longer than knowing is no theorem, but so it is here."""
    user = ts.equilibrium(motorway_and_arterial(), iterations=40, gap=0.01)
    assert user.converged
    assert user.as_json()["unfinished"] == 0
    system = ts.equilibrium(motorway_and_arterial(), objective="system_optimum", iterations=20, gap=0.01)
    looking = ts.run(on_the_way(), engine="queue").trips["travel_time_s"].sum() / 3600.0
    assert system.as_json()["total_time_h"] < user.as_json()["total_time_h"] < looking
