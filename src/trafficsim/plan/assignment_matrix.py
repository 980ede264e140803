"""The assignment matrix: which share of the vehicles of a cell (pair of zones, slice) passes a place in an interval.

Routes and their shares are those of a route table: free-flow ones, those of a static equilibrium, or those that drivers
learnt from runs of an engine. When links are passed follows from times of turns by interval: free-flow times, or those
that a run measured. Nothing is drawn at random: every route of a cell counts by its share.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from trafficsim.plan.arrays import F8, I4
from trafficsim.plan.network import NetworkPlan, turn_of
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.routes import RouteTable
from trafficsim.plan.turn_means import turn_means

I8 = NDArray[np.int64]
MOMENTS = 6
"""Moments of departure within a slice: an interval is cut to a sixth of a slice (modelling assumption)."""


@dataclass(frozen=True)
class Streams:
    """Vehicles of a request (flow or trip) that may use the same lanes, by slice of departure.

    Attributes
    ----------
    request, permission : of each stream
    share : share of the vehicles of its request
    cell : cell by stream and slice, -1: none
    cells : number of cells
    """

    request: I8
    permission: I8
    share: F8
    cell: I8
    cells: int


@dataclass(frozen=True)
class Times:
    """Times of turns by interval, and the wait for entry by interval and link.

    ``turn_s`` is the time from entering a link to entering the next, shape (intervals, turns).
    """

    begin_s: float
    interval_s: float
    turn_s: F8
    wait_s: F8

    def row(self, clock_s: F8) -> I8:
        """Interval of clock times; before the first and after the last those hold."""
        found = (clock_s - self.begin_s) // self.interval_s
        return np.clip(found, 0, len(self.turn_s) - 1).astype(np.int64)


class Place(NamedTuple):
    """A link, or a turn from one link to another (``to_link`` >= 0), with clock times between which it is passed."""

    link: int
    to_link: int
    begin_s: float
    end_s: float


def free_times(network: NetworkPlan, begin_s: float) -> Times:
    """Return times at the speed limits, without any wait."""
    length_m, speed_ms = turn_means(network.connections, len(network.turns.from_link))
    link_s = network.links.length_m / network.links.speed_limit_ms
    turn_s = (link_s[network.turns.from_link] + length_m / speed_ms)[np.newaxis]
    return Times(begin_s, np.inf, turn_s, np.zeros((1, len(network.link_id))))


def departures(prepared: Prepared, edges_s: F8) -> F8:
    """Return expected departures by request and slice; slices lie between ``edges_s`` (s), shape (slices + 1,)."""
    rates, trips = prepared.rates, prepared.trips.depart_s
    found = np.zeros((rates.flows + len(trips), len(edges_s) - 1))
    for steps in rates.steps:
        for flow, time_s, total in zip(steps.flow.tolist(), steps.time_s, steps.cumulative, strict=True):
            found[flow] = np.diff(np.interp(edges_s, time_s, total))
    part = np.searchsorted(edges_s, trips, side="right") - 1
    part[trips == edges_s[-1]] = len(edges_s) - 2
    inside = np.flatnonzero((part >= 0) & (part < len(edges_s) - 1))
    found[rates.flows + inside, part[inside]] = 1.0
    return found


def route_shares(routes: RouteTable, interval: int, wish: int, usual: int) -> dict[int, float]:
    """Return the share of every route of a wish: who switched in which round last, or never.

    Examples
    --------
    Half of all switched in the only round:

    >>> table = RouteTable(*np.zeros((4, 1, 1), np.int32), np.array([[[3]]], np.int32))
    >>> route_shares(table, 0, 0, 7)
    {7: 0.5, 3: 0.5}
    """
    shares = {usual: 1.0}
    for number in range(1, len(routes.found) + 1):
        switch = float(routes.share[number - 1, interval, wish]) if len(routes.share) else 1.0 / (number + 1)
        shares = {route: share * (1.0 - switch) for route, share in shares.items()}
        target = int(routes.found[number - 1, interval, wish])
        shares[target] = shares.get(target, 0.0) + switch
    return {route: share for route, share in shares.items() if share > 0.0}


class _Walkers(NamedTuple):
    """Vehicles in bundles: cell, share of its vehicles, route, and when they depart."""

    cell: I8
    weight: F8
    route: I4
    clock_s: F8


def assignment_matrix(
    prepared: Prepared, routes: RouteTable, times: Times, streams: Streams, edges_s: F8, places: Sequence[Place],
) -> csr_array:
    """Return the share of every cell's vehicles at every place: shape (places, cells).

    Parameters
    ----------
    prepared
        The world with its requests.
    routes
        Routes and who takes them.
    times
        When links are passed.
    streams
        Which requests belong to which cells.
    edges_s
        Clock times between slices of departure.
    places
        Links and turns, with intervals.
    """
    walkers, cells = _walkers(departures(prepared, edges_s), routes, streams, edges_s), streams.cells
    total = np.bincount(walkers.cell, walkers.weight, minlength=cells)
    walkers = walkers._replace(weight=walkers.weight / np.maximum(total[walkers.cell], 1e-300))
    records = _records(prepared.network, routes, times, walkers, _watched(prepared.network, places))
    return _summed(places, _sorted_by_place(prepared.network, records), walkers, cells)


def _walkers(expected: F8, routes: RouteTable, streams: Streams, edges_s: F8) -> _Walkers:
    known: dict[tuple[int, int, int], dict[int, float]] = {}
    rows: list[tuple[int, float, int, float]] = []
    for stream, (request, permission, share) in enumerate(zip(
            streams.request.tolist(), streams.permission.tolist(), streams.share.tolist(), strict=True)):
        wish, usual = int(routes.wish[request, permission]), int(routes.of[request, permission])
        for part in np.flatnonzero(streams.cell[stream] >= 0).tolist():
            number = float(expected[request, part]) * share
            for clock_s in _moments(edges_s, part) if number > 0 else ():
                interval = int(np.clip((clock_s - routes.begin_s) // routes.interval_s, 0, routes.found.shape[1] - 1))
                key = (interval, wish, usual)
                if key not in known:
                    known[key] = {usual: 1.0} if wish < 0 else route_shares(routes, *key)
                rows += [(int(streams.cell[stream, part]), number * part_of / MOMENTS, route, clock_s)
                         for route, part_of in known[key].items()]
    return _Walkers(np.array([row[0] for row in rows], np.int64), np.array([row[1] for row in rows], np.float64),
                    np.array([row[2] for row in rows], np.int32), np.array([row[3] for row in rows], np.float64))


def _moments(edges_s: F8, part: int) -> list[float]:
    begin, end = edges_s[part:part + 2].tolist()
    return [begin + (end - begin) * (moment + 0.5) / MOMENTS for moment in range(MOMENTS)]


class _Watched(NamedTuple):
    """Whether a link, or a turn, is a place of a count."""

    link: NDArray[np.bool_]
    turn: NDArray[np.bool_]


class _Records(NamedTuple):
    """What was passed: number of the link, or of the turn behind all links; the walker; and when."""

    place: I8
    walker: I8
    clock_s: F8


def _watched(network: NetworkPlan, places: Sequence[Place]) -> _Watched:
    link, turn = np.zeros(len(network.link_id), np.bool_), np.zeros(len(network.turns.from_link), np.bool_)
    for place in places:
        if place.to_link < 0:
            link[place.link] = True
        else:
            turn[_turn(network, place)] = True
    return _Watched(link, turn)


def _turn(network: NetworkPlan, place: Place) -> int:
    return int(turn_of(network.turns, np.array([place.link]), np.array([place.to_link]))[0])


def _records(network: NetworkPlan, routes: RouteTable, times: Times, walkers: _Walkers, watched: _Watched) -> _Records:
    """Let all walkers pass their routes, link by link."""
    found = list(_steps(network, routes, times, walkers, watched))
    if not found:
        return _Records(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    return _Records(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _steps(network: NetworkPlan, routes: RouteTable, times: Times, walkers: _Walkers, watched: _Watched,
           ) -> Iterator[_Records]:
    start = routes.start.astype(np.int64)
    place, last = start[walkers.route], start[walkers.route + 1] - 1
    alive, links = np.arange(len(walkers.route)), len(network.link_id)
    clock_s = walkers.clock_s + times.wait_s[times.row(walkers.clock_s), routes.link[place]]
    while len(alive):
        link = routes.link[place[alive]].astype(np.int64)
        seen = watched.link[link]
        yield _Records(link[seen], alive[seen], clock_s[alive[seen]])
        going = place[alive] < last[alive]
        alive, link = alive[going], link[going]
        place[alive] += 1
        turn = turn_of(network.turns, link, routes.link[place[alive]])
        clock_s[alive] += times.turn_s[times.row(clock_s[alive]), turn]
        seen = watched.turn[turn]
        yield _Records(links + turn[seen], alive[seen], clock_s[alive[seen]])


class _Sorted(NamedTuple):
    """Records sorted by place, then by time; ``first`` says where each link, then each turn, begins."""

    records: _Records
    first: I8
    network: NetworkPlan


def _sorted_by_place(network: NetworkPlan, records: _Records) -> _Sorted:
    order = np.lexsort((records.clock_s, records.place))
    done = _Records(records.place[order], records.walker[order], records.clock_s[order])
    every = len(network.link_id) + len(network.turns.from_link)
    return _Sorted(done, np.searchsorted(done.place, np.arange(every + 1)), network)


def _summed(places: Sequence[Place], passed: _Sorted, walkers: _Walkers, cells: int) -> csr_array:
    columns, values, lengths = [], [], [0]
    for place in places:
        number = place.link if place.to_link < 0 else len(passed.network.link_id) + _turn(passed.network, place)
        first, last = passed.first[number:number + 2]
        inside = first + np.searchsorted(passed.records.clock_s[first:last], (place.begin_s, place.end_s))
        walker = passed.records.walker[inside[0]:inside[1]]
        cell, back = np.unique(walkers.cell[walker], return_inverse=True)
        columns.append(cell)
        values.append(np.bincount(back, walkers.weight[walker], minlength=len(cell)))
        lengths.append(len(cell))
    flat = np.concatenate([*columns, np.zeros(0, np.int64)]), np.concatenate([*values, np.zeros(0)])
    return csr_array((flat[1], flat[0], np.cumsum(lengths)), shape=(len(places), cells))
