"""Insertion: trips that are due enter their first link where there is room, or wait in its entry queue."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import float32, float64, int32, int64, njit

from trafficsim.base.codes import EN_ROUTE
from trafficsim.kernels.ca.ahead import sight
from trafficsim.kernels.ca.arrivals import account_arrival, enqueue_arrival
from trafficsim.kernels.ca.overhang import overhang
from trafficsim.kernels.ca.packed_state import CAP_UNIT, EXIT, brake_code, headway_code, pos, rear, vel
from trafficsim.kernels.ca.permission import yields
from trafficsim.kernels.ca.records import make_arrival, make_packed_state
from trafficsim.kernels.ca.speeds import desired_speed, driven_speed
from trafficsim.kernels.ca.state import ARRIVES, LEAVES, Count
from trafficsim.kernels.decisions.braking import stop_bound
from trafficsim.kernels.decisions.insertion import NOBODY_BEHIND, Entrant, Opening, furthest_entry, lane_score
from trafficsim.kernels.decisions.signals import is_protected
from trafficsim.kernels.jit import part, spliced

CAP_BITS = 8
"""Bits of a desired speed that are the part of a cell per tick."""
MOVING = 1
"""Packed state W of a vehicle that has not waited yet."""
LOOK_BEHIND = 6
"""How many waiting trips are looked at for one that finds its lane free (modelling assumption)."""


class Entry(NamedTuple):
    """Where and how a trip enters the network."""

    lane: int
    slot: int
    """Slot before which it belongs."""
    place: int
    v: int
    since: float
    """Part of the tick that has passed since it was due."""


@njit(inline="always")
def make_entry(lane, slot, place, v, since):
    """Return an entry."""
    return Entry(int64(lane), int64(slot), int32(place), int32(v), float64(since))


@part
def slot_at(vehicles, start, work, lane, place):
    """Return the slot before which a vehicle at ``place`` belongs in a lane."""
    slot = start[lane + 1]
    first = start[lane] + (1 if work.event[lane] & LEAVES else 0)
    while slot > first and pos(work.moved[slot - 1]) <= place:
        slot -= 1
    return slot


@spliced
def opening_at(road, lane, slot):
    """Return the room in a lane before the vehicle in a slot: who is ahead there, and who behind.

    Ahead of all may be a rear that reaches back over the line.
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    over = overhang(net, vehicles, start, road.trips, work, lane)
    ahead, speed = over.position, over.speed
    behind, speed_behind = int32(NOBODY_BEHIND), int32(0)
    if slot > start[lane] + (1 if work.event[lane] & LEAVES else 0):
        ahead, speed = rear(work.moved[slot - 1], vehicles.Y[slot - 1]), vel(work.moved[slot - 1])
    if slot < start[lane + 1]:
        behind, speed_behind = pos(work.moved[slot]), vel(work.moved[slot])
    return Opening(int32(ahead), int32(speed), behind, speed_behind, net.scale.safe, int32(net.scale.firm))


@spliced
def stop_speed(road, trip, lane, place, wanted):
    """Return the speed at which a vehicle may enter at a place so that it can stop at the first line that is closed.

    A line is closed where the signal is not green or the vehicle has to give way.
    """
    net, signals, trips = road.net, road.signals, road.trips
    distance = int32(-1 - place)
    route_position = trips.row[trip].route_position
    while trips.manoeuvre[trips.route[route_position]].turn != EXIT and distance < sight(net, wanted):
        slot = net.lane[lane].turns + trips.manoeuvre[trips.route[route_position]].turn
        conn = net.reach[slot]
        if conn == net.reach[slot + 1]:
            return min(wanted, stop_bound(distance, trips.row[trip].brake))
        group = net.conn[conn].group
        if not is_protected(signals.group[group].state) if group >= 0 else yields(net, conn):
            return min(wanted, stop_bound(distance, trips.row[trip].brake))
        lane = net.conn[conn].to
        distance += int32(net.conn[conn].length + net.lane[lane].length)
        route_position += 1
    return wanted


@spliced
def entry_begin(net, trips, trip, lane):
    """Return the position in a lane at which a trip begins its way."""
    return int32(min(-net.lane[lane].length + max(trips.row[trip].depart_cell, 0), -1))


@spliced
def may_use(road, trip, lane, side):
    """Whether a trip may enter the network in a lane, the ``side``-th of its link, in this tick."""
    net, trips, work = road.net, road.trips, road.work
    if work.event[lane] & ARRIVES or (net.lane[lane].allowed & trips.kind[trips.row[trip].kind].bit) == 0:
        return False
    if trips.row[trip].depart_lane >= 0:
        return trips.row[trip].depart_lane == side
    feasible = int32(trips.manoeuvre[trips.route[trips.row[trip].route_position]].feasible)
    return feasible == 0 or (feasible >> side) & 1 != 0


@spliced
def make_entrant(road, trip, wanted, stop):
    """Return a trip as one who wants to enter at a speed, and could stop at the first closed line from another."""
    scale, trips = road.net.scale, road.trips
    theta = float32(headway_code(trips.end[trip].packed)) * scale.headway_unit - float32(0.5)
    brake = float32(brake_code(trips.end[trip].packed)) * scale.braking_unit
    return Entrant(int32(trips.kind[trips.row[trip].kind].cells), int32(wanted), theta, brake, int32(stop))


@spliced
def best_entry(road, trip, link, since):
    """Return the best entry of a trip in this tick; its lane is -1 if there is none.

    ``since`` is the part of the tick that has passed since it was due: it has come that much further.
    """
    net, trips, work = road.net, road.trips, road.work
    vehicles, start = road.vehicles, road.start
    wanted = int32(driven_speed(trips, trip, desired_speed(net, trips, trip, link)) >> CAP_BITS)
    best, best_score = make_entry(-1, -1, 0, 0, since), -1
    leads_on = trips.manoeuvre[trips.route[trips.row[trip].route_position]].wanted
    for lane in range(int64(net.link[link].lane), int64(net.link[link + 1].lane)):
        side = lane - net.link[link].lane
        if not may_use(road, trip, lane, side):
            continue
        begin = entry_begin(net, trips, trip, lane)
        line = stop_speed(road, trip, lane, min(begin + int32(wanted * since), -1), wanted)
        slot = slot_at(vehicles, start, work, lane, begin)
        entrant = make_entrant(road, trip, wanted, line)
        v, place = furthest_entry(entrant, opening_at(road, lane, slot), begin, since)
        if v < 0:
            continue
        score = lane_score(v, (leads_on >> side) & 1 != 0, start[lane + 1] - start[lane])
        if score > best_score:
            best, best_score = make_entry(lane, slot, place, v, since), score
    return best


@spliced
def enter(road, counters, trip, entry, tick):
    """Write the words of an entering vehicle for the re-pack and open its accounts."""
    net, trips, work = road.net, road.trips, road.work
    lane = entry.lane
    link = net.lane[lane].link
    desired = desired_speed(net, trips, trip, link)
    cap = driven_speed(trips, trip, desired)
    begin = entry_begin(net, trips, trip, lane)
    time = tick + 1.0 - min(entry.since, float(entry.place - begin) * float(CAP_UNIT) / cap)
    cells, packed = trips.kind[trips.row[trip].kind].cells, trips.end[trip].packed
    arrival = make_arrival(lane, entry.place, entry.v, cap, False)
    enqueue_arrival(road, arrival, make_packed_state(cells, packed, trips.end[trip].key, trip, MOVING), entry.slot)
    account_arrival(trips, work, lane)
    trips.row[trip].status = EN_ROUTE
    trips.end[trip].entry_time = time
    trips.row[trip].enter_time = time
    trips.row[trip].since_time = time
    trips.row[trip].since_cell = begin
    trips.row[trip].wait_in = 0
    trips.row[trip].free_time = -begin * float(CAP_UNIT) / desired
    counters.link[link].entered += 1.0
    counters.link[link].begun += 1.0 + begin / net.lane[lane].length
    work.count[Count.INSERTED] += 1


@part
def insert_trips(road, queues, counters, tick):
    """Insert the trips that are due, first come first served at every entry, as many as it has lanes.

    Who finds its lanes full lets those behind pass who go elsewhere: a queue in one lane does not close the others.
    """
    net, trips = road.net, road.trips
    if road.work.count[Count.INSERTED] == len(queues.trip):  # everybody is on the road, or was
        return
    for entry in range(queues.entries):
        if queues.entry[entry].due >= tick + 1.0:
            continue
        link = queues.entry[entry].link
        last = queues.entry[entry + 1].start
        for _again in range(int64(net.link[link + 1].lane - net.link[link].lane)):
            first = queues.entry[entry].next
            for at in range(first, min(first + LOOK_BEHIND, last)):
                trip = queues.trip[at]
                if trips.end[trip].depart >= tick + 1.0:
                    break
                since = min(tick + 1.0 - trips.end[trip].depart, 1.0)
                best = best_entry(road, trip, link, since)
                if best.lane >= 0:
                    enter(road, counters, trip, best, tick)
                    for z in range(at, first, -1):
                        queues.trip[z] = queues.trip[z - 1]
                    queues.trip[first] = trip
                    queues.entry[entry].next = first + 1
                    break
        first = queues.entry[entry].next
        queues.entry[entry].due = trips.end[queues.trip[first]].depart if first < last else np.inf
