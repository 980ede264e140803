"""Vehicles on conflicting movements: when the next one comes, and whether one is stuck on the way."""

from __future__ import annotations

from numba import int32, int64, njit, uint32

from trafficsim.kernels.ca.packed_state import pos, rear, turn_of, vel
from trafficsim.kernels.ca.permission import goes_after_all
from trafficsim.kernels.decisions.gaps import NEVER, time_to_conflict
from trafficsim.kernels.jit import per_vehicle, spliced

FASTEST_APPROACH = 5.0
"""Times the lowest speed expected of who approaches: no slower is a link taken to be when drivers look along it."""
MOST_CELLS = 32000.0
"""Further than any position."""
PER_256TH = 1.0 / 256.0


@spliced
def next_arrival(net, vehicles, start, conflicting, ticks):
    """Return in how many ticks the next vehicle that will take connection ``conflicting`` reaches the conflict.

    Looks no further than a vehicle at the limit drives in ``ticks``; NEVER if nobody is there.
    """
    lane = net.conn[conflicting].origin
    turn = net.conn[conflicting].turn
    half = net.conn[conflicting].length >> 1
    fastest = max(FASTEST_APPROACH * net.scale.approach, net.link[net.lane[lane].link].limit * PER_256TH)
    far = int32(min(ticks * fastest, MOST_CELLS))
    for k in range(start[lane], start[lane + 1]):
        ahead = -pos(vehicles.X[k])
        if ahead > far:
            break
        if turn_of(vehicles.Z[k]) == turn:
            return time_to_conflict(int32(ahead + half), vel(vehicles.X[k]), int32(net.scale.approach))
    return NEVER


@per_vehicle
def occupied(road, conflicting, requester):
    """Whether somebody else is stuck on connection ``conflicting`` before the middle of it, where paths cross.

    Who has just started is not; who has waited long squeezes past.
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    if work.conn[conflicting].on_conn == 0:
        return False
    since = requester.tick - work.conn[conflicting].last_entry
    if since <= net.scale.resolve or (requester.waited > net.scale.impatience_time and since > net.scale.stuck):
        return False
    return blocks_conflict(net, vehicles, start, conflicting, requester.key)


@spliced
def blocks_conflict(net, vehicles, start, conflicting, key):
    """Whether the last vehicle on the connector of ``conflicting`` stands or creeps with its rear before the middle.

    On a short link a driver's own rear (``key``) may still be on a connector that conflicts with the next one: it is in
    nobody's way but others'.
    """
    to = net.conn[conflicting].to
    tail = start[to + 1] - 1
    if tail < start[to] or vel(vehicles.X[tail]) > net.scale.queue_speed or int64(uint32(vehicles.KEY[tail])) == key:
        return False
    return rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + (net.conn[conflicting].length >> 1) < 0


@spliced
def stands_waiting(net, vehicles, start, work, conflicting):
    """Whether the first vehicle before connection ``conflicting`` stands because it gives way itself, or lacks room."""
    lane = net.conn[conflicting].origin
    return start[lane] < start[lane + 1] and vel(vehicles.X[start[lane]]) == 0 and work.lane[lane].blocking_reason > 0


@njit(inline="always")
def conflict_rows(net, conn, everybody):
    """Return the range of rows of those to whom a connection gives way: in ``net.crosses`` or in ``net.yields``."""
    if everybody:
        return int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)
    return int64(net.conn[conn].yields), int64(net.conn[conn + 1].yields)


@spliced
def conflict_crosses(road, conn, tick):
    """Whether a vehicle with priority crosses its line in this tick."""
    net, work = road.net, road.work
    everybody = goes_after_all(net, road.signals, conn)
    first, last = conflict_rows(net, conn, everybody)
    crossing = False
    for i in range(first, last):
        conflicting = net.crosses[i] if everybody else net.yields[i]
        crossing = crossing or work.conn[conflicting].last_crossing == tick
    return crossing


@spliced
def is_blocked(road, requester):
    """Whether another vehicle is stuck on a connector that crosses this one; after a long wait drivers squeeze past."""
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    conn, tick = requester.conn, requester.tick
    if requester.waited > net.scale.impatience_time or work.conn[conn].warned != tick:
        return False
    target = net.lane[net.conn[conn].to].link
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        conflicting = net.crosses[i]
        # ways that end side by side on one link do not block each other
        if work.conn[conflicting].on_conn > 0 and net.lane[net.conn[conflicting].to].link != target:
            if tick - work.conn[conflicting].last_entry > net.scale.stuck and blocks_conflict(
                net, vehicles, start, conflicting, requester.key
            ):
                return True
    return False
