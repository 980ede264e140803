"""Routes: check those that are given, find those that are not, and freeze both before the run."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import DemandError
from trafficsim.kernels.rng import Stream, u01
from trafficsim.plan.arrays import BOOL, F8, I4, U8, Plan
from trafficsim.plan.network import NetworkPlan, starts, turn_of
from trafficsim.plan.rehearsals import NEVER, Rehearsals
from trafficsim.plan.turn_means import turn_means
from trafficsim.spec.vehicles import KINDS

if TYPE_CHECKING:
    from scipy.sparse import csr_array

IGNORING = len(KINDS)
"""Permission of a class that uses lanes reserved for others; permissions 0 ... are the vehicle kinds."""
PERMISSIONS = len(KINDS) + 1
TICKS_PER_S = 1e6
"""Travel times are compared in whole microseconds: equal ones then tie exactly, and the lower link index wins."""


class RouteRequest(NamedTuple):
    """A trip or flow that wants a route, once for each permission that its vehicles may have."""

    label: str
    """``trip 'a'`` or ``flow 'b'``, for messages."""
    route: tuple[str, ...]
    waypoints: tuple[str, ...]
    """Origin, links of stops, destination; used where ``route`` is empty."""
    permissions: tuple[int, ...]
    keeps: bool = False
    """Whether the fastest free-flow path is kept whatever the traffic: trips with stops on the way have a timetable."""


Wish = tuple[tuple[str, ...], int]
"""Waypoints and permission of a request that leaves its route to be found."""


@dataclass(frozen=True)
class RouteTable:
    """Distinct routes, and which one a vehicle takes.

    Attributes
    ----------
    start, link : the distinct routes
    of : (requests, permissions) the given route or the fastest free-flow path, -1 for none
    wish : (requests, permissions) number of the wish for a route that traffic decides, -1 for none
    found : (rounds, intervals, wishes) the cheapest route under the times that each rehearsal measured
    begin_s, interval_s : clock time of the first interval of departure, and their length
    rehearsals : how many there were, and what they left
    share : (rounds, intervals, wishes) who switches to what was found; without rounds: 1 / (k + 1) in round k
    draws : number of the draws that say who switches: others give another equilibrium, if there are several
    """

    start: I4
    link: I4
    of: I4
    wish: I4
    found: I4
    begin_s: float = 0.0
    interval_s: float = np.inf
    rehearsals: Rehearsals = NEVER
    share: NDArray[np.float32] = dataclass_field(default_factory=lambda: np.zeros((0, 0, 0), np.float32))
    draws: int = 0

    def taken(self, request: NDArray[Any], permission: NDArray[Any], depart_s: F8, route_key: U8) -> I4:
        """Route of each vehicle, by the round in which it last switched; ``route_key`` is the same on every day."""
        route: I4 = self.of[request, permission]
        intervals = self.found.shape[1]
        wish = self.wish[request, permission]
        free = np.flatnonzero(wish >= 0)
        interval = np.clip((depart_s[free] - self.begin_s) // self.interval_s, 0, intervals - 1).astype(np.int64)
        last = self.last_switch(route_key[free], (interval, wish[free]))
        moved = np.flatnonzero(last)
        route[free[moved]] = self.found[last[moved] - 1, interval[moved], wish[free[moved]]]
        return route

    def last_switch(self, route_key: U8, cell: tuple[NDArray[np.int64], I4]) -> NDArray[np.int64]:
        """Round, from 1, in which each vehicle of a cell (interval, wish) last switched to the path found; 0: never."""
        last = np.zeros(len(route_key), np.int64)
        for number in range(1, len(self.found) + 1):
            last[self.switching(number, route_key, cell)] = number
        return last

    def switching(self, number: int, route_key: U8, cell: tuple[NDArray[np.int64], I4]) -> BOOL:
        """Whether each vehicle of a cell (interval, wish) switches in a round, counted from 1.

        Without shares a part 1/(k + 1) does in round k: the method of successive averages on vehicles (Sheffi 1985,
        chapter 12), in which each round's path is taken by the same share.
        """
        share = self.share[number - 1, *cell] if len(self.share) else 1.0 / (number + 1)
        return np.asarray(u01(route_key, Stream.ROUTE, number, self.draws) < share, np.bool_)


class Access:
    """Which links and turns a permission opens, and fastest paths over them.

    Parameters
    ----------
    network
        The lowered network, or a plan.
    permission
        Index of a vehicle kind, or :data:`IGNORING`.
    turn_s
        Time from entering a link to entering the next, by turn; at the speed limits when not given.
    """

    def __init__(self, network: NetworkPlan | Plan, permission: int, turn_s: F8 | None = None) -> None:
        lanes, connections, turns = network.lanes, network.connections, network.turns
        lane_open = np.ones(len(lanes.link), np.bool_) if permission == IGNORING \
            else (lanes.allowed >> np.uint8(permission) & 1).astype(np.bool_)
        self.link_open = np.bincount(lanes.link[lane_open], minlength=len(network.link_id)) > 0
        usable = lane_open[connections.from_lane] & lane_open[connections.to_lane]
        self.turn_open = np.bincount(connections.turn[usable], minlength=len(turns.from_link)) > 0
        length, speed = turn_means(connections, len(turns.from_link), usable)
        link_s = network.links.length_m / network.links.speed_limit_ms
        rows = np.flatnonzero(self.turn_open)
        rows = rows[np.lexsort((turns.from_link[rows], turns.to_link[rows]))]
        self._from, self._to = turns.from_link[rows], turns.to_link[rows]
        time_s = length[rows] / speed[rows] + link_s[self._to] if turn_s is None else turn_s[rows]
        self._cost = np.maximum(np.rint(time_s * TICKS_PER_S), 1.0)
        self._own = np.rint(link_s * TICKS_PER_S)
        self._links, self._turns = len(network.link_id), turns

    @cached_property
    def _graph(self) -> csr_array:
        """Costs of turns. Made when a path is asked for: with given routes alone SciPy's graphs are never imported."""
        from scipy.sparse import csr_array

        return csr_array((self._cost, (self._from, self._to)), shape=(self._links, self._links))

    def reached(self, origin: int) -> BOOL:
        """Return whether each link can be reached from a link."""
        from scipy.sparse.csgraph import breadth_first_order

        reached = np.zeros(self._links, np.bool_)
        reached[breadth_first_order(self._graph, origin, return_predecessors=False)] = True
        return reached

    def times(self, origins: NDArray[np.int64]) -> F8:
        """Time (microseconds) from the begin of each of some links to the end of every link: infinite without a way."""
        from scipy.sparse.csgraph import dijkstra

        reached = np.asarray(dijkstra(self._graph, indices=origins), np.float64) + self._own[origins, np.newaxis]
        return np.where(self.link_open[origins, np.newaxis] & self.link_open, reached, np.inf)

    def first_closed(self, start: NDArray[Any], links: NDArray[Any]) -> int | None:
        """Position of the first link of some routes that is closed, or that no open movement leads on from.

        ``links[start[i]:start[i + 1]]`` is route i, whose links follow each other by movements; none if all is open.
        """
        fine = self.link_open[links]
        onward = np.ones(len(links), np.bool_)
        onward[:-1] = self.turn_open[turn_of(self._turns, links[:-1], links[1:])]
        onward[np.asarray(start[1:], np.int64) - 1] = True
        return None if (fine & onward).all() else int(np.argmin(fine & onward))

    def path(self, origin: int, target: int) -> list[int] | None:
        """Fastest path from one link to another, with both; ``None`` when there is none."""
        ((_, found),) = _paths(self, origin, (target,))
        return None if found is None else list(found)

    def predecessors(self, origin: int) -> NDArray[np.int64]:
        """Link before each link on the fastest path from ``origin``; -1 where there is none."""
        from scipy.sparse.csgraph import dijkstra

        reached = dijkstra(self._graph, indices=np.array([origin]))[0]
        arrival = reached[self._from] + self._cost
        on_path = np.flatnonzero(np.isfinite(arrival) & (arrival == reached[self._to]))[::-1]
        before = np.full(len(reached), -1, np.int64)
        before[self._to[on_path]] = self._from[on_path]  # the last one written wins: the lowest link index
        return before


def build_routes(requests: Sequence[RouteRequest], network: NetworkPlan) -> RouteTable:
    """Check the given routes and find the fastest free-flow path for all others.

    Path choice compares travel times at the speed limits on links plus connectors, on lanes open to the vehicle's kind.

    Raises
    ------
    DemandError
        If a link is unknown or closed to the vehicles, consecutive links are not joined, or there is no path.
    """
    access: dict[int, Access] = {}
    for permission in sorted({p for request in requests for p in request.permissions}):
        access[permission] = Access(network, permission)
    first: dict[tuple[bool, tuple[str, ...], int], RouteRequest] = {}
    for request in requests:
        for permission in request.permissions:
            first.setdefault((*_wish(request), permission), request)
    found = {wish: _given(request, wish[2], access[wish[2]], network) for wish, request in first.items() if wish[0]}
    found |= _fastest({wish: request for wish, request in first.items() if not wish[0]}, access, network)
    return _table(requests, found)


def wishes_of(requests: Sequence[RouteRequest]) -> dict[Wish, RouteRequest]:
    """Wishes for routes that traffic decides, each with the first request that has it, in their order."""
    found: dict[Wish, RouteRequest] = {}
    for request in requests:
        for permission in () if request.route or request.keeps else request.permissions:
            found.setdefault((request.waypoints, permission), request)
    return found


def cheapest(wishes: Mapping[Wish, RouteRequest], network: NetworkPlan, turn_s: F8) -> dict[Wish, tuple[int, ...]]:
    """Cheapest path of each wish under the times of turns."""
    access = {permission: Access(network, permission, turn_s) for permission in sorted({wish[1] for wish in wishes})}
    found = _fastest({(False, *wish): request for wish, request in wishes.items()}, access, network)
    return {wish: found[False, *wish] for wish in wishes}


def _wish(request: RouteRequest) -> tuple[bool, tuple[str, ...]]:
    return (True, request.route) if request.route else (False, request.waypoints)


def _table(requests: Sequence[RouteRequest], found: dict[Any, tuple[int, ...]]) -> RouteTable:
    number: dict[tuple[int, ...], int] = {}
    of = np.full((len(requests), PERMISSIONS), -1, np.int32)
    wish = np.full_like(of, -1)
    wishes = {wish: row for row, wish in enumerate(wishes_of(requests))}
    for row, request in enumerate(requests):
        for permission in request.permissions:
            route = found[(*_wish(request), permission)]
            of[row, permission] = number.setdefault(route, len(number))
            if not request.route and not request.keeps:
                wish[row, permission] = wishes[request.waypoints, permission]
    flat = np.array([link for route in number for link in route], np.int32)
    return RouteTable(starts([len(route) for route in number]), flat, of, wish,
                      np.zeros((0, 1, len(wishes)), np.int32))


def _given(request: RouteRequest, permission: int, access: Access, network: NetworkPlan) -> tuple[int, ...]:
    route = tuple(link_of(link, f"{request.label}: route position {position}", network)
                  for position, link in enumerate(request.route))
    links = np.array(route, np.int64)
    turns = turn_of(network.turns, links[:-1], links[1:])
    _refuse(request, access.link_open[links], "closed to {who}", permission)
    _refuse(request, turns >= 0, "no movement to the next link {following!r}", permission)
    _refuse(request, access.turn_open[turns], "no movement to the next link {following!r} for {who}", permission)
    return route


def _refuse(request: RouteRequest, fine: NDArray[np.bool_], found: str, permission: int) -> None:
    if fine.all():
        return
    position = int(np.argmin(fine))
    link, *rest = request.route[position:]
    who, following = permission_name(permission), rest[0] if rest else ""
    raise DemandError(f"{request.label}: route position {position}, link {link!r}",
                      found.format(who=who, following=following),
                      f"links joined by movements that are open to {who}",
                      "correct the route, or give only its origin and destination")


def _fastest(wishes: dict[tuple[bool, tuple[str, ...], int], RouteRequest], access: dict[int, Access],
             network: NetworkPlan) -> dict[Any, tuple[int, ...]]:
    waypoints = {wish: _waypoints(request, wish[2], access[wish[2]], network) for wish, request in wishes.items()}
    targets: dict[tuple[int, int], set[int]] = defaultdict(set)
    for wish, links in waypoints.items():
        for origin, target in pairwise(links):
            targets[wish[2], origin].add(target)
    legs = {(permission, origin, target): path for (permission, origin), ends in targets.items()
            for target, path in _paths(access[permission], origin, ends)}
    return {wish: _join(wishes[wish], wish[2], links, legs, network) for wish, links in waypoints.items()}


def _waypoints(request: RouteRequest, permission: int, access: Access, network: NetworkPlan) -> tuple[int, ...]:
    links = tuple(link_of(link, request.label, network) for link in request.waypoints)
    for link, index in zip(request.waypoints, links, strict=True):
        if not access.link_open[index]:
            raise DemandError(f"{request.label}: link {link!r}", f"closed to {permission_name(permission)}",
                              "a link that is open to the vehicle", "choose another link or vehicle class")
    return links


def _paths(access: Access, origin: int, targets: Iterable[int]) -> Iterable[tuple[int, tuple[int, ...] | None]]:
    before = access.predecessors(origin)
    for target in sorted(targets):
        path = [target]
        while path[-1] != origin and before[path[-1]] >= 0:
            path.append(int(before[path[-1]]))
        yield target, tuple(reversed(path)) if path[-1] == origin else None


def _join(request: RouteRequest, permission: int, links: tuple[int, ...],
          legs: dict[tuple[int, int, int], tuple[int, ...] | None], network: NetworkPlan) -> tuple[int, ...]:
    route = [links[0]]
    for origin, target in pairwise(links):
        leg = legs[permission, origin, target]
        if leg is None:
            raise DemandError(request.label, f"no path from {network.link_id[origin]!r} to {network.link_id[target]!r}"
                              f" for {permission_name(permission)}", "links joined by open lanes and movements",
                              "connect them, or choose another origin or destination")
        route += leg[1:]
    return tuple(route)


def link_of(link: str, where: str, network: NetworkPlan) -> int:
    """Index of a link; an unknown one is refused with a close name."""
    index = network.link_index.get(link)
    if index is None:
        close = difflib.get_close_matches(link, network.link_index, n=1)
        raise DemandError(where, f"unknown link {link!r}", "a link of the network",
                          f"did you mean {close[0]!r}?" if close else "correct the link id")
    return index


def permission_name(permission: int) -> str:
    """Name a permission in a message."""
    return "any vehicle" if permission == IGNORING else f"vehicles of kind {KINDS[permission]!r}"
