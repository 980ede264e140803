"""Run a case and time it."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from trafficsim.base.errors import InputError
from trafficsim.engines.bench.cases import ALL_CASES, BLOCKS, DEFAULT_CASES, Case
from trafficsim.engines.bench.memory import footprint
from trafficsim.engines.bench.queue_measure import QueueCase
from trafficsim.engines.bench.reference import Reference
from trafficsim.engines.bench.workload import digest
from trafficsim.engines.ca.loop import SLICE_TICKS, Collected, advance, take_events, take_interval, warm_up
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.record import make_record
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.state import Count
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record

SETTINGS = CellularAutomaton()


class Block(NamedTuple):
    """One timed block: vehicle updates, CPU seconds, and seconds on the clock."""

    updates: int
    cpu_s: float
    wall_s: float


def run_cases(names: Sequence[str] = (), known: Mapping[str, Case | QueueCase] = ALL_CASES) -> dict[str, Any]:
    """Measure cases by name; the default ones without any.

    Parameters
    ----------
    names
        Of the cases.
    known
        Cases by name.

    Returns
    -------
    dict
        ``machine {cores, reference_per_s}`` and ``cases {name: {per_s, unit, ms_per_tick, loop_s, compile_s, setup_s,
        peak_mb, relative, digest, workload, memory}}``. ``per_s`` and ``ms_per_tick`` are medians of five blocks, in
        CPU seconds, so that other processes on the machine count as little as possible; ``loop_s`` is the sum of the
        five; ``relative`` is ``per_s`` over ``reference_per_s``, the speed of a fixed loop timed between the blocks.
        Of the queue engine whole runs are timed, once or as often as the case says: ``unit`` is then "links driven" (by
        a single vehicle), ``loop_s`` is that of one run, and ``ms_per_tick`` that of a second of it. ``setup_s``
        (clock time) covers network, routes and compiling of the plan. ``peak_mb`` is the most memory that the process
        has taken so far; ``memory`` is what :func:`~trafficsim.engines.bench.memory.footprint` says.

    Raises
    ------
    InputError
        Naming the known cases.

    Examples
    --------
    >>> run_cases(["teapot"])
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: case: found 'teapot'; expected one of ring-10k, grid10, grid20, city-400k, \
sparse-city, queue-grid10, queue-grid50, queue-grid200. Remedy: choose some of them, or none for the default ones.
    """
    for name in names:
        if name not in known:
            raise InputError("case", repr(name), f"one of {', '.join(known)}",
                             "choose some of them, or none for the default ones")
    reference = Reference()
    cases = {name: measure(known[name], reference) for name in dict.fromkeys(names or DEFAULT_CASES)}
    for case in cases.values():
        case["relative"] = case["per_s"] / reference.per_s
    return {"machine": {"cores": os.cpu_count() or 1, "reference_per_s": reference.per_s}, "cases": cases}


def measure(case: Case | QueueCase, reference: Reference) -> dict[str, Any]:
    """Build, warm up and time one case (``relative`` is still missing: it needs all samples of the reference)."""
    if isinstance(case, QueueCase):
        return case.measure(reference)
    began = time.perf_counter()
    plan, program = ready(case)
    setup_s = time.perf_counter() - began
    compile_s = warm_up(program)
    run_block(program, 0, case.warmup_ticks, Collected())
    seen, blocks = Collected(), []
    for begin in range(case.warmup_ticks, case.ticks, case.block_ticks):
        reference.sample()
        blocks.append(run_block(program, begin, begin + case.block_ticks, seen))
    record = make_record(plan, SETTINGS, program, seen, case.ticks, Performance())
    return {
        "per_s": float(np.median([block.updates / max(block.cpu_s, 1e-9) for block in blocks])),
        "unit": "vehicle updates",
        "ms_per_tick": 1e3 * float(np.median([block.cpu_s for block in blocks])) / case.block_ticks,
        "loop_s": sum(block.cpu_s for block in blocks), "compile_s": compile_s,
        "setup_s": setup_s, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
        "digest": digest(record), "workload": _workload(case, blocks, record),
        "memory": footprint(program),
    }


def ready(case: Case) -> tuple[Plan, Program]:
    """Return the plan of a case and its program, at the first tick."""
    plan = case.make(case.ticks * SETTINGS.tick_s)
    return plan, compile_plan(plan, SETTINGS)


def run_block(program: Program, begin: int, end: int, seen: Collected) -> Block:
    """Run ticks as a run does: in slices, with the counters taken out at the end."""
    before = int(program.work.count[Count.UPDATES])
    wall, cpu = time.perf_counter(), time.process_time()
    for tick in range(begin, end, SLICE_TICKS):
        advance(program, tick, min(tick + SLICE_TICKS, end))
        take_events(program, seen)
    take_interval(program, end, seen)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Block(int(program.work.count[Count.UPDATES]) - before, cpu, wall)


def _workload(case: Case, blocks: Sequence[Block], record: Record) -> dict[str, Any]:
    """Say what was simulated: a network in gridlock, or an empty one, is no measure of speed."""
    seconds, metres = float(record.links.vehicle_s.sum()), float(record.links.vehicle_m.sum())
    updates = sum(block.updates for block in blocks)
    return {
        "ticks": BLOCKS * case.block_ticks, "vehicle_updates": updates,
        "vehicles_at_once": updates / (BLOCKS * case.block_ticks),
        "mean_speed_kmh": 3.6 * metres / seconds if seconds else None,
        "completed": record.completed, "waiting": record.waiting, "gridlock": record.gridlock,
        "crossings": float(record.links.left.sum()), "wall_s": sum(block.wall_s for block in blocks),
    }
