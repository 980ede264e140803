"""Gridlocks: cycles of links whose first vehicles wait for each other, as events and summed up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from trafficsim.base.codes import EVENT_GRIDLOCK, EVENT_GRIDLOCK_END, EVENT_NAMES
from trafficsim.plan.arrays import F8, I4
from trafficsim.plan.record import EventRecord, Record
from trafficsim.results.frames import label_columns, labels_of
from trafficsim.results.left import left_lines

ENDS = EVENT_NAMES[EVENT_GRIDLOCK_END]
SHOWN = 8
"""Links of a gridlock that a line of text names."""


def gridlock_events(record: Record) -> tuple[EventRecord, I4]:
    """Return the gridlocks of a run as events, and their numbers: a row per link at the begin, and one at the end."""
    found = record.gridlocks
    over = np.flatnonzero(found.end_s >= 0.0)
    rows = np.concatenate([np.arange(len(found.number)), over])
    time_s: F8 = np.concatenate([found.begin_s, found.end_s[over]])
    code = np.where(np.arange(len(rows)) < len(found.number), EVENT_GRIDLOCK, EVENT_GRIDLOCK_END).astype(np.int32)
    return EventRecord(time_s, code, found.trip[rows], found.link[rows], np.zeros(len(rows))), found.number[rows]


def gridlock_list(events: pd.DataFrame) -> list[dict[str, Any]]:
    """List the gridlocks in a table of events, of one run or of many.

    Returns
    -------
    Per gridlock the names of its run, ``begin_s`` (since when all its first vehicles stand), ``end_s`` (by when one of
    them had moved; ``None`` if it lasted to the end of the run), ``links`` in the order in which they wait for each
    other, and ``vehicles``, the first one of each.

    Examples
    --------
    >>> rows = {"scenario": "s", "alternative": "a", "replication": 1, "engine": "ca", "time_s": 60.0,
    ...         "event": "gridlock", "trip": ["v", "w"], "link": ["x", "y"], "gridlock": 1}
    >>> gridlock_list(pd.DataFrame(rows))[0]["links"]
    ['x', 'y']
    """
    if "gridlock" not in events:  # results of before gridlocks were named
        return []
    answer: dict[tuple[Any, ...], dict[str, Any]] = {}
    names = label_columns(events)
    for row in events[events["gridlock"].notna()].to_dict("records"):
        run = labels_of([row[name] for name in names])
        one = answer.setdefault((run, row["gridlock"]), {
            **run.named(), "begin_s": float(row["time_s"]), "end_s": None, "links": [], "vehicles": []})
        if row["event"] == ENDS:
            one["end_s"] = float(row["time_s"])
        else:
            one["links"].append(row["link"])
            one["vehicles"].append(row["trip"])
    return list(answer.values())


def gridlock_line(one: dict[str, Any]) -> str:
    """Put a gridlock of :func:`gridlock_list` into a line of text, without the names of its run.

    Examples
    --------
    >>> gridlock_line({"begin_s": 61.0, "end_s": None, "links": ["x", "y"]})
    'from 61 s to the end of the run: x, y'
    """
    links, end_s = one["links"], one["end_s"]
    more = f" and {len(links) - SHOWN} more" if len(links) > SHOWN else ""
    until = "the end of the run" if end_s is None else f"{end_s:g} s"
    return f"from {one['begin_s']:g} s to {until}: {', '.join(links[:SHOWN])}{more}"


def status_lines(summary: Mapping[str, Any]) -> list[str]:
    """Describe how the replications of ``run --json`` ended: nothing when all vehicles arrived.

    Examples
    --------
    >>> locked = {"replication": 2, "begin_s": 61.0, "end_s": None, "links": ["x", "y"]}
    >>> status_lines({"status": "gridlock", "gridlocks": [locked]})
    ['status: gridlock', 'gridlock in replication 2, from 61 s to the end of the run: x, y']
    """
    lines = [] if summary["status"] == "complete" else [f"status: {summary['status']}"]
    locked = [f"gridlock in replication {one['replication']}, {gridlock_line(one)}" for one in summary["gridlocks"]]
    return [*lines, *locked, *left_lines(summary)]


def odd_runs(summary: Mapping[str, Any]) -> list[str]:
    """Describe the runs of ``compare --json`` in which vehicles were left in the network.

    Examples
    --------
    >>> odd_runs({"status": {"town": {"ca": {"wave": {"complete": 3, "incomplete": 2}}}}})
    ['town, ca, wave: vehicles left in the network at the end of 2 of 5 runs, see completed_share']
    """
    lines = []
    for scenario, engines in summary.get("status", {}).items():
        for engine, arms in engines.items():
            for alternative, ended in arms.items():
                left = ended.get("incomplete", 0) + ended.get("gridlock", 0)
                if left:
                    lines.append(f"{scenario}, {engine}, {alternative}: vehicles left in the network at the end of "
                                 f"{left} of {sum(ended.values())} runs, see completed_share")
    locked = [f"gridlock in {one['scenario']}, {one['engine']}, {one['alternative']}, replication "
              f"{one['replication']}, {gridlock_line(one)}" for one in summary.get("gridlocks", [])]
    return [*lines, *locked, *left_lines(summary)]
