"""Which connection a vehicle takes: of its lane, or of the nearest one that serves the turn."""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.ca.packed_state import FAR, rear
from trafficsim.kernels.ca.wanted import changes_to
from trafficsim.kernels.jit import part, per_vehicle

PER_CHANGE = 100_000
"""Cells of room that no lane change is worth: the lane that needs fewer is taken."""
ROOM_ADDED = 1000
"""Cells added to the room of a lane, so that vehicles that reach back over its beginning can be told apart."""
LEAST_SCORE = -(1 << 30)


@per_vehicle
def pick(net, vehicles, start, trips, lane, route_position):
    """Return the connection that a vehicle takes: the nearest to a wanted lane, then the emptier; -1 if none."""
    turn = trips.manoeuvre[trips.route[route_position]].turn
    first = int64(net.reach[net.lane[lane].turns + turn])
    last = int64(net.reach[net.lane[lane].turns + turn + 1])
    if last - first == 1:
        return first
    best, best_score = -1, LEAST_SCORE
    wanted = trips.manoeuvre[trips.route[route_position + 1]].wanted
    for conn in range(first, last):
        to = net.conn[conn].to
        changes = changes_to(wanted, int64(net.lane[to].side), int64(net.lane[to].beside))
        tail = start[to + 1] - 1
        room = FAR if tail < start[to] else rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + ROOM_ADDED
        score = max(room, 0) - PER_CHANGE * changes
        if score > best_score:
            best, best_score = conn, score
    return best


@part
def nearest(net, lane, turn):
    """Return a connection of the nearest lane that serves the turn: for a driver stranded in the wrong lane."""
    link = net.lane[lane].link
    for distance in range(1, int64(net.link[link + 1].lane - net.link[link].lane)):
        for other in (lane - distance, lane + distance):
            if net.link[link].lane <= other < net.link[link + 1].lane:
                slot = net.lane[other].turns + turn
                if net.reach[slot + 1] > net.reach[slot]:
                    return int64(net.reach[slot])
    return -1
