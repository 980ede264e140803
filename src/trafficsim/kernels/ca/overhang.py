"""Rears that reach back over a stop line: whose they are, and what they mean to those who come onto the lane."""

from __future__ import annotations

from typing import NamedTuple

from numba import int32, int64

from trafficsim.kernels.ca.busy import list_flagged
from trafficsim.kernels.ca.leaders import close_up
from trafficsim.kernels.ca.packed_state import FAR, FAST, length, pack_x, pos, rear, vel
from trafficsim.kernels.ca.state import ARRIVES, LEAVES, REAR_OVER, Count
from trafficsim.kernels.ca.vehicles import Vehicles
from trafficsim.kernels.jit import part, spliced


class Rear(NamedTuple):
    """A rear that reaches back over a stop line."""

    position: int
    """Cells; FAR if there is none."""
    speed: int


@spliced
def last_over(net, vehicles, start, trips, conn, reach):
    """Return the slot of the last vehicle that took a connection if it reaches back ``reach`` cells beyond its begin.

    -1 if there is none. Others who came from elsewhere may stand behind it on their own connectors.
    """
    to = net.conn[conn].to
    entry = net.lane[to].length + net.conn[conn].length + reach
    k = start[to + 1] - 1
    while k >= start[to] and rear(vehicles.X[k], vehicles.Y[k]) + entry < 0:
        if trips.row[vehicles.ID[k]].connection == conn:
            return k
        k -= 1
    return -1


@spliced
def overhang(net, vehicles, start, trips, work, lane):
    """Return the rear that reaches back over the stop line of a lane; one at FAR with FAST if there is none.

    Who left the lane last is looked for only until somebody has found it gone (``over``).
    """
    if work.lane[lane].over == 0:
        return Rear(int32(FAR), int32(FAST))
    return rear_over(net, vehicles, start, trips, work, lane)


@part
def rear_over(net, vehicles, start, trips, work, lane):
    """Look for the rear of the last vehicle that left a lane, also beyond links shorter than itself.

    One that crossed in this tick stands among the arrivals.
    """
    distance, place, speed = int32(0), int32(FAR), int32(FAST)
    here = int64(lane)
    while distance < net.scale.overhang:
        conn = work.lane[here].last_conn
        if conn < 0:
            break
        to = int64(net.conn[conn].to)
        entry = int32(net.lane[to].length + net.conn[conn].length + distance)
        if work.event[to] & ARRIVES and trips.row[work.arrive[to].trip].connection == conn:
            x = work.arrive[to].x
            back = int32(pos(x) - length(work.arrive[to].y) + entry)
            if back < 0:
                place, speed = back, vel(x)
            break
        k = last_over(net, vehicles, start, trips, conn, distance)
        if k >= 0:
            place, speed = int32(rear(vehicles.X[k], vehicles.Y[k]) + entry), vel(vehicles.X[k])
        if start[to + 1] > start[to]:
            break
        distance, here = entry, to
    return Rear(place, speed)


@part
def keep_behind(road):
    """Hold back those before a stop line who would end the tick in a rear that reaches back over it.

    It may have stopped harder than anybody expects, or have found less room beyond than it counted on.
    """
    work = road.work
    for at in range(int64(list_flagged(work.event, work.event_blocks, work.outs, road.net.lanes, REAR_OVER))):
        keep_first_behind(road, int64(work.outs[at]))


@spliced
def keep_first_behind(road, lane):
    """Hold back the first vehicle that stays before the stop line of a lane."""
    net, trips, work, vehicles, start = road.net, road.trips, road.work, road.vehicles, road.start
    first = start[lane] + (work.event[lane] & LEAVES)
    if first < start[lane + 1] and pos(work.moved[first]) > -net.scale.overhang:
        moved = Vehicles(work.moved, vehicles.Y, vehicles.Z, vehicles.KEY, vehicles.ID, vehicles.W)
        over = overhang(net, moved, start, trips, work, lane).position
        if pos(work.moved[first]) > over:
            old = pos(vehicles.X[first])
            now = max(over, old)
            work.moved[first] = pack_x(now, now - old)
            work.count[Count.REPAIRS] += 1
            close_up(vehicles, start, work, lane)
