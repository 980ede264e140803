"""The table of what signals showed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trafficsim.base.codes import (
    CONTROL_DETECTOR_FAULT,
    CONTROL_DETECTOR_OFF,
    CONTROL_DETECTOR_ON,
    CONTROL_DETECTOR_RESTORED,
    CONTROL_EVENTS,
    STATE_NAMES,
)
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels, frame, names_of, nullable, strings

GREEN_LETTERS = ("G", "g", "s")
"""Letters of the states in which vehicles may go."""
DETECTOR_EVENTS = (CONTROL_DETECTOR_OFF, CONTROL_DETECTOR_ON, CONTROL_DETECTOR_RESTORED, CONTROL_DETECTOR_FAULT)
Span = tuple[float, float]


def signals_shown_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per change of a signal group, in order of time; the first rows say what is shown at the start.

    ``group`` is the signal index within its ``program``. Groups that always show the same have one row for all of them;
    ``groups`` names them, with blanks between. ``state`` is the letter of SUMO for what is shown from ``since_s`` on.
    """
    shown, signals = record.signals, plan.signals
    own = shown.group - signals.group_start[shown.program] if len(shown.group) else shown.group
    return frame(labels, {
        "program": names_of(signals.program_id, shown.program),
        "group": nullable(own),
        "groups": names_of(_members(plan, shown.shown_by), shown.group),
        "state": names_of(STATE_NAMES, shown.state),
        "since_s": nullable(shown.since_s),
    })


def control_events_table(plan: Plan, record: Record, labels: Labels) -> pd.DataFrame:
    """One row per event of a signal that reacts, in order of time: what it did, and why.

    ``code`` and ``parameter`` are those of the Indiana enumeration for high-resolution logs (Sturdevant et al. 2012,
    doi:10.4231/K4RN35SH); codes from 200 on are events that no controller in the field knows. ``event`` says the code
    in words. ``parameter`` is the number of the phase, detector or plan; ``detector`` is the name of the detector.
    """
    seen = record.control
    place = plan.controls.controllers.detector_start[seen.controller] + seen.parameter - 1
    of_detector = np.isin(seen.code, DETECTOR_EVENTS)
    return frame(labels, {
        "time_s": nullable(seen.time_s),
        "signal": names_of(plan.controls.controllers.id, seen.controller),
        "code": nullable(seen.code),
        "parameter": nullable(seen.parameter),
        "event": strings([CONTROL_EVENTS.get(code, str(code)) for code in seen.code.tolist()]),
        "detector": names_of(plan.controls.detectors.name, np.where(of_detector, place, -1)),
    })


def _members(plan: Plan, shown_by: np.ndarray) -> list[str]:
    """By group of the plan, the signal indices of all that it shows for; only those of one program do."""
    program = np.repeat(np.arange(len(plan.signals.program_id)), np.diff(plan.signals.group_start))
    own = (np.arange(len(shown_by)) - np.asarray(plan.signals.group_start)[program[: len(shown_by)]]).tolist()
    members: list[list[str]] = [[] for _ in own]
    for index, leader in zip(own, shown_by.tolist(), strict=True):
        members[leader].append(str(index))
    return [" ".join(one) for one in members]


def shown_greens(shown: pd.DataFrame, program: str, indices: Sequence[int], span: Span) -> list[Span]:
    """Times in which any of some signal indices of a program was green, joined where they touch.

    Parameters
    ----------
    shown
        Rows of the table ``signals_shown`` of one run.
    program, indices
        A program and signal indices of it.
    span
        Clock times between which one looks.

    Examples
    --------
    >>> shown = pd.DataFrame({"program": "j", "groups": "0 1", "state": ["G", "r", "G"], "since_s": [0.0, 20.0, 30.0]})
    >>> shown_greens(shown, "j", [1], (0.0, 40.0))
    [(0.0, 20.0), (30.0, 40.0)]
    """
    wanted = {str(index) for index in indices}
    rows = shown[shown["program"] == program]
    found: list[Span] = []
    for members, own in rows.groupby("groups", sort=False):
        if wanted & set(str(members).split()):
            since = own["since_s"].tolist()
            cut = [(max(begin, span[0]), min(end, span[1]))
                   for begin, end in zip(since, [*since[1:], span[1]], strict=True)]
            found += [one for one, state in zip(cut, own["state"], strict=True)
                      if state in GREEN_LETTERS and one[0] < one[1]]
    return _joined(sorted(found))


def _joined(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found
