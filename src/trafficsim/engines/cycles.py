"""Cycles of those who wait for each other."""

from __future__ import annotations

import numpy as np


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
