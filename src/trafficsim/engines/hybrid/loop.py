"""Run both engines in turns, one tick each; vehicles change over between them."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from trafficsim.control.fixed_time import FixedTime
from trafficsim.engines.ca.loop import Collected, take_events, take_interval
from trafficsim.engines.ca.loop import warm_up as warm_up_automaton
from trafficsim.engines.ca.traces import slice_ticks
from trafficsim.engines.compiling import compiling
from trafficsim.engines.hybrid.checks import check_conservation, check_signals
from trafficsim.engines.hybrid.program import Programs, compile_plan, drop_copies
from trafficsim.engines.hybrid.record import make_record
from trafficsim.engines.hybrid.settings import HybridParts
from trafficsim.engines.hybrid.watch import Watches
from trafficsim.engines.queue.intervals import close_interval
from trafficsim.engines.queue.representation import check_drivers
from trafficsim.engines.queue.signals import commands_of
from trafficsim.engines.reacting import reacting_groups
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.ca.step import run as run_ticks
from trafficsim.kernels.entries import entry_of
from trafficsim.kernels.hybrid.exchange import exchange
from trafficsim.kernels.queue.agenda import advance
from trafficsim.kernels.queue.tables import Commands, Counts
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record

SLICE_TICKS = 60


class Kernels(NamedTuple):
    """What is called in every tick."""

    queues: Callable[..., Any]
    automaton: Callable[..., Any]
    exchange: Callable[..., Any]


@dataclass
class Run:
    """A run, and what is taken out of it: of both engines by interval, and gridlocks."""

    programs: Programs
    watches: Watches
    commands: Commands
    kernels: Kernels
    tick_ms: float
    automaton: Collected = field(default_factory=Collected)
    queues: list[Counts] = field(default_factory=list)

    def ms(self, tick: int) -> int:
        """Return a tick in whole milliseconds."""
        return int(tick * self.tick_ms + 0.5)


def run(plan: Plan, parts: HybridParts) -> Record:
    """Run a plan with the hybrid engine.

    Parameters
    ----------
    plan
        One replication of one alternative.
    parts
        Links of the cellular automaton, and the settings of both engines.

    Returns
    -------
    Record
        What both engines measure; of every link and movement what the engine measured that moved it.

    Raises
    ------
    InputError
        If the border lies inside a junction, or one of the engines refuses the plan.
    SimulationError
        If an invariant of the run was broken.
    """
    began = time.perf_counter()
    check_drivers(plan)
    programs = compile_plan(plan, parts)
    setup_s, began = time.perf_counter() - began, time.perf_counter()
    with np.errstate(over="ignore"):  # hashes wrap on purpose
        this = begin(plan, parts, programs)
        compile_s, began = time.perf_counter() - began, time.perf_counter()
        tick = simulate(plan, this)
    loop_s = time.perf_counter() - began
    check_signals(programs)
    drop_copies(programs)
    performance = Performance(
        vehicle_updates=int(programs.automaton.work.count[Count.UPDATES]) + int(programs.queues.counts.total[3]),
        loop_s=loop_s, compile_s=compile_s, setup_s=setup_s,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0,
    )
    return make_record(plan, parts, this, tick, performance)


def begin(plan: Plan, parts: HybridParts, programs: Programs) -> Run:
    """Return a run at its start; the kernels of both engines, and of the border, are compiled or loaded."""
    automaton, tick_s = programs.automaton, parts.automaton.tick_s
    warm_up_automaton(automaton)
    control = FixedTime(plan.signals, plan.start_s, tick_s) if len(plan.signals.program_id) else None
    commands = commands_of(control, reacting_groups(plan), tick_s * 1000.0)
    automaton.signals = automaton.commanded.command(automaton.signals, 0, 1)
    with compiling(exchange):
        kernels = Kernels(
            entry_of(advance, programs.queues, commands, 0, 0),
            entry_of(run_ticks, automaton.world, automaton.vehicles, automaton.start, 0, 0),
            entry_of(exchange, automaton.road, automaton.counters, programs.queues, programs.border, 0),
        )
    return Run(programs, Watches.of(programs, tick_s), commands, kernels, tick_s * 1000.0)


def simulate(plan: Plan, this: Run) -> int:
    """Run until the end, or until everybody has arrived; return the last tick."""
    automaton, tick_s = this.programs.automaton, this.tick_ms / 1000.0
    last = round((plan.end_s - plan.start_s) / tick_s)
    interval = max(1, round(plan.interval_s / tick_s))
    most, tick = slice_ticks(automaton, SLICE_TICKS), 0
    while tick < last and not _finished(plan, this):
        boundary = min((tick // interval + 1) * interval, last)
        end = min(tick + most, boundary, this.watches.next_look(tick), automaton.commanded.latest(tick))
        run_both(this, tick, end)
        tick = end
        take_events(automaton, this.automaton)
        if tick == boundary or _finished(plan, this):
            take_interval(automaton, tick, this.automaton)
            this.queues.append(close_interval(this.programs.queues, this.ms(tick)))
            check_conservation(this.programs)
        if tick % this.watches.every == 0 or tick == last:
            this.watches.look(this.programs, tick, this.ms(tick))
    return tick


def run_both(this: Run, begin: int, end: int) -> None:
    """Run ticks: the queue engine, the automaton, then who changes over."""
    automaton, queues, border = this.programs.automaton, this.programs.queues, this.programs.border
    automaton.signals = automaton.commanded.command(automaton.signals, begin, end)
    world, road = automaton.world, automaton.road
    kernels = this.kernels
    for tick in range(begin, end):
        kernels.queues(queues, this.commands, this.ms(tick), this.ms(tick + 1))
        kernels.automaton(world, automaton.vehicles, automaton.start, tick, tick + 1)
        kernels.exchange(road, automaton.counters, queues, border, tick)


def _finished(plan: Plan, this: Run) -> bool:
    arrived = int(this.programs.automaton.work.count[Count.COMPLETED]) + int(this.programs.queues.counts.total[1])
    return arrived == len(plan.trips.name)
