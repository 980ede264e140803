"""Gap requests: who gives way requests a gap in every tick, and is granted the instant from which it may enter.

A request is an intention: ``Work.gap_request`` holds the last one of every lane. Crossing the line is up to
:mod:`trafficsim.kernels.ca.transfer`, which notes there when somebody entered.
"""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.ca.conflicts import (
    conflict_crosses,
    conflict_rows,
    next_arrival,
    occupied,
    stands_waiting,
)
from trafficsim.kernels.ca.packed_state import pos, turn_of, vel
from trafficsim.kernels.ca.permission import ALL_WAY, goes_after_all, shows_red
from trafficsim.kernels.ca.state import WITHOUT_ROOM
from trafficsim.kernels.decisions.all_way_stop import FOUR_SHARE, MOST_SHARE, came_first, stop_headway
from trafficsim.kernels.decisions.gaps import (
    NEVER,
    accepts,
    critical_gap,
    entry_instant,
    looks_since,
    moves_up_behind,
    stays_decided,
)
from trafficsim.kernels.jit import part, per_vehicle, spliced

LOOK_BEYOND_GAP = 2.0
"""Ticks beyond the gap for which a driver looks along the road: the gap may begin up to two ticks before."""


@part
def gets_gap(road, requester):
    """Ask for a gap, as :func:`request_gap`, where the request is not worth a copy of its own."""
    return request_gap(road, requester)


@per_vehicle
def request_gap(road, requester):
    """Note a vehicle's gap request of this tick; return whether it is granted."""
    instant = requested_instant(road, requester)
    request = road.work.gap_request
    request[requester.lane].requester = requester.key
    request[requester.lane].requested_tick = requester.tick
    request[requester.lane].instant = instant
    return instant != NEVER


@spliced
def requested_instant(road, requester):
    """Return the instant from which a vehicle may enter that asks in this tick; NEVER while it has to wait.

    Who looked in the last tick too, looks since then, and who moves up in a queue since the leader went: so no part
    of a gap is lost to whole ticks. Who has decided to go stays with it until somebody with priority crosses.
    """
    net, work = road.net, road.work
    conn, lane, tick = requester.conn, requester.lane, requester.tick
    looked = work.gap_request[lane].requester == requester.key and work.gap_request[lane].requested_tick == tick - 1
    if (
        looked
        and stays_decided(work.gap_request[lane].instant, tick, net.scale.resolve)
        and not conflict_crosses(road, conn, tick)
    ):
        return work.gap_request[lane].instant
    since = looks_since(tick, looked, moves_up(net, work, conn, lane, tick), net.scale.move_up)
    if net.conn[conn].manner & ALL_WAY:
        return turn_instant(road, requester, since)
    return gap_instant(
        road, requester, since, critical_gap(net.conn[conn].gap, requester.waited, net.scale.impatience_time)
    )


@spliced
def moves_up(net, work, conn, lane, tick):
    """Whether the head of a lane comes out of a queue: its leader entered no longer ago than moving up takes."""
    most = net.conn[conn].follow_up * (MOST_SHARE if net.conn[conn].manner & ALL_WAY else 1.0)
    return moves_up_behind(work.gap_request[lane].entered, tick, most, net.scale.move_up)


@per_vehicle
def gap_instant(road, requester, since, gap):
    """Return the instant at which a driver enters who looks since ``since`` and accepts gaps of ``gap``; else NEVER.

    A vehicle with priority that crosses its line in this tick, or is stuck before the conflict, keeps the driver
    waiting; else what counts is when the last one has passed and the next one arrives. Who stands and waits itself is
    no hindrance.
    """
    net, signals, vehicles, start, work = road.net, road.signals, road.vehicles, road.start, road.work
    conn, tick = requester.conn, requester.tick
    entered, follow_up = work.gap_request[requester.lane].entered, net.conn[conn].follow_up
    if entered + follow_up > tick:
        return NEVER
    target = net.lane[net.conn[conn].to].link
    passed, nearest = since, NEVER
    everybody = goes_after_all(net, signals, conn)
    first, last = conflict_rows(net, conn, everybody)
    for i in range(first, last):
        conflicting = net.crosses[i] if everybody else net.yields[i]
        passed = max(passed, work.conn[conflicting].passed)
        if passed > tick or work.conn[conflicting].last_crossing == tick:
            return NEVER
        if net.lane[net.conn[conflicting].to].link != target and occupied(road, conflicting, requester):
            return NEVER
        if shows_red(net, signals, conflicting) or stands_waiting(net, vehicles, start, work, conflicting):
            continue
        nearest = min(nearest, tick + next_arrival(net, vehicles, start, conflicting, gap + LOOK_BEYOND_GAP))
        if nearest - passed < gap:
            return NEVER
    instant = entry_instant(since, entered, follow_up, passed)
    return instant if accepts(instant, tick, nearest, gap) else NEVER


@per_vehicle
def turn_instant(road, requester, since):
    """Return the instant at which the head of a lane enters at an all-way stop: first come, first served; else NEVER.

    The headway to the leader grows with the number of other approaches where somebody is; departures that conflict
    follow each other at a fourth of the largest one, which four approaches share.
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    conn, lane, tick = requester.conn, requester.lane, requester.tick
    follow_up, entered = net.conn[conn].follow_up, work.gap_request[lane].entered
    others, conflicts, seen = 0, False, -1
    instant = since
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        conflicting = net.crosses[i]
        lane_of = net.conn[conflicting].origin
        if work.conn[conflicting].last_crossing == tick or occupied(road, conflicting, requester):
            return NEVER
        if work.lane[lane_of].last_conn == conflicting:
            instant = max(instant, work.gap_request[lane_of].entered + follow_up * FOUR_SHARE)
        head = start[lane_of]
        if head == start[lane_of + 1] or -pos(vehicles.X[head]) > net.scale.overhang:
            continue
        if net.lane[lane_of].link != seen and net.lane[lane_of].link != net.lane[lane].link:
            seen, others = net.lane[lane_of].link, others + 1
        if turn_of(vehicles.Z[head]) == net.conn[conflicting].turn:
            conflicts = True
            if goes_first(road, conflicting, requester):
                return NEVER
    instant = max(instant, entered + follow_up * stop_headway(others, conflicts))
    return instant if instant <= tick else NEVER


@spliced
def goes_first(road, conflicting, requester):
    """Whether the head before connection ``conflicting`` came before the one that asks, or with it and ranks first.

    Who lacks room beyond loses the turn.
    """
    net, vehicles, work = road.net, road.vehicles, road.work
    other = net.conn[conflicting].origin
    head = road.start[other]
    at_line = vel(vehicles.X[head]) == 0 and -pos(vehicles.X[head]) <= net.scale.slack + 1
    if not at_line or work.lane[other].blocking_reason == WITHOUT_ROOM:
        return False
    ranks = False
    for i in range(int64(net.conn[requester.conn].yields), int64(net.conn[requester.conn + 1].yields)):
        ranks = ranks or net.yields[i] == conflicting
    return came_first(int64(work.lane[other].wait), requester.waited, ranks)
