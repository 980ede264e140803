"""A growing collection of distinct routes, known by their hashes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import TurnArrays
from trafficsim.plan.network import turn_of
from trafficsim.plan.time_dependent import Found, route_hashes

I8 = NDArray[np.int64]
UNKNOWN = -1


class RouteBook:
    """Distinct routes by number; those that are there keep their numbers.

    Parameters
    ----------
    start, link
        Routes one after another.
    turns
        Movements of the network.

    Attributes
    ----------
    turns : movements of the network
    start, link : routes one after another
    turn : movement at the end of every link of a route, -1 at its last
    """

    def __init__(self, start: NDArray[Any], link: NDArray[Any], turns: TurnArrays) -> None:
        self.turns = turns
        self.start, self.link = np.zeros(1, np.int64), np.zeros(0, np.int32)
        self.turn = np.zeros(0, np.int64)
        self._hash, self._number = np.zeros(0, np.uint64), np.zeros(0, np.int64)
        self._add(np.asarray(start, np.int64), np.asarray(link, np.int32))

    def __len__(self) -> int:
        """Return the number of routes."""
        return len(self.start) - 1

    def known(self, found: Found, origin: I8, target: I8) -> I8:
        """Numbers of paths; :data:`UNKNOWN` where there is no such route yet, or no path.

        The ends and the number of links must agree with the hash.
        """
        place = np.minimum(np.searchsorted(self._hash, found.hash), max(len(self._hash) - 1, 0))
        if not len(self._hash):
            return np.full(len(found.hash), UNKNOWN)
        number = self._number[place]
        fits = (self._hash[place] == found.hash) & (found.links == self.start[number + 1] - self.start[number])
        fits &= (self.link[self.start[number]] == origin) & (self.link[self.start[number + 1] - 1] == target)
        return np.where(fits, number, UNKNOWN)

    def add(self, start: I8, link: NDArray[Any]) -> None:
        """Take in routes that are not there yet, in this order."""
        self._add(start, np.asarray(link, np.int32))

    def number_of(self, link: NDArray[Any]) -> int:
        """Return the number of one route, which is taken in if it is new."""
        start, ends = np.array([0, len(link)], np.int64), np.asarray(link, np.int64)
        found = Found(np.zeros(1, np.int64), route_hashes(start, link), start[1:])
        if self.known(found, ends[:1], ends[-1:])[0] == UNKNOWN:
            self.add(start, link)
        return int(self.known(found, ends[:1], ends[-1:])[0])

    def _add(self, start: I8, link: NDArray[np.int32]) -> None:
        first, count = len(self), len(start) - 1
        turn = np.full(len(link), -1, np.int64)
        turn[:-1] = turn_of(self.turns, link[:-1], link[1:])
        turn[start[1:] - 1] = -1
        self.start = np.concatenate([self.start, self.start[-1] + start[1:]])
        self.link, self.turn = np.concatenate([self.link, link]), np.concatenate([self.turn, turn])
        hashes = np.concatenate([self._hash, route_hashes(start, link)])
        numbers = np.concatenate([self._number, np.arange(first, first + count)])
        order = np.argsort(hashes, kind="stable")
        self._hash, self._number = hashes[order], numbers[order]
