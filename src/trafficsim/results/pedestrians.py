"""Delay of pedestrians at signals: worked out from what signals showed, not simulated; and its indicator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from trafficsim.base.codes import (
    CONTROL_PED_CALL,
    CONTROL_PED_CLEARANCE,
    CONTROL_WALK,
    GREEN,
    PERMITTED,
    RED_AMBER,
    YELLOW,
)
from trafficsim.outcomes.pedestrian_delay import (
    STILL_CROSS_S,
    Waiting,
    level_of_service,
    waiting,
    waiting_from_calls,
)
from trafficsim.plan.arrays import BOOL, F8, U1, Plan
from trafficsim.plan.record import Record
from trafficsim.plan.shown import States, states_of
from trafficsim.results.frames import Labels, frame, nullable, strings
from trafficsim.results.indicator import Indicator, Observation
from trafficsim.spec.crossing import WALKING_MS

TABLE = "pedestrian_delay"
WALK, BUTTON, OWN, STREET = "walk of a phase", "walk on call", "own signal", "no green for the street's vehicles"
"""Where the times come from in which pedestrians begin to cross."""
PEDESTRIAN_RECALL = 3
S_PER_H = 3600.0
NO_WALK = "no time in which pedestrians can cross was seen"
NOBODY = "nobody called"
NO_SIGNALS = "nothing is known of what the signal showed"


class Walks(NamedTuple):
    """Times in which pedestrians begin to cross, 4 s after the end of walk included."""

    begin_s: F8
    end_s: F8


class Crossed(NamedTuple):
    """A crossing with what pedestrians have of it."""

    program: int
    name: str
    basis: str
    length_m: float
    walks: Walks
    waiting: Waiting | None
    reason: str


def has_crossings(plan: Plan) -> bool:
    """Whether pedestrians can cross at a signal of a plan."""
    return bool(plan.crossings.name) or bool((np.asarray(plan.controls.phases.walk_s) > 0.0).any())


def pedestrian_delay_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per crossing for pedestrians at a signal: their delay, worked out from what it showed, not simulated.

    ``delay_s`` is the mean wait of pedestrians who arrive at all times of the analysis period alike, ``sum(red^2) / (2
    T)``; for a fixed cycle that is ``(C - g)^2 / (2 C)`` of the Highway Capacity Manual (2000, equation 18-5; 6th
    edition, chapter 19). Pedestrians begin to cross at walk and 4 s longer. ``basis`` says where walk comes from: ``own
    signal`` (signal indices of a crossing that the network has), ``walk of a phase`` (of a signal that reacts, shown
    every time), ``walk on call`` (those who press the button wait from their call on, and others come at the rate of
    ``ped_calls_per_h``), or ``no green for the street's vehicles`` (modelling assumption: every street can be crossed
    from the begin of another green until it gets green itself, less its width at 1.2 m/s; vehicles that turn off give
    way). ``walks`` were begun in the period, ``walk_s`` is their mean length with the 4 s, ``longest_wait_s`` the
    longest red. ``level`` is the level of service of HCM 2000, exhibit 18-9 (A below 10 s, F above 60 s): at E
    pedestrians are likely, at F very likely to walk at red. Gaps between vehicles and those who walk at red are not
    looked at.
    """
    found = crossed(plan, record)
    seen = [one.waiting is not None for one in found]
    waits = [one.waiting or Waiting(0.0, 0.0) for one in found]
    begun = [_begun(plan, record, one.walks) for one in found]
    mean_s = [float((one.walks.end_s - one.walks.begin_s)[mine].mean()) if mine.any() else 0.0
              for one, mine in zip(found, begun, strict=True)]
    return frame(labels, {
        "signal": strings(plan.signals.program_id[one.program] for one in found),
        "crossing": strings(one.name for one in found),
        "basis": strings(one.basis for one in found),
        "length_m": nullable(np.array([one.length_m for one in found], np.float64),
                             np.array([one.length_m > 0.0 for one in found], np.bool_)),
        "walks": nullable(np.array([int(mine.sum()) for mine in begun], np.int64)),
        "walk_s": nullable(np.array(mean_s, np.float64), np.array([mine.any() for mine in begun], np.bool_)),
        "delay_s": nullable(np.array([one.mean_s for one in waits], np.float64), np.array(seen, np.bool_)),
        "longest_wait_s": nullable(np.array([one.longest_s for one in waits], np.float64), np.array(seen, np.bool_)),
        "level": strings(None if one.waiting is None else level_of_service(one.waiting.mean_s) for one in found),
        "reason": strings(None if one.waiting is not None else one.reason for one in found),
    })


def _begun(plan: Plan, record: Record, walks: Walks) -> BOOL:
    begin_s, end_s = _period(plan, record)
    return np.asarray((walks.begin_s >= begin_s) & (walks.begin_s < end_s), np.bool_)


def _period(plan: Plan, record: Record) -> tuple[float, float]:
    """The analysis period as far as signals were seen: no longer than vehicles were on the road."""
    return plan.analysis_begin_s, min(plan.analysis_end_s, record.end_s)


def crossed(plan: Plan, record: Record) -> list[Crossed]:
    """Return all crossings at signals, by program; phases with walk stand for all crossings of their signal."""
    if not has_crossings(plan):
        return []
    rows = list(_of_phases(plan, record))
    told = {one.program for one in rows}
    rows += _of_signals(plan, record, told)
    return sorted(rows, key=lambda one: one.program)


def _of_phases(plan: Plan, record: Record) -> Iterator[Crossed]:
    """Crossings of signals that react and have walk in their phases."""
    controllers, phases, seen = plan.controls.controllers, plan.controls.phases, record.control
    for number, program in enumerate(np.asarray(controllers.program).tolist()):
        for phase in range(int(controllers.phase_start[number]), int(controllers.phase_start[number + 1])):
            if phases.walk_s[phase] > 0.0:
                mine = (seen.controller == number) & (seen.parameter == phases.number[phase])
                times = {code: seen.time_s[mine & (seen.code == code)]
                         for code in (CONTROL_WALK, CONTROL_PED_CLEARANCE, CONTROL_PED_CALL)}
                yield _of_phase(plan, record, program, phase, times)


def _of_phase(plan: Plan, record: Record, program: int, phase: int, times: dict[int, F8]) -> Crossed:
    phases, period = plan.controls.phases, _period(plan, record)
    begin_s, end_s = times[CONTROL_WALK], times[CONTROL_PED_CLEARANCE]
    ends = np.full(len(begin_s), record.end_s)
    ends[:len(end_s)] = end_s[:len(begin_s)] + STILL_CROSS_S
    walks, always = Walks(begin_s, ends), phases.recall[phase] == PEDESTRIAN_RECALL
    if always:
        wait, reason = waiting(begin_s, ends, period, record.end_s), NO_WALK
    else:
        calls = times[CONTROL_PED_CALL]
        calls = calls[(calls >= period[0]) & (calls < period[1])]
        green_s = float(np.clip(np.minimum(ends, period[1]) - np.maximum(begin_s, period[0]), 0.0, None).sum())
        rate = float(phases.ped_calls_per_h[phase]) / S_PER_H
        wait, reason = waiting_from_calls(calls, begin_s, green_s, rate), NOBODY
    return Crossed(program, phases.name[phase] or f"phase {int(phases.number[phase])}", WALK if always else BUTTON, 0.0,
                   walks, wait, reason)


def _of_signals(plan: Plan, record: Record, told: set[int]) -> Iterator[Crossed]:
    """Crossings with a signal of their own, and streets, at all other signals."""
    crossings, shown = plan.crossings, states_of(plan, record.signals)
    for row, program in enumerate(np.asarray(crossings.program).tolist()):
        if program in told:
            continue
        own = crossings.group[row] >= 0
        walks = Walks(np.zeros(0), np.zeros(0))
        if shown:
            states = _with_end(shown[program], record.end_s)
            walks = _own_walks(plan, row, states) if own else _street_walks(plan, row, states)
        wait = waiting(walks.begin_s, walks.end_s, _period(plan, record), record.end_s)
        yield Crossed(program, crossings.name[row], OWN if own else STREET, float(crossings.length_m[row]), walks, wait,
                      NO_WALK if shown else NO_SIGNALS)


def _with_end(states: States, until_s: float) -> States:
    """Repeat the last picture at the end, so that every picture has one after it."""
    end_s = max(until_s, float(states.since_s[-1]) if len(states.since_s) else until_s)
    return States(np.append(states.since_s, end_s), np.concatenate([states.state, states.state[-1:]]))


def _columns(plan: Plan, row: int, groups: Sequence[int]) -> list[int]:
    first = int(plan.signals.group_start[plan.crossings.program[row]])
    return [group - first for group in groups]


def _own_walks(plan: Plan, row: int, states: States) -> Walks:
    column = _columns(plan, row, (int(plan.crossings.group[row]),))[0]
    begin_s, end_s = _stretches(np.isin(states.state[:, column], (GREEN, PERMITTED)), states.since_s)
    return Walks(begin_s, end_s + STILL_CROSS_S)


def _street_walks(plan: Plan, row: int, states: States) -> Walks:
    """From the begin of another green, after the street's own, until pedestrians who begin are across before the next.

    Where no other vehicle has green meanwhile, from the end of the street's own.
    """
    crossings = plan.crossings
    goes, protected = _going(states.state)
    closed = np.zeros(len(states.since_s), np.bool_)
    for groups, going in ((crossings.approach, goes), (crossings.entering, goes), (crossings.turning, protected)):
        closed |= going[:, _columns(plan, row, groups[row])].any(axis=1)
    begin_s, end_s = _stretches(~closed, states.since_s)
    greens = np.isin(states.state[:, _columns(plan, row, crossings.others[row])], (GREEN, PERMITTED)).any(axis=1)
    when = states.since_s[greens & ~closed]
    following = np.append(when, np.inf)[np.searchsorted(when, begin_s)]
    begin_s = np.where(following < end_s, following, begin_s)
    last_s = end_s - crossings.length_m[row] / WALKING_MS
    usable = last_s > begin_s
    return Walks(begin_s[usable], np.minimum(last_s + STILL_CROSS_S, end_s)[usable])


def _going(state: U1) -> tuple[BOOL, BOOL]:
    """Where vehicles of a group may go or are about to, and where they do so without giving way.

    Yellow after a permitted green is permitted. Who turns on red after a stop gives way to pedestrians.
    """
    goes = np.isin(state, (YELLOW, GREEN, PERMITTED, RED_AMBER))
    rows = np.arange(len(state))[:, np.newaxis]
    before = np.maximum.accumulate(np.where(state == YELLOW, 0, rows), axis=0)
    meant = np.take_along_axis(state, before, axis=0)
    return goes, goes & (meant != PERMITTED)


def _stretches(holds: BOOL, since_s: F8) -> tuple[F8, F8]:
    """Begins and ends of the times in which something holds; the last row ends them."""
    inside = np.concatenate([[False], holds[:-1], [False]])
    begins, ends = (np.flatnonzero(~inside[:-1] & inside[1:]), np.flatnonzero(inside[:-1] & ~inside[1:]))
    return since_s[begins], since_s[ends]


def _mean_delay_s(seen: Observation) -> float | None:
    waits = [one.waiting.mean_s for one in crossed(seen.plan, seen.record) if one.waiting is not None]
    return float(np.mean(waits)) if waits else None


def _missing(seen: Observation) -> str | None:
    number = sum(one.waiting is None for one in crossed(seen.plan, seen.record))
    return WITHOUT if number else None


WITHOUT = "crossings at which no pedestrian could cross, or nobody called, are left out"
FORMULA = "worked out, not simulated: mean over crossings of sum(red^2) / (2 x period), by what signals showed (HCM)"
POPULATION = "crossings for pedestrians at signals, each alike; arrivals at all times alike"
PEDESTRIANS = (
    Indicator("pedestrian_delay_s", FORMULA, "s", "lower", POPULATION, "extrapolated", _mean_delay_s, NO_WALK, _missing,
              of_traffic=False, only_with=TABLE),
)
"""Only of scenarios with crossings at signals."""
