"""Lanes that serve a movement: planned at the start of a link, chosen at its end."""

from __future__ import annotations

from trafficsim.kernels.jit import part
from trafficsim.kernels.queue.tables import EXIT, NOBODY


@part
def serves(net, lane, turn, bit):
    """Whether a lane leads on to a turn, in a lane that vehicles with this bit may use."""
    if turn == EXIT:
        return net.allowed[lane] & bit != 0
    for conn in range(net.conn_start[lane], net.conn_start[lane + 1]):
        if net.turn[conn] == turn and net.allowed[net.to[conn]] & bit != 0:
            return True
    return False


@part
def shortest_lane(world, link, vehicle):
    """Return the lane with the shortest queue that serves a vehicle and has room; NOBODY without one.

    Where no lane may be used by the class, permissions do not count: the route is what is known.
    """
    net, lanes, trips = world.net, world.lanes, world.trips
    turn, kind = trips.turn[world.vehicles.cursor[vehicle]], trips.kind[vehicle]
    for bit in (net.bit[kind], 255):
        found, served = NOBODY, False
        for lane in range(net.lane_start[link], net.lane_start[link + 1]):
            if not serves(net, lane, turn, bit):
                continue
            served = True
            if lanes.queued[lane] and lanes.queued[lane] + net.spacing[kind] > net.lane_room[lane]:
                continue
            if found == NOBODY or lanes.queued[lane] < lanes.queued[found]:
                found = lane
        if served:
            return found
    return NOBODY


@part
def planned_lane(world, link, vehicle, cursor):
    """Return the lane for which least room is taken, of those that serve a vehicle and have some; NOBODY without one.

    All lanes store what their link stores on one of its own: behind a short lane there is a part of another one.
    """
    net, planned, trips = world.net, world.lanes.planned, world.trips
    turn, kind = trips.turn[cursor], trips.kind[vehicle]
    for bit in (net.bit[kind], 255):
        found, served = NOBODY, False
        for lane in range(net.lane_start[link], net.lane_start[link + 1]):
            if not serves(net, lane, turn, bit):
                continue
            served = True
            if planned[lane] and planned[lane] + net.spacing[kind] > net.room[link] // net.wide[link]:
                continue
            if found == NOBODY or planned[lane] < planned[found]:
                found = lane
        if served:
            return found
    return net.lane_start[link]
