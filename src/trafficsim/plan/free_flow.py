"""Free-flow time and length of every trip, at its driver's own desired speed, up to any point of its way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.desired_speed import LEAST_SPEED_MS, desired_speed_ms
from trafficsim.plan.free_flow_paths import FreeFlow
from trafficsim.plan.network import turn_of
from trafficsim.plan.turn_means import turn_means


def free_flow(plan: Plan) -> FreeFlow:
    """Return the way of each trip with the road to itself, without signals, stops and acceleration.

    Links at the driver's desired speed, from the departure position to the end of the last link. Connectors at the
    desired speed on the link beyond, or at their own speed where that is lower: as many times it as the driver goes
    over, or under, the limit. Where a movement has several connections, their mean length and mean speed count. Dwell
    times at stops are not part of it.
    """
    trip, link, length_m = _route_positions(plan)
    speed = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, link)
    turn, before = _crossings(plan)
    turn_length_m, turn_speed_ms = turn_means(plan.connections, len(plan.turns.from_link))
    beyond = speed[before + 1]
    own = turn_speed_ms[turn] * beyond / plan.links.speed_limit_ms[link[before + 1]]
    pieces_m, pieces_s = np.zeros(2 * len(link)), np.zeros(2 * len(link))
    pieces_m[::2], pieces_s[::2] = length_m, length_m / speed
    pieces_m[2 * before + 1] = turn_length_m[turn]
    pieces_s[2 * before + 1] = turn_length_m[turn] / np.maximum(np.minimum(own, beyond), LEAST_SPEED_MS)
    return FreeFlow(2 * plan.trips.route_start.astype(np.int64), pieces_m, pieces_s)


def free_flow_time_s(plan: Plan) -> F8:
    """Free-flow time (s) of each trip (see :func:`free_flow`), of shape (trips,)."""
    return free_flow(plan).total_s


def route_length_m(plan: Plan) -> F8:
    """Length (m) of each trip: links and connectors, from the departure position to the end of the last link.

    Returns
    -------
    array of shape (trips,)
    """
    return free_flow(plan).total_m


def _route_positions(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int32], F8]:
    """Trip, link and length of every route position of every route."""
    trips = plan.trips
    trip = np.repeat(np.arange(len(trips.depart_s)), np.diff(trips.route_start))
    length_m = plan.links.length_m[trips.route_link]
    length_m[trips.route_start[:-1]] -= np.maximum(trips.depart_position_m, 0.0)
    return trip, trips.route_link, length_m


def _crossings(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Turn of every crossing of a junction, and the route position before it."""
    last = np.zeros(len(plan.trips.route_link), np.bool_)
    last[plan.trips.route_start[1:] - 1] = True
    before = np.flatnonzero(~last)
    links = plan.trips.route_link
    return turn_of(plan.turns, links[before], links[before + 1]), before
