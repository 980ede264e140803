"""What signals showed in a stretch of time: seconds of every group in every state, green of movements, cycles."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import GREEN, PERMITTED, STOP_ARROW
from trafficsim.plan.arrays import F8, I4, U1, Plan, SignalArrays
from trafficsim.plan.record import SignalRecord

GREENS = (GREEN, PERMITTED, STOP_ARROW)
"""States in which vehicles may go."""


class States(NamedTuple):
    """What the groups of one program showed together, change by change.

    Attributes
    ----------
    since_s : shape (changes,), clock times
    state : shape (changes, groups of the program)
    """

    since_s: F8
    state: U1


class Pictures(NamedTuple):
    """What the groups of one program showed together, and for how long, in a mean cycle.

    Attributes
    ----------
    state : shape (pictures, groups of the program)
    seconds : of each picture, in a cycle
    """

    state: U1
    seconds: F8


def green_s(shown: SignalRecord, begin_s: float, end_s: float) -> F8:
    """Seconds of green of every group of the plan between two clock times.

    Examples
    --------
    >>> shown = SignalRecord(*(np.array(part) for part in ([0, 0, 0], [0, 0, 0], [2, 0, 2], [0.0, 30.0, 50.0], [0])))
    >>> green_s(shown, 10.0, 60.0).tolist()
    [30.0]
    """
    order = np.lexsort((shown.since_s, shown.group))
    group, since = shown.group[order], shown.since_s[order]
    until = np.append(np.where(group[1:] == group[:-1], since[1:], end_s), end_s) if len(group) else since
    lasted = np.clip(np.minimum(until, end_s) - np.maximum(since, begin_s), 0.0, None)
    lasted[~np.isin(shown.state[order], GREENS)] = 0.0
    seconds = np.bincount(group, lasted, int(shown.group.max(initial=-1)) + 1)
    return np.asarray(seconds[shown.shown_by], np.float64)


def green_of_turns_s(plan: Plan, shown: SignalRecord) -> F8:
    """Green time of every movement in the analysis period: the longest of its connections; all of it without a signal.

    Parameters
    ----------
    plan
        Connections and their signal groups.
    shown
        What signals showed.
    """
    group, period_s = plan.connections.signal_group, plan.analysis_end_s - plan.analysis_begin_s
    of_group = np.append(green_s(shown, plan.analysis_begin_s, plan.analysis_end_s), period_s)
    green = np.zeros(len(plan.turns.to_link))
    np.maximum.at(green, plan.connections.turn, of_group[group])  # -1 stands for no signal, and is the last
    return green


def pictures_of(plan: Plan, shown: SignalRecord) -> list[Pictures]:
    """Return what every program showed in the analysis period; the phases of the plan where nothing is known of it.

    Parameters
    ----------
    plan
        Programs and the analysis period.
    shown
        What signals showed.
    """
    signals = plan.signals
    if not len(shown.group):
        return [_planned(signals, program) for program in range(len(signals.program_id))]
    return [_seen(plan, program, part) for program, part in enumerate(_parts(signals, shown))]


def states_of(plan: Plan, shown: SignalRecord) -> list[States]:
    """Return what every program showed in the whole run; nothing where it is not known.

    Parameters
    ----------
    plan
        Programs.
    shown
        What signals showed.
    """
    if not len(shown.group):
        return []
    return [_states(plan.signals, program, part) for program, part in enumerate(_parts(plan.signals, shown))]


def _parts(signals: SignalArrays, shown: SignalRecord) -> list[SignalRecord]:
    """The rows of every program."""
    order = np.argsort(shown.program, kind="stable")
    bounds = np.searchsorted(shown.program[order], np.arange(len(signals.program_id) + 1)).tolist()
    return [_rows(shown, order[begin:end]) for begin, end in itertools.pairwise(bounds)]


def _rows(shown: SignalRecord, rows: NDArray[np.intp]) -> SignalRecord:
    return SignalRecord(shown.program[rows], shown.group[rows], shown.state[rows], shown.since_s[rows], shown.shown_by)


def _planned(signals: SignalArrays, program: int) -> Pictures:
    phases = slice(int(signals.phase_start[program]), int(signals.phase_start[program + 1]))
    groups = np.arange(int(signals.group_start[program + 1] - signals.group_start[program]))
    state = np.asarray(signals.state)[np.asarray(signals.state_start)[phases, np.newaxis] + groups]
    return Pictures(state, np.asarray(signals.duration_s[phases], np.float64))


def _seen(plan: Plan, program: int, shown: SignalRecord) -> Pictures:
    """Distinct pictures of a program in order of first appearance, each with its part of the mean cycle."""
    times, state = _states(plan.signals, program, shown)
    until = np.append(times[1:], plan.analysis_end_s)
    lasted = np.clip(np.minimum(until, plan.analysis_end_s) - np.maximum(times, plan.analysis_begin_s), 0.0, None)
    distinct, found, which = np.unique(state, axis=0, return_index=True, return_inverse=True)
    seconds = np.bincount(which.ravel(), lasted, len(distinct))
    order = np.argsort(found)
    part = seconds / max(float(seconds.sum()), 1e-9)
    return Pictures(distinct[order], part[order] * _cycle_s(shown, plan))


def _states(signals: SignalArrays, program: int, shown: SignalRecord) -> States:
    first, last = int(signals.group_start[program]), int(signals.group_start[program + 1])
    times, moment = np.unique(shown.since_s, return_inverse=True)
    known = np.unique(shown.group)
    state = np.full((len(times), len(known)), -1, np.int16)
    state[moment, np.searchsorted(known, shown.group)] = shown.state
    latest = np.maximum.accumulate(np.where(state >= 0, np.arange(len(times))[:, np.newaxis], 0), axis=0)
    state = np.take_along_axis(state, latest, axis=0)[:, np.searchsorted(known, shown.shown_by[first:last])]
    return States(times, state.astype(np.uint8))


def _cycle_s(shown: SignalRecord, plan: Plan) -> float:
    """Mean time from one beginning of green to the next, of the group in which it is longest; the period without."""
    order = np.lexsort((shown.since_s, shown.group))
    group, green = shown.group[order], np.isin(shown.state[order], GREENS)
    begins = green & ~np.append(False, green[:-1] & (group[1:] == group[:-1]))
    of, since = group[begins], shown.since_s[order][begins]
    gaps = np.diff(since)[np.diff(of) == 0]
    if not len(gaps):
        return plan.analysis_end_s - plan.analysis_begin_s
    inside = of[1:][np.diff(of) == 0]
    return float((np.bincount(inside, gaps) / np.maximum(np.bincount(inside), 1)).max())


def program_of_group(signals: SignalArrays, group: I4) -> I4:
    """Return the program of groups of a plan."""
    return np.asarray(np.searchsorted(signals.group_start, group, side="right") - 1, np.int32)
