"""Queues: from a stop line back to the last vehicle that stands, through junctions and short links to the real tail.

A queue is the chain of vehicles close behind each other that begins at a stop line, up to the last one that stands: who
rolls at the beginning of a free link is in none. Where the chain reaches the beginning of a lane it goes on in every
lane whose first vehicle stands at its line and finds no room beyond. Measured every few ticks, from one pass over the
lanes with vehicles; nothing here moves anybody.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import int32, int64, uint16

from trafficsim.kernels.ca.packed_state import EXIT, length, pos, rear, turn_of, vel
from trafficsim.kernels.ca.permission import shows_red
from trafficsim.kernels.ca.scale import MOST_LINKS
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.jit import part, per_vehicle, spliced

NOWHERE = -1
SPREAD_LANE, SPREAD_LINK = 40503, 9973
"""Multipliers that spread pairs of lane and link over the table of who blocked whom."""
PROBES = 16
"""Places at which a pair of lane and link is looked for in the table of who blocked whom."""


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
def note_length(counters, link, cells, ending, judged):
    """Keep the longest queue of a link in this cycle, and in the analysis period, with the link in which it ends."""
    if cells > counters.queue[link].now:
        counters.queue[link].now = cells
    if judged and cells > counters.queue[link].longest:
        counters.queue[link].longest = cells
        counters.queue[link].tail = ending


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


@spliced
def follow_to_tails(road, counters, joined):
    """Add queues that go on to those before them, and find where each begins.

    From the tails on, a lane once all that feed it are done; what goes round in a circle is left as it is. Equal queues
    are told apart by the number of the lane at their end, so that the order does not matter.
    """
    net, work = road.net, road.work
    order = work.listed
    listed = 0
    for at in range(joined):
        if counters.lane[work.outs[at]].feeders == 0:
            order[listed] = work.outs[at]
            listed += 1
    done = 0
    while done < listed:
        lane = int64(order[done])
        done += 1
        into = int64(counters.lane[lane].into)
        if counters.lane[into].whole:
            reach = counters.lane[lane].total + counters.lane[lane].gap + net.lane[into].length
            extend(counters, into, reach, counters.lane[lane].tail)
        counters.lane[into].feeders -= 1
        if counters.lane[into].feeders == 0 and counters.lane[into].into != NOWHERE:
            order[listed] = into
            listed += 1
    for at in range(listed - 1, -1, -1):
        lane = int64(order[at])
        into = int64(counters.lane[lane].into)
        ahead = int64(counters.lane[into].root) if counters.lane[into].into != NOWHERE else int64(NOWHERE)
        counters.lane[lane].root = ahead if ahead != NOWHERE else into


@spliced
def extend(counters, lane, reach, tail):
    """Let the queue of a lane reach as far as the one that goes on behind it."""
    if reach > counters.lane[lane].total or (reach == counters.lane[lane].total and tail < counters.lane[lane].tail):
        counters.lane[lane].total = reach
        counters.lane[lane].tail = tail


@spliced
def note_joined(road, counters, joined, tick):
    """Enter the queues that go on behind a lane for its link: length, time beyond the approach, and time blocked.

    Outside the analysis period ``tick`` is NOWHERE.
    """
    net, work = road.net, road.work
    judged = tick != NOWHERE
    for at in range(joined):
        lane = int64(work.outs[at])
        into = int64(counters.lane[lane].into)
        link, ending = int64(net.lane[into].link), int64(net.lane[counters.lane[into].tail].link)
        note_length(counters, link, counters.lane[into].total, ending, judged)
        if not judged:
            continue
        if counters.queue[ending].approach != counters.queue[link].approach and counters.queue[link].seen != tick:
            counters.queue[link].seen = tick
            counters.queue[link].spilled += 1
        if counters.lane[lane].may_go:
            counters.lane[lane].blocked += 1
            by = into if counters.lane[lane].root == NOWHERE else int64(counters.lane[lane].root)
            note_blocked(counters, lane, int64(net.lane[by].link))


@spliced
def forget_joined(road, counters, joined):
    """Leave no lane joined to another, for the next time."""
    for at in range(joined):
        into = counters.lane[road.work.outs[at]].into
        counters.lane[into].feeders = 0
        counters.lane[into].tail = into
    for at in range(joined):
        counters.lane[road.work.outs[at]].into = NOWHERE


@spliced
def note_blocked(counters, lane, link):
    """Count a lane as blocked by a link: a table with open places, in which a pair that finds none is left out."""
    most = len(counters.blocked)
    at = (lane * SPREAD_LANE + link * SPREAD_LINK) % most
    for _ in range(PROBES):
        if counters.blocked[at].times == 0:
            counters.blocked[at].lane = lane
            counters.blocked[at].link = link
        if counters.blocked[at].lane == lane and counters.blocked[at].link == link:
            counters.blocked[at].times += 1
            return
        at = (at + 1) % most


@spliced
def close_cycle(counters, clock, link, tick):
    """Enter the longest queue of a cycle into the histogram."""
    cycle = counters.queue[link].cycle
    counters.queue[link].close += cycle * ((tick - counters.queue[link].close) // cycle + 1)
    longest = counters.queue[link].now
    counters.queue[link].now = 0
    if tick < clock.analysis_begin or tick >= clock.analysis_end:
        return
    bins = counters.queue_count.shape[1]
    counters.queue_count[link, min(longest // clock.bin_cells, bins - 1)] += uint16(1)
