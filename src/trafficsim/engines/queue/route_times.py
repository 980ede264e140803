"""Time and way of every place of every route, at the driver's own desired speed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.desired_speed import LEAST_SPEED_MS, desired_speed_ms
from trafficsim.plan.free_flow import free_flow
from trafficsim.plan.network import turn_of


def times_and_lengths(plan: Plan) -> tuple[F8, F8]:
    """Return the seconds and metres of every route place: its link, and the connector before it."""
    free = free_flow(plan)
    metres, seconds = np.array(free.length_m), np.array(free.time_s)
    speed = metres / np.maximum(seconds, 1e-9)
    trip = trip_of_place(plan)
    slower = np.repeat(plan.classes.dawdling_ms[plan.trips.vehicle_class[trip]], 2)
    seconds = np.where(metres > 0.0, metres / np.maximum(speed - slower, LEAST_SPEED_MS), 0.0)
    for places, more_s in _lost_in_zones(plan, trip):
        seconds[2 * places] += more_s
    before = np.zeros((2, len(trip)))
    before[:, 1:] = seconds[1:-1:2], metres[1:-1:2]
    before[:, plan.trips.route_start[:-1]] = 0.0
    return seconds[::2] + before[0], metres[::2] + before[1]


def slower_than_mean(plan: Plan) -> F8:
    """Return by trip how much longer than at the mean speed its driver takes, as a share, on the first link."""
    first = plan.trips.route_link[plan.trips.route_start[:-1]]
    own = desired_speed_ms(plan.links, plan.classes, plan.trips, np.arange(len(first)), first)
    mean = plan.links.free_speed_mean_ms[first]
    return np.asarray(np.maximum(mean / np.maximum(own, LEAST_SPEED_MS) - 1.0, 0.0), np.float64)


def trip_of_place(plan: Plan) -> np.ndarray:
    """Return the trip of every route place."""
    return np.repeat(np.arange(len(plan.trips.name)), np.diff(plan.trips.route_start))


def turns_of_places(plan: Plan) -> np.ndarray:
    """Return the movement of the plan at the end of every route place, -1 at the last."""
    links = plan.trips.route_link
    turns = np.full(len(links), -1, np.int64)
    turns[:-1] = turn_of(plan.turns, links[:-1], links[1:])
    turns[np.asarray(plan.trips.route_start[1:], np.int64) - 1] = -1
    return turns


def _lost_in_zones(plan: Plan, trip: np.ndarray) -> Iterator[tuple[np.ndarray, F8]]:
    """Yield, by link with zones, the route places on it and the time that each loses in them."""
    start = np.zeros(len(trip))
    start[plan.trips.route_start[:-1]] = np.maximum(plan.trips.depart_position_m, 0.0)
    for link in np.unique(plan.behaviour.zone_link).tolist():
        places = np.flatnonzero(plan.trips.route_link == link)
        yield places, lost_in_zones_s(plan, link, trip[places], start[places])


def until_end_s(plan: Plan, link: int, trip: NDArray[np.int64], from_m: float) -> F8:
    """Return the time that trips need from a position on a link to its end, at their own speeds."""
    own = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, np.full(len(trip), link))
    kept = np.maximum(own - plan.classes.dawdling_ms[plan.trips.vehicle_class[trip]], LEAST_SPEED_MS)
    left_m = float(plan.links.length_m[link]) - from_m
    return np.asarray(left_m / kept + lost_in_zones_s(plan, link, trip, np.full(len(trip), from_m)), np.float64)


def lost_in_zones_s(plan: Plan, link: int, trip: NDArray[np.int64], from_m: F8) -> F8:
    """Return the time that trips lose in the zones of a link, from positions to its end."""
    rules, lost = plan.behaviour, np.zeros(len(trip))
    zones = np.flatnonzero(rules.zone_link == link)
    if not len(zones):
        return lost
    length = float(plan.links.length_m[link])
    own = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, np.full(len(trip), link))
    cuts = np.unique(np.clip(np.concatenate([[0.0, length], rules.zone_begin_m[zones], rules.zone_end_m[zones]]),
                             0.0, length))
    for begin, end in zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True):
        speed = _speed_in(plan, zones, trip, own, 0.5 * (begin + end))
        lost += np.maximum(end - np.maximum(from_m, begin), 0.0) * (1.0 / speed - 1.0 / own)
    return lost


def _speed_in(plan: Plan, zones: np.ndarray, trip: np.ndarray, own: F8, position_m: float) -> F8:
    """Return desired speeds at a place: the lowest of all rules that hold there."""
    rules, speed = plan.behaviour, own
    for zone in zones.tolist():
        if not rules.zone_begin_m[zone] <= position_m <= rules.zone_end_m[zone]:
            continue
        rule = rules.zone_rule[zone]
        accepted = plan.links.speed_limit_ms[rules.rule_link[rule]] * rules.factor[rule, trip]
        speed = np.minimum(speed, own - rules.zone_strength[zone] * np.maximum(own - accepted, 0.0))
    return np.asarray(np.maximum(speed, LEAST_SPEED_MS), np.float64)
