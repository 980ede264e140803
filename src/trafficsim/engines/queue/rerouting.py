"""Routes that change within a run of the queue engine: where trips are, what is closed, and turns of those who wait."""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.engines.queue.layout import trips_in_lines
from trafficsim.engines.queue.moments import plan_at
from trafficsim.engines.queue.trips import compile_trips, places_in_lines
from trafficsim.engines.rerouting import I8, LAST_M, LinkTotals, Whereabouts
from trafficsim.kernels.queue.lanes import find_lanes
from trafficsim.kernels.queue.tables import NEVER, NOBODY, SHUT, Counts, Log, World
from trafficsim.plan.arrays import BOOL
from trafficsim.plan.rewriting import NewRoutes
from trafficsim.plan.timeline import is_timed

OF_PLACES = ("link", "turn", "lanes", "free", "length")
"""Columns of ``Trips`` that are by place of the routes."""


class QueueTraffic:
    """The engine's side of changes of routes.

    Parameters
    ----------
    world
        The program.
    taken
        Counters of the intervals that have ended; the list grows.

    Attributes
    ----------
    world : the program with the routes as they are now
    now : time of the present look, ms since the start
    """

    def __init__(self, world: World, taken: list[Counts]) -> None:
        self.world, self.now = world, 0
        self._taken, self._read = taken, 0
        none = np.zeros(len(world.net.room))
        self._vehicle_ms, self._traversed = none.copy(), none.copy()

    def whereabouts(self) -> Whereabouts:
        """Return where trips are; who is at the line, or about to be, keeps the turn."""
        vehicles, trips = self.world.vehicles, self.world.trips
        speed = trips.length[vehicles.cursor] / trips.free[vehicles.cursor]
        near_ms = np.rint(LAST_M / np.maximum(speed, 1e-6))
        started, ended = vehicles.begun >= 0, vehicles.ended >= 0
        return Whereabouts(vehicles.cursor.copy(), started, ended, started & (vehicles.ready <= self.now + near_ms))

    def totals(self) -> LinkTotals:
        """Return vehicle-seconds and traversals by link; who waits has covered all of the link."""
        for one in self._taken[self._read:]:
            self._vehicle_ms += one.vehicle_ms
            self._traversed += one.traversed
        self._read = len(self._taken)
        counts, vehicles, trips = self.world.counts, self.world.vehicles, self.world.trips
        road = np.flatnonzero((vehicles.begun >= 0) & (vehicles.ended < 0))
        cursor, links = vehicles.cursor[road], len(self._traversed)
        share = np.minimum((self.now - vehicles.since[road]) / trips.free[cursor], 1.0) - vehicles.covered[road]
        there = np.bincount(trips.link[cursor], minlength=links)
        return LinkTotals((self._vehicle_ms + counts.vehicle_ms + self.now * there) / 1000.0,
                          self._traversed + counts.traversed + np.bincount(trips.link[cursor], share, links))

    def shut(self, movements: BOOL) -> None:
        """Let nobody make some movements, and have all heads looked at that may be concerned."""
        net = self.world.net
        conns = np.flatnonzero(movements[net.turn] != (net.manner & SHUT != 0))
        net.manner[conns] ^= SHUT
        for lane in np.unique(net.origin[conns]).tolist():
            self._look_at(lane)

    def _look_at(self, lane: int) -> None:
        """Have the head of a lane looked at, unless it waits for room: then it is woken by who leaves some."""
        lanes, net = self.world.lanes, self.world.net
        if lanes.head[lane] == NOBODY or lanes.blocked[lane] != NOBODY:
            return
        lanes.due[lane] = min(int(lanes.due[lane]), self.now)
        self._wake(int(net.link_of[lane]))

    def _wake(self, link: int) -> None:
        agenda, row, node = self.world.agenda, int(self.world.net.row_of[link]), int(self.world.net.node_of[link])
        agenda.due[row] = min(int(agenda.due[row]), self.now)
        agenda.node[node] = min(int(agenda.node[node]), self.now)

    def take(self, new: NewRoutes, turned: I8) -> None:
        """Take new routes. On the running section who turns elsewhere joins another lane; who waits changes lanes."""
        world = self.world
        trips, vehicles = world.trips, world.vehicles
        part = plan_at(new.part, new.part.start_s + (self.now + 0.5) / 1000.0) if is_timed(new.part) else new.part
        fresh, start = trips_in_lines(compile_trips(part)), np.asarray(new.plan.trips.route_start, np.int64)
        find_lanes(world.net, fresh)
        columns = {name: new.moved(getattr(trips, name), getattr(fresh, name)) for name in OF_PLACES}
        here = vehicles.cursor[new.trip]
        for name in ("free", "length"):  # of the link that is driven now: as it was entered
            columns[name][here + new.shift[new.trip]] = getattr(trips, name)[here]
        log = _moved_log(world, new, columns["link"])
        stop_place = trips.stop_place + new.shift[_owner(trips.route_start, trips.stop_place)]
        vehicles.cursor[:] += new.shift
        moved: dict[str, Any] = {"route_start": start, "stop_place": stop_place, **places_in_lines(columns)}
        trips = trips._replace(**moved)
        self.world = world._replace(trips=trips, log=log)
        for trip in turned[(vehicles.begun[turned] >= 0) & (vehicles.ended[turned] < 0)].tolist():
            self._turn(trip)

    def _turn(self, trip: int) -> None:
        """Let a vehicle with another turn stand in a lane that serves it."""
        lane, lanes = self._lane_of(trip), self.world.lanes
        if lane == NOBODY:
            return
        serving = self._serving(trip)
        if serving and lane not in serving:
            self._move(trip, lane, min(serving, key=lambda one: (int(lanes.queued[one]), one)))
        elif lanes.head[lane] == trip:
            lanes.blocked[lane], lanes.gives_way[lane] = NOBODY, 0
            self._look_at(lane)

    def _lane_of(self, trip: int) -> int:
        """Return the lane in whose queue a vehicle is, :data:`NOBODY` on the running section."""
        world = self.world
        link = int(world.trips.link[world.vehicles.cursor[trip]])
        for lane in range(int(world.net.lane_start[link]), int(world.net.lane_start[link + 1])):
            vehicle = int(world.lanes.head[lane])
            while vehicle not in (NOBODY, trip):
                vehicle = int(world.vehicles.after[vehicle])
            if vehicle == trip:
                return lane
        return NOBODY

    def _serving(self, trip: int) -> list[int]:
        """Return the lanes that lead on along the route of a vehicle."""
        world = self.world
        cursor = world.vehicles.cursor[trip]
        bits, first = int(world.trips.lanes[cursor]), int(world.net.lane_start[world.trips.link[cursor]])
        return [first + side for side in range(bits.bit_length()) if bits >> side & 1]

    def _move(self, trip: int, lane: int, to: int) -> None:
        """Take a vehicle out of a queue and put it at the end of another one of its link."""
        world, vehicles, lanes = self.world, self.world.vehicles, self.world.lanes
        room = int(world.net.spacing[world.trips.kind[trip]])
        before, after = int(vehicles.before[trip]), int(vehicles.after[trip])
        if before == NOBODY:
            lanes.head[lane], lanes.due[lane] = after, NEVER
            self._begin(lane)
        else:
            vehicles.after[before] = after
        if after == NOBODY:
            lanes.tail[lane] = before
        else:
            vehicles.before[after] = before
        lanes.queued[lane] -= room
        lanes.planned[lane] -= room
        last = int(lanes.tail[to])
        vehicles.before[trip], vehicles.after[trip], vehicles.ahead[trip] = last, NOBODY, lanes.queued[to]
        lanes.tail[to] = trip
        lanes.queued[to] += room
        lanes.planned[to] += room
        if last == NOBODY:
            lanes.head[to] = trip
            self._begin(to)
        else:
            vehicles.after[last] = trip
        link = int(world.net.link_of[lane])
        world.links.arrival[link] = min(int(world.links.arrival[link]), self.now)  # others may find room in its lane
        self._wake(link)

    def _begin(self, lane: int) -> None:
        """Let a lane have a new head."""
        lanes = self.world.lanes
        lanes.since[lane], lanes.blocked[lane], lanes.gives_way[lane] = self.now, NOBODY, 0
        if lanes.head[lane] != NOBODY:
            lanes.due[lane] = self.now


def _owner(route_start: I8, place: I8) -> I8:
    return np.searchsorted(route_start, place, side="right") - 1


def _moved_log(world: World, new: NewRoutes, link: I8) -> Log:
    """Return the log with the places of the new routes, and room for all that may be noted of them."""
    log, rows = world.log, int(world.counts.total[4])
    place = log.place.copy()
    place[:rows] += new.shift[_owner(world.trips.route_start, place[:rows])]
    watched = np.zeros(len(world.net.room), np.bool_)
    watched[world.net.link_of[np.flatnonzero(log.watched)]] = True
    more = max(int(np.count_nonzero(watched[link])) - len(place), 0)
    columns = {name: np.concatenate([getattr(log, name), np.zeros(more, getattr(log, name).dtype)])
               for name in log._fields if name not in ("watched", "place")}
    return log._replace(place=np.concatenate([place, np.zeros(more, place.dtype)]), **columns)
