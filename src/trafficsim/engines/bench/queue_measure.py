"""Cases of the queue engine: whole runs, timed beside the reference loop."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from trafficsim.engines.bench.memory import arrays, bytes_of
from trafficsim.engines.bench.reference import Reference
from trafficsim.engines.bench.workload import digest
from trafficsim.engines.queue.loop import Collected, check_invariants, simulate, warm_up
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.record import make_record
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.timeline import Timeline
from trafficsim.kernels.queue.tables import World
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record

SETTINGS = QueueSettings()
COMPLETED, DRIVEN = 1, 3
"""Rows of the totals that the kernels count."""


@dataclass(frozen=True)
class QueueCase:
    """A workload for the engine ``queue``.

    Attributes
    ----------
    make : makes the plan
    rounds : how often all of it is run and timed
    """

    make: Callable[[], Plan]
    rounds: int = 1

    def measure(self, reference: Reference) -> dict[str, Any]:
        """Build the plan, and time set-up and loop (see :func:`~trafficsim.engines.bench.measure.run_cases`)."""
        began = time.perf_counter()
        plan = self.make()
        plan_s = time.perf_counter() - began
        rounds = []
        for _ in range(self.rounds):
            reference.sample()
            rounds.append(timed(plan))
        reference.sample()
        last = rounds[-1]
        check_invariants(last.world)
        record = make_record(plan, last.world, last.collected, Performance())
        driven, loop_s = int(last.world.counts.total[DRIVEN]), float(np.median([one.loop_s for one in rounds]))
        return {
            "per_s": driven / max(loop_s, 1e-9), "unit": "links driven",
            "ms_per_tick": 1000.0 * loop_s / max(record.end_s - plan.start_s, 1.0),
            "loop_s": loop_s, "compile_s": rounds[0].compile_s, "setup_s": plan_s + last.program_s,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
            "digest": digest(record), "workload": workload(plan, record, driven, rounds),
            "memory": queue_footprint(last.world),
        }


class Round(NamedTuple):
    """One run: its world, what was taken out of it, and seconds of set-up, compiling and of the loop (CPU, clock)."""

    world: World
    collected: Collected
    program_s: float
    compile_s: float
    loop_s: float
    wall_s: float


def timed(plan: Plan) -> Round:
    """Compile a plan and run it to its end."""
    began = time.perf_counter()
    world = compile_plan(plan, SETTINGS)
    ready = time.perf_counter()
    with np.errstate(over="ignore"):
        warm_up(plan, world)
        wall, cpu = time.perf_counter(), time.process_time()
        collected = simulate(plan, world, Timeline(plan, SETTINGS))
    loop_s, wall_s = time.process_time() - cpu, time.perf_counter() - wall
    return Round(world, collected, ready - began, wall - ready, loop_s, wall_s)


def workload(plan: Plan, record: Record, driven: int, rounds: list[Round]) -> dict[str, Any]:
    """Say what was simulated; ``program_s`` is the part of the set-up that makes a program of a plan."""
    seconds, metres = float(record.links.vehicle_s.sum()), float(record.links.vehicle_m.sum())
    span = record.end_s - plan.start_s
    return {
        "links": len(plan.link_id), "trips": record.demanded, "links_driven": driven, "seconds": span,
        "vehicles_at_once": seconds / max(span, 1.0), "vehicle_hours": seconds / 3600.0,
        "mean_speed_kmh": 3.6 * metres / seconds if seconds else None,
        "completed": record.completed, "en_route": record.en_route, "waiting": record.waiting,
        "gridlock": record.gridlock, "program_s": rounds[-1].program_s,
        "wall_s": float(np.median([one.wall_s for one in rounds])),
    }


def queue_footprint(world: World) -> dict[str, float]:
    """Return the bytes of all arrays of a world: by vehicle, routes included, and by lane."""
    vehicles, lanes = max(len(world.vehicles.cursor), 1), max(len(world.lanes.head), 1)
    road, trips = bytes_of(world.vehicles), bytes_of(arrays((world.trips, world.log)))
    route = bytes_of([world.trips.link, world.trips.turn, world.trips.free, world.trips.length])
    rest = bytes_of(arrays(tuple(world))) - road - trips
    parts = {"road_bytes": road / vehicles, "trip_bytes": (trips - route) / vehicles, "route_bytes": route / vehicles}
    return {"bytes_per_vehicle": sum(parts.values()), **parts, "bytes_per_lane": rest / lanes, "fixed_mb": 0.0}
