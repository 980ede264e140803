"""Rears that reach back over a stop line: seen by those who come onto the lane from the side or from outside."""

from __future__ import annotations

from numba import int32, int64

from trafficsim.kernels.jit import spliced
from trafficsim.kernels.words import FAR, FAST, length, pos, rear, vel


@spliced
def overhang(net, vehicles, start, trips, work, lane):
    """Return (position, speed) of a rear that reaches back over the stop line of a lane; (FAR, FAST) if there is none.

    It belongs to the last vehicle that left the lane, which is looked for beyond links shorter than itself. One that
    crossed in this tick stands among the arrivals.
    """
    distance, place, speed = int32(0), int32(FAR), int32(FAST)
    here = int64(lane)
    while distance < net.scale.overhang:
        conn = work.lane[here].last_conn
        if conn < 0:
            break
        to = int64(net.conn[conn].to)
        distance += int32(net.lane[to].length + net.conn[conn].length)
        tail = start[to + 1] - 1
        came, back, v = -1, int32(0), int32(0)
        if work.event[to] & 2:
            x = work.arrive[to, 0]
            came = trips.row[work.arrive[to, 4]].connection
            back, v = int32(pos(x) - length(work.arrive[to, 1])), vel(x)
        if came != conn and tail >= start[to]:
            came = trips.row[vehicles.ID[tail]].connection
            back, v = rear(vehicles.X[tail], vehicles.Y[tail]), vel(vehicles.X[tail])
        if came == conn and back + distance < 0:
            place, speed = back + distance, v
        if came >= 0:
            break
        here = to
    return place, speed
