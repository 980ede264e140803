"""Gridlocks as all engines tell of them: cycles of lanes whose heads wait for each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.record import GridlockRecord, no_gridlocks


@dataclass
class Gridlock:
    """One cycle: lanes in the order in which they wait for each other, the trips of their heads, begin and end.

    Times are whole numbers in the unit of the engine; the end is below 0 while it lasts.
    """

    lanes: tuple[int, ...]
    trips: tuple[int, ...]
    begin: int
    end: int = -1


def cycles(waits_for: np.ndarray) -> list[tuple[int, ...]]:
    """Return the cycles of "waits for" (one lane each, below 0 for none), each beginning at its lowest lane.

    Examples
    --------
    >>> cycles(np.array([1, 2, 0, 1, -1, 5]))
    [(0, 1, 2), (5,)]
    """
    answer = []
    seen = np.zeros(len(waits_for), np.int32)
    for begin in np.flatnonzero(waits_for >= 0).tolist():
        chain, lane = [], begin
        while lane >= 0 and not seen[lane]:
            seen[lane] = begin + 1
            chain.append(lane)
            lane = int(waits_for[lane])
        if lane >= 0 and seen[lane] == begin + 1:  # it came back to its own way
            ring = chain[chain.index(lane):]
            lowest = ring.index(min(ring))
            answer.append((*ring[lowest:], *ring[:lowest]))
    return answer


def gridlock_record(found: Sequence[Gridlock], link_of_lane: NDArray[Any],
                    clock_s: Callable[[NDArray[Any]], NDArray[Any]]) -> GridlockRecord:
    """Return all gridlocks, one row per lane of each, in clock times; ``end_s`` is -1 while one lasts.

    Parameters
    ----------
    found
        Gridlocks.
    link_of_lane
        Link of every lane.
    clock_s
        Gives clock times (s) for times of the engine.
    """
    if not found:
        return no_gridlocks()
    size = [len(one.lanes) for one in found]
    lanes = np.array([lane for one in found for lane in one.lanes])
    begin, end = (np.repeat(times, size) for times in ([one.begin for one in found], [one.end for one in found]))
    return GridlockRecord(
        number=np.repeat(np.arange(1, len(found) + 1), size).astype(np.int32), begin_s=clock_s(begin),
        end_s=np.where(end < 0, -1.0, clock_s(end)),
        trip=np.array([trip for one in found for trip in one.trips], np.int32),
        link=np.asarray(link_of_lane)[lanes].astype(np.int32),
    )
