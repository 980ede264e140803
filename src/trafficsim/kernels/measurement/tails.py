"""Queues joined to their real tails, and entered in the counters: the same for all engines that know queues of lanes.

``road`` has lanes with ``length`` and ``link`` (``road.net.lane``), and two lists of lanes (``road.work``): ``outs``,
those whose queue is part of one that begins further on, and ``listed``. Lengths and times are in the engine's own
whole units.
"""

from __future__ import annotations

from numba import int64, uint16

from trafficsim.kernels.jit import spliced

NOWHERE = -1
SPREAD_LANE, SPREAD_LINK = 40503, 9973
"""Multipliers that spread pairs of lane and link over the table of who blocked whom."""
PROBES = 16
"""Places at which a pair of lane and link is looked for in the table of who blocked whom."""


@spliced
def note_length(counters, link, cells, ending, judged):
    """Keep the longest queue of a link in this cycle, and in the analysis period, with the link in which it ends."""
    if cells > counters.queue[link].now:
        counters.queue[link].now = cells
    if judged and cells > counters.queue[link].longest:
        counters.queue[link].longest = cells
        counters.queue[link].tail = ending


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
