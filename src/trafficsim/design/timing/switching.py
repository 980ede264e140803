"""Programs by time of day as one program for the whole run: what each shows while it is in force, one after the other.

Nothing that runs a program needs to know of switches: the program of a run is as long as the run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from trafficsim.base.errors import NetworkError, quoted
from trafficsim.design.inference.greens import resolve_phases
from trafficsim.design.timing.stages import GREEN_LETTERS
from trafficsim.spec.calendar import WEEKDAYS, Weekday
from trafficsim.spec.model import bounds
from trafficsim.spec.network import Network
from trafficsim.spec.signal_schedule import DAY_S, SignalSchedule
from trafficsim.spec.signals import Phase, SignalProgram

YELLOW_S = 3.0
"""Shown where a switch takes green away (RiLSA 2015, up to 50 km/h)."""
LONGEST_PHASE_S = bounds(Phase, "duration_s")[1]
CLOSE_S = 1e-9
PASSABLE = GREEN_LETTERS + "y"
"""Letters at which vehicles may pass."""
SCHEDULED = "by time of day"
"""Name of a program that is made of several."""


class RunTime(NamedTuple):
    """When a run begins and ends at the latest (s after midnight of its first day), and that day."""

    begin_s: float
    end_s: float
    weekday: Weekday


class InForce(NamedTuple):
    """A program, and from when to when it runs."""

    begin_s: float
    end_s: float
    program: SignalProgram


class Shown(NamedTuple):
    """A state, and for how long."""

    duration_s: float
    state: str


def scheduled(network: Network, schedules: Sequence[SignalSchedule], run: RunTime) -> Network:
    """Return the network with the programs that run by time of day; a later schedule of a signal replaces an earlier.

    Right of way decides between conflicting greens of every program, as it does in a network that is read.

    Raises
    ------
    NetworkError
        If the network has no such signal, or a program fewer letters than it needs.
    """
    programs = {one.id: one for one in network.signals}
    widths = {one.id: len(one.phases[0].state) for one in network.signals}
    for schedule in {one.id: one for one in schedules}.values():
        where = f"signal schedule {quoted(schedule.id)}"
        if schedule.id not in programs:
            raise NetworkError(where, "no signal of this name", f"one of {', '.join(list(programs)[:8])}" if programs
                               else "a network with signals", "correct the name")
        width = len(schedule.programs[0].phases[0].state)
        if width != widths[schedule.id]:
            raise NetworkError(where, f"programs of {width} letters",
                               f"{widths[schedule.id]}, one for each signal index",
                               "give the programs that belong to this network")
        resolved = tuple(one.model_copy(update={"phases": resolve_phases(network, one.id, one.phases).phases})
                         for one in schedule.programs)
        programs[schedule.id] = program_of_run(schedule.model_copy(update={"programs": resolved}), run)
    return replace(network, signals=tuple(programs.values()))


def program_of_run(schedule: SignalSchedule, run: RunTime) -> SignalProgram:
    """Return one program that shows, during the run, what the programs in force show.

    Where a switch takes the green of a movement away, it shows yellow for 3 s first, and those who get green by the
    switch wait so long; programs as written show no yellow there.

    Examples
    --------
    >>> from trafficsim.spec.signal_schedule import ProgramSwitch
    >>> short, long = (SignalProgram(id="j", name=name, phases=(Phase(duration_s=green, state="G"),
    ...                Phase(duration_s=10, state="r"))) for name, green in (("short", 10), ("long", 30)))
    >>> table = (ProgramSwitch(time_s=0, program="short"), ProgramSwitch(time_s=30, program="long"))
    >>> found = program_of_run(SignalSchedule(id="j", programs=(short, long), switches=table), RunTime(0, 80, "mon"))
    >>> [(phase.duration_s, phase.state) for phase in found.phases]
    [(10.0, 'G'), (10.0, 'r'), (10.0, 'G'), (3.0, 'y'), (7.0, 'r'), (30.0, 'G'), (10.0, 'r')]
    """
    parts = list(in_force(schedule, run))
    if len({part.program.name for part in parts}) == 1:
        return parts[0].program
    shown: list[Shown] = []
    for part in parts:
        fresh = list(_shown(part))
        for one in _after_switch(shown[-1].state, fresh) if shown else fresh:
            if shown and shown[-1].state == one.state:
                shown[-1] = Shown(shown[-1].duration_s + one.duration_s, one.state)
            else:
                shown.append(one)
    return SignalProgram(id=schedule.id, name=SCHEDULED, offset_s=run.begin_s,
                         phases=tuple(phase for one in shown for phase in _phases(one)))


def in_force(schedule: SignalSchedule, run: RunTime) -> Iterator[InForce]:
    """Yield the programs of a run, one after the other, without those that are switched away at once."""
    moments = [(run.begin_s, schedule.program_at(run.begin_s % DAY_S, _weekday(run, run.begin_s)))]
    first_day, last_day = math.floor(run.begin_s / DAY_S), math.floor(run.end_s / DAY_S)
    for day in range(first_day, last_day + 1):
        for switch in schedule.of_day(_weekday(run, day * DAY_S)):
            time_s = day * DAY_S + switch.time_s
            if not run.begin_s < time_s < run.end_s:
                continue
            while len(moments) > 1 and moments[-1][0] >= time_s:
                moments.pop()  # it still waited for the end of a cycle when this switch came
            running = moments[-1][1]
            if switch.program != running.name:
                if schedule.procedure == "cycle_end":
                    time_s = _cycle_end(running, time_s)
                moments.append((time_s, schedule.named(switch.program)))
    ends = [*(time_s for time_s, _ in moments[1:]), run.end_s]
    for (begin_s, program), end_s in zip(moments, ends, strict=True):
        if end_s - begin_s > CLOSE_S:
            yield InForce(begin_s, min(end_s, run.end_s), program)


def _weekday(run: RunTime, time_s: float) -> Weekday:
    days = math.floor(time_s / DAY_S) - math.floor(run.begin_s / DAY_S)
    return WEEKDAYS[(WEEKDAYS.index(run.weekday) + days) % 7]


def _cycle_end(program: SignalProgram, time_s: float) -> float:
    """Return the first end of a cycle at or after a moment."""
    within = (time_s - program.offset_s) % program.cycle_s
    return time_s if within < CLOSE_S else time_s + program.cycle_s - within


def _shown(part: InForce) -> Iterator[Shown]:
    """Yield what a program shows between two moments, by its own clock."""
    phases, left_s = part.program.phases, part.end_s - part.begin_s
    within, place = (part.begin_s - part.program.offset_s) % part.program.cycle_s, 0
    while within >= phases[place].duration_s - CLOSE_S:
        within = max(within - phases[place].duration_s, 0.0)
        place = (place + 1) % len(phases)
    while left_s > CLOSE_S:
        lasts = min(phases[place].duration_s - within, left_s)
        yield Shown(lasts, phases[place].state)
        left_s, within, place = left_s - lasts, 0.0, (place + 1) % len(phases)


def _after_switch(before: str, fresh: Sequence[Shown]) -> Iterator[Shown]:
    """Yield the states after a switch: where green is taken away, yellow first, and nobody else gets green so long."""
    lost = [old in GREEN_LETTERS and new not in PASSABLE
            for old, new in zip(before, fresh[0].state, strict=True)]
    wait_s = YELLOW_S if any(lost) else 0.0
    for one in fresh:
        held = min(wait_s, one.duration_s)
        if held > CLOSE_S:
            letters = zip(before, one.state, lost, strict=True)
            yield Shown(held, "".join("y" if taken else "r" if new in PASSABLE and old not in PASSABLE else new
                                      for old, new, taken in letters))
        if one.duration_s - held > CLOSE_S:
            yield Shown(one.duration_s - held, one.state)
        wait_s -= held


def _phases(one: Shown) -> Iterator[Phase]:
    parts = max(math.ceil(one.duration_s / LONGEST_PHASE_S), 1)
    for first, last in pairwise(one.duration_s * part / parts for part in range(parts + 1)):
        # Durations and states are those of phases that were judged: hundreds of thousands need not be judged again.
        yield Phase.model_construct(duration_s=last - first, state=one.state)
