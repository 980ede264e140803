"""Speeds between two points: when a vehicle crossed the first, and its mean speed when it crosses the second.

Times within a tick are interpolated, so the speed is the mean over the section, not the whole cells of one tick.
"""

from __future__ import annotations

from numba import int32, int64

from trafficsim.kernels.ca.packed_state import pos, vel
from trafficsim.kernels.ca.state import ARRIVES, Count
from trafficsim.kernels.jit import part, spliced

PER_TICK = 4096
"""Times at first points are kept in 1/4096 tick."""


@spliced
def crossing_time(tick, over, v):
    """Return the time of a crossing by a vehicle that ends the tick ``over`` cells beyond the point at speed ``v``."""
    return tick + 1.0 - min(over / max(v, 1), 1.0)


@spliced
def stamp(time):
    """Return a time as it is kept in ``opened``, where 0 stands for none."""
    return int32(time * PER_TICK + 1.5)


@spliced
def note_traversal(sections, work, g, vid, lane, time):
    """Append a traversal of a measurement section; when the buffer is full it is counted and the run says so."""
    since = (sections.opened[g, vid] - 1) / PER_TICK
    sections.opened[g, vid] = 0
    n = work.count[Count.TRAVERSALS]
    if n < len(sections.traversals):
        sections.traversals[n].section = g
        sections.traversals[n].trip = vid
        sections.traversals[n].lane = lane
        sections.traversals[n].time = time
        sections.traversals[n].speed = sections.section[g].length / max(time - since, 1.0 / PER_TICK)
    work.count[Count.TRAVERSALS] = n + 1


@part
def open_section(sections, road, g, lane, tick):
    """Note the vehicles of a lane that cross the first point in this tick."""
    vehicles, start, trips, work = road.vehicles, road.start, road.trips, road.work
    cell = sections.section[g].from_cell
    for k in range(start[lane], start[lane + 1]):
        now = pos(work.moved[k])
        if now < cell:
            break
        if pos(vehicles.X[k]) < cell:
            time = crossing_time(tick, now - cell, vel(work.moved[k]))
            sections.opened[g, vehicles.ID[k]] = stamp(time)
    if work.event[lane] & ARRIVES:
        vid = work.arrive[lane].trip
        now = pos(work.arrive[lane].x)
        if now >= cell and trips.row[vid].connection >= 0:
            time = crossing_time(tick, now - cell, vel(work.arrive[lane].x))
            sections.opened[g, vid] = stamp(time)
        elif now >= cell and sections.section[g].open and trips.row[vid].depart_cell <= 0:
            sections.opened[g, vid] = stamp(trips.end[vid].entry_time)


@part
def close_section(sections, road, g, lane, tick):
    """Take the speeds of the vehicles of a lane that cross the second point in this tick."""
    vehicles, start, work = road.vehicles, road.start, road.work
    cell = sections.section[g].to_cell
    for k in range(start[lane], start[lane + 1]):
        now = pos(work.moved[k])
        if now < cell:
            break
        if pos(vehicles.X[k]) < cell and sections.opened[g, vehicles.ID[k]] != 0:
            time = crossing_time(tick, now - cell, vel(work.moved[k]))
            note_traversal(sections, work, g, vehicles.ID[k], lane, time)
    if work.event[lane] & ARRIVES:
        vid = work.arrive[lane].trip
        now = pos(work.arrive[lane].x)
        if now >= cell and sections.opened[g, vid] != 0:
            time = crossing_time(tick, now - cell, vel(work.arrive[lane].x))
            note_traversal(sections, work, g, vid, lane, time)


@part
def count_sections(sections, road, tick):
    """Serve all measurement sections, first points before second ones."""
    net = road.net
    for g in range(sections.sections):
        link = sections.section[g].from_link
        for lane in range(int64(net.link[link].lane), int64(net.link[link + 1].lane)):
            open_section(sections, road, g, lane, tick)
        for lane in range(sections.section[g].to_first, sections.section[g].to_last):
            close_section(sections, road, g, lane, tick)
