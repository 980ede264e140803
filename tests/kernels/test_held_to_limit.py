"""Drivers who are held to the limit: the engine's desired speeds are the plan's, and nobody else's change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numba import njit

from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.ca import run
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.speeds import desired_speed
from trafficsim.plan.arrays import Plan
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.free_flow import free_flow_time_s
from trafficsim.spec.demand import Flow, Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass

SETTINGS = CellularAutomaton()
STEP_MS = SETTINGS.cell_m / SETTINGS.tick_s / 256
FACTOR_CLASS = VehicleClass(name="imported", speed_factor_mean=1.1, speed_factor_sd=0.1)


@njit
def speed_on(net, trips, trip, link):  # type: ignore[no-untyped-def]
    return desired_speed(net, trips, trip, link)


def road() -> Plan:
    rows = [link("a", 400.0, lanes=2), link("b", 600.0, lanes=2, speed_limit_kmh=90.0, road_class="rural")]
    mix = {"car": 0.6, "truck": 0.2, "imported": 0.2}
    flows = [Flow(id="f", route=("a", "b"), volume_veh_h=900.0, vehicle_classes=mix)]
    return make_plan(make_world(make_network(rows, through("a", "b", 2)), flows, drivers=Drivers(),
                                classes=(*DEFAULT_CLASSES, FACTOR_CLASS)))


def holding(plan: Plan, factors: tuple[float, ...]) -> Plan:
    factor = np.resize(np.array(factors), len(plan.trips.key))
    return replace(plan, trips=plan.trips._replace(limit_factor=factor))


@pytest.mark.parametrize("factors", [(np.inf,), (1.0,), (np.inf, 1.0, 0.9, 1.1)])
def test_desired_speeds_of_the_engine_are_those_of_the_plan(factors: tuple[float, ...]) -> None:
    plan = holding(road(), factors)
    program = compile_plan(plan, SETTINGS)
    assert program.trips.held == np.isfinite(plan.trips.limit_factor).sum()
    trips = np.arange(len(plan.trips.key))
    for number in (0, 1):
        expected = desired_speed_ms(plan.links, plan.classes, plan.trips, trips, np.full(len(trips), number))
        found = np.array([int(speed_on(program.net, program.trips, trip, number)) for trip in trips.tolist()]) * STEP_MS
        assert np.abs(found - expected).max() <= 0.51 * STEP_MS
        most = plan.links.speed_limit_ms[number] * plan.trips.limit_factor
        assert (expected <= most).all()


def test_who_is_held_needs_the_time_that_the_limit_allows() -> None:
    rows = [link("a", 2000.0, speed_limit_kmh=50.4), link("b", 2000.0, speed_limit_kmh=90.0)]
    drivers = [Trip(id=name, depart_s=depart, route=("a", "b")) for name, depart in (("one", 0.0), ("two", 400.0))]
    plan = make_plan(make_world(make_network(rows, through("a", "b")), trips=drivers, drivers=Drivers()))
    plan = replace(plan, trips=plan.trips._replace(z=np.array([2.0, 2.0])))
    plan = replace(plan, trips=plan.trips._replace(limit_factor=np.array([1.0, np.inf])))
    free = free_flow_time_s(plan)
    assert free[0] == pytest.approx(2000 / 14.0 + 2000 / 25.0)
    taken = run(plan, SETTINGS).trips
    travel = taken.exit_s - taken.entry_s
    assert travel == pytest.approx(free, rel=0.02)
    assert travel[1] < 0.8 * travel[0]


def test_a_factor_that_no_speed_reaches_gives_the_same_bits() -> None:
    plan = road()
    plain, held = run(plan, SETTINGS), run(holding(plan, (10.0,)), SETTINGS)
    for name, before, after in zip(plain.trips._fields, plain.trips, held.trips, strict=True):
        assert (before == after).all(), name
