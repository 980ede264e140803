"""The ways of trips in pieces: how long each takes on a free road, and how long the first metres of it take."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8
from trafficsim.plan.ragged import gather


@dataclass(frozen=True)
class FreeFlow:
    """The routes of all trips in pieces (link, connector, link ...), each with its length and free-flow time.

    Attributes
    ----------
    start : first piece of each trip, and the number of all at the end
    length_m, time_s : of the pieces

    Examples
    --------
    100 m in 10 s, then 20 m in 20 s:

    >>> free = FreeFlow(np.array([0, 2]), np.array([100.0, 20.0]), np.array([10.0, 20.0]))
    >>> free.total_m.tolist(), free.total_s.tolist(), free.until(np.array([105.0])).tolist()
    ([120.0], [30.0], [15.0])
    """

    start: NDArray[np.int64]
    length_m: F8
    time_s: F8

    @cached_property
    def total_m(self) -> F8:
        """Length (m) of each trip."""
        return self._per_trip(self.length_m)

    @cached_property
    def total_s(self) -> F8:
        """Free-flow time (s) of each trip."""
        return self._per_trip(self.time_s)

    def until(self, distance_m: F8) -> F8:
        """Free-flow time (s) of the first ``distance_m`` (trips,) of each trip; all of it beyond its end."""
        time_s = self.total_s.copy()
        unfinished = np.flatnonzero(np.isfinite(distance_m))
        if len(unfinished):  # of the others all is known: a million trips have twenty million pieces
            time_s[unfinished] = self._until(unfinished, distance_m[unfinished])
        return time_s

    def _until(self, rows: NDArray[np.int64], distance_m: F8) -> F8:
        start, piece = gather(self.start, rows)
        trip = np.repeat(np.arange(len(rows)), np.diff(start))
        before_m = np.cumsum(self.length_m) - self.length_m
        length_m = self.length_m[piece]
        left_m = distance_m[trip] - (before_m[piece] - before_m[self.start[rows]][trip])
        share = np.divide(left_m, length_m, out=(left_m >= 0.0).astype(np.float64), where=length_m > 0.0)
        return np.bincount(trip, self.time_s[piece] * np.clip(share, 0.0, 1.0), minlength=len(rows)).astype(np.float64)

    def rows(self, chosen: NDArray[np.int64]) -> FreeFlow:
        """Return the ways of some trips, in the order given."""
        start, piece = gather(self.start, chosen)
        return FreeFlow(start.astype(np.int64), self.length_m[piece], self.time_s[piece])

    def joined(self, other: FreeFlow) -> FreeFlow:
        """Return the ways of these trips, then those of others."""
        return FreeFlow(np.concatenate([self.start, self.start[-1] + other.start[1:]]),
                        np.concatenate([self.length_m, other.length_m]), np.concatenate([self.time_s, other.time_s]))

    def _per_trip(self, values: F8) -> F8:
        trip = np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))
        return np.bincount(trip, values, minlength=len(self.start) - 1).astype(np.float64)
