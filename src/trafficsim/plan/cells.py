"""Cells of an equilibrium: all with one wish that depart in one interval; and the cheapest path of each."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import BOOL, Plan
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.route_book import UNKNOWN, RouteBook
from trafficsim.plan.routes import RouteRequest, Wish
from trafficsim.plan.time_dependent import NEVER, Profile, Roots, TimedSearch, paths_of, route_costs

I8 = NDArray[np.int64]


class CellTable(NamedTuple):
    """Cells in the order of their roots, and roots (permission, interval, origin) in that of permissions.

    Attributes
    ----------
    interval, wish, root, target : of each cell
    number : cell by (interval, wish), -1 for none
    permission, origin, root_interval, start : of each root; its cells are ``start[i]:start[i + 1]``
    via : links between origin and destination, by cell, for cells that have some
    """

    interval: I8
    wish: I8
    root: I8
    target: I8
    number: I8
    permission: I8
    origin: I8
    root_interval: I8
    start: I8
    via: Mapping[int, tuple[int, ...]]


class Cheapest(NamedTuple):
    """By cell: cost of the cheapest path (ms; :data:`NEVER` without one), and its route; -1 for none."""

    cost: I8
    route: I8


def cell_table(wishes: Mapping[Wish, RouteRequest], used: BOOL, network: NetworkPlan) -> CellTable:
    """Sort the cells in which somebody may depart (``used``, shape (intervals, wishes)) by their roots."""
    waypoints = [tuple(network.link_index[link] for link in names) for names, _ in wishes]
    first, last = (np.array([through[end] for through in waypoints], np.int64) for end in (0, -1))
    permissions = np.array([permission for _, permission in wishes], np.int64)
    interval, wish = np.nonzero(used)
    order = np.lexsort((last[wish], first[wish], interval, permissions[wish]))
    interval, wish = interval[order], wish[order]
    key = np.stack([permissions[wish], interval, first[wish]])
    new = np.ones(len(wish), np.bool_)
    new[1:] = (key[:, 1:] != key[:, :-1]).any(axis=0)
    number = np.full(used.shape, -1, np.int64)
    number[interval, wish] = np.arange(len(wish))
    begins = np.flatnonzero(new)
    via = {cell: waypoints[one] for cell, one in enumerate(wish.tolist()) if len(waypoints[one]) > 2}
    permission, root_interval, origin = key[:, begins]
    return CellTable(interval, wish, np.cumsum(new) - 1, last[wish], number, permission, origin, root_interval,
                     np.append(begins, len(wish)), via)


def cheapest_of_cells(cells: CellTable, clock: I8, network: NetworkPlan | Plan, profile: Profile, book: RouteBook,
                      ) -> Cheapest:
    """Find the cheapest path of every cell whose roots are entered at clock times (ms); new ones go into the book."""
    cost, route = np.full(len(cells.wish), NEVER), np.full(len(cells.wish), UNKNOWN)
    for permission in np.unique(cells.permission).tolist():
        search = TimedSearch(network, permission, profile)
        first, last = np.searchsorted(cells.permission, (permission, permission + 1)).tolist()
        base = int(cells.start[first])
        roots = Roots(cells.origin[first:last], clock[first:last], cells.start[first:last + 1] - base)
        for part, block in search.blocks(roots):
            place = slice(base + part.start, base + part.stop)
            cost[place], route[place] = _of_block(search, block, cells.target[place], book)
        for cell in cells.via:
            if first <= cells.root[cell] < last:
                cost[cell], route[cell] = _through(search, cells.via[cell], int(clock[cells.root[cell]]), book)
    return Cheapest(cost, route)


def _of_block(search: TimedSearch, roots: Roots, target: I8, book: RouteBook) -> tuple[I8, I8]:
    found, before = search.trees(roots, target)
    root = np.repeat(np.arange(len(roots.origin)), np.diff(roots.start))
    origin = roots.origin[root]
    route = book.known(found, origin, target)
    missing = np.flatnonzero((route == UNKNOWN) & (found.cost < NEVER))
    if len(missing):
        _, chosen = np.unique(found.hash[missing], return_index=True)
        chosen = missing[chosen]
        book.add(*paths_of(before, root[chosen], target[chosen], found.links[chosen]))
        route[missing] = book.known(found.picked(missing), origin[missing], target[missing])
    return found.cost, route


def _through(search: TimedSearch, through: tuple[int, ...], clock: int, book: RouteBook) -> tuple[int, int]:
    """Cost and route of the cheapest legs from link to link, each from the moment at which the one before it ends."""
    links, cost = [through[0]], 0
    free = search.profile._replace(extra=search.profile.extra[:, :0])
    for tail, head in pairwise(through):
        now = np.array([clock], np.int64)
        target = np.array([head], np.int64)
        found, before = search.trees(Roots(np.array([tail], np.int64), now, np.array([0, 1], np.int64)), target)
        if found.cost[0] >= NEVER:
            return int(NEVER), UNKNOWN
        start, leg = paths_of(before, np.zeros(1, np.int64), target, found.links)
        legs = RouteBook(start, leg, book.turns)
        cost += int(found.cost[0])
        clock += int(route_costs(free, legs.start, legs.turn, np.zeros(1, np.int64), now)[0])
        links += leg[1:].tolist()
    return cost, book.number_of(np.array(links, np.int32))
