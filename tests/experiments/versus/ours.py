"""trafficsim's engine ``ca`` with everything on that is on by default."""

from __future__ import annotations

import resource
import time
from typing import Any

import numpy as np

from tests.experiments.versus.outcome import Spent, Traffic, outcome
from tests.experiments.versus.workload import Workload, build
from trafficsim import __version__
from trafficsim.base.codes import COMPLETED
from trafficsim.engines.ca.loop import check_invariants, simulate, warm_up
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.record import make_record
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.state import Count
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.record import Performance
from trafficsim.spec.demand import Demand
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World


def lowered(load: Workload) -> Plan:
    """Return the plan of a workload."""
    scenario = Scenario(name=load.case, network=load.network, time=Time(analysis_s=float(load.seconds), clear_s=0.0))
    return lower(World(scenario, load.network, Demand(trips=load.trips), DEFAULT_CLASSES)).plan


LEAST_S = 3.0
"""The loop is repeated until it has taken this long, and the median of its times is taken: it is over in less than a
second, and what else the machine does in it would decide."""


def run(case: str, minutes: float) -> dict[str, Any]:
    """Build and run a workload; the loop alone is timed."""
    plan = lowered(build(case, minutes))
    settings = CellularAutomaton()
    times: list[tuple[float, float]] = []
    while sum(wall for wall, _cpu in times) < LEAST_S:
        program = compile_plan(plan, settings)
        warm_up(program)
        wall, cpu = time.perf_counter(), time.process_time()
        tick, collected = simulate(plan, settings, program)
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
    wall, cpu = (float(np.median(column)) for column in zip(*times, strict=True))
    check_invariants(program)
    record = make_record(plan, settings, program, collected, tick, Performance())
    done = record.trips.status == COMPLETED
    travel_s = float(np.sum(record.trips.exit_s[done] - plan.trips.depart_s[done]))
    vehicle_s = float(program.work.count[Count.UPDATES]) * settings.tick_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    traffic = Traffic(record.demanded, record.completed, travel_s, vehicle_s)
    return outcome(traffic, Spent(wall, cpu, peak_mb), round(60 * minutes), __version__)
