"""What the cellular-automaton kernels read and write.

Rows of one thing stand together in one record array: that keeps what is used together in one cache line, and a kernel's
signature (and compile time) short. Rows never straddle a cache line that they could fill or share evenly. Ragged data
keep their start in the row and have one row more than things.

Numbers of lanes, connections and the like that can not be negative are unsigned: a signed index is tested for
counting from the end. Nothing is subtracted from them before they are cast, and ranges over them are cast too: a
range of unsigned bounds counts in 64 unsigned bits.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

Array = Any


CACHE_LINE = 64


def rows(count: int, fields: dict[str, str]) -> np.recarray:
    """Return ``count`` zeroed records (at least one) with these fields, laid out so that they fit cache lines."""
    packed = np.dtype(list(fields.items()), align=True)
    whole = -(-packed.itemsize // CACHE_LINE) * CACHE_LINE
    size = next((part for part in (8, 16, 32) if packed.itemsize <= part), whole)
    offsets = [packed.fields[name][1] for name in packed.names]
    dtype = np.dtype({"names": packed.names, "formats": list(fields.values()), "offsets": offsets, "itemsize": size},
                     align=True)
    count = max(count, 1)
    raw = np.zeros(count * size + CACHE_LINE, np.uint8)
    first = -raw.ctypes.data % CACHE_LINE
    return raw[first : first + count * size].view(dtype).view(np.recarray)


# Behaviour near junctions and at lane changes; see the engine's theory page for the sources.
SCALE_FIELDS = {
    "hard": "f4",  # braking (cells/tick2) that drivers accept at yellow
    "commit": "f4",  # who would have to brake harder than this is committed to enter
    "comfort": "f4",  # braking towards a slower connector
    "safe": "f4",  # braking that the safe-distance rule counts on
    "slack": "i4",  # a vehicle this close (cells) to its line stands at it
    "near": "i4",  # added to two ticks of travel: distance within which a driver judges gaps
    "overhang": "i4",  # length of the longest vehicle: so far may a rear reach back over a stop line
    "clear": "i4",  # added to the braking distance: how far a driver looks for the stop line
    "horizon": "i4",  # ticks for which a driver who goes back to the kerb wants to keep the own speed
    "ahead": "i4",  # where lanes are kept: cells before the end of a link at which drivers change for their route
    "queueing": "i4",  # speed up to which a lane is a queue that may be passed on the kerb side
    "stagger": "f4",  # headway (ticks) kept behind one in the next lane who must not be passed
    "closing": "i4",  # ticks over which a driver closes up to that headway
    "gain": "i4",  # room that a discretionary lane change must win
    "chain": "i4",  # vehicles no further than this behind the one before are in one queue
    "crawl": "i4",  # speed below which a vehicle is taken as queueing
    "approach": "i4",  # lowest speed at which an approaching vehicle is expected to arrive
    "soft": "i4",  # braking that a discretionary lane change may impose
    "firm": "i4",  # the same for a mandatory one
    "urgent": "i4",  # the same at the end of the lane
    "patience": "f8",  # wait (ticks) after which drivers accept 30 % shorter gaps (bounded impatience)
    "stuck": "i4",  # a vehicle this long on its connector blocks those whose path it crosses
    "anticipates": "i4",  # followers count on what their leader can do at most, not on its present speed
    "acceleration_unit": "f4",  # what one step of these codes in word Z stands for (cells/tick2, ticks, cells/tick2)
    "headway_unit": "f4",
    "braking_unit": "f4",
    "resolve": "f8",  # ticks for which a driver who has decided to enter stays with it
    "move_up": "f8",  # ticks more than the follow-up time in which the next one of a queue has moved up to the line
    "keep_clear": "i4",  # share of drivers who keep junctions clear, in 1/65536
    "stranded": "i4",  # ticks at the line after which a driver turns from a lane that does not serve the turn
}
LANE_FIELDS = {
    "length": "i4",  # cells from its start to its stop line
    "link": "u4",
    "turns": "u4",  # range of connections for turn q: reach[turns + q] to reach[turns + q + 1]
    "group": "i4",  # signal group while whose red all its connections have red, -1 if there is none
    "side": "u4",  # counted from the kerb of its link
    "beside": "u4",  # lanes of its link
    "look": "i2",  # distance (cells) from the stop line within which followers look at it
    "zip": "i2",  # cells before its end from which those who must leave it zip into the next lane
    "allowed": "i2",  # bits of the kinds that may use it
    "ends": "i1",  # whether it ends while lanes beside it go on
    "keep": "i1",  # drivers keep to the kerb unless they overtake
}
LINK_FIELDS = {
    "lane": "u4",  # first lane
    "turn": "u4",  # first turn
    "speed_mean": "f8",  # mean desired speed (cells/tick); desired = speed_mean * (1 + cv * z)
    "cv": "f8",
    "factor": "f8",  # speed that factor classes multiply (cells/tick)
    "limit": "f8",  # speed limit (1/256 cell per tick)
    "keep": "i4",  # drivers keep to the kerb unless they overtake
}
CONN_FIELDS = {  # one cache line
    "ease": "f8",  # share of their desired speed that drivers keep for it, or for a slower link beyond
    "gap": "f8",  # critical gap in ticks
    "follow_up": "f8",  # ticks between the entries of two vehicles that use the same gap
    "origin": "u4",  # lane it leaves
    "to": "u4",  # lane it enters
    "length": "i4",
    "speed": "i4",  # 1/256 cell per tick
    "group": "i4",  # signal group, -1 without
    "yields": "u4",  # where its entries in Net.yields begin
    "crosses": "u4",  # where its entries in Net.crosses begin
    "pocket": "i4",  # index of its waiting place inside the junction, -1 without
    "inner": "i2",  # cells from the stop line to that place
    "places": "i1",  # vehicles that can wait there
    "turn": "u1",  # turn as counted on its link
    "manner": "u1",  # bit 0 must stop, bit 1 keep clear, bit 2 all-way stop
}
SWITCH_FIELDS = {"tick": "i8", "group": "i4", "state": "i4"}  # from which tick on a group shows a state
GROUP_FIELDS = {"state": "i4", "name": "i4", "since": "i8"}  # lamp now, the tick since when; name draws decisions
TRIP_FIELDS = {  # what a vehicle needs at every link: one cache line
    "enter_time": "f8",  # when it crossed its last stop line
    "since_time": "f8",  # since when, and from where, its time and distance are not yet in the counters
    "since_cell": "i4",
    "hop": "u4",  # current hop (index into hops)
    "connection": "i4",  # by which it entered its link
    "distance": "i4",
    "next_stop": "i4",  # index into stops, -1 when none is left
    "z": "f4",
    "factor": "f4",  # speed factor; 0 follows the link's speed choice
    "free_time": "f4",  # time that its present link takes at the desired speed
    "brake": "f4",  # braking towards a stop line that the driver finds comfortable (cells/tick2)
    "waiting": "i4",  # ticks spent waiting, up to where its time is in the counters
    "depart_cell": "i2",  # front position from the start of the first lane, -1 at its start
    "wait_in": "u2",  # ticks spent waiting that word W counted when ``waiting`` was brought up to date
    "stops": "u1",
    "status": "u1",
    "kind": "u1",  # vehicle class
    "depart_lane": "i1",
}
END_FIELDS = {  # what is read or written only where a trip begins and ends
    "depart": "f8",  # ticks since the start
    "entry_time": "f8",
    "exit_time": "f8",
    "key": "u4",
    "word": "i4",  # word Z without turn
}
KIND_FIELDS = {
    "top_speed": "f4",  # cells per tick
    "bit": "i2",  # kinds whose permissions it has
    "cells": "i2",  # length with standing gap
    "dawdling": "i4",  # what a free driver lacks of the desired speed, on average (1/256 cell per tick)
}
WAY_FIELDS = {
    "turn": "u1",  # at the end of the link, EXIT at the last one of a route
    "wanted": "u1",  # bit s: lane s of the link leads on without another lane change soon
    "feasible": "u1",  # bit s: from lane s the route can be followed at all
}
STOP_FIELDS = {
    "hop": "i8",  # index into hops of the link that it is on
    "cell": "i4",
    "left": "i4",  # ticks that the vehicle still has to stand
    "lane": "i4",
    "next": "i4",  # stop that the trip serves after it, -1 after the last
}
ENTRY_FIELDS = {"link": "i4", "start": "i8", "next": "i8", "due": "f8"}  # due: departure of the next one
LANE_STATE_FIELDS = {
    "head_conn": "i4",  # connection that its head may enter in this tick, -1 if none
    "to_pocket": "i2",  # its head goes to wait inside the junction
    "over": "i2",  # the rear of who left it last may still reach back over its line
    "hold": "i4",  # its head stands because it gives way (1) or finds no room (2)
    "last_conn": "i4",  # connection that the last vehicle took from here, -1 if none
    "wait": "i4",  # ticks that its head has been standing
    "used": "i4",  # cells that its vehicles take when they stand
    "arrive_slot": "i4",
}
ASK_FIELDS = {
    "entered": "f8",  # instant (ticks) at which the last vehicle that had to give way entered the junction from here
    "instant": "f8",  # instant at which the head that asks may enter; NEVER while it has to wait
    "asker": "i8",  # key of that head
    "asked": "i8",  # tick in which it asked last
}
CONN_STATE_FIELDS = {
    "claim": "i4",  # tick in which a vehicle last crossed its line
    "last_entry": "i4",
    "passed": "f8",  # instant at which the last vehicle on it passes its middle, where paths cross
    "on_conn": "i4",
    "inside_wait": "i4",
    "warned": "i4",  # tick in which somebody who is slow was on a way that crosses this one
}
PLACE_FIELDS = {"lane": "i4", "cell": "i4"}
AREA_FIELDS = {
    "lane": "i4",
    "begin": "i4",  # cells, stop line 0
    "end": "i4",
    "chain": "i4",  # as in SCALE_FIELDS
    "wait_speed": "i4",  # as in CLOCK_FIELDS
}
QUEUE_FIELDS = {
    "now": "i4",  # longest queue of this cycle, in cells
    "longest": "i4",  # of the analysis period
    "tail": "i4",  # link in which that one ends
    "cycle": "i4",
    "approach": "u4",  # last link of the approach that the link belongs to
    "spilled": "i4",  # how often the queue was found to reach beyond its approach
    "seen": "i4",  # tick in which it did so last
    "close": "i8",  # tick from which the cycle is over
}
LANE_QUEUE_FIELDS = {
    "total": "i4",  # queue from its stop line, in cells
    "into": "i4",  # lane whose queue leaves its first vehicle no room, -1 if none
    "gap": "i4",  # cells between its stop line and the beginning of that lane
    "feeders": "i4",  # lanes whose queue goes on into it
    "tail": "i4",  # lane in which its queue ends
    "root": "i4",  # lane at whose stop line the queue begins that it is part of
    "blocked": "i4",  # how often its first vehicle was found to lack room beyond while it might go
    "whole": "i1",  # whether the chain of its vehicles reaches back to the last one
    "may_go": "i1",  # whether the lamp lets the first vehicle go
}
BLOCKED_FIELDS = {"lane": "i4", "link": "i4", "times": "i4"}  # a lane, the link that blocked it, how often
CLOCK_FIELDS = {
    "seed": "u4",
    "analysis_begin": "i8",
    "analysis_end": "i8",
    "queue_every": "i8",
    "cycle_default": "i8",
    "wait_speed": "i4",  # speeds up to this (cells/tick) count as waiting
    "move_speed": "i4",  # from this speed on a vehicle counts as moving again
    "bin_cells": "i8",
    "trace_begin": "i8",  # traces are kept in the ticks from here to before trace_end
    "trace_end": "i8",
}


ZONED_FIELDS = {"link": "i4", "segment": "i4"}  # links with speed zones; where their segments begin
SEGMENT_FIELDS = {"begin": "i4", "effect": "i4"}  # first cell (stop line: 0); where its effects begin
EFFECT_FIELDS = {"rule": "i4", "limit": "f8", "strength": "f8"}  # limit in 1/256 cell per tick
GATE_FIELDS = {
    "from_link": "i4",
    "from_cell": "i4",  # first point, stop line 0
    "to_first": "i4",  # lanes in which the second point counts
    "to_last": "i4",
    "to_cell": "i4",
    "length": "f8",  # cells between the points
    "open": "i4",  # whether a vehicle that enters the network at the first point counts
}


class Net(NamedTuple):
    """Constants of the road network, in cells and ticks."""

    scale: Any
    lanes: int
    links: int
    widest: int
    """Most lanes beside each other."""
    lane: Array
    link: Array
    conn: Array
    reach: Array
    yields: Array
    crosses: Array
    inner: Array
    """Connections with a waiting place inside the junction."""
    kerb_side: Array
    """Lanes from which nobody may overtake those in the next lane away from the kerb."""
    kept: Array
    """Lower ones of two neighbouring lanes where drivers keep to the kerb."""
    stop_probability: Array
    """int32, P(stop) in 1/65536 by time to the stop line at yellow in 1/8 tick."""


class Signals(NamedTuple):
    """The state of every group, and what a controller has commanded for the ticks to come."""

    group: Array
    switch: Array
    """Commands in order of ticks; the last one never comes due."""
    done: Array
    """How many of them have been carried out, shape (1,)."""


class Vehicles(NamedTuple):
    """Vehicles on the road: words by slot, sorted by lane, leader first (see :mod:`trafficsim.kernels.ca.words`)."""

    X: Array
    Y: Array
    Z: Array
    KEY: Array
    ID: Array
    W: Array
    """Ticks spent waiting 16 | stops 8 | moving flag 8."""


class Trips(NamedTuple):
    """Travellers: constants and what happened to them, their stops, and all routes."""

    row: Array
    end: Array
    """By trip: how it enters and leaves the network."""
    kind: Array
    """By vehicle class."""
    stop: Array
    hops: Array
    """uint16: the links of all routes, one after the other, as rows of ``way``."""
    way: Array
    """All different ways to go on at the end of a link."""


class Zones(NamedTuple):
    """Speed zones inside links: which part of the road lowers whose desired speed."""

    links: int
    zoned: Array
    segment: Array
    effect: Array
    factor: Array
    """float32 (rules, trips): accepted speed over the limit."""


class Gates(NamedTuple):
    """Pairs of points between which speeds are taken."""

    gates: int
    gate: Array
    opened: Array
    """int32 (gates, trips): when a vehicle crossed the first point, in 1/4096 tick; 0 if it did not."""
    passages: Array
    """float64 (rows, 5): gate, trip, lane, time, speed in cells per tick."""


class Queues(NamedTuple):
    """Trips waiting to enter, by first link in order of departure."""

    entries: int
    entry: Array
    trip: Array


class Work(NamedTuple):
    """Scratch of one tick, and the memory of lanes and connections."""

    leader: Array
    """int32 word by slot: rear position and speed of the vehicle ahead."""
    moved: Array
    """int32 word X by slot after the tick."""
    mark_words: Array
    """The same memory as ``mark``, eight slots at a time."""
    mark: Array
    """uint8 by slot: what a flat pass found out about the vehicle."""
    listed: Array
    """Slots that are marked, in order."""
    bound: Array
    """int16 by slot: the highest speed that a decision leaves in this tick."""
    event_words: Array
    """The same memory as ``event``, eight lanes at a time."""
    event: Array
    """uint8 by lane: bit 0 its head leaves, bit 1 a vehicle arrives, bit 2 a rear may reach back over its line."""
    onto_words: Array
    """The same memory as ``onto``, eight lanes at a time."""
    onto: Array
    """uint8 by lane: 1 if somebody may still be on a connector to it that must be watched."""
    arrive: Array
    """int32 (lanes, 6): words of the arriving vehicle."""
    pocket: Array
    """int32 (places, 3, 5): length, Z, key, trip and W of vehicles that wait inside junctions, first come first."""
    taken: Array
    """uint8 by place inside a junction (as in ``pocket``): how many wait there."""
    outs: Array
    """Lanes that the stage at work has listed."""
    stretch: Array
    """int32 (stretches, 3): between two events of the re-pack: slot to go to, slot now, vehicles."""
    busy: Array
    """Lanes with vehicles, in order; ``count`` says how many."""
    lane: Array
    ask: Array
    """By lane: who asked for a gap last, and when vehicles entered."""
    conn: Array
    count: Array
    """int64 counters, see :class:`Count`."""


class Road(NamedTuple):
    """All that decisions on the road look at, and what they write."""

    net: Net
    signals: Signals
    trips: Trips
    work: Work
    vehicles: Vehicles
    start: Array
    """Lane l is slots ``start[l]`` to ``start[l + 1] - 1``."""


class View(NamedTuple):
    """What a driver before a stop line decides about."""

    conn: int
    """Connection that the vehicle will take."""
    trip: int
    ahead: int
    """Links between it and the line: its hop is read only where it matters, it costs a cache line."""
    lane: int
    """Lane whose head waits for it."""
    v: int
    available: int
    """Cells to the stop line."""
    y: int
    key: int
    tick: int


class Tally(NamedTuple):
    """Counters of the present interval, and of the analysis period."""

    places: int
    link: Array
    """float64 (links, 8): entered, left, vehicle-ticks, vehicle-cells, waiting ticks, free ticks; share of their way
    along the link that its vehicles had covered when the interval began or when they were inserted, and have covered
    now, as sums over vehicles."""
    turn: Array
    """float64 (turns, 3): volume, travel ticks, delay ticks."""
    place: Array
    detector: Array
    """float64 (detectors, 3): count, sum of speeds, sum of 1/speed."""
    areas: int
    area: Array
    area_count: Array
    """float64 (areas, 6): vehicle-ticks, vehicle-cells, ticks times cells taken, waiting ticks, most waiting at once,
    longest queue in cells."""
    queue: Array
    queue_count: Array
    """uint16 (links, bins): cycles by their longest queue."""
    lane: Array
    """Queues of lanes."""
    blocked: Array
    """Table of who was blocked by whom."""
    events: Array
    """float64 (rows, 4): time, code, trip, link."""
    traced: Array
    """uint8 by trip: whether it leaves a trace."""
    trace_lane: Array
    """Lanes on which traces are kept."""
    trace: Array
    """int32 (rows, 5): tick, trip, lane, position, speed."""


class Count(IntEnum):
    """Positions in ``Work.count``."""

    UPDATES = 0
    TRANSFERS = 1
    LANE_CHANGES = 2
    REPAIRS = 3
    RED_RUNS = 4
    RED_WITHOUT_DECISION = 5
    WRONG_LANE = 6
    INSERTED = 7
    COMPLETED = 8
    EVENTS = 9
    STOPPING = 10
    HELD = 12
    STILL = 13
    INSIDE = 14
    PASSAGES = 15
    TRACES = 16
    BUSY = 17


COUNTERS = 18
