"""Platoons behind a signal: arrivals by second of the cycle at the stop line and at places downstream."""

from __future__ import annotations

import numpy as np

from tests.oracles.road_state import unpack
from tests.support.worlds import fixed_time, link, make_network, make_program, make_world, through
from trafficsim.engines.ca.loop import advance
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.scenario import Time

CYCLE_S, GREEN_S, WARM_UP_S, HOURS = 90, 30.0, 360, 4.0
APPROACH_M, STREET_M, CELL_M = 400.0, 1000.0, 0.5
VOLUME_VEH_H = 900.0
"""Of the 1,230 veh/h that two lanes discharge in this green."""


def profiles(places_m: tuple[float, ...], replication: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return flow (places, cycle) in vehicles per second and mean travel time from the first place to each, s.

    Places are metres beyond the stop line on a street of two lanes at 50 km/h, with drivers as they are by default.
    """
    rows = [link("in", APPROACH_M, lanes=2), link("out", STREET_M, lanes=2)]
    network = make_network(rows, through("in", "out", lanes=2, signal="s", signal_index=0),
                           [fixed_time("s", GREEN_S, float(CYCLE_S))])
    time = Time(analysis_s=3600.0 * HOURS, clear_s=0.0)
    flow = Flow(id="f", route=("in", "out"), volume_veh_h=VOLUME_VEH_H)
    program = make_program(make_world(network, [flow], time=time, drivers=Drivers()), replication)
    passed = np.full((len(places_m), len(program.trips.row) - 1), np.nan)
    for tick in range(round(3600 * HOURS)):
        advance(program, tick, tick + 1)
        road = unpack(program)
        beyond = (program.net.lane.link[road.lane] == 1) & (road.speed > 0)
        x = STREET_M + road.front[beyond] * CELL_M
        trip, v = road.trip[beyond], road.speed[beyond] * CELL_M
        for row, place in enumerate(places_m):
            crossed = (x >= place) & (x - v < place)
            passed[row, trip[crossed]] = tick + 1 - (x[crossed] - place) / v[crossed]
    known = np.isfinite(passed).all(axis=0) & (passed[0] > WARM_UP_S)
    times = passed[:, known]
    cycles = (3600 * HOURS - WARM_UP_S) / CYCLE_S
    flows = [np.histogram(row % CYCLE_S, CYCLE_S, (0.0, CYCLE_S))[0] / cycles for row in times]
    return np.array(flows), (times - times[0]).mean(axis=1)


def robertson(flow: np.ndarray, travel_s: float, alpha: float, beta: float) -> np.ndarray:
    """Flow downstream by Robertson (1969): ``q'(t + T) = F q(t) + (1 - F) q'(t + T - 1)``, cyclic.

    ``T = beta * travel time`` and ``F = 1 / (1 + alpha * T)``, in steps of 1 s.
    """
    factor = 1.0 / (1.0 + alpha * beta * travel_s)
    delay = round(beta * travel_s)
    down = np.zeros_like(flow)
    for second in range(20 * len(flow)):  # until what was before has faded
        down[(second + delay) % len(flow)] = (
            factor * flow[second % len(flow)] + (1.0 - factor) * down[(second + delay - 1) % len(flow)]
        )
    return down
