"""Capacity of a motorway lane, and how lanes are used."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.rings import fill, flow_per_tick, places_on_ring, ring_program
from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.ca.loop import simulate
from trafficsim.engines.ca.program import compile_plan
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.scenario import CellularAutomaton, Detector, Time

LENGTH_M, TICKS = 6000.0, 2400


def ring_flow_veh_h(limit_kmh: float, density_veh_km: float) -> float:
    vehicles = round(density_veh_km * LENGTH_M / 1000.0)
    hops = TICKS * 40 // 3000 + 6
    program = ring_program(LENGTH_M, 2 * vehicles, hops, limit_kmh, CellularAutomaton(), road_class="motorway")
    gap = int(program.net.lane.length.sum()) / vehicles
    speed = max(0, min(int(limit_kmh / 1.8), int((gap - 14) / 1.4)))
    fill(program, places_on_ring(program, [14 + int(number * gap) for number in range(vehicles)], speed))
    return 3600.0 * flow_per_tick(program, TICKS // 3, TICKS - TICKS // 3)


def test_capacity_of_a_lane_at_120_kmh() -> None:
    # 2,000-2,300 veh/h (HCM 2016 ch. 12: 2,350 pc/h at 110 km/h under ideal conditions; less in Europe at 120)
    flows = [ring_flow_veh_h(120.0, density) for density in (17.0, 19.0, 21.0, 24.0)]
    assert 2000.0 <= max(flows) <= 2300.0


def test_free_and_congested_branch() -> None:
    # Free: density times limit. Congested: the wave speed between two densities lies in -13 to -22 km/h.
    assert ring_flow_veh_h(120.0, 10.0) == pytest.approx(1200.0, rel=0.005)
    assert -22.0 <= (ring_flow_veh_h(120.0, 80.0) - ring_flow_veh_h(120.0, 60.0)) / 20.0 <= -13.0


def test_two_lanes_carry_what_comes_and_both_are_used() -> None:
    # 2,400 veh/h of mixed drivers: no lane carries less than 30 % (no rule of keeping to the kerb is modelled), and the
    # mean speed lies between what the drivers want (116.7 km/h) and 85 % of it.
    rows = [link(name, 2000.0, lanes=2, speed_limit_kmh=120.0, road_class="motorway") for name in ("a", "b", "c")]
    flow = Flow(id="f", volume_veh_h=2400.0, route=("a", "b", "c"), departures="scheduled")
    world = make_world(
        make_network(rows, through("a", "b", 2) + through("b", "c", 2)), [flow], drivers=Drivers(),
        time=Time(analysis_s=1800.0, clear_s=1.0, interval_s=300.0),
        detectors=(Detector(id="d", link="c", position_m=500.0),),
    )
    plan = make_plan(world)
    program = compile_plan(plan, CellularAutomaton())
    _, collected = simulate(plan, CellularAutomaton(), program)
    count, speed_sum = (np.stack(collected.detectors)[2:6, :, column].sum(axis=0) for column in (0, 1))
    assert count.sum() * 3 == pytest.approx(2400.0, rel=0.02)
    assert count.min() / count.sum() >= 0.3
    assert 0.85 * 116.7 <= speed_sum.sum() / count.sum() * 1.8 <= 116.7
