"""Which ways cross those of units: found once, for the movements that units make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8, Plan

I8 = NDArray[np.int64]


class Ways(NamedTuple):
    """Connections of a movement, and those from other links that cross them."""

    own: I8
    crossing: I8


class Crossings:
    """Looks up the ways of movements.

    Parameters
    ----------
    plan
        Of the run; connections of the engine have the same numbers.
    """

    def __init__(self, plan: Plan) -> None:
        self._connections, self._link = plan.connections, plan.lanes.link
        self._known: dict[int, Ways] = {}

    def of(self, turn: int) -> Ways:
        """Return the ways of a movement."""
        if turn not in self._known:
            connections = self._connections
            own = np.flatnonzero(connections.turn == turn)
            start = connections.cross_start
            crossing = [connections.crosses[start[one]:start[one + 1]] for one in own.tolist()]
            every = np.unique(np.concatenate([np.zeros(0, np.int64), *crossing])).astype(np.int64)
            links = self._link[connections.from_lane[own]]
            self._known[turn] = Ways(own, every[~np.isin(self._link[connections.from_lane[every]], links)])
        return self._known[turn]

    def crossing(self, turns: frozenset[int]) -> I8:
        """Return all ways that cross one of these movements and are none of them."""
        ways = [self.of(turn) for turn in sorted(turns)]
        none = np.zeros(0, np.int64)
        every = np.unique(np.concatenate([none, *(one.crossing for one in ways)]))
        return np.asarray(np.setdiff1d(every, np.concatenate([none, *(one.own for one in ways)])), np.int64)


def check_in(seen: NDArray[np.int32], check_in_m: F8, distance_m: Mapping[int, float]) -> None:
    """Write by movement whether a unit is within the check-in distance of its stop line.

    Parameters
    ----------
    seen
        What controllers see.
    check_in_m
        By movement; empty where no signal reacts.
    distance_m
        By movement on the way of a unit, the distance of the nearest one.
    """
    seen[:] = 0
    for turn, away_m in distance_m.items():
        if len(check_in_m) and away_m <= check_in_m[turn]:
            seen[turn] = 1
