"""Crossings: heads that reach their stop line enter the road beyond, one arrival per lane and tick."""

from __future__ import annotations

from numba import int32, int64, uint64

from trafficsim.base.codes import EVENT_WRONG_LANE
from trafficsim.kernels.ca.accounts import enter_link, finish, leave_link, note_event, note_turn
from trafficsim.kernels.ca.arrivals import account_arrival, enqueue_arrival
from trafficsim.kernels.ca.connections import nearest, pick
from trafficsim.kernels.ca.inside import leave_inside, note_entry, note_granted, place_inside, wait_inside
from trafficsim.kernels.ca.leaders import close_up
from trafficsim.kernels.ca.overhang import overhang
from trafficsim.kernels.ca.packed_state import (
    EXIT,
    FLAG_CONNECTOR,
    NO_PLACE,
    length,
    light,
    pack_x,
    pos,
    rear,
    vel,
)
from trafficsim.kernels.ca.permission import shows_red
from trafficsim.kernels.ca.records import Crossing, Speeds, make_arrival, make_event, make_packed_state
from trafficsim.kernels.ca.red import meet_intruder, note_red_run
from trafficsim.kernels.ca.speeds import connector_speeds, desired_speed, driven_speed
from trafficsim.kernels.ca.state import ARRIVES, LEAVES, REAR_OVER, Count
from trafficsim.kernels.jit import part, spliced

NOBODY = -1
"""Instead of a lane or a connection: there is none."""


@spliced
def choose(road, lane, route_position, first):
    """Return the connection of a crossing: the one that the look ahead chose, else the best now; never none."""
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    if first and work.lane[lane].head_conn >= 0:
        return work.lane[lane].head_conn
    conn = pick(net, vehicles, start, trips, lane, route_position)
    return conn if conn >= 0 else nearest(net, lane, trips.manoeuvre[trips.route[route_position]].turn)


@spliced
def place_beyond(road, conn, over):
    """Return the position in the target lane of a vehicle ``over`` cells beyond the line; NO_PLACE if none is free."""
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    to = net.conn[conn].to
    entry = net.lane[to].length + net.conn[conn].length
    place = over - entry
    if work.event[to] & ARRIVES:
        return int32(NO_PLACE)
    tail = start[to + 1] - 1
    if tail >= start[to]:
        # the old position of the tail: admission does not depend on the order in which lanes are served
        place = min(place, rear(vehicles.X[tail], vehicles.Y[tail]))
    else:  # who turned off a short link may still reach back over it
        place = min(place, overhang(net, vehicles, start, trips, work, to).position)
    return int32(place) if place >= -entry else int32(NO_PLACE)


@spliced
def stop_at_line(vehicles, start, work, lane):
    """Stop a head that cannot be admitted at its stop line."""
    i = start[lane]
    old = pos(vehicles.X[i])
    now = max(int32(-1), old)
    work.moved[i] = pack_x(now, max(now - old, int32(0)))
    work.count[Count.HELD] += 1
    close_up(vehicles, start, work, lane)


@spliced
def leave_lane(work, lane, y, arrived_by):
    """Take the head of a lane, with packed state Y, out of it."""
    if y & FLAG_CONNECTOR:  # it leaves a link that is shorter than itself
        work.conn[arrived_by].on_conn -= 1
    work.lane[lane].used -= length(y)
    work.event[lane] |= LEAVES | REAR_OVER
    work.lane[lane].wait = 0
    work.lane[lane].blocking_reason = 0
    work.count[Count.TRANSFERS] += 1


@spliced
def pass_line(road, counters, clock, crossing, tick, to_wait):
    """Note a crossing: past the signal, out of the link, onto the next one; return the speeds driven from there on.

    Who goes ``to_wait`` inside the junction has not yet entered it.
    """
    net, trips, work, vehicles = road.net, road.trips, road.work, road.vehicles
    slot, lane, conn, trip = crossing.slot, crossing.lane, crossing.conn, crossing.trip
    if net.conn[conn].origin != lane:
        work.count[Count.WRONG_LANE] += 1
        note_event(counters, work, make_event(crossing.time, EVENT_WRONG_LANE, trip, net.lane[lane].link, 0.0))
    elif shows_red(net, road.signals, conn) and (not crossing.first or pos(vehicles.X[slot]) < 0):
        note_red_run(road, counters, crossing)
    elif work.conn[conn].intruded and not to_wait:
        meet_intruder(road, counters, crossing)
    work.conn[conn].last_entry = tick
    work.lane[lane].last_conn = conn
    work.lane[lane].over = 1
    if not to_wait:
        note_entry(net, work, conn, crossing.time, net.conn[conn].length >> 1, crossing.v)
        note_granted(net, work, lane, conn, int64(vehicles.KEY[slot]), crossing.time)
    leave_link(net, trips, counters, crossing, vehicles.W[slot])
    desired = connector_speeds(net, trips, trip, conn)
    cap, slow = driven_speed(trips, trip, desired.beyond), driven_speed(trips, trip, desired.connector)
    note_turn(road, counters, clock, crossing, vehicles.Z[slot], slow)
    trips.row[trip].route_position += 1
    enter_link(net, trips, counters, crossing, desired)
    return Speeds(cap, slow)


@spliced
def arrival_beyond(road, crossing, place, speeds):
    """Return the arrival of a vehicle on the lane beyond its line; its connector is watched where it matters."""
    net, moved = road.net, road.work.moved[crossing.slot]
    conn = crossing.conn
    to = net.conn[conn].to
    watched = speeds.connector < speeds.beyond or net.conn[conn + 1].crosses > net.conn[conn].crosses
    tracked = watched and place - length(road.vehicles.Y[crossing.slot]) < -net.lane[to].length
    cap = speeds.connector if tracked else speeds.beyond
    return make_arrival(to, place, crossing.v | light(moved), cap, tracked)


@spliced
def at_end_of_short(net, trips, here, packed_state):
    """Return the arrival of a vehicle at the end of a short link that it would have crossed: the next one is full."""
    conn = trips.row[packed_state.trip].connection
    cap = driven_speed(trips, packed_state.trip, desired_speed(net, trips, packed_state.trip, net.lane[here].link))
    slower = net.conn[conn].speed < net.link[net.lane[here].link].limit
    watched = slower or net.conn[conn + 1].crosses > net.conn[conn].crosses
    tracked = watched and -1 - packed_state.cells < -net.lane[here].length
    return make_arrival(here, -1, 0, cap, tracked)


@spliced
def cross(road, counters, clock, lane, tick):
    """Carry a head over its stop line, and over as many short links as it covers in the tick."""
    net, trips, work, vehicles = road.net, road.trips, road.work, road.vehicles
    i = road.start[lane]
    trip = vehicles.ID[i]
    arrived_by = trips.row[trip].connection
    packed_state = make_packed_state(length(vehicles.Y[i]), vehicles.Z[i], vehicles.KEY[i], trip, vehicles.W[i])
    over, v = pos(work.moved[i]), vel(work.moved[i])
    here, first = int64(lane), True
    arrival = make_arrival(NOBODY, 0, 0, 0, False)
    while True:
        route_position = trips.row[trip].route_position
        time = tick + 1.0 - min(over / max(v, int32(1)), 1.0)
        if trips.manoeuvre[trips.route[route_position]].turn == EXIT:
            end = Crossing(int64(i), int32(trip), v, here, int64(NOBODY), time, first)
            leave_link(net, trips, counters, end, vehicles.W[i])
            finish(trips, work, end, vehicles.W[i])
            break
        conn = choose(road, here, route_position, first)
        inside = first and work.lane[lane].to_waiting_area > 0
        place = place_inside(net, work, conn) if inside else place_beyond(road, conn, over)
        if place == NO_PLACE and first:
            stop_at_line(vehicles, road.start, work, lane)
            return
        if place == NO_PLACE:
            arrival = at_end_of_short(net, trips, here, packed_state)
            break
        crossing = Crossing(int64(i), int32(trip), v, here, int64(conn), time, first)
        speeds = pass_line(road, counters, clock, crossing, tick, inside)
        if inside:
            wait_inside(net, work, conn, packed_state)
            break
        if place < 0:
            arrival = arrival_beyond(road, crossing, place, speeds)
            break
        over, here, first = place, int64(net.conn[conn].to), False
    if arrival.lane >= 0:
        enqueue_arrival(road, arrival, packed_state, road.start[arrival.lane + 1])
        account_arrival(trips, work, arrival.lane)
    leave_lane(work, lane, vehicles.Y[i], arrived_by)


@part
def list_crossing(road, tick):
    """List the lanes whose head crosses its line, those with priority first; return how many there are.

    In one order on odd ticks, in the other on even ones. As in `list_heads` all are written, and those counted that
    belong there.
    """
    net, start, work = road.net, road.start, road.work
    crossing, listed = uint64(0), uint64(0)
    for at in range(uint64(work.count[Count.BUSY])):
        lane = uint64(work.busy[at])
        work.outs[crossing] = lane
        crossing += uint64(pos(work.moved[start[lane]]) >= 0)
    for minor in range(2):
        for at in range(crossing):
            lane = work.outs[at if tick & 1 else crossing - uint64(1) - at]
            conn = work.lane[lane].head_conn
            gives_way = conn >= 0 and net.conn[conn + 1].yields > net.conn[conn].yields
            work.listed[listed] = lane
            listed += uint64(gives_way == (minor == 1))
    return int64(listed)


@part
def transfer(road, counters, clock, tick):
    """Carry over all heads that crossed their line: those with priority first, then those that gave way.

    Before them go those who decided to leave an internal waiting area.
    """
    leave_inside(road, tick)
    for at in range(list_crossing(road, tick)):
        cross(road, counters, clock, int64(road.work.listed[at]), tick)
