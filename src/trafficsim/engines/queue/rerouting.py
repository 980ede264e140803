"""Routes that change within a run of the queue engine: where trips are, what is closed, and turns of those who wait."""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.engines.queue.layout import trips_in_lines
from trafficsim.engines.queue.moments import plan_at
from trafficsim.engines.queue.trips import compile_trips, places_in_lines
from trafficsim.engines.rerouting import I8, LAST_M, LinkTotals, Whereabouts
from trafficsim.kernels.entries import entry_of
from trafficsim.kernels.queue.diverting import look_at_lanes, turn_elsewhere
from trafficsim.kernels.queue.lanes import find_lanes
from trafficsim.kernels.queue.tables import SHUT, Counts, Log, World
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
        if len(conns):
            arguments = self.world, np.unique(net.origin[conns]).astype(np.int64), self.now
            entry_of(look_at_lanes, *arguments)(*arguments)

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
        waiting = turned[(vehicles.begun[turned] >= 0) & (vehicles.ended[turned] < 0)]
        if len(waiting):
            arguments = self.world, waiting.astype(np.int64), self.now
            entry_of(turn_elsewhere, *arguments)(*arguments)


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
