"""Who waits for whom: heads of lanes that have stood for long and find no room, and the lanes that they wait for.

Looked at between slices of the loop, never in it: nothing is written but the answer. Signals play no part in it: who
has no room beyond the line will not go at green either, and who has room is taken to go some time.
"""

from __future__ import annotations

from numba import int64

from trafficsim.base.codes import (
    CAUSE_GIVES_WAY,
    CAUSE_MOVING,
    CAUSE_NO_ROOM,
    CAUSE_NOBODY,
    CAUSE_RED,
    CAUSE_STOP,
    CAUSE_WRONG_LANE,
    GREEN,
    RED,
    RED_AMBER,
    YELLOW,
)
from trafficsim.kernels.ca.connections import nearest
from trafficsim.kernels.ca.packed_state import EXIT, FLAG_STOP, length, rear, turn_of, vel
from trafficsim.kernels.ca.scale import MOST_LINKS
from trafficsim.kernels.ca.state import WITHOUT_ROOM
from trafficsim.kernels.jit import kernel, spliced

FREE = -1
"""Stands for the lane of somebody who waits for nobody."""


@spliced
def is_standing(road, lane, least):
    """Whether the head of a lane has stood for ``least`` ticks, and neither for a bus stop nor to leave the network."""
    k = road.start[lane]
    if k == road.start[lane + 1] or road.work.lane[lane].wait < least:
        return False
    return turn_of(road.vehicles.Z[k]) != EXIT and road.vehicles.Y[k] & FLAG_STOP == 0


@spliced
def blocker_beyond(road, lane, conn):
    """Return the lane whose vehicles leave the head of ``lane`` no room beyond a connection; FREE if it is not that.

    Who has waited this long drives on once there is room for half of the vehicle.
    """
    net, work, trips = road.net, road.work, road.trips
    vehicles, start = road.vehicles, road.start
    k = start[lane]
    cells = length(vehicles.Y[k])
    if work.lane[lane].wait > net.scale.impatience_time:
        cells = cells >> 1
    route_position = trips.row[vehicles.ID[k]].route_position
    room = 0
    for further in range(MOST_LINKS):
        to = net.conn[conn].to
        tail = start[to + 1] - 1
        if further == 0 and tail >= start[to] and vel(vehicles.X[tail]) == 0:
            if rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + net.conn[conn].length < 0:
                return to  # its rear lies over the line, whatever room there is further ahead
        room += net.lane[to].length - work.lane[to].used
        route_position += 1
        if room >= cells or trips.manoeuvre[trips.route[route_position]].turn == EXIT:
            return FREE
        if start[to] < start[to + 1]:
            return to if vel(vehicles.X[start[to]]) == 0 else FREE
        first = net.lane[to].turns + trips.manoeuvre[trips.route[route_position]].turn
        conn = net.reach[first]
        if conn == net.reach[first + 1]:
            return FREE
    return FREE


@spliced
def blocker_over_line(road, lane):
    """Return the lane of the vehicle whose rear still reaches back over the stop line of ``lane``; FREE without one."""
    net, vehicles, start = road.net, road.vehicles, road.start
    conn = road.work.lane[lane].last_conn
    if conn < 0:
        return FREE
    to = net.conn[conn].to
    tail = start[to + 1] - 1
    if tail < start[to] or tail == start[lane] or road.trips.row[vehicles.ID[tail]].connection != conn:
        return FREE
    over = rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + net.conn[conn].length
    return to if over < 0 else FREE


@spliced
def connections_of(road, lane):
    """Return the range of connections that the head of a lane may take; those of the nearest lane if it has none."""
    net = road.net
    turn = turn_of(road.vehicles.Z[road.start[lane]])
    slot = net.lane[lane].turns + turn
    first, last = int64(net.reach[slot]), int64(net.reach[slot + 1])
    if first == last:  # stranded in a lane that does not lead on
        first = int64(nearest(net, lane, turn))
        last = first + 1
    return first, last


@spliced
def blocker_of(road, lane, waits_for):
    """Return the lane that the head of ``lane`` waits for, if whatever way it takes leads to somebody who waits too."""
    over = blocker_over_line(road, lane)
    if over != FREE and waits_for[over] != FREE:
        return over
    first, last = connections_of(road, lane)
    answer = FREE
    for conn in range(first, last):
        blocker = blocker_beyond(road, lane, conn) if conn >= 0 else FREE
        if blocker == FREE or waits_for[blocker] == FREE:
            return FREE
        if answer == FREE:
            answer = blocker
    return answer


@kernel
def find_blocked(road, least, waits_for):
    """Write for every lane the lane that its head waits for, FREE for all that will get on by themselves.

    Begins with all heads that have stood for ``least`` ticks and takes out whoever waits for nobody, or for somebody
    who was taken out, until nobody is left to take out: what remains waits in cycles, or behind one. Returns how many.
    """
    lanes = road.net.lanes
    left = 0
    for lane in range(lanes):
        waits_for[lane] = FREE
        if is_standing(road, lane, least):
            waits_for[lane] = lane
            left += 1
    changed = left > 0
    while changed:
        changed = False
        for at in range(2 * lanes):  # there and back: chains of lanes are followed in either order
            lane = at if at < lanes else 2 * lanes - 1 - at
            if waits_for[lane] != FREE:
                waits_for[lane] = blocker_of(road, lane, waits_for)
                if waits_for[lane] == FREE:
                    left -= 1
                    changed = True
    return left


@spliced
def lane_ahead(road, lane):
    """Return the lane whose vehicles leave the head of ``lane`` no room, whatever way it takes; FREE without one."""
    over = blocker_over_line(road, lane)
    if over != FREE:
        return over
    first, last = connections_of(road, lane)
    answer = FREE
    for conn in range(first, last):
        blocker = blocker_beyond(road, lane, conn) if conn >= 0 else FREE
        if blocker == FREE:
            return FREE
        if answer == FREE:
            answer = blocker
    return answer


@spliced
def cause_at_line(road, lane):
    """Why a head stands that nobody who stands leaves without room.

    Its signal, its lane, no room yet, or giving way.
    """
    net, signals = road.net, road.signals
    slot = net.lane[lane].turns + turn_of(road.vehicles.Z[road.start[lane]])
    first, last = int64(net.reach[slot]), int64(net.reach[slot + 1])
    if first == last:
        return CAUSE_WRONG_LANE
    red = True
    for conn in range(first, last):
        group = net.conn[conn].group
        indication = signals.group[group].state if group >= 0 else GREEN
        red = red and (indication == RED or indication == RED_AMBER or indication == YELLOW)
    if red:
        return CAUSE_RED
    return CAUSE_NO_ROOM if road.work.lane[lane].blocking_reason == WITHOUT_ROOM else CAUSE_GIVES_WAY


@kernel
def find_causes(road, cause, behind):
    """Write for every lane why its head stands, and the lane whose vehicles leave it no room (else FREE).

    ``CAUSE_NOBODY`` stands on an empty lane, ``CAUSE_MOVING`` is who does not stand.
    """
    net, start, work = road.net, road.start, road.work
    for lane in range(net.lanes):
        behind[lane] = FREE
        k = start[lane]
        if k == start[lane + 1]:
            cause[lane] = CAUSE_NOBODY
        elif work.lane[lane].wait == 0 or turn_of(road.vehicles.Z[k]) == EXIT:
            cause[lane] = CAUSE_STOP if road.vehicles.Y[k] & FLAG_STOP else CAUSE_MOVING
        elif road.vehicles.Y[k] & FLAG_STOP:
            cause[lane] = CAUSE_STOP
        else:
            behind[lane] = lane_ahead(road, lane)
            cause[lane] = CAUSE_NO_ROOM if behind[lane] != FREE else cause_at_line(road, lane)
