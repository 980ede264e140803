"""Trees of shortest paths from every zone, with turns, and the loading of a matrix on them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from trafficsim.base.errors import DemandError, quoted
from trafficsim.design.assignment.steps import NOTHING, Steps, steps_of
from trafficsim.spec.static_network import F8, StaticNetwork

I8 = NDArray[np.int64]


class Trees(NamedTuple):
    """Trees of shortest paths, one row per origin.

    ``cost`` is the cost from the origin to each state, infinite where there is no path; ``before`` the state before,
    negative at origins and where there is no path.
    """

    cost: F8
    before: NDArray[np.int32]


class PathSearch:
    """Shortest paths between the zones of a matrix, by Dijkstra's algorithm (SciPy).

    Costs and volumes are arrays over links, followed by the turns that have a penalty.

    Parameters
    ----------
    network
        The network.
    zones
        Names of the zones, in the order of the matrix.

    Raises
    ------
    DemandError
        If a zone of the matrix is not one of the network.
    """

    def __init__(self, network: StaticNetwork, zones: tuple[str, ...]) -> None:
        self._zones = zones
        self.steps = steps_of(network, _zone_nodes(network, zones))
        self.costs_wanted = len(network.link) + len(network.penalised)
        self._index(self.steps)

    def _index(self, steps: Steps) -> None:
        self._key = steps.tail * steps.states + steps.head
        self._by_key = np.argsort(self._key, kind="stable")
        self._keys, self._first = np.unique(self._key[self._by_key], return_index=True)
        self._columns = (self._keys % steps.states).astype(np.int32)
        rows = np.bincount(self._keys // steps.states, minlength=steps.states)
        self._rows = np.concatenate(([0], np.cumsum(rows))).astype(np.int32)

    def _cheapest(self, costs: F8) -> tuple[F8, I8]:
        """Cost of going from state to state, and the step taken: of parallel links the cheapest, then the first."""
        padded = np.append(costs, 0.0)  # NOTHING is the place of the last entry
        cost = padded[self.steps.link] + padded[self.steps.turn]
        if len(self._keys) == len(self._key):
            return cost[self._by_key], self._by_key
        order = np.lexsort((cost, self._key))
        chosen = order[self._first]
        return cost[chosen], chosen

    def trees(self, costs: F8) -> Trees:
        """Grow the tree of every zone."""
        return self._grow(self._cheapest(costs)[0])

    def _grow(self, cost: F8) -> Trees:
        size = (self.steps.states, self.steps.states)
        graph = csr_array((cost, self._columns, self._rows), shape=size)
        reached, before = dijkstra(graph, indices=self.steps.origin, return_predecessors=True)
        return Trees(reached, before)

    def between(self, costs: F8) -> F8:
        """Cost from zone to zone, infinite where there is no path, 0 within zones; shape (zones, zones)."""
        found: F8 = self.trees(costs).cost[:, self.steps.destination]
        np.fill_diagonal(found, 0.0)
        return found

    def load(self, costs: F8, trips: F8) -> F8:
        """Load trips on the shortest paths (all or nothing) and return volumes; trips within zones use no link."""
        cost, chosen = self._cheapest(costs)
        trees = self._grow(cost)
        carried = np.zeros_like(trees.cost)
        carried[:, self.steps.destination] = trips
        carried[np.arange(len(trips)), self.steps.destination] = 0.0
        pairs, volumes = _to_the_root(carried, trees.before)
        step = chosen[np.searchsorted(self._keys, pairs)]
        place = np.concatenate((self.steps.link[step], self.steps.turn[step]))
        used = place != NOTHING
        loaded: F8 = np.bincount(place[used], np.tile(volumes, 2)[used], minlength=self.costs_wanted).astype(np.float64)
        return loaded

    def path(self, costs: F8, origin: int, destination: int) -> list[int]:
        """Links of the cheapest path between two zones, by their positions; empty where there is none."""
        cost, chosen = self._cheapest(costs)
        before = self._grow(cost).before[origin]
        state, links = int(self.steps.destination[destination]), list[int]()
        while before[state] >= 0:
            key = int(before[state]) * self.steps.states + state
            link = self.steps.link[chosen[np.searchsorted(self._keys, key)]]
            links += [int(link)] if link != NOTHING else []
            state = int(before[state])
        return links[::-1]

    def require_paths(self, trips: F8) -> None:
        """Refuse trips between zones that no path joins.

        Raises
        ------
        DemandError
            Naming the first pair, with the number of pairs and trips.
        """
        apart = np.isinf(self.between(np.ones(self.costs_wanted))) & (trips > 0)
        if apart.any():
            origin, destination = np.argwhere(apart)[0]
            raise DemandError(
                f"matrix: from zone {quoted(self._zones[origin])} to zone {quoted(self._zones[destination])}",
                f"no path ({apart.sum():,} pairs with {trips[apart].sum():,.6g} trips have none)",
                "zones joined by paths", "connect them, or take these trips out of the matrix")


def _to_the_root(carried: F8, before: NDArray[np.int32]) -> tuple[I8, F8]:
    """Carry trips from destinations to the roots of their trees, deepest states first, in all trees at once.

    Returns
    -------
    Pairs of states (before * states + state) with trips between them, and the trips.
    """
    trees, states = before.shape
    has_before = before >= 0
    offset = np.arange(trees, dtype=np.int64)[:, np.newaxis] * states
    parent: I8 = np.where(has_before, before + offset, np.arange(states) + offset).ravel()
    flat, depth = carried.ravel(), _depth(parent)
    order = np.argsort(-depth, kind="stable")
    ends = np.cumsum(np.bincount(depth)[:0:-1])
    for begin, end in zip((0, *ends[:-1]), ends, strict=False):
        level = order[begin:end]
        np.add.at(flat, parent[level], flat[level])
    used = np.flatnonzero((flat > 0) & has_before.ravel())
    return parent[used] % states * states + used % states, flat[used]


def _depth(parent: I8) -> I8:
    """Number of steps from the root, by doubling what is jumped over."""
    depth: I8 = (parent != np.arange(len(parent))).astype(np.int64)
    jump = parent
    while True:
        further = depth[jump]
        if not further.any():
            return depth
        depth, jump = depth + further, jump[jump]


def _zone_nodes(network: StaticNetwork, zones: tuple[str, ...]) -> NDArray[Any]:
    place = {node: position for position, node in enumerate(network.node)}
    known = set(network.zones)
    strange = [zone for zone in zones if zone not in known]
    if strange:
        ends = f"{quoted(network.zones[0])} to {quoted(network.zones[-1])}" if network.zones else "none"
        raise DemandError(f"matrix: zone {quoted(strange[0])}",
                          f"no such zone in the network (true of {len(strange)} zones of the matrix)",
                          f"zones of the network: {ends}",
                          "correct the names of the zones, or give the matrix that belongs to the network")
    return np.array([place[zone] for zone in zones], np.int64)
