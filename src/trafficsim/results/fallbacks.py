"""Controllers from outside and detectors that failed: what stood in for them is reported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from trafficsim.base.codes import CONTROL_DETECTOR_FAULT, CONTROL_EVENTS, CONTROL_FALLBACK, CONTROL_REFUSED
from trafficsim.base.findings import Finding

TABLE = "control_events"
KEYS = ["alternative", "signal", "detector"]


class Failure(NamedTuple):
    """A controller or a detector of a signal that failed in an alternative.

    Attributes
    ----------
    code : event that tells of it: the fixed program stood in, a request was refused, a detector failed
    alternative, signal, detector : where; no detector where the controller failed
    times, first_s : how often in all its runs, and the earliest clock time
    """

    code: int
    alternative: str
    signal: str
    detector: str
    times: int
    first_s: float


def failures(tables: Mapping[str, pd.DataFrame]) -> tuple[Failure, ...]:
    """Return the controllers that failed, those whose requests were refused, and the detectors that failed.

    Examples
    --------
    >>> events = pd.DataFrame({"alternative": "own", "signal": "j1", "event": ["fallback", "detector_fault"],
    ...                        "time_s": [25.0, 0.0], "detector": [None, "north"]})
    >>> [(one.detector, one.first_s) for one in failures({"control_events": events})]
    [('', 25.0), ('north', 0.0)]
    """
    if TABLE not in tables:
        return ()
    events = tables[TABLE]
    events = events.assign(detector=events["detector"].fillna("") if "detector" in events else "")
    found = []
    for code in (CONTROL_FALLBACK, CONTROL_REFUSED, CONTROL_DETECTOR_FAULT):
        rows = events[events["event"] == CONTROL_EVENTS[code]]
        found += [Failure(code, str(alternative), str(signal), str(detector), len(part), float(part["time_s"].min()))
                  for (alternative, signal, detector), part in rows.groupby(KEYS, sort=True)]
    return tuple(found)


def failure_findings(tables: Mapping[str, pd.DataFrame]) -> tuple[Finding, ...]:
    """Say of every signal of every alternative what of it failed, how often, and what stood in.

    Examples
    --------
    >>> events = pd.DataFrame({"alternative": ["own"], "signal": ["j1"], "event": ["fallback"], "time_s": [25.0]})
    >>> failure_findings({"control_events": events})[0].message
    'its controller failed once, first at 25 s: the fixed program stood in'
    """
    of = {CONTROL_FALLBACK: _of_controller, CONTROL_REFUSED: _of_request, CONTROL_DETECTOR_FAULT: _of_detector}
    return tuple(of[one.code](one) for one in failures(tables))


def _of_controller(one: Failure) -> Finding:
    return Finding(
        "warning", "controller-failed", f"alternative {one.alternative!r}: signal {one.signal!r}",
        f"its controller failed {_times(one)}, first at {one.first_s:g} s: the fixed program stood in",
        "see the log for what it raised or answered, and correct the controller", one.times)


def _of_request(one: Failure) -> Finding:
    return Finding(
        "warning", "request-refused", f"alternative {one.alternative!r}: signal {one.signal!r}",
        f"its controller asked for phases that conflict {_times(one)}, first at {one.first_s:g} s: what was asked for "
        "before stayed", "ask for phases that may be green together", one.times)


def _of_detector(one: Failure) -> Finding:
    return Finding(
        "warning", "detector-failed",
        f"alternative {one.alternative!r}: signal {one.signal!r}: detector {one.detector!r}",
        f"taken for failed from {one.first_s:g} s on: its phases were called without it",
        "mend the detector if its fault is not meant; one that nobody passes for an hour counts as failed, too",
        one.times)


def _times(one: Failure) -> str:
    return "once" if one.times == 1 else f"{one.times} times"
