"""Cheapest paths under times that depend on when a link is entered: the times of a run as a profile, and the search.

First in, first out: who enters a link later never leaves it earlier. Times of intervals hold at their middles and are
interpolated between; where a queue vanishes faster than a second per second, the times after it are raised until nobody
overtakes. Dijkstra's algorithm is then exact (Kaufman & Smith 1993, doi:10.1080/10248079308903779).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.kernels.paths.routes import drive_routes, hash_routes
from trafficsim.kernels.paths.tables import LONGEST, NEVER, Cells, Profile, Roots, Turns, empty_tree
from trafficsim.kernels.paths.tree import grow_trees, write_paths
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.network import NetworkPlan, starts
from trafficsim.plan.routes import Access

I8 = NDArray[np.int64]
MS_PER_S = 1000.0
MOST_KEPT = 1 << 24
"""Links of trees that are kept at once: 64 MB."""


def profile_of(turn_s: F8, interval_s: float, extra_s: F8 | None = None) -> Profile:
    """Make a profile in which nobody overtakes.

    Parameters
    ----------
    turn_s
        Time (s) from entering a link to entering the next, shape (intervals, turns), intervals from the beginning of
        the run.
    interval_s
        Length of an interval.
    extra_s
        What a turn costs beyond its time (s), of the same shape: tolls, penalties, what others lose. Never negative.

    Examples
    --------
    >>> profile_of(np.array([[100.0], [10.0]]), 60.0).time.tolist()
    [[100000, 40000, 40000]]
    """
    width = max(round(interval_s * MS_PER_S), 1)
    middle = (np.arange(len(turn_s), dtype=np.int64) * width + width // 2)[:, np.newaxis]
    time = np.maximum(_whole_ms(turn_s), 1)
    time = np.maximum.accumulate(middle + time, axis=0) - middle
    extra = np.zeros((time.shape[1], 0), np.int32) if extra_s is None else _by_turn(_whole_ms(extra_s))
    return Profile(width // 2, width, _by_turn(time), extra)


def _whole_ms(seconds: F8) -> I8:
    return np.rint(np.clip(seconds * MS_PER_S, 0.0, LONGEST)).astype(np.int64)


def _by_turn(values: I8) -> NDArray[np.int32]:
    return np.ascontiguousarray(np.concatenate([values, values[-1:]]).T.astype(np.int32))


class Found(NamedTuple):
    """What a search says about pairs of a root and a target.

    ``cost`` in ms, :data:`NEVER` without a path; ``hash`` and ``links`` are of the path, both links included.
    """

    cost: I8
    hash: NDArray[np.uint64]
    links: I8

    def picked(self, rows: I8) -> Found:
        """Return some rows."""
        return Found(self.cost[rows], self.hash[rows], self.links[rows])


class TimedSearch:
    """Trees of cheapest paths of one permission.

    Parameters
    ----------
    network
        Plan or lowered network: its movements, and who may use its lanes.
    permission
        Index of a vehicle kind, or :data:`trafficsim.plan.routes.IGNORING`.
    profile
        Times and costs.
    """

    def __init__(self, network: NetworkPlan | Plan, permission: int, profile: Profile) -> None:
        self.profile = profile
        self._turns = Turns(np.asarray(network.links.turn_start, np.int64), np.asarray(network.turns.to_link, np.int64),
                            Access(network, permission).turn_open)
        self._links = len(network.link_id)
        self._tree = empty_tree(self._links)

    def blocks(self, roots: Roots) -> Iterator[tuple[slice, Roots]]:
        """Cut many roots into blocks whose trees fit into memory; yield their cells, and them."""
        most = max(MOST_KEPT // max(self._links, 1), 1)
        for first in range(0, len(roots.origin), most):
            last = min(first + most, len(roots.origin))
            begin, end = int(roots.start[first]), int(roots.start[last])
            yield slice(begin, end), Roots(roots.origin[first:last], roots.clock[first:last],
                                           roots.start[first:last + 1] - begin)

    def trees(self, roots: Roots, target: I8) -> tuple[Found, NDArray[np.int32]]:
        """Grow the trees of a block; return what they say about its cells, and the link before each link."""
        count = len(target)
        cells = Cells(np.asarray(target, np.int64), np.zeros(count, np.int64), np.zeros(count, np.uint64),
                      np.zeros(count, np.int64))
        before = np.empty((len(roots.origin), self._links), np.int32)
        with np.errstate(over="ignore"):  # hashes wrap on purpose
            grow_trees(self._turns, self.profile, self._tree, roots, cells, before)
        return Found(cells.cost, cells.hash, cells.links), before


def paths_of(before: NDArray[np.int32], root: I8, target: I8, links: I8) -> tuple[NDArray[Any], NDArray[np.int32]]:
    """Write paths out of trees, one after another; return where each begins, and their links."""
    start = starts(links.tolist()).astype(np.int64)
    flat = np.empty(int(start[-1]), np.int32)
    write_paths(before, np.asarray(root, np.int64), np.asarray(target, np.int64), start, flat)
    return start, flat


def route_costs(profile: Profile, start: I8, turn: I8, route: I8, clock: I8) -> I8:
    """Cost (ms) of routes from clock times (ms) on, up to the entry of their last link."""
    cost = np.zeros(len(route), np.int64)
    drive_routes(profile, np.asarray(start, np.int64), turn, np.asarray(route, np.int64), clock, cost)
    return cost


def route_hashes(start: NDArray[Any], link: NDArray[Any]) -> NDArray[np.uint64]:
    """Hash of every route, as trees give it to their paths."""
    found = np.zeros(len(start) - 1, np.uint64)
    with np.errstate(over="ignore"):
        hash_routes(np.asarray(start, np.int64), np.asarray(link, np.int64), found)
    return found


__all__ = ["NEVER", "Found", "Profile", "Roots", "TimedSearch", "paths_of", "profile_of", "route_costs", "route_hashes"]
