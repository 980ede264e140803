"""Run a program in slices: interval tables between them, the end when everybody has arrived."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np
from numba import typeof

from trafficsim.base.errors import SimulationError
from trafficsim.control.python import Deciding, Requests
from trafficsim.control.roadside import Roadside
from trafficsim.engines.ca.emergency import RoadUsersOfCells
from trafficsim.engines.ca.gridlock import GridlockWatch
from trafficsim.engines.ca.helpers import helpers
from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.record import make_record
from trafficsim.engines.ca.rerouting import RoadTraffic
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.engines.ca.timeline import Timeline
from trafficsim.engines.ca.traces import slice_ticks
from trafficsim.engines.emergency.chain import Response
from trafficsim.engines.gridlocks import Gridlock
from trafficsim.engines.open_run import Loop, OpenRun
from trafficsim.engines.rerouting import RouteChanges
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.ca.step import run as run_ticks
from trafficsim.kernels.entries import known_entry
from trafficsim.kernels.measurement.counters import close_interval
from trafficsim.plan.arrays import Plan
from trafficsim.plan.emergency_record import NO_RESPONSE, EmergencyRecord
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
    emergency: EmergencyRecord = NO_RESPONSE
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
    return begin(plan, settings).to_end()


def begin(plan: Plan, settings: CellularAutomaton | None = None) -> OpenRun:
    """Return a run at its start, its kernels compiled or loaded.

    Raises
    ------
    NetworkError
        If a link is too long for the cell size.
    """
    settings = settings or CellularAutomaton()
    began = time.perf_counter()
    program = compile_plan(plan, settings)
    setup_s = time.perf_counter() - began
    compile_s = warm_up(program)
    return OpenRun(Running(plan, settings, program), 1.0 / settings.tick_s, setup_s, compile_s)


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


class Running:
    """A run that has begun and goes on as far as it is told to.

    Attributes
    ----------
    program, collected : what it is made of, and what has been taken out of it
    now, last : tick at which it is, and at which it ends at the latest
    quiet : tick up to which nothing is to be done outside the loop
    closed : its record, once that has been taken
    """

    def __init__(self, plan: Plan, settings: CellularAutomaton, program: Program) -> None:
        self.plan, self.settings, self.program, self.collected = plan, settings, program, Collected()
        tick_s = settings.tick_s
        self.now, self.last = 0, round((plan.end_s - plan.start_s) / tick_s)
        self.quiet = self._opened = self._boundary = 0
        self.closed: Record | None = None
        self._interval = max(1, round(plan.interval_s / tick_s))
        self._watch, self._most = GridlockWatch.of(program, tick_s), slice_ticks(program, SLICE_TICKS)
        self._timeline = Timeline.of(plan, settings, program.zones)
        turn = np.asarray(plan.connections.turn, np.int64)
        self._traffic = RoadTraffic(program, settings, self.collected.links, turn)
        self._changes = RouteChanges(plan, self._traffic, 1.0 / tick_s)
        self._users = RoadUsersOfCells(program, plan, settings)
        self._response = Response(plan, self._users, 1.0 / tick_s, 1)
        self.requests = Requests(plan, program.control, tick_s)
        self._deciding = Deciding(plan, self.requests, tick_s)
        given = (program.world, program.vehicles, program.start, 0, 0)
        self._roadside = Roadside(plan, 1.0 / tick_s)
        changing = self._changes.any or len(plan.shut_lanes.lane)
        self._run_ticks = run_ticks if changing else known_entry(run_ticks, *given)

    @property
    def ended(self) -> bool:
        """Whether it is at its end, or everybody has arrived."""
        return self.now >= self.last or self.arrived

    @property
    def arrived(self) -> bool:
        """Whether everybody has, and no unit is still wanted."""
        return _finished(self.program) and not self._response.active

    @property
    def completed(self) -> int:
        """Trips that have arrived."""
        return int(self.counted[0])

    @property
    def counted(self) -> np.ndarray:
        """Trips that have arrived, shape (1,): the counter itself."""
        return np.asarray(self.program.work.count[Count.COMPLETED : Count.COMPLETED + 1])

    def advance(self, until: int) -> None:
        """Run up to a tick, or to the end."""
        until = min(until, self.last)
        while self.now < until and not self.arrived:
            self._slice(until)

    def _slice(self, until: int) -> None:
        """Run up to a tick, or as far as nothing has to be done outside the loop."""
        program = self.program
        if self.now >= self.quiet:
            self.open()
        end = min(until, self.quiet)
        self._run_ticks(program.world, program.vehicles, program.start, self.now, end)
        self.now = end
        if end == self.quiet or self.arrived:
            self.close()

    def open(self) -> None:
        """Do what is to be done outside the loop now, and find out up to when nothing is."""
        program, tick = self.program, self.now
        self._traffic.now = self._users.now = self._opened = tick
        self._changes.apply(tick)
        self._response.apply(tick)
        self._react(tick)
        self._deciding.apply(tick)
        self._boundary = min((tick // self._interval + 1) * self._interval, self.last)
        self.quiet = min(tick + self._most, self._boundary, self._watch.next_look(tick), program.commanded.latest(tick),
                         self._timeline.next_change(tick), self._changes.next_change(), self._response.next_look(tick),
                         self._deciding.next_tick(tick), self._roadside.next_look())
        self._timeline.apply(program, tick, self._changes.plan)
        program.signals = program.commanded.command(program.signals, tick, self.quiet)

    def close(self) -> None:
        """Take out of the loop what has happened since it was opened."""
        program, end = self.program, self.now
        self.quiet = end
        if self._opened // ACCOUNT_TICKS != end // ACCOUNT_TICKS:
            close_interval(program.road, program.counters, float(end))
        take_events(program, self.collected)
        if end == self._boundary or self.arrived:
            take_interval(program, end, self.collected)
        if end % self._watch.every == 0 or end == self.last:
            self._watch.look(program, end)

    def loop(self) -> Loop | None:
        """Return what is called for the loop while nothing is done outside it."""
        if self._changes.any or self._response.active:
            return None
        program = self.program
        return Loop(run_ticks, (program.world, program.vehicles, program.start), typeof)

    def _react(self, tick: int) -> None:
        """Let signs and meters look at traffic that are due."""
        if self._roadside.look(tick, self._traffic.totals):
            self._timeline.react(self._roadside.on(self.plan), self.program, tick)
            self.program.commanded.meter(self._roadside.shown)

    def finish(self) -> Collected:
        """Return what was collected, with routes as they were driven; the last interval ends now."""
        if self.now < self.quiet:
            self.close()
        if not self.ended and self.now % self._interval:
            take_interval(self.program, self.now, self.collected)
        self.collected.gridlocks, self.collected.routes = self._watch.found, self._changes.record()
        self.collected.plan, self.collected.emergency = self._roadside.on(self._changes.plan), self._response.record()
        self.collected.roadside = self._roadside.record()
        return self.collected

    def record(self, performance: Performance) -> Record:
        """Check the run, and return its record."""
        check_invariants(self.program)
        collected, updates = self.finish(), int(self.program.work.count[Count.UPDATES])
        return make_record(collected.plan or self.plan, self.settings, self.program, collected, self.now,
                           replace(performance, vehicle_updates=updates))


def simulate(plan: Plan, settings: CellularAutomaton, program: Program) -> tuple[int, Collected]:
    """Run until the end, or until everybody has arrived; return the last tick and what was collected."""
    running = Running(plan, settings, program)
    running.advance(running.last)
    return running.now, running.finish()


def advance(program: Program, begin: int, end: int) -> None:
    """Run ticks, for which the controller of the signals is asked first."""
    program.signals = program.commanded.command(program.signals, begin, end)
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
    program.reacted.take()
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
