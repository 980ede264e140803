"""Crossings at red: which process they belong to, and whom the vehicle meets that has the right of way."""

from __future__ import annotations

from numba import int32, int64

from trafficsim.base.codes import (
    EVENT_ENCROACHMENT,
    EVENT_ENCROACHMENT_INATTENTION,
    EVENT_RED_RUN,
    EVENT_RED_RUN_INATTENTION,
)
from trafficsim.kernels.ca.accounts import note_event
from trafficsim.kernels.ca.packed_state import decision
from trafficsim.kernels.ca.permission import is_inattentive, shows_red
from trafficsim.kernels.ca.records import make_event
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.decisions.gaps import time_to_conflict
from trafficsim.kernels.decisions.yellow import DECIDED_GO
from trafficsim.kernels.jit import part, spliced


@spliced
def passes_middle(net, crossing):
    """Return the instant at which a vehicle that crosses its line passes the middle of its way."""
    half = int32(net.conn[crossing.conn].length >> 1)
    return crossing.time + time_to_conflict(half, int32(crossing.v), int32(net.scale.approach))


@part
def note_red_run(road, counters, crossing):
    """Record a crossing at red: its process, how long it has been red, and whether the driver's decision allowed it."""
    net, work, lane = road.net, road.work, crossing.lane
    work.count[Count.RED_RUNS] += 1
    if crossing.first and decision(road.vehicles.Y[crossing.slot]) != DECIDED_GO:
        work.count[Count.RED_WITHOUT_DECISION] += 1
    link = net.lane[lane].link
    since = crossing.time - road.signals.group[net.conn[crossing.conn].group].red
    blind = is_inattentive(net, lane, crossing.v, road.vehicles.KEY[crossing.slot])
    code = EVENT_RED_RUN_INATTENTION if blind else EVENT_RED_RUN
    note_event(counters, work, make_event(crossing.time, code, crossing.trip, link, max(since, 0.0)))
    intrude(road, counters, crossing, EVENT_ENCROACHMENT_INATTENTION if blind else EVENT_ENCROACHMENT)


@spliced
def intrude(road, counters, crossing, code):
    """Remember a vehicle that runs red on all movements that it crosses; who has just entered one has met it already.

    Of several vehicles in a row the last one counts.
    """
    net, work = road.net, road.work
    link, passed = net.lane[crossing.lane].link, passes_middle(net, crossing)
    for i in range(int64(net.conn[crossing.conn].crosses), int64(net.conn[crossing.conn + 1].crosses)):
        crossed = net.crosses[i]
        gap = abs(passed - work.conn[crossed].passed)
        if gap < net.scale.encroachment and not shows_red(net, road.signals, crossed):
            note_event(counters, work, make_event(crossing.time, code, crossing.trip, link, gap))
        work.conn[crossed].intruded = 1
        work.intrusion[crossed].passed = passed
        work.intrusion[crossed].trip = crossing.trip
        work.intrusion[crossed].link = link
        work.intrusion[crossed].code = code


@part
def meet_intruder(road, counters, crossing):
    """Record that a vehicle enters soon after another one has run red across its way."""
    net, work, conn = road.net, road.work, crossing.conn
    one = work.intrusion[conn]
    gap = abs(passes_middle(net, crossing) - one.passed)
    work.conn[conn].intruded = 0
    if gap < net.scale.encroachment:
        note_event(counters, work, make_event(crossing.time, one.code, one.trip, one.link, gap))
