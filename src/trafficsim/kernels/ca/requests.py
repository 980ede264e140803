"""Gap requests: who gives way asks for a gap in every tick, and is granted the instant from which it may enter.

A request is an intention: ``Work.ask`` holds the last one of every lane. Crossing the line is up to
:mod:`trafficsim.kernels.ca.transfer`, which notes there when somebody entered.
"""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.ca.conflicts import (
    foe_crosses,
    foe_rows,
    next_arrival,
    occupied,
    stands_waiting,
)
from trafficsim.kernels.ca.permission import ALL_WAY, goes_after_all, shows_red
from trafficsim.kernels.ca.state import WITHOUT_ROOM
from trafficsim.kernels.ca.words import pos, turn_of, vel
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
def gets_gap(road, asker):
    """Ask for a gap, as :func:`request_gap`, where the request is not worth a copy of its own."""
    return request_gap(road, asker)


@per_vehicle
def request_gap(road, asker):
    """Note a vehicle's gap request of this tick; return whether it is granted."""
    instant = requested_instant(road, asker)
    ask = road.work.ask
    ask[asker.lane].asker = asker.key
    ask[asker.lane].asked = asker.tick
    ask[asker.lane].instant = instant
    return instant != NEVER


@spliced
def requested_instant(road, asker):
    """Return the instant from which a vehicle may enter that asks in this tick; NEVER while it has to wait.

    Who looked in the last tick too, looks since then, and who moves up in a queue since the one before went: so no part
    of a gap is lost to whole ticks. Who has decided to go stays with it until somebody with priority crosses.
    """
    net, work = road.net, road.work
    conn, lane, tick = asker.conn, asker.lane, asker.tick
    looked = work.ask[lane].asker == asker.key and work.ask[lane].asked == tick - 1
    if looked and stays_decided(work.ask[lane].instant, tick, net.scale.resolve) and not foe_crosses(road, conn, tick):
        return work.ask[lane].instant
    since = looks_since(tick, looked, moves_up(net, work, conn, lane, tick), net.scale.move_up)
    if net.conn[conn].manner & ALL_WAY:
        return turn_instant(road, asker, since)
    return gap_instant(road, asker, since, critical_gap(net.conn[conn].gap, asker.waited, net.scale.patience))


@spliced
def moves_up(net, work, conn, lane, tick):
    """Whether the head of a lane comes out of a queue: the one before entered no longer ago than moving up takes."""
    most = net.conn[conn].follow_up * (MOST_SHARE if net.conn[conn].manner & ALL_WAY else 1.0)
    return moves_up_behind(work.ask[lane].entered, tick, most, net.scale.move_up)


@per_vehicle
def gap_instant(road, asker, since, gap):
    """Return the instant at which a driver enters who looks since ``since`` and accepts gaps of ``gap``; else NEVER.

    A vehicle with priority that crosses its line in this tick, or is stuck before the conflict, keeps the driver
    waiting; else what counts is when the last one has passed and the next one arrives. Who stands and waits itself is
    no hindrance.
    """
    net, signals, vehicles, start, work = road.net, road.signals, road.vehicles, road.start, road.work
    conn, tick = asker.conn, asker.tick
    entered, follow_up = work.ask[asker.lane].entered, net.conn[conn].follow_up
    if entered + follow_up > tick:
        return NEVER
    target = net.lane[net.conn[conn].to].link
    passed, nearest = since, NEVER
    everybody = goes_after_all(net, signals, conn)
    first, last = foe_rows(net, conn, everybody)
    for i in range(first, last):
        foe = net.crosses[i] if everybody else net.yields[i]
        passed = max(passed, work.conn[foe].passed)
        if passed > tick or work.conn[foe].claim == tick:
            return NEVER
        if net.lane[net.conn[foe].to].link != target and occupied(road, foe, asker):
            return NEVER
        if shows_red(net, signals, foe) or stands_waiting(net, vehicles, start, work, foe):
            continue
        nearest = min(nearest, tick + next_arrival(net, vehicles, start, foe, gap + LOOK_BEYOND_GAP))
        if nearest - passed < gap:
            return NEVER
    instant = entry_instant(since, entered, follow_up, passed)
    return instant if accepts(instant, tick, nearest, gap) else NEVER


@per_vehicle
def turn_instant(road, asker, since):
    """Return the instant at which the head of a lane enters at an all-way stop: first come, first served; else NEVER.

    The headway to the one before grows with the number of other approaches where somebody is; departures that conflict
    follow each other at a fourth of the largest one, which four approaches share.
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    conn, lane, tick = asker.conn, asker.lane, asker.tick
    follow_up, entered = net.conn[conn].follow_up, work.ask[lane].entered
    others, conflicts, seen = 0, False, -1
    instant = since
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        foe = net.crosses[i]
        lane_of = net.conn[foe].origin
        if work.conn[foe].claim == tick or occupied(road, foe, asker):
            return NEVER
        if work.lane[lane_of].last_conn == foe:
            instant = max(instant, work.ask[lane_of].entered + follow_up * FOUR_SHARE)
        head = start[lane_of]
        if head == start[lane_of + 1] or -pos(vehicles.X[head]) > net.scale.overhang:
            continue
        if net.lane[lane_of].link != seen and net.lane[lane_of].link != net.lane[lane].link:
            seen, others = net.lane[lane_of].link, others + 1
        if turn_of(vehicles.Z[head]) == net.conn[foe].turn:
            conflicts = True
            if goes_first(road, foe, asker):
                return NEVER
    instant = max(instant, entered + follow_up * stop_headway(others, conflicts))
    return instant if instant <= tick else NEVER


@spliced
def goes_first(road, foe, asker):
    """Whether the standing head before connection ``foe`` came before the one that asks, or with it and ranks first.

    Who lacks room beyond loses the turn.
    """
    net, vehicles, work = road.net, road.vehicles, road.work
    other = net.conn[foe].origin
    head = road.start[other]
    at_line = vel(vehicles.X[head]) == 0 and -pos(vehicles.X[head]) <= net.scale.slack + 1
    if not at_line or work.lane[other].hold == WITHOUT_ROOM:
        return False
    ranks = False
    for i in range(int64(net.conn[asker.conn].yields), int64(net.conn[asker.conn + 1].yields)):
        ranks = ranks or net.yields[i] == foe
    return came_first(int64(work.lane[other].wait), asker.waited, ranks)
