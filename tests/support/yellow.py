"""Single drivers at 50 km/h who meet a yellow light at all distances, and how hard they brake."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.oracles.road_state import route_starts, unpack
from tests.support.worlds import UNIFORM, fixed_time, link, make_network, make_plan, make_world, through
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.state import Count
from trafficsim.spec.demand import Trip
from trafficsim.spec.drivers import Drivers

SPEED_MS = 50.0 / 3.6
APPROACH_M, YELLOW_S, TICKS = 300.0, 25, 60
CELL_M = 0.5


def speeds_at_yellow(drivers: int, nearest_s: float, farthest_s: float, hard_stop_share: float = 0.0) -> np.ndarray:
    """Return speeds (drivers, ticks) in m/s, -1 once a driver has left the approach.

    Everybody is alone on an approach of their own, and is between ``nearest_s`` and ``farthest_s`` of driving before
    the stop line when the signals turn yellow after 25 s; distances are spread evenly.
    """
    program = at_yellow(np.linspace(nearest_s, farthest_s, drivers), 3.0, UNIFORM, hard_stop_share)
    speeds, starts = np.full((drivers, TICKS), -1.0), route_starts(program)
    for tick in range(TICKS):
        advance(program, tick, tick + 1)
        road = unpack(program)
        first = np.asarray(program.trips.row.route_position[road.trip] == starts[road.trip])
        speeds[road.trip[first], tick] = road.speed[first] * CELL_M
    return speeds


def red_runs_at_yellow(lead_s: np.ndarray, yellow_s: float, who: Drivers) -> int:
    """Return how many of the drivers run red who are so far from the line in time when yellow of some length begins."""
    program = at_yellow(lead_s, yellow_s, who)
    advance(program, 0, TICKS)
    return int(program.work.count[Count.RED_RUNS])


def at_yellow(lead_s: np.ndarray, yellow_s: float, who: Drivers, hard_stop_share: float = 0.0) -> Program:
    """Return the program of drivers on an approach of their own each, ``lead_s`` before the line at yellow."""
    drivers = len(lead_s)
    names = [f"{number}" for number in range(drivers)]
    rows = [row for name in names for row in (link(f"in{name}", APPROACH_M), link(f"out{name}", 100.0))]
    joints = [movement for number, name in enumerate(names)
              for movement in through(f"in{name}", f"out{name}", signal="s", signal_index=number)]
    trips = [Trip(id=name, depart_s=YELLOW_S - APPROACH_M / SPEED_MS + lead, route=(f"in{name}", f"out{name}"))
             for name, lead in zip(names, lead_s.tolist(), strict=True)]
    signal = fixed_time("s", float(YELLOW_S), 300.0, groups=drivers, yellow_s=yellow_s)
    plan = make_plan(make_world(make_network(rows, joints, [signal]), trips=trips, drivers=who))
    share = np.full(drivers, hard_stop_share)
    return compile_plan(replace(plan, approaches=plan.approaches._replace(hard_stop_share=share)), CellularAutomaton())


def mean_braking_ms2(speeds: np.ndarray) -> np.ndarray:
    """Mean deceleration over the stopping distance, by driver who stops (rows of :func:`speeds_at_yellow`).

    The speed of a tick is its mean, so that speeds between are taken on straight lines from the middle of one tick to
    the middle of the next. Braking begins where they fall below 0.95 of the approach speed, which neither dithering nor
    dawdling does for long: ``v^2 / 2x`` from there to standstill.
    """
    found = []
    level = 0.95 * SPEED_MS
    for row in speeds[speeds[:, -1] == 0.0]:
        before = int(np.flatnonzero(row > level)[-1])
        steps = np.concatenate([[level], row[before + 1:]])
        rest = 1.0 - (row[before] - level) / (row[before] - row[before + 1])
        distance = (steps[:-1] + steps[1:]) / 2
        distance[0] *= rest
        found.append(level**2 / (2 * distance.sum()))
    return np.array(found)
