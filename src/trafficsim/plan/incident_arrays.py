"""Incidents, and lanes that are closed for a time, as arrays of the plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class IncidentArrays(NamedTuple):
    """Incidents of the run, in the order in which the scenario names them."""

    name: tuple[str, ...]
    kind: tuple[str, ...]
    link: NDArray[np.int32]
    position_m: NDArray[np.float64]
    length_m: NDArray[np.float64]
    lanes: tuple[tuple[int, ...], ...]
    """Blocked, counted from the nearside of the link."""
    begin_s: NDArray[np.float64]
    duration_s: NDArray[np.float64]
    """As drawn for the replication, and as policies leave it."""
    injured: NDArray[np.int32]
    left: NDArray[np.float64]
    """Capacity of a lane that is left, over what it has without the incident."""
    left_opposite: NDArray[np.float64]
    """The same on the links in the opposite direction."""

    @property
    def end_s(self) -> NDArray[np.float64]:
        """Clock times at which lanes open again."""
        return np.asarray(self.begin_s + self.duration_s)


class LaneClosureArrays(NamedTuple):
    """Stretches of lanes that vehicles keep off between two clock times, sorted by lane, place and time."""

    lane: NDArray[np.int32]
    """Of the plan."""
    from_m: NDArray[np.float64]
    """From the start of the lane."""
    to_m: NDArray[np.float64]
    begin_s: NDArray[np.float64]
    end_s: NDArray[np.float64]


class ShutLaneArrays(NamedTuple):
    """Lanes that nobody chooses, changes to or begins on between two clock times, sorted by lane and time."""

    lane: NDArray[np.int32]
    """Of the plan."""
    begin_s: NDArray[np.float64]
    end_s: NDArray[np.float64]


def no_shut_lanes() -> ShutLaneArrays:
    """Return the shut lanes of a plan without any."""
    return ShutLaneArrays(np.zeros(0, np.int32), np.zeros(0), np.zeros(0))


def no_incidents() -> IncidentArrays:
    """Return the incidents of a plan without any."""
    whole, real = np.zeros(0, np.int32), np.zeros(0)
    return IncidentArrays((), (), whole, real, real, (), real, real, whole, real, real)


def no_lane_closures() -> LaneClosureArrays:
    """Return the closed lanes of a plan without any."""
    real = np.zeros(0)
    return LaneClosureArrays(np.zeros(0, np.int32), real, real, real, real)
