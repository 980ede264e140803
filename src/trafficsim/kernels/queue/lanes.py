"""Lanes that lead on along a route: planned at the start of a link, chosen at its end."""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.jit import kernel, per_vehicle
from trafficsim.kernels.queue.tables import EXIT, MOST_LANES, NOBODY

NONE_SERVES = NOBODY - 1
"""No lane of the link leads on."""
ALL_LANES = (1 << MOST_LANES) - 1


@kernel
def find_lanes(net, trips):
    """Write for every place of all routes which lanes lead on."""
    for trip in range(len(trips.kind)):
        find_lanes_of(net, trips, trip)


@per_vehicle
def find_lanes_of(net, trips, trip):
    """Write for every place of a route which lanes lead on: seen backwards from its end.

    On a short link hardly anybody changes lanes: before it those lanes are used that lead to the ones needed on it, if
    there are any. Where no lane may be used by the class, permissions do not count: the route is what is known.
    """
    beyond = ALL_LANES
    for place in range(trips.route_start[trip + 1] - 1, trips.route_start[trip] - 1, -1):
        link, turn = int64(trips.link[place]), int64(trips.turn[place])
        beyond = ALL_LANES if turn == EXIT else reached(beyond, net.changes[trips.link[place + 1]])
        found = lanes_for(net, link, turn, net.bit[trips.kind[trip]], beyond)
        if found == 0:
            found = lanes_for(net, link, turn, net.bit[trips.kind[trip]], ALL_LANES)
        if found == 0:
            found = lanes_for(net, link, turn, 255, ALL_LANES)
        trips.lanes[place] = beyond = found


@per_vehicle
def reached(lanes, changes):
    """Return the bits of the lanes from which some lanes (bits) are so many changes away at most."""
    for _ in range(min(changes, MOST_LANES)):
        lanes |= (lanes << 1 | lanes >> 1) & ALL_LANES
    return lanes


@per_vehicle
def lanes_for(net, link, turn, bit, beyond):
    """Return the bits of the lanes of a link from which a turn leads into some lanes beyond it."""
    found, first = 0, net.lane_start[link]
    for lane in range(first, min(net.lane_start[link + 1], first + MOST_LANES)):
        if leads(net, lane, turn, bit, beyond):
            found |= 1 << (lane - first)
    return found


@per_vehicle
def leads(net, lane, turn, bit, beyond):
    """Whether a lane leads on to a turn, into a lane that vehicles with this bit may use, one of some (bits)."""
    if turn == EXIT:
        return net.allowed[lane] & bit != 0
    for conn in range(net.conn_start[lane], net.conn_start[lane + 1]):
        to = int64(net.to[conn])
        if net.turn[conn] == turn and net.allowed[to] & bit != 0 and is_one_of(net, to, beyond):
            return True
    return False


@per_vehicle
def is_one_of(net, lane, lanes):
    """Whether a lane is one of some of its link (bits)."""
    return (lanes >> (lane - net.lane_start[net.link_of[lane]])) & 1 != 0


@per_vehicle
def emptiest_lane(net, link, lanes, needed, taken, room):
    """Return the lane in which least is taken, of some (bits) that have room; NOBODY where all are full.

    ``taken`` and ``room`` are by lane, ``needed`` is by the vehicle (cm). NONE_SERVES where there are no lanes.
    """
    found, first = NOBODY, net.lane_start[link]
    if lanes == 0:
        return NONE_SERVES
    for lane in range(first, min(net.lane_start[link + 1], first + MOST_LANES)):
        if (lanes >> (lane - first)) & 1 == 0 or (taken[lane] and taken[lane] + needed > room[lane]):
            continue
        if found == NOBODY or taken[lane] < taken[found]:
            found = lane
    return found


@per_vehicle
def shortest_lane(world, link, vehicle):
    """Return the lane with the shortest queue that serves a vehicle and has room; NOBODY without one."""
    net, trips = world.net, world.trips
    lanes, needed = int64(trips.lanes[world.vehicles.cursor[vehicle]]), net.spacing[trips.kind[vehicle]]
    lane = emptiest_lane(net, link, lanes, needed, world.lanes.queued, net.lane_room)
    return NOBODY if lane == NONE_SERVES else lane


@per_vehicle
def planned_lane(world, link, vehicle, cursor):
    """Return the lane for which least room is taken, of those that serve a vehicle and have some; NOBODY without one.

    All lanes store what their link stores on one of its own: behind a short lane there is a part of another one.
    """
    net, trips = world.net, world.trips
    lane = emptiest_lane(net, link, int64(trips.lanes[cursor]), net.spacing[trips.kind[vehicle]], world.lanes.planned,
                         net.lane_share)
    return net.lane_start[link] if lane == NONE_SERVES else lane


@per_vehicle
def connection(world, lane, vehicle):
    """Return the way of the head of a lane whose lane beyond takes somebody first, of those that lead on there."""
    net, admits, trips = world.net, world.lanes.admits, world.trips
    cursor, bit = world.vehicles.cursor[vehicle], net.bit[trips.kind[vehicle]]
    found, rank = NOBODY, 0
    for conn in range(net.conn_start[lane], net.conn_start[lane + 1]):
        if net.turn[conn] != trips.turn[cursor]:
            continue
        to = int64(net.to[conn])
        own = 1 + (net.allowed[to] & bit != 0) + 2 * is_one_of(net, to, int64(trips.lanes[cursor + 1]))
        if own > rank or (own == rank and admits[to] < admits[net.to[found]]):
            found, rank = conn, own
    return found
