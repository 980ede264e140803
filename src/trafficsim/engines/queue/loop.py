"""Run a program from one change of signals to the next; interval tables between them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

import numpy as np

from trafficsim.base.errors import SimulationError
from trafficsim.control.metered import Metered
from trafficsim.control.python import Deciding, Requests
from trafficsim.control.roadside import Roadside
from trafficsim.engines.compiling import compiling
from trafficsim.engines.emergency.chain import Response
from trafficsim.engines.open_run import Loop, OpenRun
from trafficsim.engines.queue.emergency import RoadUsersOfQueues
from trafficsim.engines.queue.gridlock import GridlockWatch
from trafficsim.engines.queue.intervals import close_interval
from trafficsim.engines.queue.looks import QueueLooks
from trafficsim.engines.queue.moments import plan_at
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.record import make_record
from trafficsim.engines.queue.representation import CONTROL_TICK_S, check_drivers
from trafficsim.engines.queue.rerouting import QueueTraffic
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.signals import TICK_MS, commands_of, control_of
from trafficsim.engines.queue.timeline import Timeline, hold_blocked
from trafficsim.engines.reacting import MOST_TICKS, ReactingRecord, reacting_groups
from trafficsim.engines.rerouting import RouteChanges
from trafficsim.kernels.entries import entry_of, type_of
from trafficsim.kernels.queue.agenda import advance
from trafficsim.kernels.queue.queues import look_at_queues
from trafficsim.kernels.queue.tables import Counts, World
from trafficsim.plan.arrays import Plan
from trafficsim.plan.emergency_record import NO_RESPONSE, EmergencyRecord
from trafficsim.plan.record import Performance, Record, RouteRecord
from trafficsim.plan.roadside_arrays import RoadsideArrays


@dataclass
class Collected:
    """What is taken out of the loop: queues, counters by interval, gridlocks, the last time."""

    reacted: ReactingRecord
    looks: QueueLooks | None = None
    links: list[Counts] = field(default_factory=list)
    watch: GridlockWatch = field(default_factory=GridlockWatch)
    end: int = 0
    routes: RouteRecord | None = None
    emergency: EmergencyRecord = NO_RESPONSE
    plan: Plan | None = None
    """With the routes as they were driven; ``world`` is the program with them."""
    world: World | None = None
    roadside: RoadsideArrays | None = None


def run(plan: Plan, settings: QueueSettings | None = None) -> Record:
    """Run a plan with the queue engine.

    Parameters
    ----------
    plan
        One replication of one alternative.
    settings
        Saturation flow and start-up lost time.

    Returns
    -------
    Record
        Trips, counters of links and movements, signals, performance; see :mod:`trafficsim.plan.record`.

    Raises
    ------
    InputError
        If drivers have a behaviour that lies below the resolution of queues.
    SimulationError
        If an invariant of the run was broken.
    """
    return begin(plan, settings).to_end()


def begin(plan: Plan, settings: QueueSettings | None = None) -> OpenRun:
    """Return a run at its start, its kernels compiled or loaded.

    Raises
    ------
    InputError
        If drivers have a behaviour that lies below the resolution of queues.
    """
    began = time.perf_counter()
    check_drivers(plan)
    settings = settings or QueueSettings()
    world = compile_plan(plan, settings)
    setup_s, began = time.perf_counter() - began, time.perf_counter()
    with np.errstate(over="ignore"):  # hashes wrap on purpose
        warm_up(plan, world)
    compile_s = time.perf_counter() - began
    return OpenRun(Running(plan, world, Timeline(plan, settings)), 1000.0, setup_s, compile_s)


def warm_up(plan: Plan, world: World) -> None:
    """Compile (or load) the kernels by running no time."""
    with compiling(advance):
        QueueLooks(plan).look(world, 0)
        entry_of(advance, world, commands_of(None, reacting_groups(plan)), 0, 0)


class Running:
    """A run that has begun and goes on as far as it is told to.

    Attributes
    ----------
    collected : what has been taken out of it
    now, last : where it is, and where it ends at the latest; ms since its start
    quiet : up to when nothing but looking at queues is to be done outside the loop
    closed : its record, once that has been taken
    """

    def __init__(self, plan: Plan, world: World, timeline: Timeline) -> None:
        self.plan, self._timeline, self._looks = plan, timeline, QueueLooks(plan)
        self.collected = Collected(ReactingRecord(world.control, world.sensing.shown), self._looks)
        self.now, self.last = 0, round((plan.end_s - plan.start_s) * 1000.0)
        self.quiet = 0
        self.closed: Record | None = None
        self._interval = max(round(TICK_MS), round(plan.interval_s * 1000.0))
        self._control, self._reacting = control_of(plan), reacting_groups(plan)
        self._commands = commands_of(self._control, self._reacting)
        self._roadside = Roadside(plan, 1000.0)
        self._run_until = entry_of(advance, world, self._commands, 0, 0)
        hold_blocked(world, plan_at(plan, plan.start_s), 0)
        self._traffic = QueueTraffic(world, self.collected.links)
        self._changes = RouteChanges(plan, self._traffic, 1000.0)
        self._users = RoadUsersOfQueues(world, plan)
        self.requests = Requests(plan, world.control, CONTROL_TICK_S)
        self._deciding = Deciding(plan, self.requests, CONTROL_TICK_S)
        self._response = Response(plan, self._users, 1000.0, round(TICK_MS))

    @property
    def world(self) -> World:
        """The program with the routes as they are now."""
        return self._traffic.world

    @property
    def arrived(self) -> bool:
        """Whether everybody has, and no unit is still wanted."""
        return _finished(self.world) and not self._response.active

    @property
    def ended(self) -> bool:
        """Whether it is at its end, or everybody has arrived."""
        return self.now >= self.last or self.arrived

    @property
    def completed(self) -> int:
        """Trips that have arrived."""
        return int(self.counted[0])

    @property
    def counted(self) -> np.ndarray:
        """Trips that have arrived, shape (1,): the counter itself."""
        return np.asarray(self.world.counts.total[1:2])

    def advance(self, until: int) -> None:
        """Run up to a time, or to the end."""
        until = min(until, self.last)
        while self.now < until and not self.arrived:
            self._stretch(until)

    def _stretch(self, until: int) -> None:
        """Run up to a time, or as far as nothing has to be done outside the loop."""
        if self.now >= self.quiet:
            self.open()
        end = min(until, self.quiet, self._looks.next_look(self.now))
        now = self._run_until(self.world, self._commands, self.now, end)
        if _finished(self.world) and self._response.active:
            now = end  # units drive on empty roads
        self.now = now
        self._looks.look(self.world, now)
        if now == self.quiet or self.arrived:
            self.close()

    def open(self) -> None:
        """Do what is to be done outside the loop now, and find out up to when nothing but looking at queues is."""
        now, watch, changes = self.now, self.collected.watch, self._changes
        self._timeline.apply(self.world, changes.plan, now)
        self._traffic.now = now
        changes.apply(now)
        self._react(now)
        self._users.world = self.world
        self._users.now = now
        self._response.apply(now)
        self._deciding.apply(now / TICK_MS)
        self.quiet = min((now // self._interval + 1) * self._interval, self.last, watch.next_look(now),
                         now + round(MOST_TICKS * TICK_MS), self._timeline.next_change(), changes.next_change(),
                         self._response.next_look(now), self._roadside.next_look(),
                         round(self._deciding.next_tick(now / TICK_MS) * TICK_MS))

    def close(self) -> None:
        """Take out of the loop what has happened since it was opened."""
        now, watch = self.now, self.collected.watch
        self.quiet = now
        self.collected.reacted.take()
        if now % self._interval == 0 or now == self.last or self.arrived:
            self.collected.links.append(close_interval(self.world, now))
        if now % watch.every == 0 or now == self.last:
            watch.look(self.world, now)

    def loop(self) -> Loop | None:
        """Return what is called for the loop while nothing is done outside it."""
        if self._changes.any or self._response.active:
            return None
        world = self.world
        return Loop(advance, (world, self._commands), type_of, self._looks.every, look_at_queues,
                    self._looks.arguments(world))

    def _react(self, now: int) -> None:
        """Let signs and meters look at traffic that are due."""
        if self._roadside.look(now, self._traffic.totals):
            self._timeline.react(self.world, self._roadside.on(self._changes.plan), now)
            if isinstance(self._control, Metered):
                self._control.show(self._roadside.shown)
                self._commands = commands_of(self._control, self._reacting)

    def finish(self) -> Collected:
        """Return what was collected, with routes as they were driven; the last interval ends now."""
        collected = self.collected
        if self.now < self.quiet:
            self.close()
        if not self.ended and self.now % self._interval:
            collected.links.append(close_interval(self.world, self.now))
        collected.end, collected.routes = self.now, self._changes.record()
        collected.plan, collected.world = self._roadside.on(self._changes.plan), self.world
        collected.roadside = self._roadside.record()
        collected.emergency = self._response.record()
        return collected

    def record(self, performance: Performance) -> Record:
        """Check the run, and return its record."""
        check_invariants(self.world)
        collected = self.finish()
        return make_record(collected.plan or self.plan, self.world, collected,
                           replace(performance, vehicle_updates=int(self.world.counts.total[3])))


def simulate(plan: Plan, world: World, timeline: Timeline) -> Collected:
    """Run until the end, or until everybody has arrived; return what was collected."""
    running = Running(plan, world, timeline)
    running.advance(running.last)
    return running.finish()


def _finished(world: World) -> bool:
    return int(world.counts.total[1]) == len(world.vehicles.cursor)


def check_invariants(world: World) -> None:
    """Refuse a run that lost a vehicle, or let one cross at red.

    Raises
    ------
    SimulationError
        Naming the broken invariant.
    """
    net, trips, vehicles = world.net, world.trips, world.vehicles
    on_road = np.flatnonzero((vehicles.begun >= 0) & (vehicles.ended < 0))
    room = np.bincount(trips.link[vehicles.cursor[on_road]], net.spacing[trips.kind[on_road]], len(net.room))
    ring = np.zeros(len(net.room))
    links = world.links
    for link in np.flatnonzero(links.ring_count).tolist():
        size = links.ring_start[link + 1] - links.ring_start[link]
        slots = links.ring_start[link] + (links.ring_first[link] + np.arange(links.ring_count[link])) % size
        ring[link] = links.ring_room[slots].sum()
    wrong = np.flatnonzero(links.taken != room + ring)
    if len(wrong):
        raise SimulationError("conservation of vehicles", f"link number {wrong[0]} keeps room for others than those "
                              "who are there", "room taken = room of those on the link", "report this as a defect")
    if world.counts.total[2]:
        raise SimulationError("signals", f"{world.counts.total[2]} crossings at red", "none", "report this as a defect")
