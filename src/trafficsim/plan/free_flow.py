"""Free-flow time and length of every trip, at its driver's own desired speed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.network import turn_of
from trafficsim.plan.turn_means import turn_means


def free_flow_time_s(plan: Plan) -> F8:
    """Time (s) of each trip with the road to itself, without signals, stops and acceleration.

    Links at the driver's desired speed, from the departure position to the end of the last link; connectors at the
    lower of their own speed and the desired speed on the link before. Where a movement has several connections, their
    mean length and mean speed count. Dwell times at stops are not part of it.

    Returns
    -------
    array of shape (trips,)
    """
    trip, link, length_m = _hops(plan)
    speed = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, link)
    turn, before = _crossings(plan)
    turn_length_m, turn_speed_ms = turn_means(plan.connections, len(plan.turns.from_link))
    time = length_m / speed
    time[before] += turn_length_m[turn] / np.minimum(turn_speed_ms[turn], speed[before])
    return _per_trip(plan, trip, time)


def route_length_m(plan: Plan) -> F8:
    """Length (m) of each trip: links and connectors, from the departure position to the end of the last link.

    Returns
    -------
    array of shape (trips,)
    """
    trip, _, length_m = _hops(plan)
    turn, before = _crossings(plan)
    length_m[before] += turn_means(plan.connections, len(plan.turns.from_link))[0][turn]
    return _per_trip(plan, trip, length_m)


def _per_trip(plan: Plan, trip: NDArray[np.int64], values: F8) -> F8:
    return np.bincount(trip, values, minlength=len(plan.trips.depart_s)).astype(np.float64)


def _hops(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int32], F8]:
    """Trip, link and length of every hop of every route."""
    trips = plan.trips
    trip = np.repeat(np.arange(len(trips.depart_s)), np.diff(trips.route_start))
    length_m = plan.links.length_m[trips.route_link]
    length_m[trips.route_start[:-1]] -= np.maximum(trips.depart_position_m, 0.0)
    return trip, trips.route_link, length_m


def _crossings(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Turn of every crossing of a junction, and the hop before it."""
    last = np.zeros(len(plan.trips.route_link), np.bool_)
    last[plan.trips.route_start[1:] - 1] = True
    before = np.flatnonzero(~last)
    links = plan.trips.route_link
    return turn_of(plan.turns, links[before], links[before + 1]), before
