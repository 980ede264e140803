"""Lanes that serve a movement: planned at the start of a link, chosen at its end."""

from __future__ import annotations

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.tables import EXIT, NOBODY

NONE_SERVES = NOBODY - 1
"""No lane of the link leads on."""


@per_vehicle
def serves(net, lane, turn, bit):
    """Whether a lane leads on to a turn, in a lane that vehicles with this bit may use."""
    if turn == EXIT:
        return net.allowed[lane] & bit != 0
    for conn in range(net.conn_start[lane], net.conn_start[lane + 1]):
        if net.turn[conn] == turn and net.allowed[net.to[conn]] & bit != 0:
            return True
    return False


@per_vehicle
def emptiest_lane(net, link, turn, kind, taken, room):
    """Return the lane in which least is taken, of those that serve a turn and have room; NOBODY where all are full.

    ``taken`` and ``room`` are by lane (cm). Where no lane may be used by the class, permissions do not count: the route
    is what is known. NONE_SERVES where no lane leads on.
    """
    for bit in (net.bit[kind], 255):
        found, served = NOBODY, False
        for lane in range(net.lane_start[link], net.lane_start[link + 1]):
            if not serves(net, lane, turn, bit):
                continue
            served = True
            if taken[lane] and taken[lane] + net.spacing[kind] > room[lane]:
                continue
            if found == NOBODY or taken[lane] < taken[found]:
                found = lane
        if served:
            return found
    return NONE_SERVES


@per_vehicle
def shortest_lane(world, link, vehicle):
    """Return the lane with the shortest queue that serves a vehicle and has room; NOBODY without one."""
    net, trips = world.net, world.trips
    lane = emptiest_lane(net, link, trips.turn[world.vehicles.cursor[vehicle]], trips.kind[vehicle],
                         world.lanes.queued, net.lane_room)
    return NOBODY if lane == NONE_SERVES else lane


@per_vehicle
def planned_lane(world, link, vehicle, cursor):
    """Return the lane for which least room is taken, of those that serve a vehicle and have some; NOBODY without one.

    All lanes store what their link stores on one of its own: behind a short lane there is a part of another one.
    """
    net, trips = world.net, world.trips
    lane = emptiest_lane(net, link, trips.turn[cursor], trips.kind[vehicle], world.lanes.planned, net.lane_share)
    return net.lane_start[link] if lane == NONE_SERVES else lane


@per_vehicle
def connection(world, lane, turn, bit):
    """Return the way of a turn from a lane whose lane beyond takes somebody first, of those that may be used."""
    net, admits = world.net, world.lanes.admits
    found, allowed = NOBODY, False
    for conn in range(net.conn_start[lane], net.conn_start[lane + 1]):
        if net.turn[conn] != turn:
            continue
        may = net.allowed[net.to[conn]] & bit != 0
        if found == NOBODY:
            found, allowed = conn, may
        elif may and (not allowed or admits[net.to[conn]] < admits[net.to[found]]):
            found, allowed = conn, may
    return found
