"""Who waits for whom: heads of lanes that have stood for long and find no room, and the lanes that they wait for.

Looked at between slices of the loop, never in it: nothing is written but the answer.
"""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.jit import kernel, spliced
from trafficsim.kernels.signals import RED, RED_AMBER
from trafficsim.kernels.ways import nearest
from trafficsim.kernels.words import EXIT, FLAG_STOP, length, rear, turn_of, vel

FREE = -1
"""Stands for the lane of somebody who waits for nobody."""
MOST_LINKS = 4
"""So many links ahead a driver looks for room, as at the stop line (``giveway.has_room``)."""


@spliced
def is_standing(road, lane, least):
    """Whether the head of a lane has stood for ``least`` ticks, and neither for a bus stop nor to leave the network."""
    k = road.start[lane]
    if k == road.start[lane + 1] or road.work.lane[lane].wait < least:
        return False
    return turn_of(road.vehicles.Z[k]) != EXIT and road.vehicles.Y[k] & FLAG_STOP == 0


@spliced
def blocker_beyond(road, lane, conn, tick):
    """Return the lane whose vehicles leave the head of ``lane`` no room beyond a connection; FREE if it is not that.

    Who has waited this long drives on once there is room for half of the vehicle.
    """
    net, signals, work, trips = road.net, road.signals, road.work, road.trips
    vehicles, start = road.vehicles, road.start
    k = start[lane]
    cells = length(vehicles.Y[k])
    if work.lane[lane].wait > net.scale.patience:
        cells = cells >> 1
    hop = trips.row[vehicles.ID[k]].hop
    room = 0
    for further in range(MOST_LINKS):
        group = net.conn[conn].group
        if group >= 0 and (signals.group[group].state == RED or signals.group[group].state == RED_AMBER):
            if further > 0 or tick - signals.group[group].since >= work.lane[lane].wait:
                return FREE  # the lamp is what it waits for
        to = net.conn[conn].to
        tail = start[to + 1] - 1
        if further == 0 and tail >= start[to] and vel(vehicles.X[tail]) == 0:
            if rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + net.conn[conn].length < 0:
                return to  # its rear lies over the line, whatever room there is further ahead
        room += net.lane[to].length - work.lane[to].used
        hop += 1
        if room >= cells or trips.way[trips.hops[hop]].turn == EXIT:
            return FREE
        if start[to] < start[to + 1]:
            return to if vel(vehicles.X[start[to]]) == 0 else FREE
        first = net.lane[to].turns + trips.way[trips.hops[hop]].turn
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
def blocker_of(road, lane, tick, waits_for):
    """Return the lane that the head of ``lane`` waits for, if whatever way it takes leads to somebody who waits too."""
    net = road.net
    over = blocker_over_line(road, lane)
    if over != FREE and waits_for[over] != FREE:
        return over
    turn = turn_of(road.vehicles.Z[road.start[lane]])
    slot = net.lane[lane].turns + turn
    first, last = int64(net.reach[slot]), int64(net.reach[slot + 1])
    if first == last:  # stranded in a lane that does not lead on
        first = nearest(net, lane, turn)
        last = first + 1
    answer = FREE
    for conn in range(first, last):
        blocker = blocker_beyond(road, lane, conn, tick) if conn >= 0 else FREE
        if blocker == FREE or waits_for[blocker] == FREE:
            return FREE
        if answer == FREE:
            answer = blocker
    return answer


@kernel
def find_blocked(road, tick, least, waits_for):
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
                waits_for[lane] = blocker_of(road, lane, tick, waits_for)
                if waits_for[lane] == FREE:
                    left -= 1
                    changed = True
    return left
