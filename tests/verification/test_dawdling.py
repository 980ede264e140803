"""Drivers who dawdle and do not make up for it: slower than they wish, and late by it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.worlds import UNIFORM, link, make_network, make_plan, make_world, through
from trafficsim.engines.ca import run
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.free_flow import free_flow_time_s
from trafficsim.spec.demand import Trip
from trafficsim.spec.scenario import Time
from trafficsim.spec.vehicles import VehicleClass

WAY_M = 4000.0


def times(limit_kmh: float, dawdling_ms: float, ca: CellularAutomaton | None = None,
          fastest_kmh: float = 200.0) -> tuple[float, float, float]:
    """Mean time on the way, free-flow time and delay of links of vehicles that are alone."""
    vehicle = VehicleClass(name="x", dawdling_ms=dawdling_ms, max_speed_kmh=fastest_kmh)
    rows = [link(name, WAY_M / 2, speed_limit_kmh=limit_kmh) for name in ("in", "out")]
    trips = [Trip(id=f"{k}", depart_s=60.0 * k, route=("in", "out"), vehicle_class="x") for k in range(20)]
    world = make_world(make_network(rows, through("in", "out")), trips=trips, classes=[vehicle], drivers=UNIFORM, ca=ca,
                       time=Time(analysis_s=1200.0, clear_s=7200.0))
    plan = make_plan(world)
    record = run(plan, world.scenario.ca)
    assert record.links.free_s is not None
    late = (record.links.vehicle_s.sum() - record.links.free_s.sum()) / len(trips)
    return float(np.mean(record.trips.exit_s - record.trips.entry_s)), float(free_flow_time_s(plan).mean()), float(late)


@pytest.mark.parametrize("ca", [CellularAutomaton(), CellularAutomaton(cell_m=0.25, tick_s=0.5)], ids=["1 s", "0.5 s"])
@pytest.mark.parametrize("limit_kmh", [30.0, 50.0, 100.0])
def test_free_speed_is_the_desired_speed_less_dawdling(limit_kmh: float, ca: CellularAutomaton) -> None:
    time_s, free_s, late_s = times(limit_kmh, 0.65, ca)
    assert free_s == pytest.approx(WAY_M / (limit_kmh / 3.6))
    assert WAY_M / time_s == pytest.approx(limit_kmh / 3.6 - 0.65, abs=0.06), "entered at speed; 0.2 km/h"
    assert late_s == pytest.approx(time_s - free_s, rel=0.02), "what dawdling takes is delay, on links as well"


def test_without_dawdling_nothing_is_taken() -> None:
    time_s, free_s, _ = times(50.0, 0.0)
    assert time_s == pytest.approx(free_s, rel=0.005)


def test_the_fastest_of_a_class_is_what_it_dawdles_from() -> None:
    time_s, _, _ = times(100.0, 1.0, fastest_kmh=36.0)
    assert WAY_M / time_s == pytest.approx(9.0, abs=0.06)


def test_who_dawdles_much_on_a_slow_road_still_drives_half_the_speed() -> None:
    time_s, _, _ = times(7.2, 5.0)
    assert WAY_M / time_s == pytest.approx(1.0, abs=0.06)
