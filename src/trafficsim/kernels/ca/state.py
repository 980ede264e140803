"""What happens on the road in a tick: scratch, the memory of lanes and connections, and what decisions look at."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.ca.signal_tables import Signals
from trafficsim.kernels.ca.trips import Trips
from trafficsim.kernels.ca.vehicles import Vehicles
from trafficsim.kernels.tables import Array

LEAVES, ARRIVES, REAR_OVER = 1, 2, 4
"""Bits of ``Work.event``: the head of a lane leaves it, a vehicle arrives, a rear may reach back over its line."""
GIVING_WAY, WITHOUT_ROOM = 1, 2
"""Why the head of a lane stands (``blocking_reason``)."""

LANE_STATE_FIELDS = {
    "head_conn": "i4",  # connection that its head may enter in this tick, -1 if none
    "to_waiting_area": "i2",  # its head goes to wait inside the junction
    "over": "i2",  # the rear of who left it last may still reach back over its line
    "blocking_reason": "i4",  # its head stands because it gives way or finds no room; 0 if it is neither
    "last_conn": "i4",  # connection that the last vehicle took from here, -1 if none
    "wait": "i4",  # ticks that its head has been standing
    "used": "i4",  # cells that its vehicles take when they stand
    "arrive_slot": "i4",  # slot before which the vehicle belongs that arrives
}
GAP_REQUEST_FIELDS = {
    "entered": "f8",  # instant (ticks) at which the last vehicle that had to give way entered the junction from here
    "instant": "f8",  # instant at which the head that requests the gap may enter; NEVER while it has to wait
    "requester": "i8",  # key of that head
    "requested_tick": "i8",  # tick of its last request
}
CONN_STATE_FIELDS = {
    "last_crossing": "i4",  # tick in which a vehicle last crossed its line
    "last_entry": "i4",  # tick in which a vehicle last entered it
    "passed": "f8",  # instant at which the last vehicle on it passes its middle, where paths cross
    "on_conn": "i4",  # vehicles on it that must be watched
    "inside_wait": "i4",  # ticks that the first vehicle in its waiting area has waited
    "warned": "i4",  # tick in which somebody slow was on a connector that crosses this one
    "intruded": "i4",  # whether somebody ran red across it since a vehicle last entered it
}
INTRUSION_FIELDS = {  # of who ran red across a connection
    "passed": "f8",  # instant at which that vehicle passes the middle of its own way
    "trip": "i4",
    "link": "i4",
    "code": "i4",  # of an encroachment by that vehicle
}
STRETCH_FIELDS = {"to": "i4", "origin": "i4", "count": "i4"}  # slots: where to, where from, how many vehicles


class Work(NamedTuple):
    """Scratch of one tick, and the memory of lanes and connections."""

    leader: Array
    """int32 word by slot: rear position and speed of the vehicle ahead."""
    moved: Array
    """int32 packed state X by slot after the tick."""
    candidate_blocks: Array
    """The same memory as ``candidate``, eight slots at a time."""
    candidate: Array
    """uint8 by slot: what a flat pass found out about the vehicle."""
    listed: Array
    """Slots or lanes that a stage has listed, in order."""
    bound: Array
    """int16 by slot: the highest speed that a decision leaves in this tick."""
    event_blocks: Array
    """The same memory as ``event``, eight lanes at a time."""
    event: Array
    """uint8 by lane: what happens there in the tick, bits :data:`LEAVES`, :data:`ARRIVES`, :data:`REAR_OVER`."""
    onto_blocks: Array
    """The same memory as ``onto``, eight lanes at a time."""
    onto: Array
    """uint8 by lane: 1 if somebody may still be on a connector to it that must be watched."""
    arrive: Array
    """By lane: packed state of the arriving vehicle."""
    waiting_area: Array
    """(places, 3): vehicles that wait inside junctions, first come first."""
    taken: Array
    """uint8 by place inside a junction (as in ``waiting_area``): how many wait there."""
    outs: Array
    """Lanes that the stage at work has listed."""
    stretch: Array
    """Vehicles between two events of the re-pack, that all move by as many slots."""
    busy: Array
    """Lanes with vehicles, in order; ``count`` says how many."""
    lane: Array
    gap_request: Array
    """By lane: who requested a gap last, and when vehicles entered."""
    conn: Array
    intrusion: Array
    """By connection: who ran red across it last."""
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
    """Links between it and the line: its route position is read only where it matters, it costs a cache line."""
    lane: int
    """Lane whose head waits for it."""
    v: int
    available: int
    """Cells to the stop line."""
    y: int
    key: int
    tick: int


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
    TRAVERSALS = 15
    TRACES = 16
    BUSY = 17


COUNTERS = 18
