"""Run a program from one change of signals to the next; interval tables between them."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass, field

import numpy as np

from trafficsim.base.errors import SimulationError
from trafficsim.control.roadside import Roadside
from trafficsim.engines.compiling import compiling
from trafficsim.engines.queue.gridlock import GridlockWatch
from trafficsim.engines.queue.intervals import close_interval
from trafficsim.engines.queue.looks import QueueLooks
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.record import make_record
from trafficsim.engines.queue.representation import check_drivers
from trafficsim.engines.queue.rerouting import QueueTraffic
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.signals import TICK_MS, commands_of, control_of, newly_commanded
from trafficsim.engines.queue.timeline import Timeline
from trafficsim.engines.rerouting import RouteChanges
from trafficsim.kernels.entries import entry_of
from trafficsim.kernels.queue.agenda import advance
from trafficsim.kernels.queue.tables import Counts, World
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record, RouteRecord
from trafficsim.plan.roadside_arrays import RoadsideArrays


@dataclass
class Collected:
    """What is taken out of the loop: queues, counters by interval, gridlocks, the last time."""

    looks: QueueLooks | None = None
    links: list[Counts] = field(default_factory=list)
    watch: GridlockWatch = field(default_factory=GridlockWatch)
    end: int = 0
    routes: RouteRecord | None = None
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
    began = time.perf_counter()
    check_drivers(plan)
    settings = settings or QueueSettings()
    world = compile_plan(plan, settings)
    setup_s = time.perf_counter() - began
    began = time.perf_counter()
    with np.errstate(over="ignore"):  # hashes wrap on purpose
        warm_up(plan, world)
        compile_s, began = time.perf_counter() - began, time.perf_counter()
        collected = simulate(plan, world, Timeline(plan, settings))
        plan, world = collected.plan or plan, collected.world or world
    loop_s = time.perf_counter() - began
    check_invariants(world)
    performance = Performance(
        vehicle_updates=int(world.counts.total[3]), loop_s=loop_s, compile_s=compile_s, setup_s=setup_s,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
    )
    return make_record(plan, world, collected, performance)


def warm_up(plan: Plan, world: World) -> None:
    """Compile (or load) the kernels by running no time."""
    with compiling(advance):
        QueueLooks(plan).look(world, 0)
        entry_of(advance, world, commands_of(None), 0, 0)


def simulate(plan: Plan, world: World, timeline: Timeline) -> Collected:
    """Run until the end, or until everybody has arrived; return what was collected."""
    looks = QueueLooks(plan)
    collected, control = Collected(looks), control_of(plan)
    last = round((plan.end_s - plan.start_s) * 1000.0)
    interval = max(round(TICK_MS), round(plan.interval_s * 1000.0))
    commands, now = commands_of(control), 0
    run_until = entry_of(advance, world, commands, 0, 0)
    traffic = QueueTraffic(world, collected.links)
    changes, roadside = RouteChanges(plan, traffic, 1000.0), Roadside(plan, 1000.0)
    while now < last and int(world.counts.total[1]) < len(plan.trips.name):
        timeline.apply(traffic.world, changes.plan, now)
        traffic.now = now
        changes.apply(now)
        if roadside.look(now, traffic.totals):
            timeline.react(traffic.world, roadside.on(changes.plan), now)
            commands = newly_commanded(control, commands, roadside.shown)
        world = traffic.world
        end = min((now // interval + 1) * interval, last, collected.watch.next_look(now), timeline.next_change(),
                  looks.next_look(now), changes.next_change(), roadside.next_look())
        now = run_until(world, commands, now, end)
        looks.look(world, now)
        if now % interval == 0 or now == last or int(world.counts.total[1]) == len(plan.trips.name):
            collected.links.append(close_interval(world, now))
        if now % collected.watch.every == 0 or now == last:
            collected.watch.look(world, now)
    collected.end, collected.routes, collected.world = now, changes.record(), world
    collected.plan, collected.roadside = roadside.on(changes.plan), roadside.record()
    return collected


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
