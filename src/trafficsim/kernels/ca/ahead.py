"""How far a driver looks, and what lies beyond an open stop line: slower roads, vehicles, the next signal."""

from __future__ import annotations

import numpy as np
from numba import float32, int32, int64, njit

from trafficsim.kernels.ca.closed import closed_before, open_cells
from trafficsim.kernels.ca.connections import pick
from trafficsim.kernels.ca.entering import may_go_on, view_further
from trafficsim.kernels.ca.inside import waiting_inside
from trafficsim.kernels.ca.overhang import last_over
from trafficsim.kernels.ca.packed_state import (
    CAP_UNIT,
    EXIT,
    FAR,
    FAST,
    LIGHT,
    NO_BOUND,
    SPEED,
    cap,
    light,
    pack_x,
    pos,
    rear,
    vel,
)
from trafficsim.kernels.ca.permission import signal_view
from trafficsim.kernels.ca.room import turn_ahead
from trafficsim.kernels.ca.state import REAR_OVER
from trafficsim.kernels.decisions.braking import JUDGED_HEADWAY, safe_speed, stop_bound
from trafficsim.kernels.decisions.signals import CLOSED
from trafficsim.kernels.jit import part, per_vehicle, scalar, spliced

FURTHER_BRAKING = np.float32(1.5)
"""Braking towards a line beyond the next link, over the comfortable one (modelling assumption)."""


@njit(inline="always")
def sight(net, v):
    """Distance within which a vehicle looks at its stop line: one tick, a comfortable stop, and a reserve."""
    return int32(v + int32(float32(v * v) / (float32(2.0) * net.scale.comfort)) + net.scale.clear)


@scalar
def slow_for(connector_speed, distance, comfort):
    """Return the largest speed from which a vehicle slows down comfortably to a connector's speed (1/256 cell/tick)."""
    vc = float32(connector_speed) * float32(1.0 / CAP_UNIT)
    half = float32(0.5) * comfort
    inner = half * half + vc * vc + float32(2.0) * comfort * (float32(distance) - float32(0.5) * vc)
    return int32(max(np.sqrt(max(inner, float32(0.0))) - half, vc) + float32(0.5))


@spliced
def turning_bound(net, conn, v, y, distance):
    """Return the speed bound that a slower connector or link sets for a vehicle ``distance`` cells before it."""
    speed = cap(y) * net.conn[conn].speed_compliance
    if speed >= (v + net.scale.queue_speed) * CAP_UNIT:
        return int32(NO_BOUND)
    return slow_for(speed, distance, net.scale.comfort)


@spliced
def expected_beyond(road, to, tail):
    """Return speed and brake light of the last vehicle of a lane, as a follower before its line takes them.

    Under a rule that anticipates, its speed is no more than its own gap, as far as that is known.
    """
    x = road.vehicles.X[tail]
    if road.net.scale.anticipates == 0 or tail == road.start[to]:
        return int32(x & int32(SPEED | LIGHT))
    room = max(pos(road.work.leader[tail]) - pos(x), int32(0))
    return int32(min(vel(x), room) | light(x))


@part
def signal_beyond(road, view, lane, ahead, available):
    """Return the speed bound of the signal at the end of a short link for one who follows another onto it.

    The leader may have a green signal, or leave the network before the line.
    """
    net, trips = road.net, road.trips
    if turn_ahead(trips, view.trip, ahead) == EXIT:
        return int32(NO_BOUND)
    conn = pick(net, road.vehicles, road.start, trips, lane, trips.row[view.trip].route_position + ahead)
    if conn < 0:
        return int32(NO_BOUND)
    status, _made = signal_view(net, road.signals, view_further(view, conn, lane, ahead, available))
    if status != CLOSED:
        return int32(NO_BOUND)
    return stop_bound(available, FURTHER_BRAKING * net.scale.comfort)


@per_vehicle
def beyond(road, view):
    """Return (leader state, speed bound) of what lies beyond an open stop line, through as many links as it takes."""
    net, vehicles, start, trips = road.net, road.vehicles, road.start, road.trips
    conn, lane, v, y, ahead = view.conn, view.lane, view.v, view.y, view.ahead
    bound = int32(NO_BOUND)
    distance = int32(view.available + 1)
    here = int32(-1 - view.available)
    look = sight(net, v)
    while True:
        bound = min(bound, turning_bound(net, int64(conn), v, y, int32(distance)))
        to = net.conn[conn].to
        entry = int32(net.lane[to].length + net.conn[conn].length)
        tail = start[to + 1] - 1
        last = rear(vehicles.X[tail], vehicles.Y[tail]) if tail >= start[to] else int32(0)
        if net.lane[to].closed > 0 and closed_before(net, to, last):
            gap = open_cells(net, to) - int32(1) + net.conn[conn].length + distance
            return pack_x(here + min(max(int32(gap), int32(0)), int32(FAR)), int32(0)), bound
        if tail >= start[to] and not (to == lane and tail == start[lane]):  # not itself, alone on a loop
            gap = last + entry + distance
            gap = min(max(gap, int32(0)), int32(FAR))
            if distance + entry <= look:
                bound = min(bound, signal_beyond(road, view, int64(to), ahead + 1, distance + entry - int32(1)))
            return pack_x(here + gap, expected_beyond(road, to, tail)), bound
        distance += entry
        ahead += 1
        if distance > look or turn_ahead(trips, view.trip, ahead) == EXIT:
            return pack_x(here + int32(FAR), int32(FAST)), bound
        conn = pick(net, vehicles, start, trips, int64(to), trips.row[view.trip].route_position + ahead)
        may = False
        if conn >= 0:
            may = may_go_on(road, view_further(view, conn, to, ahead, distance - int32(1)))
        if not may:
            bound = min(bound, stop_bound(distance - int32(1), FURTHER_BRAKING * net.scale.comfort))
            return pack_x(here + int32(FAR), int32(FAST)), bound


@spliced
def forget_overhang(road, lane, conn):
    """Remember that nobody reaches back over a stop line any more, until the next one crosses it."""
    net, start, work = road.net, road.start, road.work
    to = net.conn[conn].to
    beyond_it = start[to] < start[to + 1] or net.lane[to].length + net.conn[conn].length >= net.scale.overhang
    # who waits inside the junction has not yet come onto the lane
    if beyond_it and waiting_inside(net, work, conn) == 0:
        work.lane[lane].over = 0


@spliced
def behind_overhang(road, lane, k):
    """Return the speed bound set by the rear of the vehicle that went before, while it reaches back over the line."""
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    conn = work.lane[lane].last_conn
    if conn < 0 or work.lane[lane].over == 0:
        return int32(NO_BOUND)
    last = last_over(net, vehicles, start, trips, conn, 0)
    if last < 0:
        forget_overhang(road, lane, conn)
    if last < 0 or last == k:
        return int32(NO_BOUND)
    work.event[lane] |= REAR_OVER
    over = rear(vehicles.X[last], vehicles.Y[last]) + net.lane[net.conn[conn].to].length + net.conn[conn].length
    room = max(over - pos(vehicles.X[k]), int32(0))
    safe = int32(max(safe_speed(room, vel(vehicles.X[last]), JUDGED_HEADWAY, net.scale.safe), float32(0.0)))
    return min(safe, room)
