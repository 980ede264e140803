"""Insertion: trips that are due enter their first link where there is room, or wait in its entry queue."""

from __future__ import annotations

import numpy as np
from numba import float32, int32, int64

from trafficsim.base.codes import EN_ROUTE, GREEN
from trafficsim.kernels.ca.giveway import stop_bound
from trafficsim.kernels.ca.lanes import lane_flags
from trafficsim.kernels.ca.look import sight
from trafficsim.kernels.ca.overhang import overhang
from trafficsim.kernels.ca.rules import safe_speed
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.ca.transfer import desired_speed, driven_speed, stops_on
from trafficsim.kernels.ca.words import (
    EXIT,
    FLAG_STOP,
    brake_code,
    headway_code,
    pack_x,
    pack_y,
    pos,
    rear,
    vel,
    with_turn,
)
from trafficsim.kernels.jit import part, spliced

LOOK_BEHIND = 6
"""How many waiting trips are looked at for one that finds its lane free (modelling assumption)."""


@part
def slot_at(vehicles, start, work, lane, place):
    """Return the slot before which a vehicle at ``place`` belongs in a lane."""
    slot = start[lane + 1]
    first = start[lane] + (1 if work.event[lane] & 1 else 0)
    while slot > first and pos(work.moved[slot - 1]) <= place:
        slot -= 1
    return slot


@spliced
def entry_speed(vehicles, start, work, where, words):
    """Return the speed at which a vehicle can enter a lane; -1 if it has to wait. ``where`` is (lane, slot, place).

    It waits until it need not drive slower than the one ahead: traffic that comes to an entry has kept its distance
    on the road before. Else a full entry would let vehicles in at low speed, as out of a queue at a signal.
    ``words`` is (length in cells, desired speed in whole cells per tick, headway less half a tick, braking that it
    counts on, braking that others count on, braking that an entry may impose on the one behind, speed from which it
    can stop at the line, position and speed of a rear that reaches back over the line).
    """
    lane, slot, place = where
    cells, wanted, theta, brake, safe, firm, line, over, ahead_speed = words
    ahead = int32(over - place)
    if slot > start[lane] + (1 if work.event[lane] & 1 else 0):
        ahead, ahead_speed = rear(work.moved[slot - 1], vehicles.Y[slot - 1]) - place, vel(work.moved[slot - 1])
    if ahead < 0:
        return int32(-1)
    ahead_speed = min(ahead_speed, wanted)  # nobody has driven close behind one who was faster all the way
    v = min(wanted, line, int32(max(safe_speed(ahead, ahead_speed, theta, brake), float32(0.0))))
    if v < min(line, ahead_speed):
        return int32(-1)
    if slot < start[lane + 1]:
        behind = place - cells - pos(work.moved[slot])
        if behind < 0 or safe_speed(behind, v, float32(0.7), safe) < float32(vel(work.moved[slot]) - firm):
            return int32(-1)
    return v


@part
def entry_place(vehicles, start, work, lane, due, words):
    """Return (slot, speed, place) of a vehicle that enters a lane, as far on as it can have come; slot -1 if it waits.

    ``due`` is (place where it begins its way, part of the tick that has passed since it was due): at its speed it has
    covered the way from there to its place in that time. ``words`` as for `entry_speed`.
    """
    begin, passed = due
    slot = slot_at(vehicles, start, work, lane, begin)
    place, furthest = begin, int32(min(begin + int32(words[1] * passed), -1))
    v = entry_speed(vehicles, start, work, (lane, slot, begin), words)
    if v < 0:
        return -1, int32(0), begin
    while place < furthest:
        middle = int32((place + furthest + 1) >> 1)
        there = entry_speed(vehicles, start, work, (lane, slot, middle), words)
        if there >= 0 and middle - begin <= there * passed:
            place, v = middle, there
        else:
            furthest = int32(middle - 1)
    return slot, v, place


@spliced
def open_speed(net, signals, trips, trip, lane, entry):
    """Return the speed at which a vehicle may enter at a place so that it can stop at the first line that is closed.

    ``entry`` is (place, desired speed). A line is closed where the lamp is not green or the vehicle has to give way.
    """
    place, wanted = entry
    distance = int32(-1 - place)
    hop = trips.row[trip].hop
    while trips.way[trips.hops[hop]].turn != EXIT and distance < sight(net, wanted):
        slot = net.lane[lane].turns + trips.way[trips.hops[hop]].turn
        conn = net.reach[slot]
        if conn == net.reach[slot + 1]:
            return min(wanted, stop_bound(distance, trips.row[trip].brake))
        group = net.conn[conn].group
        gives_way = net.conn[conn + 1].yields > net.conn[conn].yields or net.conn[conn].manner & 1 != 0
        closed = signals.group[group].state != GREEN if group >= 0 else gives_way
        if closed:
            return min(wanted, stop_bound(distance, trips.row[trip].brake))
        lane = net.conn[conn].to
        distance += int32(net.conn[conn].length + net.lane[lane].length)
        hop += 1
    return wanted


@spliced
def best_entry(road, trip, link, since):
    """Return (lane, slot, place, speed) where a trip can enter in this tick; lane -1 if nowhere.

    ``since`` is the part of the tick that has passed since it was due: it has come that much further.
    """
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles, start = road.vehicles, road.start
    kind = trips.row[trip].kind
    cells = trips.kind[kind].cells
    wanted = driven_speed(trips, trip, desired_speed(net, trips, trip, link)) >> 8
    theta = float32(headway_code(trips.end[trip].word)) * net.scale.headway_unit - float32(0.5)
    brake = float32(brake_code(trips.end[trip].word)) * net.scale.braking_unit
    best_lane, best_slot, best_place, best_v, best_score = -1, -1, int32(0), int32(0), -1
    hop = trips.row[trip].hop
    wanted_lanes, feasible = trips.way[trips.hops[hop]].wanted, int32(trips.way[trips.hops[hop]].feasible)
    for lane in range(int64(net.link[link].lane), int64(net.link[link + 1].lane)):
        side = lane - net.link[link].lane
        if trips.row[trip].depart_lane < 0 and feasible != 0 and (feasible >> side) & 1 == 0:
            continue
        if work.event[lane] & 2 or (net.lane[lane].allowed & trips.kind[kind].bit) == 0:
            continue
        if trips.row[trip].depart_lane >= 0 and trips.row[trip].depart_lane != side:
            continue
        begin = int32(min(-net.lane[lane].length + max(trips.row[trip].depart_cell, 0), -1))
        line = open_speed(net, signals, trips, trip, lane, (min(begin + int32(wanted * since), -1), wanted))
        over, speed = overhang(net, vehicles, start, trips, work, lane)
        words = (cells, wanted, theta, brake, net.scale.safe, net.scale.firm, line, over, speed)
        slot, v, place = entry_place(vehicles, start, work, lane, (begin, since), words)
        if slot < 0:
            continue
        score = v * 64 + (100000 if (wanted_lanes >> side) & 1 else 0) - (start[lane + 1] - start[lane])
        if score > best_score:
            best_lane, best_slot, best_place, best_v, best_score = lane, slot, place, v, score
    return best_lane, best_slot, best_place, best_v


@spliced
def enter(road, tally, trip, where, tick):
    """Write the words of an entering vehicle for the re-pack and open its accounts."""
    net, trips, work = road.net, road.trips, road.work
    lane, slot, place, v, since = where
    cells = trips.kind[trips.row[trip].kind].cells
    link = net.lane[lane].link
    hop = trips.row[trip].hop
    desired = desired_speed(net, trips, trip, link)
    cap = driven_speed(trips, trip, desired)
    begin = min(-net.lane[lane].length + max(trips.row[trip].depart_cell, 0), -1)
    time = tick + 1.0 - min(since, float(place - begin) * 256.0 / cap)
    flags = lane_flags(net, trips, lane, hop)
    if stops_on(trips, trip, hop):
        flags |= int32(FLAG_STOP)
        work.count[Count.STOPPING] += 1
    work.arrive[lane, 0] = pack_x(place, v)
    work.arrive[lane, 1] = pack_y(cap, cells, flags)
    work.arrive[lane, 2] = with_turn(trips.end[trip].word, trips.way[trips.hops[hop]].turn)
    work.arrive[lane, 3] = int32(trips.end[trip].key)
    work.arrive[lane, 4] = trip
    work.arrive[lane, 5] = 1
    work.event[lane] |= 2
    work.lane[lane].used += cells
    work.lane[lane].arrive_slot = slot
    trips.row[trip].status = EN_ROUTE
    trips.end[trip].entry_time = time
    trips.row[trip].enter_time = time
    trips.row[trip].since_time = time
    trips.row[trip].since_cell = begin
    trips.row[trip].wait_in = 0
    trips.row[trip].free_time = -begin * 256.0 / desired
    tally.link[link, 0] += 1.0
    tally.link[link, 6] += 1.0 + begin / net.lane[lane].length
    work.count[Count.INSERTED] += 1


@part
def insert_trips(road, queues, tally, tick):
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
                lane, slot, place, v = best_entry(road, trip, link, since)
                if lane >= 0:
                    enter(road, tally, trip, (lane, slot, place, v, since), tick)
                    for z in range(at, first, -1):
                        queues.trip[z] = queues.trip[z - 1]
                    queues.trip[first] = trip
                    queues.entry[entry].next = first + 1
                    break
        first = queues.entry[entry].next
        queues.entry[entry].due = trips.end[queues.trip[first]].depart if first < last else np.inf
