"""Stops on the way: at which route position of the frozen route each of them is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trafficsim.base.errors import DemandError
from trafficsim.plan.arrays import F8, I4
from trafficsim.plan.network import NetworkPlan, starts
from trafficsim.plan.routes import RouteTable, link_of
from trafficsim.spec.demand import Stop, Trip


@dataclass(frozen=True)
class StopTable:
    """Distinct lists of stops; ``of[r, p]`` is that of request r with permission p. List 0 is empty."""

    start: I4
    route_position: I4
    position_m: F8
    dwell_s: F8
    lane: I4
    of: I4


def build_stops(trips: Sequence[Trip], first_row: int, routes: RouteTable, network: NetworkPlan) -> StopTable:
    """Find the route position of every stop of every trip; the requests of the trips begin at ``first_row``.

    Raises
    ------
    DemandError
        If a stop is not on the route in the order given, or beyond its link's length or lanes.
    """
    of = np.zeros_like(routes.of)
    route_positions: list[list[int]] = [[]]
    stops: list[Stop] = []
    for row, trip in ((row, trip) for row, trip in enumerate(trips, start=first_row) if trip.stops):
        for permission in np.flatnonzero(routes.of[row] >= 0):
            route = routes.of[row, permission]
            links = routes.link[routes.start[route]:routes.start[route + 1]].tolist()
            of[row, permission] = len(route_positions)
            route_positions.append(_route_positions(trip, links, network))
            stops += trip.stops
    return StopTable(
        start=starts([len(row) for row in route_positions]),
        route_position=np.array([route_position for row in route_positions for route_position in row], np.int32),
        position_m=np.array([stop.position_m for stop in stops], np.float64),
        dwell_s=np.array([stop.dwell_s for stop in stops], np.float64),
        lane=np.array([-1 if stop.lane is None else stop.lane for stop in stops], np.int32),
        of=of,
    )


def _route_positions(trip: Trip, route: list[int], network: NetworkPlan) -> list[int]:
    route_position, position = 0, trip.depart_position_m or 0.0
    route_positions = []
    for number, stop in enumerate(trip.stops):
        where = f"trip {trip.id!r}: stop {number} on link {stop.link!r}"
        link = link_of(stop.link, where, network)
        check_place(where, link, stop.position_m, stop.lane, network)
        begin = route_position if stop.position_m >= position else route_position + 1
        if link not in route[begin:]:
            raise DemandError(where, "a place that the route does not pass after the stop or departure before it",
                              "stops in the order of the route", "correct the stops or the route")
        route_position, position = route.index(link, begin), stop.position_m
        route_positions.append(route_position)
    return route_positions


def check_place(where: str, link: int, position_m: float, lane: int | None, network: NetworkPlan) -> None:
    """Refuse a position beyond the end of a link, or a lane that it does not have.

    Raises
    ------
    DemandError
        Naming the place.
    """
    length = float(network.links.length_m[link])
    if position_m > length:
        raise DemandError(where, f"position {position_m:g} m", f"at most the link's length of {length:g} m",
                          "correct the position")
    lanes = int(network.links.lane_start[link + 1] - network.links.lane_start[link])
    if lane is not None and lane >= lanes:
        raise DemandError(where, f"lane {lane}", f"a lane below {lanes}", "correct the lane; 0 is on the nearside")
