"""Queue engine: lanes that lead on, and speed and distance of who speeds up, against reference models."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.queue_lanes import Road, lanes_along
from tests.properties.junctions import drawn_worlds
from tests.properties.test_queue_engine import plan_of
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.start import start_lags_s
from trafficsim.kernels.jit import from_python
from trafficsim.kernels.queue.start import speed_and_distance
from trafficsim.spec.world import World

STEP_S = 0.001
SPEED_AND_DISTANCE = from_python(speed_and_distance)


@given(drawn_worlds())
@settings(max_examples=30, deadline=None)
def test_lanes_that_lead_on(world: World) -> None:
    plan = plan_of(world)
    state = compile_plan(plan, QueueSettings())
    net, trips = state.net, state.trips
    connections: dict[int, list[tuple[int, int]]] = {}
    for lane, turn, to in zip(net.origin.tolist(), net.turn.tolist(), net.to.tolist(), strict=True):
        connections.setdefault(lane, []).append((turn, to))
    roads = [Road(range(int(net.lane_start[link]), int(net.lane_start[link + 1])), int(net.changes[link]))
             for link in range(len(plan.link_id))]
    for trip in range(len(trips.kind)):
        places = range(int(trips.route_start[trip]), int(trips.route_start[trip + 1]))
        bit = int(net.bit[trips.kind[trip]])
        allowed = {lane: bool(int(net.allowed[lane]) & bit) for lane in range(len(net.allowed))}
        expected = lanes_along([roads[int(trips.link[place])] for place in places],
                               [int(trips.turn[place]) for place in places], connections, allowed)
        for place, lanes in zip(places, expected, strict=True):
            first = roads[int(trips.link[place])].lanes.start
            assert int(trips.lanes[place]) == sum(1 << (lane - first) for lane in lanes)


@given(st.floats(0.5, 3.0), st.floats(0.0, 120.0), st.floats(3.0, 25.0), st.floats(0.0, 6.0))
@settings(max_examples=40, deadline=None)
def test_speed_and_distance_before_the_line(acceleration: float, stood: float, full: float, rest: float) -> None:
    # step by step from standing to the line
    speed, distance, at_s = 0.0, stood, [(0.0, stood)]
    while distance > 0.0:
        faster = min(speed + acceleration * STEP_S, full)
        distance -= 0.5 * (speed + faster) * STEP_S
        speed = faster
        at_s.append((speed, distance))
    row = len(at_s) - 1 - round(rest / STEP_S)
    found = SPEED_AND_DISTANCE(acceleration, stood, full, rest)
    if row < 0:
        assert found[0] <= 2.0 * acceleration * STEP_S, "it stands"
    else:
        assert found[0] == pytest.approx(at_s[row][0], abs=0.02)
        assert found[1] == pytest.approx(at_s[row][1], abs=0.1)


@given(st.floats(0.0, 4.0), st.floats(1.2, 4.0))
def test_lost_times_add_up_to_that_of_the_start(lost_s: float, headway_s: float) -> None:
    lags = start_lags_s(lost_s, headway_s)
    rise_s = lost_s - float(lags[0])  # the first crosses after its response, whose lag is lags[0]
    since_s = float(lags[1:].sum()) + (len(lags) - 1) * headway_s
    still_to_lose_s = rise_s * np.exp(-since_s / rise_s) if rise_s > 0.0 else 0.0
    assert lags.sum() == pytest.approx(lost_s - still_to_lose_s, abs=1e-6)
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(lags[1:]))
