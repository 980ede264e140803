"""Run a program in slices: interval tables between them, the end when everybody has arrived."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field

import numpy as np

from trafficsim.base.errors import SimulationError
from trafficsim.control.roadside import Roadside
from trafficsim.engines.ca.gridlock import GridlockWatch
from trafficsim.engines.ca.helpers import helpers
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.record import make_record
from trafficsim.engines.ca.rerouting import RoadTraffic
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.timeline import Timeline
from trafficsim.engines.ca.traces import slice_ticks
from trafficsim.engines.gridlocks import Gridlock
from trafficsim.engines.rerouting import RouteChanges
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.ca.step import run as run_ticks
from trafficsim.kernels.measurement.counters import close_interval
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record, RouteRecord
from trafficsim.plan.roadside_arrays import RoadsideArrays

SLICE_TICKS = 60
ACCOUNT_TICKS = 16384
"""Vehicles count their waiting in 16 bits; it is brought to account before they are full."""


@dataclass
class Collected:
    """What is taken out of the loop between slices."""

    links: list[np.ndarray] = field(default_factory=list)
    detectors: list[np.ndarray] = field(default_factory=list)
    areas: list[np.ndarray] = field(default_factory=list)
    events: list[np.ndarray] = field(default_factory=list)
    traversals: list[np.ndarray] = field(default_factory=list)
    traces: list[np.ndarray] = field(default_factory=list)
    gridlocks: list[Gridlock] = field(default_factory=list)
    routes: RouteRecord | None = None
    plan: Plan | None = None
    """With the routes as they were driven."""
    roadside: RoadsideArrays | None = None


def run(plan: Plan, settings: CellularAutomaton | None = None) -> Record:
    """Run a plan with the cellular automaton.

    Parameters
    ----------
    plan
        One replication of one alternative.
    settings
        Rule, cell size and tick.

    Returns
    -------
    Record
        Trips, counters, events and performance; see :mod:`trafficsim.plan.record`.

    Raises
    ------
    NetworkError
        If a link is too long for the cell size.
    SimulationError
        If an invariant of the run was broken.
    """
    settings = settings or CellularAutomaton()
    began = time.perf_counter()
    program = compile_plan(plan, settings)
    setup_s = time.perf_counter() - began
    compile_s = warm_up(program)
    began = time.perf_counter()
    with np.errstate(over="ignore"):  # hashes wrap on purpose; without JIT NumPy would warn of it
        tick, collected = simulate(plan, settings, program)
    loop_s = time.perf_counter() - began
    check_invariants(program)
    plan = collected.plan or plan
    performance = Performance(
        vehicle_updates=int(program.work.count[Count.UPDATES]), loop_s=loop_s, compile_s=compile_s, setup_s=setup_s,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
    )
    return make_record(plan, settings, program, collected, tick, performance)


def warm_up(program: Program) -> float:
    """Compile (or load) the kernels by running no tick; return the seconds it took."""
    began = time.perf_counter()
    with helpers(program) as team:
        GridlockWatch.of(program, 1.0).warm_up(program)
        close_interval(program.road, program.counters, 0.0)  # of nobody
        if team:
            team.finish()
        run_ticks(program.world, program.vehicles, program.start, 0, 0)
    return time.perf_counter() - began


def simulate(plan: Plan, settings: CellularAutomaton, program: Program) -> tuple[int, Collected]:
    """Run until the end, or until everybody has arrived; return the last tick and what was collected."""
    collected = Collected()
    tick_s = settings.tick_s
    last = round((plan.end_s - plan.start_s) / tick_s)
    interval = max(1, round(plan.interval_s / tick_s))
    watch, most = GridlockWatch.of(program, tick_s), slice_ticks(program, SLICE_TICKS)
    timeline = Timeline.of(plan, settings, program.zones)
    traffic = RoadTraffic(program, settings, collected.links, np.asarray(plan.connections.turn, np.int64))
    changes, roadside = RouteChanges(plan, traffic, 1.0 / tick_s), Roadside(plan, 1.0 / tick_s)
    tick = 0
    while tick < last and not _finished(program):
        traffic.now = tick
        changes.apply(tick)
        if roadside.look(tick, traffic.totals):
            timeline.react(roadside.on(plan), program.net, program.zones, tick)
            program.control.meter(roadside.shown)
        boundary = min((tick // interval + 1) * interval, last)
        end = min(tick + most, boundary, watch.next_look(tick), program.control.latest(tick),
                  timeline.next_change(tick), changes.next_change(), roadside.next_look())
        timeline.apply(program.net, program.zones, tick)
        advance(program, tick, end)
        if tick // ACCOUNT_TICKS != end // ACCOUNT_TICKS:
            close_interval(program.road, program.counters, float(end))
        tick = end
        take_events(program, collected)
        if tick == boundary or _finished(program):
            take_interval(program, tick, collected)
        if tick % watch.every == 0 or tick == last:
            watch.look(program, tick)
    collected.gridlocks, collected.routes, collected.plan = watch.found, changes.record(), roadside.on(changes.plan)
    collected.roadside = roadside.record()
    return tick, collected


def advance(program: Program, begin: int, end: int) -> None:
    """Run ticks, for which the controller of the signals is asked first."""
    program.signals = program.control.command(program.signals, begin, end)
    run_ticks(program.world, program.vehicles, program.start, begin, end)


def check_invariants(program: Program) -> None:
    """Refuse a run that lost a vehicle or let one cross at red without a decision.

    Raises
    ------
    SimulationError
        Naming the broken invariant.
    """
    count = program.work.count
    on_road = int(program.start[-1]) + int(count[Count.INSIDE])
    if int(count[Count.INSERTED]) != on_road + int(count[Count.COMPLETED]):
        raise SimulationError(
            "conservation of vehicles", f"{count[Count.INSERTED]} entered, {on_road} on the road and "
            f"{count[Count.COMPLETED]} arrived", "entered = on the road + arrived", "report this as a defect",
        )
    if count[Count.RED_WITHOUT_DECISION]:
        raise SimulationError(
            "signals", f"{count[Count.RED_WITHOUT_DECISION]} crossings at red without a decision", "none",
            "report this as a defect",
        )


def _finished(program: Program) -> bool:
    return int(program.work.count[Count.COMPLETED]) == len(program.trips.row) - 1


def take_events(program: Program, collected: Collected) -> None:
    """Move the events, traversals and traces of the last slice out of the program.

    Raises
    ------
    SimulationError
        If a slice had more of them than the buffer holds.
    """
    _take("events", program.counters.events, program.work.count, Count.EVENTS, collected.events)
    _take("traversals", program.sections.traversals, program.work.count, Count.TRAVERSALS, collected.traversals)
    _take("traces", program.counters.trace, program.work.count, Count.TRACES, collected.traces)


def _take(what: str, buffer: np.ndarray, count: np.ndarray, counter: Count, collected: list[np.ndarray]) -> None:
    rows = int(count[counter])
    if rows > len(buffer):
        raise SimulationError(what, f"{rows} in one slice", f"at most {len(buffer)}", "report this as a defect")
    if rows:
        collected.append(buffer[:rows].copy())
        count[counter] = 0


def take_interval(program: Program, tick: int, collected: Collected) -> None:
    """Close an interval at a tick: move its counters out of the program and set them to zero."""
    close_interval(program.road, program.counters, float(tick))
    collected.links.append(program.counters.link.copy())
    collected.detectors.append(program.counters.detector.copy())
    collected.areas.append(program.counters.area_count.copy())
    covered = program.counters.link.covered.copy()
    for counters in (program.counters.link, program.counters.detector, program.counters.area_count):
        counters[:] = 0.0
    program.counters.link.begun[:] = covered
