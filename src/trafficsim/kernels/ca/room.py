"""Room beyond a junction: whether a vehicle will fit there when all ahead have closed up, for those who keep clear."""

from __future__ import annotations

from numba import int64, njit

from trafficsim.kernels.ca.closed import open_cells
from trafficsim.kernels.ca.packed_state import EXIT, length, vel
from trafficsim.kernels.ca.permission import shows_red
from trafficsim.kernels.ca.scale import MOST_LINKS
from trafficsim.kernels.jit import per_vehicle, spliced

JUST_ENTERED = 2
"""Ticks since its entry for which a standing last vehicle is taken to be moving up (modelling assumption)."""


@spliced
def turn_ahead(trips, trip, ahead):
    """Return the turn of a traveller at the end of the link that lies so many links ahead."""
    return trips.manoeuvre[trips.route[trips.row[trip].route_position + ahead]].turn


@njit(inline="always")
def taken_by_others(road, lane, trip):
    """Return (cells taken on a lane, slot of its first vehicle), without the trip itself, which a loop brings back."""
    head = int64(road.start[lane])
    taken = int64(road.work.lane[lane].used)
    if head < road.start[lane + 1] and road.vehicles.ID[head] == trip:
        return taken - length(road.vehicles.Y[head]), head + 1
    return taken, head


@spliced
def room_needed(net, y, waited):
    """Return the cells that a vehicle wants beyond a junction: its length, half of it after a long wait."""
    return length(y) if waited <= net.scale.impatience_time else length(y) >> 1


@per_vehicle
def has_room(road, view, cells):
    """Whether a vehicle that takes so many cells will fit beyond the junction when all ahead have closed up.

    Room is added up along the route until somebody stands in the way or a line is closed. Who has waited long does not
    wait for room that the road does not have: links too short for a vehicle, and nobody on them, have all they will.
    """
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles, start = road.vehicles, road.start
    conn, tick, room, crowd = view.conn, view.tick, int64(0), int64(0)
    waited = work.lane[view.lane].wait > net.scale.impatience_time
    for further in range(MOST_LINKS):
        lane = net.conn[conn].to
        taken, head = taken_by_others(road, lane, view.trip)
        crowd += taken
        if net.lane[lane].closed > 0:
            return room + open_cells(net, lane) - taken >= cells
        room += net.lane[lane].length - taken
        if room >= cells:
            return True
        turn = turn_ahead(trips, view.trip, view.ahead + further + 1)
        if turn == EXIT:
            return True
        tail = start[lane + 1] - 1
        if tail >= head:
            entered = work.conn[trips.row[vehicles.ID[tail]].connection].last_entry
            if vel(vehicles.X[head]) == 0 or (vel(vehicles.X[tail]) == 0 and tick - entered > JUST_ENTERED):
                return False
        conn = net.reach[net.lane[lane].turns + turn]
        if conn == net.reach[net.lane[lane].turns + turn + 1] or shows_red(net, signals, conn):
            return waited and crowd == 0
    return True
