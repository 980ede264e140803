"""Counters and buffers of what is measured: by link, movement, detector, area, queue and measurement section."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.kernels.tables import Array

LINK_COUNT_FIELDS = {  # of one interval: one cache line
    "entered": "f8",
    "left": "f8",
    "vehicle_ticks": "f8",
    "vehicle_cells": "f8",
    "waiting_ticks": "f8",
    "free_ticks": "f8",  # that those who left would have needed at their desired speed
    "begun": "f8",  # share of their way that its vehicles had covered at the begin of the interval or of their trip
    "covered": "f8",  # share of their way that its vehicles have covered now; both are sums over vehicles
}
TURN_COUNT_FIELDS = {"volume": "f8", "travel_ticks": "f8", "delay_ticks": "f8"}  # of the analysis period
PLACE_FIELDS = {"lane": "i4", "cell": "i4"}
DETECTOR_COUNT_FIELDS = {"count": "f8", "speed_sum": "f8", "inverse_speed_sum": "f8"}  # of one interval
AREA_FIELDS = {
    "lane": "i4",
    "begin": "i4",  # cells, stop line 0
    "end": "i4",
    "queue_gap": "i4",  # as in SCALE_FIELDS
    "wait_speed": "i4",  # as in CLOCK_FIELDS
}
AREA_COUNT_FIELDS = {  # of one interval
    "vehicle_ticks": "f8",
    "vehicle_cells": "f8",
    "taken": "f8",  # ticks times cells that vehicles take with their standing gap
    "waiting_ticks": "f8",
    "most_waiting": "f8",  # vehicles at once
    "longest_queue": "f8",  # cells
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
    "may_go": "i1",  # whether the signal lets the first vehicle go
}
BLOCKED_FIELDS = {"lane": "i4", "link": "i4", "times": "i4"}  # a lane, the link that blocked it, how often
SECTION_FIELDS = {
    "from_link": "i4",
    "from_cell": "i4",  # first point, stop line 0
    "to_first": "i4",  # lanes in which the second point counts
    "to_last": "i4",
    "to_cell": "i4",
    "length": "f8",  # cells between the points
    "open": "i4",  # whether a vehicle that enters the network at the first point counts
}
TRAVERSAL_FIELDS = {"time": "f8", "speed": "f8", "section": "i4", "trip": "i4", "lane": "i4"}  # ticks, cells per tick
EVENT_FIELDS = {
    "time": "f8",  # ticks
    "code": "i4",  # of trafficsim.base.codes
    "trip": "i4",
    "link": "i4",
    "value": "f8",  # ticks since the onset of red, or between two vehicles
}
TRACE_FIELDS = {"tick": "i4", "trip": "i4", "lane": "i4", "position": "i2", "speed": "i2"}  # cells, cells per tick
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


class Counters(NamedTuple):
    """Counters of the present interval, and of the analysis period."""

    places: int
    link: Array
    turn: Array
    place: Array
    detector: Array
    areas: int
    area: Array
    area_count: Array
    queue: Array
    queue_count: Array
    """uint16 (links, bins): cycles by their longest queue."""
    lane: Array
    """Queues of lanes."""
    blocked: Array
    """Table of who was blocked by whom."""
    events: Array
    traced: Array
    """uint8 by trip: whether it leaves a trace."""
    trace_lane: Array
    """Lanes on which traces are kept."""
    trace: Array


class MeasurementSections(NamedTuple):
    """Pairs of points between which speeds are taken."""

    sections: int
    section: Array
    opened: Array
    """int32 (measurement sections, trips): when a vehicle crossed the first point, in 1/4096 tick; 0 if it did not."""
    traversals: Array
