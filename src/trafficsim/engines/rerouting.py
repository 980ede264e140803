"""Rerouting on the way, for all engines: closures, drivers who meet one, and informed drivers who look again and again.

An engine says where its trips are and what was measured, and takes new routes; what drivers decide stands here.

- Informed drivers know the times of all links over the last interval, and what is closed. Every ``update_s`` they take
  the route of least generalised cost from the next junction on, if it saves the share ``least_gain``.
- Everybody else keeps the own route. Who comes onto the link before a closed movement sees it, reads the diversion, and
  takes from there the best route of empty roads round all that is closed. Whoever finds none waits until it opens.
- Trips with stops have a timetable: they wait, too.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from trafficsim.control.measured import LinkTotals as LinkTotals
from trafficsim.plan.arrays import BOOL, F8, Plan
from trafficsim.plan.classes import class_permissions
from trafficsim.plan.closures import avoided_at, closed_at, roads_of
from trafficsim.plan.k_shortest import PathNetwork
from trafficsim.plan.network import turn_of
from trafficsim.plan.record import RouteRecord
from trafficsim.plan.rewriting import NewRoutes, rewritten
from trafficsim.plan.route_choice import generalised_s, road_costs
from trafficsim.plan.routes import Access
from trafficsim.plan.turn_means import turn_means
from trafficsim.plan.turn_times import EXPECTED, red_delay_of
from trafficsim.spec.route_choice import RouteChoice

I8 = NDArray[np.int64]
LOOK_S = 10.0
"""So often it is looked who has come to something closed: time to read a sign and decide (modelling assumption)."""
LAST_M = 50.0
"""Who is nearer to the stop line keeps the turn at it, unless that is closed (modelling assumption)."""
NEVER = 1 << 60
AT_ONCE = 256
"""Destinations whose trees are kept at a time."""


class Whereabouts(NamedTuple):
    """Where trips are, one row each."""

    place: I8
    """Place of the routes; the first before departure."""
    started: BOOL
    ended: BOOL
    fixed: BOOL
    """Whose turn at the end of the present link can no longer be chosen."""


class Traffic(Protocol):
    """What a rerouter asks of an engine."""

    def whereabouts(self) -> Whereabouts:
        """Return where trips are now."""

    def totals(self) -> LinkTotals:
        """Return what has been measured so far."""

    def shut(self, movements: BOOL) -> None:
        """Let nobody make some movements from now on, and everybody all others."""

    def take(self, new: NewRoutes, turned: I8) -> None:
        """Take new routes; ``turned`` are the trips whose turn at the end of the present link is another one."""


class Rerouter:
    """Changes routes within a run, at times that are known before.

    Parameters
    ----------
    plan
        With closures or informed drivers.
    traffic
        The engine's side.

    Attributes
    ----------
    plan : with the routes as they are now
    times_s : times since the start of the run at which something may change, ascending
    changes : number of new routes, by trip
    """

    def __init__(self, plan: Plan, traffic: Traffic) -> None:
        self.plan, self._traffic = plan, traffic
        self.times_s = _times_s(plan)
        self.changes = np.zeros(len(plan.trips.key), np.int32)
        self._held = self._shut = np.zeros(len(plan.turns.from_link), np.bool_)
        self._before = LinkTotals(np.zeros(len(plan.link_id)), np.zeros(len(plan.link_id)))
        self._turn = _turns(plan)
        self._roads = _EmptyRoads(plan)
        self._may_change = np.diff(plan.trips.stop_start) == 0
        informed = plan.en_route.informed
        self._informed = informed if len(informed) else np.zeros(len(self.changes), np.bool_)

    def at(self, time_s: float) -> bool:
        """Do what is to be done at a time since the start of the run; say whether routes have changed."""
        now_s = self.plan.start_s + time_s
        held, shut = closed_at(self.plan, now_s), avoided_at(self.plan, now_s)
        if (held != self._held).any():
            self._traffic.shut(held)
            self._held = held
        self._shut = shut
        changed = False
        update_s = self.plan.en_route.update_s
        if self._informed.any() and (time_s == 0.0 or abs(time_s / update_s - round(time_s / update_s)) < 1e-9):
            changed = self._inform(time_s)
        return (self._divert() if shut.any() else False) or changed

    def _inform(self, time_s: float) -> bool:
        """Let informed drivers on the way, and those about to depart, look at the times of the last interval."""
        first = time_s == 0.0
        delay_s = self._roads.usual_s if first else self._delay_s()
        seen = self._traffic.whereabouts()
        soon = self.plan.trips.depart_s <= self.plan.start_s + time_s + self.plan.en_route.update_s
        who = np.flatnonzero(self._informed & ~seen.ended & (seen.started | soon))
        place = seen.place[who]
        place = place + (seen.fixed[who] & ~self._closed_ahead(place))
        gain = 1.0 if first else self.plan.en_route.least_gain
        return self._change(who, place, self._roads.turn_s(delay_s), gain)

    def _divert(self) -> bool:
        """Let those turn off who have come to something closed."""
        seen = self._traffic.whereabouts()
        who = np.flatnonzero(seen.started & ~seen.ended & self._may_change & self._closed_ahead(seen.place))
        return self._change(who, seen.place[who], self._roads.turn_s(self._roads.usual_s), 1.0)

    def _closed_ahead(self, place: I8) -> BOOL:
        turn = self._turn[np.minimum(place, len(self._turn) - 1)]
        return np.asarray((turn >= 0) & self._shut[turn])

    def _delay_s(self) -> F8:
        """Delay per vehicle of each link since the last look: what vehicles were there beyond the time they needed."""
        now = self._traffic.totals()
        vehicle_s, traversed = (after - before for after, before in zip(now, self._before, strict=True))
        self._before = now
        lost_s = np.maximum(vehicle_s - traversed * self._roads.own_s, 0.0)
        return np.asarray((lost_s + EXPECTED * self._roads.usual_s) / (np.maximum(traversed, 0.0) + EXPECTED))

    def _change(self, who: I8, place: I8, turn_s: F8, gain: float) -> bool:
        """Give trips the best route from a place of their routes on, where it saves enough."""
        ends = np.asarray(self.plan.trips.route_start[1:], np.int64)[who] - 1
        on = place < ends
        who, place = who[on], place[on]
        found = {} if not len(who) else self._better(who, place, turn_s, gain)
        if not found:
            return False
        rows = np.array(sorted(found), np.int64)
        links, start = self.plan.trips.route_link, self.plan.trips.route_start
        at = dict(zip(who.tolist(), place.tolist(), strict=True))
        routes = [[*links[start[row]:at[row]].tolist(), *found[row]] for row in rows.tolist()]
        self._take(rewritten(self.plan, rows, routes))
        return True

    def _take(self, new: NewRoutes) -> None:
        place = self._traffic.whereabouts().place
        before = self._turn[place[new.trip]]
        self.plan = new.plan
        self._turn = new.moved(self._turn, _turns(new.part))
        after = self._turn[place[new.trip] + new.shift[new.trip]]
        self.changes[new.trip] += 1
        self._traffic.take(new, new.trip[before != after])

    def _better(self, who: I8, place: I8, turn_s: F8, gain: float) -> dict[int, list[int]]:
        """Return the links from a place on of trips that another route saves enough."""
        found: dict[int, list[int]] = {}
        last = self.plan.trips.route_link[self.plan.trips.route_start[1:][who] - 1]
        group = self._roads.group[self.plan.trips.vehicle_class[who]]
        for number in np.unique(group).tolist():
            mine = np.flatnonzero(group == number)
            roads = self._roads.network(number, turn_s, self._shut)
            costs = np.full(len(self._shut), np.inf)
            costs[roads.turn] = roads.cost
            present = self._remaining(who[mine], place[mine], costs)
            targets = np.unique(last[mine]).astype(np.int64)
            for begin in range(0, len(targets), AT_ONCE):
                some = targets[begin:begin + AT_ONCE]
                tree = roads.distances(some)
                for row, target in enumerate(some.tolist()):
                    there = mine[last[mine] == target]
                    found |= self._to(tree[row], roads, who[there], place[there], (present[last[mine] == target], gain))
        return found

    def _to(self, distance: F8, roads: PathNetwork, who: I8, place: I8, present: tuple[F8, float],
            ) -> dict[int, list[int]]:
        """Return the same of trips to one destination; ``present``: cost of their routes, and share to be saved."""
        cost, gain = present
        links = self.plan.trips.route_link[place]
        least = distance[links]
        better = np.isfinite(least) & np.where(np.isinf(cost), True, least < (1.0 - gain) * np.minimum(cost, 1e300))
        if not better.any():
            return {}
        onward, head = roads.next_turns(distance), self.plan.turns.to_link
        paths: dict[int, list[int]] = {}
        for link in np.unique(links[better]).tolist():
            path = [link]
            while onward[path[-1]] >= 0:
                path.append(int(head[onward[path[-1]]]))
            paths[link] = path
        return {trip: paths[link] for trip, link in zip(who[better].tolist(), links[better].tolist(), strict=True)}

    def _remaining(self, who: I8, place: I8, costs: F8) -> F8:
        """Cost of the present routes from a place to their last link."""
        ends = np.asarray(self.plan.trips.route_start[1:], np.int64)[who] - 1
        number = ends - place
        begin = np.concatenate([[0], np.cumsum(number)])
        flat = np.repeat(place - begin[:-1], number) + np.arange(begin[-1])
        return np.asarray(np.add.reduceat(costs[self._turn[flat]], begin[:-1]))


class _EmptyRoads:
    """What does not change within a run: costs of empty roads, and kinds of vehicles that see the same costs."""

    def __init__(self, plan: Plan) -> None:
        network, links, turns = roads_of(plan), plan.links, plan.turns
        number = len(turns.from_link)
        self._plan = plan
        self._red_s = red_delay_of(plan.connections, plan.signals, number)
        self._empty_s = road_costs(network, plan.signals, RouteChoice()).time_s - self._red_s
        sides = np.maximum(np.bincount(turns.from_link, minlength=len(plan.link_id)), 1)
        self.usual_s = np.bincount(turns.from_link, self._red_s, len(plan.link_id)) / sides
        length_m, speed_ms = turn_means(plan.connections, number)
        before = np.maximum(np.bincount(turns.to_link, minlength=len(plan.link_id)), 1)
        self.own_s = (links.length_m / links.free_speed_mean_ms
                      + np.bincount(turns.to_link, length_m / speed_ms, len(plan.link_id)) / before)
        permission, value = class_permissions(plan.classes), plan.en_route.value_eur_h
        kinds, group = np.unique(np.stack([permission, value]), axis=1, return_inverse=True)
        self.group = group.ravel()
        self._open = [Access(network, int(kind)).turn_open for kind in kinds[0]]
        self._value = kinds[1].tolist()

    def turn_s(self, delay_s: F8) -> F8:
        """Times of movements under delays of links: movements of one link differ by their red."""
        origin = self._plan.turns.from_link
        return np.asarray(self._empty_s + np.maximum((delay_s - self.usual_s)[origin] + self._red_s, 0.0))

    def network(self, group: int, turn_s: F8, shut: BOOL) -> PathNetwork:
        """Return the network of a kind of vehicles with what is closed left out."""
        cost = generalised_s(turn_s, self._plan.en_route.money_eur, self._value[group])
        return PathNetwork(self._plan.turns, len(self._plan.link_id), cost, self._open[group] & ~shut)


def _turns(plan: Plan) -> I8:
    """Movement at the end of every place of the routes, -1 at their ends."""
    links = plan.trips.route_link
    turns = np.full(len(links), -1, np.int64)
    turns[:-1] = turn_of(plan.turns, links[:-1], links[1:])
    turns[np.asarray(plan.trips.route_start[1:], np.int64) - 1] = -1
    return turns


def _times_s(plan: Plan) -> F8:
    last_s, closures = plan.end_s - plan.start_s, plan.closures
    begin_s, end_s = (np.clip(times - plan.start_s, 0.0, last_s) for times in (closures.begin_s, closures.end_s))
    times = [np.zeros(1), begin_s, end_s]
    for begin, end in set(zip(begin_s.tolist(), end_s.tolist(), strict=True)):
        times.append(np.arange(begin, end, LOOK_S))
    if plan.en_route.informed.any():
        times.append(np.arange(0.0, last_s, plan.en_route.update_s))
    every = np.unique(np.concatenate(times))
    return np.asarray(every[every < last_s])


class RouteChanges:
    """The changes of routes in the time steps of an engine; nothing, at no cost, where routes cannot change.

    Parameters
    ----------
    plan
        Of the run.
    traffic
        The engine's side.
    steps_per_s
        Time steps of the engine in a second; a change takes place at the nearest one.
    """

    def __init__(self, plan: Plan, traffic: Traffic, steps_per_s: float) -> None:
        active = bool(len(plan.closures.turn)) or bool(plan.en_route.informed.any())
        self._plan = plan
        self._rerouter = Rerouter(plan, traffic) if active else None
        times_s = self._rerouter.times_s if self._rerouter is not None else np.zeros(0)
        self._coming = [(round(time_s * steps_per_s), time_s) for time_s in times_s.tolist()]

    @property
    def plan(self) -> Plan:
        """The plan with the routes as they are now."""
        return self._plan if self._rerouter is None else self._rerouter.plan

    @property
    def any(self) -> bool:
        """Whether routes can change at all."""
        return self._rerouter is not None

    def next_change(self) -> int:
        """Return the step of the next look, :data:`NEVER` without one."""
        return self._coming[0][0] if self._coming else NEVER

    def apply(self, step: int) -> None:
        """Do what is due by a step."""
        while self._coming and self._coming[0][0] <= step:
            _, time_s = self._coming.pop(0)
            if self._rerouter is not None:
                self._rerouter.at(time_s)

    def record(self) -> RouteRecord | None:
        """Return the routes as they were driven; ``None`` where they could not change."""
        if self._rerouter is None:
            return None
        trips = self._rerouter.plan.trips
        return RouteRecord(trips.route_start, trips.route_link, self._rerouter.changes)
