"""The k cheapest paths without a loop between two links, under any costs of movements (Yen 1971).

Costs are whole microseconds, so sums are exact and equal ones tie; of equal paths the one with the lower link numbers
comes first. A tree of cheapest paths to the destination says what every detour costs at least: most detours are read
off it, and the others are searched for with it as the bound (A*, Hart, Nilsson & Raphael 1968,
doi:10.1109/TSSC.1968.300136).
"""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import BOOL, F8, TurnArrays

TICKS_PER_S = 1e6
"""Costs are compared in whole microseconds."""
Path = tuple[int, ...]
Tree = NDArray[np.float64]


class CostedPath(NamedTuple):
    """A path with what it costs beyond its first link (microseconds)."""

    cost: int
    links: Path


class PathNetwork:
    """Links as nodes, open movements as edges with a cost.

    Parameters
    ----------
    turns
        Movements of a plan.
    links
        Number of links.
    cost_s
        Cost of each movement, in seconds.
    is_open
        Which of them may be used.
    """

    def __init__(self, turns: TurnArrays, links: int, cost_s: F8, is_open: BOOL) -> None:
        rows = np.flatnonzero(is_open)
        self.tail, self.head = turns.from_link[rows], turns.to_link[rows]
        self.cost = np.maximum(np.rint(cost_s[rows] * TICKS_PER_S), 1.0)
        self.turn, self.links = rows, links
        self._onward: list[list[tuple[int, int]]] | None = None
        self._trees: dict[int, list[float]] = {}

    def distances(self, targets: NDArray[np.int64]) -> Tree:
        """Least cost from every link to each of some links (microseconds), infinite without a path.

        Returns
        -------
        array of shape (targets, links)
        """
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        graph = csr_array((self.cost, (self.head, self.tail)), shape=(self.links, self.links))
        return np.asarray(dijkstra(graph, indices=targets), np.float64).reshape(len(targets), self.links)

    def next_turns(self, distance: Tree) -> NDArray[np.int64]:
        """Movement to take on each link towards a destination, -1 at it and where there is no path.

        Parameters
        ----------
        distance
            One row of :meth:`distances`.
        """
        found = np.full(self.links, -1, np.int64)
        with np.errstate(invalid="ignore"):
            best = np.flatnonzero(self.cost + distance[self.head] == distance[self.tail])[::-1]
        best = best[np.isfinite(distance[self.tail[best]])]
        found[self.tail[best]] = self.turn[best]  # the last one written wins: the lowest number
        return found

    def paths(self, origin: int, target: int, most: int, longest: float) -> list[CostedPath]:
        """Return the cheapest paths from one link to another, cheapest first; none where there is no path.

        Parameters
        ----------
        origin, target
            First and last link.
        most
            How many at most.
        longest
            Paths above this multiple of the cheapest are left out.
        """
        if origin == target:
            return [CostedPath(0, (origin,))]
        first = self._completed((origin,), frozenset(), target)
        if first is None:
            return []
        found, ahead, seen = [first], list[tuple[int, Path, int]](), {first.links}
        since = 0
        while len(found) < most:
            self._detours(found, since, target, (ahead, seen))
            if not ahead or ahead[0][0] > longest * first.cost:
                break
            cost, links, since = heappop(ahead)
            found.append(CostedPath(cost, links))
        return found

    def _detours(self, found: list[CostedPath], since: int, target: int,
                 waiting: tuple[list[tuple[int, Path, int]], set[Path]]) -> None:
        """Collect the cheapest path that leaves the last one found at each of its links, but for those known."""
        ahead, seen = waiting
        last = found[-1].links
        for place in range(since, len(last) - 1):
            root = last[:place + 1]
            known = frozenset(one.links[place + 1] for one in found if one.links[:place + 1] == root)
            detour = self._completed(root, known, target)
            if detour is not None and detour.links not in seen:
                seen.add(detour.links)
                heappush(ahead, (detour.cost, detour.links, place))

    def _completed(self, root: Path, known: frozenset[int], target: int) -> CostedPath | None:
        """Cheapest path that begins with ``root``, goes on to none of ``known`` and passes no link twice."""
        least, passed = self._tree(target), set(root)
        onward = self._edges()
        behind = sum(self._step(*pair) for pair in pairwise(root))
        ahead: list[tuple[float, Path]] = []
        for link, cost in onward[root[-1]]:
            if link not in known and link not in passed and least[link] < np.inf:
                heappush(ahead, (behind + cost + least[link], (link,)))
        closed: set[int] = set()
        while ahead:
            bound, path = heappop(ahead)
            link = path[-1]
            if link == target:
                return CostedPath(int(bound), root + path)
            if link in closed:
                continue
            closed.add(link)
            for following, cost in onward[link]:
                if following not in passed and following not in closed and least[following] < np.inf:
                    heappush(ahead, (bound - least[link] + cost + least[following], (*path, following)))
        return None

    def _step(self, tail: int, head: int) -> int:
        return next(cost for link, cost in self._edges()[tail] if link == head)

    def _edges(self) -> list[list[tuple[int, int]]]:
        if self._onward is None:
            self._onward = [[] for _ in range(self.links)]
            for tail, head, cost in zip(self.tail.tolist(), self.head.tolist(), self.cost.tolist(), strict=True):
                self._onward[tail].append((head, int(cost)))
        return self._onward

    def _tree(self, target: int) -> list[float]:
        if target not in self._trees:
            if len(self._trees) > MOST_TREES:
                self._trees.clear()
            self._trees[target] = self.distances(np.array([target]))[0].tolist()
        return self._trees[target]


MOST_TREES = 64
"""Trees kept at a time: paths are asked for destination by destination."""
