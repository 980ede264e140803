"""The routes that drivers know: what they learn from one rehearsal, and what they could still gain.

Interval by interval of departure, drivers look at the times that the last rehearsal measured and find the cheapest
path. A share of them switches to it (method of successive averages on vehicles); the others stay with what they had.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trafficsim.kernels.rng import hash_name
from trafficsim.plan.arrays import BOOL, F8, I4, U8, Plan
from trafficsim.plan.day import MOST_SHIFT_S
from trafficsim.plan.lower import DESIGN_DAY, lower, route_keys, sorted_people
from trafficsim.plan.network import NetworkPlan, starts, turn_of
from trafficsim.plan.prepare import Prepared, route_requests
from trafficsim.plan.realise import draw_classes, vehicle_keys
from trafficsim.plan.route_arrays import nobody_en_route
from trafficsim.plan.routes import PERMISSIONS, Access, RouteRequest, RouteTable, Wish, cheapest, wishes_of

INTERVAL_S = 900.0
"""Length of an interval of departure: a quarter of an hour, as counts and assignments usually have."""
Paths = Mapping[Wish, tuple[int, ...]]
Neighbours = dict[int, list[int]]


@dataclass(frozen=True)
class Travellers:
    """All of the design day, one row each: name, wish, interval of departure, random key of the route, and route.

    The wish is -1 of those whose route traffic does not decide.
    """

    name: Sequence[str]
    wish: I4
    interval: NDArray[np.int64]
    key: U8
    route: I4


def without_rounds(prepared: Prepared, interval_s: float = INTERVAL_S) -> RouteTable:
    """The free-flow routes of a prepared world, ready for rounds by interval of departure."""
    time, routes = prepared.world.scenario.time, prepared.routes
    intervals = max(int(np.ceil((time.analysis_end_s - time.start_s) / interval_s)), 1)
    return replace(routes, found=np.zeros((0, intervals, routes.found.shape[2]), np.int32), begin_s=time.start_s,
                   interval_s=interval_s)


class Learning:
    """The state of the rehearsals of a prepared world.

    Parameters
    ----------
    prepared
        The world with its free-flow routes.
    """

    def __init__(self, prepared: Prepared) -> None:
        requests = route_requests(prepared)
        self._prepared, self.routes = prepared, without_rounds(prepared)
        self._wishes = wishes_of(requests)
        self._used = used_cells(prepared, requests, self._wishes, self.routes)

    def rehearsal(self) -> Plan:
        """Plan of the next rehearsal: the design day without policies, everybody on the routes known so far."""
        plan = lower(with_routes(self._prepared, self.routes), (), DESIGN_DAY).plan
        return driven_to_learn(plan, INTERVAL_S)

    def look_back(self, turn_s: F8) -> tuple[float, RouteTable]:
        """What a rehearsal tells: the relative gap of its routes, and the routes with one more round.

        Parameters
        ----------
        turn_s
            Times by interval and turn, as :func:`trafficsim.plan.turn_times.turn_times_s` gives them.
        """
        rows = np.minimum(np.arange(self.routes.found.shape[1]), len(turn_s) - 1)
        times, best = turn_s[rows], []
        wishes = list(self._wishes)
        for interval, used in enumerate(self._used):
            asked = {wishes[row]: self._wishes[wishes[row]] for row in np.flatnonzero(used)}
            best.append(cheapest(asked, self._prepared.network, times[interval]))
        after = _with_round(self.routes, best, wishes)
        return self._gap(after, times), after

    def _gap(self, after: RouteTable, times: F8) -> float:
        """Sum of times over the sum of least times, less one, of all whose route traffic decides."""
        who = travellers(self._prepared, self.routes)
        free = who.wish >= 0
        interval, wish, route = who.interval[free], who.wish[free], who.route[free]
        cost = _route_costs(after, self._prepared.network, times)
        least = cost[interval, after.found[-1, interval, wish]].sum()
        return float(max(cost[interval, route].sum() - least, 0.0) / least) if least > 0.0 else 0.0


def used_cells(prepared: Prepared, requests: Sequence[RouteRequest], wishes: Mapping[Wish, RouteRequest],
               routes: RouteTable) -> BOOL:
    """Whether anybody may depart with a wish in an interval, on any day: shape (intervals, wishes)."""
    used = np.zeros((routes.found.shape[1], len(wishes)), np.bool_)
    begin_s = routes.begin_s
    number = {wish: row for row, wish in enumerate(wishes)}
    spans = list(zip(prepared.rates.first_s.tolist(), prepared.rates.last_s.tolist(), strict=True))
    spans += [(depart - MOST_SHIFT_S, depart + MOST_SHIFT_S) for depart in prepared.trips.depart_s.tolist()]
    for request, (first, last) in zip(requests, spans, strict=True):
        begin, end = (max(int((time_s - begin_s) // routes.interval_s), -1) for time_s in (first, last))
        rows = slice(max(begin, 0), end + 1)
        for permission in request.permissions:
            if (request.waypoints, permission) in number and not request.route and not request.keeps:
                used[rows, number[request.waypoints, permission]] = True
    return used


def _with_round(routes: RouteTable, best: Sequence[Paths], wishes: Sequence[Wish]) -> RouteTable:
    """Add a round; where nobody departs, the free-flow path stands for it."""
    number = {tuple(part.tolist()): row for row, part in enumerate(np.split(routes.link, routes.start[1:-1]))}
    found = np.tile(usual_routes(routes), (len(best), 1))
    for interval, paths in enumerate(best):
        for column, wish in enumerate(wishes):
            if wish in paths:
                found[interval, column] = number.setdefault(paths[wish], len(number))
    return replace(routes, start=starts([len(route) for route in number]),
                   link=np.array([link for route in number for link in route], np.int32),
                   found=np.concatenate([routes.found, found[np.newaxis]]))


def travellers(prepared: Prepared, routes: RouteTable) -> Travellers:
    """Return who travels on the design day, and the route that everybody takes of some."""
    seed_key = hash_name(prepared.world.scenario.seed, DESIGN_DAY)
    people = sorted_people(prepared, seed_key)
    keys = vehicle_keys(people.name_hash, seed_key)
    permission = prepared.permission[draw_classes(keys, prepared.mix_cumulative[people.request])]
    own = route_keys(prepared, people.name_hash)
    route = routes.taken(people.request, permission, people.depart_s, own)
    last = routes.found.shape[1] - 1
    interval = np.clip((people.depart_s - routes.begin_s) // routes.interval_s, 0, last).astype(np.int64)
    return Travellers(people.name, routes.wish[people.request, permission], interval, own, route)


def usual_routes(routes: RouteTable) -> I4:
    """Return the free-flow route of every wish."""
    rows, columns = np.nonzero(routes.wish >= 0)
    usual = np.zeros(routes.found.shape[2], np.int32)
    usual[routes.wish[rows, columns]] = routes.of[rows, columns]
    return usual


def driven_to_learn(plan: Plan, interval_s: float) -> Plan:
    """Return the plan of a day on which everybody keeps the own route, and times are measured by interval."""
    return replace(plan, interval_s=interval_s, trajectory_share=0.0, en_route=nobody_en_route())


def _route_costs(routes: RouteTable, network: NetworkPlan, times: F8) -> F8:
    """Time of every route in every interval, up to its last link: shape (intervals, routes)."""
    owner = np.repeat(np.arange(len(routes.start) - 1), np.diff(routes.start))
    inside = np.flatnonzero(np.diff(owner) == 0)
    turn = turn_of(network.turns, routes.link[inside], routes.link[inside + 1])
    return np.array([np.bincount(owner[inside], row[turn], minlength=len(routes.start) - 1) for row in times])


def with_routes(prepared: Prepared, routes: RouteTable) -> Prepared:
    """Freeze what drivers know; what policies worked out from other routes is forgotten."""
    return replace(prepared, routes=routes, memory={})


def has_choice(prepared: Prepared) -> bool:
    """Whether anybody whose route traffic decides could drive another way that passes no link twice.

    Another route leaves the free-flow path at one of its links and comes to the end of the path without the links
    before.
    """
    routes, network = prepared.routes, prepared.network
    for permission in range(PERMISSIONS):
        taken = np.unique(routes.of[routes.wish[:, permission] >= 0, permission]).tolist()
        if not taken:
            continue
        before, after = _joined(network, Access(network, permission).turn_open)
        paths = (routes.link[routes.start[route]:routes.start[route + 1]].tolist() for route in taken)
        if any(_other_route(path, before, after) for path in paths):
            return True
    return False


def _joined(network: NetworkPlan, is_open: BOOL) -> tuple[Neighbours, Neighbours]:
    """Links before and after each link, by the turns that are open."""
    before: Neighbours = defaultdict(list)
    after: Neighbours = defaultdict(list)
    turns = np.column_stack([network.turns.from_link, network.turns.to_link])[is_open]
    for tail, head in turns.tolist():
        before[head].append(tail)
        after[tail].append(head)
    return before, after


def _other_route(path: Sequence[int], before: Neighbours, after: Neighbours) -> bool:
    reaching = _reaching(path[-1], before, frozenset())
    for position, (link, following) in enumerate(pairwise(path)):
        passed = frozenset(path[:position + 1])
        others = (reaching - passed - {following}).intersection(after.get(link, ()))
        if others and not _reaching(path[-1], before, passed).isdisjoint(others):
            return True
    return False


def _reaching(target: int, before: Neighbours, without: frozenset[int]) -> set[int]:
    """Links from which there is a way to the target that passes none of some links."""
    found, open_ends = {target}, [target]
    while open_ends:
        new = [link for link in before.get(open_ends.pop(), ()) if link not in found and link not in without]
        found.update(new)
        open_ends += new
    return found
