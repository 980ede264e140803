"""Lanes that are open at some hours only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import inf

from trafficsim.policies.hours import windows_s
from trafficsim.spec.added_lanes import AddedLanes
from trafficsim.spec.calendar import Hours
from trafficsim.spec.lane_closing import LaneClosing
from trafficsim.spec.policy import Builder
from trafficsim.spec.world import World

Windows = tuple[tuple[float, float], ...]


def open_windows(hours: Sequence[Hours], run_s: tuple[float, float], kind: str) -> Windows:
    """Return the clock times of a run between which lanes are open, one after the other.

    Raises
    ------
    PolicyError
        If no part of the run lies in any of the hours.

    Examples
    --------
    >>> open_windows([Hours(begin_h=1, end_h=3), Hours(begin_h=2, end_h=4)], (0.0, 20000.0), "p")
    ((3600.0, 14400.0),)
    """
    found: list[tuple[float, float]] = []
    for begin_s, end_s in windows_s(hours, run_s, kind):
        if found and begin_s <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end_s)
        else:
            found.append((begin_s, end_s))
    return tuple(found)


def run_of(world: World) -> tuple[float, float]:
    """Return the clock times at which a run of a world begins and ends at the latest."""
    time = world.scenario.time
    return time.start_s, time.analysis_end_s + time.clear_s


def closed_between(windows: Windows, run_s: tuple[float, float]) -> Iterable[tuple[float, float]]:
    """Yield the clock times of a run outside some windows.

    Examples
    --------
    >>> list(closed_between(((10.0, 20.0), (30.0, 99.0)), (0.0, 50.0)))
    [(-inf, 10.0), (20.0, 30.0)]
    """
    times = [(-inf, -inf), *windows, (inf, inf)]
    for (_, begin_s), (end_s, _) in pairwise(times):
        if begin_s < run_s[1] and end_s > run_s[0] and begin_s < end_s:
            yield begin_s, end_s


def close_outside(builder: Builder, added: Iterable[AddedLanes]) -> None:
    """Close added lanes at all times at which they are not open."""
    for one in added:
        number = int(builder.network.links[one.link]["lanes"])
        lanes = range(one.number) if one.side == "nearside" else range(number - one.number, number)
        for begin_s, end_s in closed_between(one.open_s, builder.run_s):
            builder.close_lanes(LaneClosing(one.link, tuple(lanes), begin_s, end_s))
