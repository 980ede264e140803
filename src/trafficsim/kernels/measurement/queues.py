"""Queues: from a stop line back to the last vehicle that stands, through junctions and short links to the real tail.

A queue is the chain of vehicles close behind each other that begins at a stop line, up to the last one that stands: who
rolls at the beginning of a free link is in none. Where the chain reaches the beginning of a lane it goes on in every
lane whose first vehicle stands at its line and finds no room beyond. Measured every few ticks, from one pass over the
lanes with vehicles; nothing here moves anybody.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import int32, int64

from trafficsim.kernels.ca.packed_state import EXIT, length, pos, rear, turn_of, vel
from trafficsim.kernels.ca.permission import shows_red
from trafficsim.kernels.ca.scale import MOST_LINKS
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.jit import part, per_vehicle, spliced
from trafficsim.kernels.measurement.tails import (
    NOWHERE,
    close_cycle,
    follow_to_tails,
    forget_joined,
    note_joined,
    note_length,
)


class QueueBeyond(NamedTuple):
    """A queue that leaves the first vehicle before a junction no room."""

    lane: int
    """NOWHERE without one."""
    gap: int
    """Cells from that vehicle's stop line to the beginning of the lane."""


@part
def count_queues(road, counters, clock, tick):
    """Every few ticks: how far queues reach, per link; the longest of each cycle is kept."""
    net = road.net
    if tick % clock.queue_every != 0:
        return
    judged = clock.analysis_begin <= tick < clock.analysis_end
    joined = measure_lanes(road, counters, clock, judged)
    if joined > 0:
        follow_to_tails(road, counters, joined)
        note_joined(road, counters, joined, tick if judged else NOWHERE)
        forget_joined(road, counters, joined)
    for link in range(net.links):
        if tick >= counters.queue[link].close:
            close_cycle(counters, clock, link, tick)


@spliced
def measure_lanes(road, counters, clock, judged):
    """Measure every lane by itself, and list those whose queue is part of one that begins further on; say how many."""
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    joined = 0
    for at in range(work.count[Count.BUSY]):
        lane = int64(work.busy[at])
        ahead, longest, whole = int32(0), int32(0), int32(1)
        first, last = start[lane], start[lane + 1]
        for k in range(first, last):
            if ahead - pos(vehicles.X[k]) > net.scale.queue_gap:
                whole = int32(0)
                break
            ahead = rear(vehicles.X[k], vehicles.Y[k])
            if vel(vehicles.X[k]) <= clock.wait_speed:
                longest = int32(-ahead)
        total = min(longest, net.lane[lane].length)
        counters.lane[lane].total = total
        counters.lane[lane].whole = whole
        if total == 0:
            continue
        note_length(counters, net.lane[lane].link, total, net.lane[lane].link, judged)
        if vel(vehicles.X[first]) <= clock.wait_speed and turn_of(vehicles.Z[first]) != EXIT:
            if join_lane(road, counters, clock, lane):
                work.outs[joined] = lane
                joined += 1
    return joined


@spliced
def join_lane(road, counters, clock, lane):
    """Find the lane whose queue leaves the standing first vehicle of this one no room, whichever way it takes."""
    net = road.net
    slot = net.lane[lane].turns + turn_of(road.vehicles.Z[road.start[lane]])
    into, gap, may_go = int64(NOWHERE), int32(0), int32(0)
    for conn in range(int64(net.reach[slot]), int64(net.reach[slot + 1])):
        beyond = queue_beyond(road, lane, conn, clock.wait_speed)
        if beyond.lane == NOWHERE:
            return False
        if into == NOWHERE:
            into, gap = beyond.lane, int32(beyond.gap)
        may_go = int32(may_go if shows_red(net, road.signals, conn) else 1)
    if into == NOWHERE:  # stranded in a lane that does not lead on
        return False
    counters.lane[lane].into = into
    counters.lane[lane].gap = gap
    counters.lane[lane].may_go = may_go
    counters.lane[lane].root = NOWHERE
    counters.lane[into].feeders += 1
    return True


@per_vehicle
def queue_beyond(road, lane, conn, wait_speed):
    """Return the queue beyond a connection that leaves the head of ``lane`` no room.

    Room is added up along the route until somebody stands in the way; who has waited long drives on where half of the
    vehicle fits.
    """
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles, start = road.vehicles, road.start
    k = start[lane]
    cells = length(vehicles.Y[k])
    if work.lane[lane].wait > net.scale.impatience_time:
        cells = cells >> 1
    room, gap, route_position = int32(0), int32(0), int64(-1)
    for further in range(MOST_LINKS):
        to = int64(net.conn[conn].to)
        gap += net.conn[conn].length
        head, tail = start[to], start[to + 1] - 1
        room += net.lane[to].length - work.lane[to].used
        if tail >= head:
            slow = vel(vehicles.X[tail]) <= wait_speed
            back = rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + gap
            if slow and (room < cells or (further == 0 and back < 0)):
                return QueueBeyond(to, int64(gap))
            return QueueBeyond(int64(NOWHERE), int64(0))
        if room >= cells:
            return QueueBeyond(int64(NOWHERE), int64(0))
        route_position = (
            int64(trips.row[vehicles.ID[k]].route_position) + 1 if route_position < 0 else route_position + 1
        )
        turn = trips.manoeuvre[trips.route[route_position]].turn
        if turn == EXIT:
            return QueueBeyond(int64(NOWHERE), int64(0))
        gap += net.lane[to].length
        slot = net.lane[to].turns + turn
        conn = int64(net.reach[slot])
        if conn == net.reach[slot + 1]:
            return QueueBeyond(int64(NOWHERE), int64(0))
        if shows_red(net, signals, conn):
            return QueueBeyond(int64(NOWHERE), int64(0))
    return QueueBeyond(int64(NOWHERE), int64(0))
