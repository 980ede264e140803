"""Vehicles on conflicting movements: when the next one comes, and whether one is stuck on the way."""

from __future__ import annotations

from numba import int32, int64, njit, uint32

from trafficsim.kernels.ca.permission import goes_after_all
from trafficsim.kernels.ca.words import pos, rear, turn_of, vel
from trafficsim.kernels.decisions.gaps import NEVER, time_to_conflict
from trafficsim.kernels.jit import per_vehicle, spliced

FASTEST_APPROACH = 5.0
"""Times the lowest speed expected of who approaches: no slower is a link taken to be when drivers look along it."""
MOST_CELLS = 32000.0
"""Further than any position."""
PER_256TH = 1.0 / 256.0


@spliced
def next_arrival(net, vehicles, start, foe, ticks):
    """Return in how many ticks the next vehicle that will take connection ``foe`` reaches the conflict.

    Looks no further than a vehicle at the limit drives in ``ticks``; NEVER if nobody is there.
    """
    lane = net.conn[foe].origin
    turn = net.conn[foe].turn
    half = net.conn[foe].length >> 1
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
def occupied(road, foe, asker):
    """Whether somebody else is stuck on connection ``foe`` before the middle of it, where paths cross.

    Who has just started is not; who has waited long squeezes past.
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    if work.conn[foe].on_conn == 0:
        return False
    since = asker.tick - work.conn[foe].last_entry
    if since <= net.scale.resolve or (asker.waited > net.scale.patience and since > net.scale.stuck):
        return False
    return in_the_way(net, vehicles, start, foe, asker.key)


@spliced
def in_the_way(net, vehicles, start, foe, key):
    """Whether the last vehicle on the way of connection ``foe`` stands or crawls with its rear before the middle.

    On a short link a driver's own rear (``key``) may still be on a way that crosses the next one: it is in nobody's
    way but others'.
    """
    to = net.conn[foe].to
    tail = start[to + 1] - 1
    if tail < start[to] or vel(vehicles.X[tail]) > net.scale.crawl or int64(uint32(vehicles.KEY[tail])) == key:
        return False
    return rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + (net.conn[foe].length >> 1) < 0


@spliced
def stands_waiting(net, vehicles, start, work, foe):
    """Whether the first vehicle before connection ``foe`` stands because it gives way itself, or lacks room."""
    lane = net.conn[foe].origin
    return start[lane] < start[lane + 1] and vel(vehicles.X[start[lane]]) == 0 and work.lane[lane].hold > 0


@njit(inline="always")
def foe_rows(net, conn, everybody):
    """Return the range of rows of those to whom a connection gives way: in ``net.crosses`` or in ``net.yields``."""
    if everybody:
        return int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)
    return int64(net.conn[conn].yields), int64(net.conn[conn + 1].yields)


@spliced
def foe_crosses(road, conn, tick):
    """Whether a vehicle with priority crosses its line in this tick."""
    net, work = road.net, road.work
    everybody = goes_after_all(net, road.signals, conn)
    first, last = foe_rows(net, conn, everybody)
    crossing = False
    for i in range(first, last):
        foe = net.crosses[i] if everybody else net.yields[i]
        crossing = crossing or work.conn[foe].claim == tick
    return crossing


@spliced
def is_blocked(road, asker):
    """Whether another vehicle is stuck on a connector that crosses this one; after a long wait drivers squeeze past."""
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    conn, tick = asker.conn, asker.tick
    if asker.waited > net.scale.patience or work.conn[conn].warned != tick:
        return False
    target = net.lane[net.conn[conn].to].link
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        foe = net.crosses[i]
        # ways that end side by side on one link do not block each other
        if work.conn[foe].on_conn > 0 and net.lane[net.conn[foe].to].link != target:
            if tick - work.conn[foe].last_entry > net.scale.stuck and in_the_way(net, vehicles, start, foe, asker.key):
                return True
    return False
