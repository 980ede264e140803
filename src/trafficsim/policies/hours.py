"""Hours of the day as clock times of a run."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor

from trafficsim.base.errors import PolicyError
from trafficsim.spec.calendar import Hours

S_PER_H, S_PER_DAY = 3600.0, 86400.0


def windows_s(hours: Sequence[Hours], run_s: tuple[float, float], policy: str) -> list[tuple[float, float]]:
    """Clock times between which hours of every day fall into a run; a day that is cut by midnight is one window.

    Raises
    ------
    PolicyError
        If no part of the run lies in any of the hours.

    Examples
    --------
    >>> windows_s([Hours(begin_h=22, end_h=6)], (0.0, 90000.0), "p")
    [(-7200.0, 21600.0), (79200.0, 108000.0)]
    """
    found = []
    for day in range(floor(run_s[0] / S_PER_DAY) - 1, floor(run_s[1] / S_PER_DAY) + 1):
        for period in hours:
            begin_s = day * S_PER_DAY + period.begin_h * S_PER_H
            end_s = begin_s + period.length_h * S_PER_H
            if begin_s < run_s[1] and end_s > run_s[0]:
                found.append((begin_s, end_s))
    if not found:
        told = ", ".join(f"{period.begin_h:g} to {period.end_h:g}" for period in hours)
        raise PolicyError(f"policy {policy}: hours {told}", "no part of the run in them",
                          f"hours within the run, from {run_s[0] / S_PER_H:g} h to {run_s[1] / S_PER_H:g} h",
                          "correct the hours, or the time of the scenario")
    return sorted(found)
