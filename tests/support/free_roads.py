"""Many roads side by side with one vehicle each: speeds of drivers whom nobody impedes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.ca.loop import simulate
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.spec.demand import Trip
from trafficsim.spec.scenario import Time

RUN_UP_M = 400.0


@dataclass(frozen=True)
class Speeds:
    """Speeds (km/h) of the same drivers, desired and measured between two points."""

    desired_kmh: np.ndarray
    measured_kmh: np.ndarray


def two_point_speeds(mean_kmh: float, sd_kmh: float, limit_kmh: float, drivers: int, length_m: float) -> Speeds:
    """Measure lone drivers between the beginning and the end of a section, after a run-up."""
    rows, joints, trips = [], [], []
    choice = {"free_speed_mean_kmh": mean_kmh, "free_speed_sd_kmh": sd_kmh, "road_class": "motorway"}
    for number in range(drivers):
        names = (f"a{number}", f"b{number}")
        rows += [link(names[0], RUN_UP_M, speed_limit_kmh=limit_kmh) | choice]
        rows += [link(names[1], length_m, speed_limit_kmh=limit_kmh) | choice]
        joints += through(*names)
        trips.append(Trip(id=f"t{number:06d}", depart_s=(number % 97) * 1.13, route=names))
    plan = make_plan(make_world(make_network(rows, joints), trips=trips, time=Time(analysis_s=300.0, clear_s=3600.0)))
    program = compile_plan(plan, CellularAutomaton())
    simulate(plan, CellularAutomaton(), program)
    exit_time, enter_time = program.trips.end.exit_time[:-1], program.trips.row.enter_time[:-1]
    desired = plan.links.free_speed_mean_ms[0] * (1.0 + plan.links.free_speed_cv[0] * plan.trips.z)
    return Speeds(desired * 3.6, length_m / (exit_time - enter_time) * 3.6)
