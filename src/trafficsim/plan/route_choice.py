"""Which of several routes each trip takes: path-size logit under the generalised cost of an alternative."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.draws import hash_name
from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import BOOL, F8, U8, Plan, SignalArrays, TripArrays
from trafficsim.plan.closures import closed_throughout, roads_of
from trafficsim.plan.k_shortest import Path, PathNetwork
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.path_size import chosen, path_sizes, utilities
from trafficsim.plan.prepare import Prepared, route_requests
from trafficsim.plan.routes import Access, permission_name, wishes_of
from trafficsim.plan.trip_rows import with_routes
from trafficsim.plan.turn_means import turn_means
from trafficsim.plan.turn_times import red_delay_of
from trafficsim.spec.route_choice import RouteChoice

S_PER_H, S_PER_MIN, M_PER_KM, MICROSECONDS = 3600.0, 60.0, 1000.0, 1e6
WISHES, TOLL = "wishes for routes", "link.toll_eur"


class RoadCosts(NamedTuple):
    """What driving costs under an alternative, by movement: from entering a link to entering the next."""

    network: NetworkPlan
    time_s: F8
    money_eur: F8
    closed: BOOL

    @property
    def key(self) -> str:
        """Name of these costs: the same for equal ones."""
        sha = hashlib.blake2b(digest_size=16)
        for part in (self.time_s, self.money_eur, self.closed):
            sha.update(np.ascontiguousarray(part).tobytes())
        return sha.hexdigest()


def road_costs(network: NetworkPlan, signals: SignalArrays, choice: RouteChoice, closed: BOOL | None = None,
               ) -> RoadCosts:
    """Return times and money of all movements on empty roads.

    Times are those at the limits on links, through the junction, and the mean wait at red of a single vehicle; money is
    the toll of the link that is entered and the cost of the distance.
    """
    links, turns = network.links, network.turns
    length_m, speed_ms = turn_means(network.connections, len(turns.from_link))
    time_s = (links.length_m / links.speed_limit_ms)[turns.from_link] + length_m / speed_ms
    time_s = time_s + red_delay_of(network.connections, signals, len(turns.from_link))
    money = choice.distance_cost_eur_km * (links.length_m[turns.to_link] + length_m) / M_PER_KM
    if len(network.toll_eur):
        money = money + network.toll_eur[turns.to_link]
    shut = np.zeros(len(turns.from_link), np.bool_) if closed is None else closed
    return RoadCosts(network, np.asarray(time_s), np.asarray(money), shut)


def generalised_s(time_s: F8, money_eur: F8, value_eur_h: float) -> F8:
    """Generalised cost in seconds: time, and money at the value of time.

    Examples
    --------
    >>> generalised_s(np.array([60.0]), np.array([1.0]), 12.0).tolist()
    [360.0]
    """
    return np.asarray(time_s + money_eur * S_PER_H / value_eur_h)


class ChoiceSet(NamedTuple):
    """The paths that somebody considers: their numbers among all, systematic utility, and random key of each."""

    path: NDArray[np.int64]
    utility: F8
    key: U8


@dataclass
class ChoiceSets:
    """Sets of paths under some costs, each found when the first trip asks for it.

    Parameters
    ----------
    prepared
        Classes and permissions.
    costs
        What driving costs.
    """

    prepared: Prepared
    costs: RoadCosts
    paths: dict[Path, int] = field(default_factory=dict)
    _sets: dict[tuple[tuple[int, ...], int], ChoiceSet] = field(default_factory=dict)
    _networks: dict[tuple[int, float], PathNetwork] = field(default_factory=dict)

    def of(self, waypoints: tuple[int, ...], vehicle_class: int, who: str) -> ChoiceSet:
        """Return the set for a pair of links, with links to pass between, and a vehicle class.

        Raises
        ------
        PolicyError
            If the closures of an alternative leave no path.
        """
        key = waypoints, vehicle_class
        if key not in self._sets:
            self._sets[key] = self._made(waypoints, vehicle_class, who)
        return self._sets[key]

    def _made(self, waypoints: tuple[int, ...], vehicle_class: int, who: str) -> ChoiceSet:
        choice, roads = self.prepared.world.scenario.route_choice, self._network(vehicle_class)
        best = [(0, waypoints[:1])]
        for origin, target in pairwise(waypoints):
            legs = roads.paths(origin, target, choice.paths, choice.longest)
            if not legs:
                raise self._no_path(origin, target, vehicle_class, who)
            best = sorted((cost + leg.cost, path + leg.links[1:]) for cost, path in best for leg in legs)
            best = best[:choice.paths]
        best = [one for one in best if one[0] <= choice.longest * best[0][0]]
        links = [path for _, path in best]
        minutes = np.array([cost for cost, _ in best], np.float64) / MICROSECONDS / S_PER_MIN
        size = path_sizes(links, self.costs.network.links.length_m)
        number = [self.paths.setdefault(path, len(self.paths)) for path in links]
        name = self.costs.network.link_id
        return ChoiceSet(np.array(number, np.int64), utilities(minutes, size, choice.scale_per_min, choice.overlap),
                         np.array([hash_name(*(name[link] for link in path)) for path in links], np.uint64))

    def _network(self, vehicle_class: int) -> PathNetwork:
        prepared, costs = self.prepared, self.costs
        value = prepared.world.scenario.route_choice.value_of(prepared.classes.name[vehicle_class])
        key = int(prepared.permission[vehicle_class]), value
        if key not in self._networks:
            access = Access(costs.network, key[0])
            self._networks[key] = PathNetwork(
                costs.network.turns, len(costs.network.link_id), generalised_s(costs.time_s, costs.money_eur, value),
                access.turn_open & ~costs.closed)
        return self._networks[key]

    def _no_path(self, origin: int, target: int, vehicle_class: int, who: str) -> PolicyError:
        name, turns = self.costs.network.link_id, self.costs.network.turns
        shut = np.unique(turns.to_link[self.costs.closed]).tolist()
        there = f" while {name[shut[0]]!r}{f' and {len(shut) - 1} more' if len(shut) > 1 else ''} is closed"
        return PolicyError(
            f"closure: trip {who!r}", f"no path from {name[origin]!r} to {name[target]!r} for "
            f"{permission_name(int(self.prepared.permission[vehicle_class]))}{there if shut else ''}",
            "a path that is left open", "close fewer links or movements, or take these trips out of the demand")


def with_chosen_routes(trips: TripArrays, prepared: Prepared, costs: RoadCosts, keys: U8) -> TripArrays:
    """Let every trip that has a choice take the path of highest utility to the person who makes it.

    Parameters
    ----------
    trips
        Trips with their wishes.
    prepared
        The world they belong to; sets of paths are kept with it.
    costs
        What driving costs under the alternative.
    keys
        Random key of each trip's person, the same in every alternative and replication.

    Raises
    ------
    PolicyError
        If closures leave a trip no path.
    """
    rows = np.flatnonzero(trips.wish >= 0)
    if not len(rows):
        return trips
    sets = cast(ChoiceSets, prepared.memory.setdefault(("choice sets", costs.key), ChoiceSets(prepared, costs)))
    number = np.full(len(trips.key), -1, np.int64)
    for group, ends, vehicle_class in _groups(trips, rows, _waypoints(prepared)):
        one = sets.of(ends, vehicle_class, trips.name[group[0]])
        number[group] = one.path[chosen(one.utility, one.key, keys[group])]
    used, renumbered = np.unique(number[rows], return_inverse=True)
    paths = list(sets.paths)
    number[rows] = renumbered
    return with_routes(trips, number, [paths[path] for path in used.tolist()])


def require_choice(plan: Plan, ledger: Sequence[LedgerRow]) -> None:
    """Refuse charges where nobody chooses a route: they would be told to have no effect.

    Raises
    ------
    PolicyError
        Naming the policy.
    """
    charging = [row.policy for row in ledger if row.field == TOLL and row.before != row.after]
    if charging and not (plan.trips.wish >= 0).any() and not plan.en_route.informed.any():
        raise PolicyError(f"policy {charging[0]}: {TOLL}", "trips whose routes are all given, experienced or "
                          "free-flow: they stay as they are", "trips that choose a route under the charge",
                          'write routes = "logit" under [demand] and leave out the routes of trips, or give an '
                          "informed_share under [route_choice]")


def _groups(trips: TripArrays, rows: NDArray[np.int64], waypoints: Sequence[tuple[int, ...]],
            ) -> list[tuple[NDArray[np.int64], tuple[int, ...], int]]:
    """Trips that have the same waypoints and class; those to one destination after each other."""
    pair = np.stack([trips.wish[rows], trips.vehicle_class[rows]])
    pairs, member = np.unique(pair, axis=1, return_inverse=True)
    order = np.argsort(member.ravel(), kind="stable")
    parts = np.split(rows[order], np.cumsum(np.bincount(member.ravel()))[:-1])
    found = [(part, waypoints[wish], vehicle_class)
             for part, (wish, vehicle_class) in zip(parts, pairs.T.tolist(), strict=True)]
    return sorted(found, key=lambda one: (one[1][::-1], one[2]))


def _waypoints(prepared: Prepared) -> list[tuple[int, ...]]:
    """Links of every wish."""
    if WISHES not in prepared.memory:
        index = prepared.network.link_index
        prepared.memory[WISHES] = [tuple(index[link] for link in links)
                                   for links, _ in wishes_of(route_requests(prepared))]
    return cast("list[tuple[int, ...]]", prepared.memory[WISHES])


def chosen_anew(plan: Plan, prepared: Prepared, keys: U8) -> Plan:
    """Let the trips of an alternative choose under what its policies made of the roads."""
    costs = road_costs(roads_of(plan), plan.signals, prepared.world.scenario.route_choice, closed_throughout(plan))
    return replace(plan, trips=with_chosen_routes(plan.trips, prepared, costs, keys))


