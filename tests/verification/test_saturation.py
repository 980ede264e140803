"""Queues at signals: saturation flow, start-up lost time, spacing in the queue."""

from __future__ import annotations

import numpy as np

from tests.oracles.road_state import unpack
from tests.support.approaches import approach, discharge, saturated
from tests.support.worlds import UNIFORM, make_program, make_world
from trafficsim.engines.ca.loop import advance
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.scenario import Time

GREEN_S, CYCLE_S, CYCLES = 60.0, 120.0, 150


def test_through_lane_at_50_kmh() -> None:
    # Field values: 1,780-1,950 veh/h/lane, 1.5-2.5 s. 150 queues of 25: standard errors about 5 veh/h and 0.05 s.
    found = discharge(saturated(approach(GREEN_S, CYCLE_S), GREEN_S, CYCLE_S, CYCLES, UNIFORM))
    assert 1780.0 <= found.flow_veh_h <= 1950.0
    assert 1.5 <= found.lost_s <= 2.5


def test_through_lane_with_the_speeds_of_urban_drivers() -> None:
    # the same field values; the standard errors are of the same size
    found = discharge(saturated(approach(GREEN_S, CYCLE_S), GREEN_S, CYCLE_S, CYCLES, Drivers()))
    assert 1780.0 <= found.flow_veh_h <= 1950.0
    assert 1.5 <= found.lost_s <= 2.5


def test_turning_lane_at_30_kmh() -> None:
    # 1,500-1,850 veh/h at a radius of 15 m, where drivers turn at about 30 km/h
    network = approach(GREEN_S, CYCLE_S, connector_m=15.0, connector_kmh=30.0)
    found = discharge(saturated(network, GREEN_S, CYCLE_S, CYCLES, UNIFORM), last=22)
    assert 1500.0 <= found.flow_veh_h <= 1850.0


def test_spacing_in_the_queue() -> None:
    flow = Flow(id="f", volume_veh_h=1500.0, route=("in", "out"))
    world = make_world(approach(10.0, 1000.0, length_m=800.0), [flow], time=Time(analysis_s=600.0), drivers=Drivers())
    program = make_program(world)
    advance(program, 0, 500)
    road = unpack(program)
    fronts = road.front[(road.lane == 0) & (road.speed == 0)]
    assert len(fronts) > 50
    assert fronts[0] == -1, "the first stands at the line"
    assert 7.0 <= np.mean(-np.diff(fronts)) * 0.5 <= 7.5
