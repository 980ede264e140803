"""Internal waiting areas: who may go to one, who decides to leave it, and leaving it.

Turns across opposing traffic wait there for a gap. Who waits decides in :func:`look_inside`, which writes intentions:
the gap request, the crossing of the connection, the arrival on the lane beyond. It also notes at once when the vehicle
entered, since the next one from the same lane counts its follow-up time from there. :func:`leave_inside` carries out.
"""

from __future__ import annotations

from numba import int32, int64, uint8

from trafficsim.kernels.ca.arrivals import account_arrival, enqueue_arrival
from trafficsim.kernels.ca.overhang import overhang
from trafficsim.kernels.ca.packed_state import NO_PLACE, WAITED_SHIFT, length, rear
from trafficsim.kernels.ca.permission import MUST_STOP, shown
from trafficsim.kernels.ca.records import make_arrival, make_packed_state, make_requester
from trafficsim.kernels.ca.requests import gets_gap
from trafficsim.kernels.ca.speeds import connector_speeds
from trafficsim.kernels.ca.state import ARRIVES, Count
from trafficsim.kernels.decisions.gaps import NEVER, time_to_conflict
from trafficsim.kernels.decisions.signals import is_protected, may_wait_inside
from trafficsim.kernels.jit import part, spliced

MOST_OVER = 3
"""Who leaves a waiting area starts 2 cells beyond it, a head stands 1 cell before the line: length and standing gap
may be longer than the way to the place by so much."""
STARTS_BEYOND = 2
"""Cells beyond the waiting area, and cells per tick, with which a vehicle starts from there."""
TICK_WAITED = 1 << WAITED_SHIFT
"""One tick of waiting in packed state W."""


@spliced
def waiting_inside(net, work, conn):
    """How many vehicles wait inside the junction on a connection."""
    waiting_area = net.conn[conn].waiting_area
    return int64(work.taken[waiting_area]) if waiting_area >= 0 else int64(0)


@spliced
def fits_inside(net, conn, y):
    """Whether a vehicle that waits inside the junction stands wholly beyond the line, so that others can come up."""
    return net.conn[conn].waiting_area >= 0 and length(y) <= net.conn[conn].waiting_distance + MOST_OVER


@spliced
def has_place(net, signals, work, conn, y):
    """Whether a vehicle that gives way may wait inside the junction: there is a place, and neither red nor yellow."""
    if not fits_inside(net, conn, y) or work.taken[net.conn[conn].waiting_area] >= net.conn[conn].places:
        return False
    return may_wait_inside(shown(net, signals, conn))


@spliced
def place_inside(net, work, conn):
    """Return -1 if an internal waiting area is free, NO_PLACE if another head took it in this tick."""
    return int32(-1) if work.taken[net.conn[conn].waiting_area] < net.conn[conn].places else int32(NO_PLACE)


@spliced
def wait_inside(net, work, conn, packed_state):
    """Put a vehicle that gives way on the internal waiting area."""
    waiting_area = net.conn[conn].waiting_area
    at, place = int64(work.taken[waiting_area]), work.waiting_area[waiting_area]
    place[at].cells = packed_state.cells
    place[at].z = packed_state.z
    place[at].key = packed_state.key
    place[at].trip = packed_state.trip
    place[at].w = packed_state.w
    work.taken[waiting_area] = uint8(at + 1)
    work.count[Count.INSIDE] += 1


@spliced
def note_entry(net, work, conn, time, middle, v):
    """Remember when a vehicle that entered at ``time`` passes the middle of the way: gaps begin there.

    ``middle`` is the cells to it.
    """
    work.conn[conn].passed = time + time_to_conflict(int32(middle), int32(v), int32(net.scale.approach))


@spliced
def note_granted(net, work, lane, conn, key, time):
    """Remember when the last one entered who had to give way: at the instant that its request was granted.

    Who entered without a request did so at ``time``.
    """
    if net.conn[conn + 1].yields > net.conn[conn].yields or net.conn[conn].manner & MUST_STOP:
        waited = work.gap_request[lane].requester == key and work.gap_request[lane].instant < NEVER
        work.gap_request[lane].entered = work.gap_request[lane].instant if waited else time


@spliced
def leaving_place(road, conn, cells):
    """Return where who leaves a waiting area comes onto the lane beyond, behind the leader; NO_PLACE if it cannot.

    The next one stands a length behind, and is half of it on its way when the leader has gone on by as much.
    """
    net, vehicles, start = road.net, road.vehicles, road.start
    to = net.conn[conn].to
    place = net.conn[conn].waiting_distance + STARTS_BEYOND - net.lane[to].length - net.conn[conn].length
    tail = start[to + 1] - 1
    if tail >= start[to]:
        back = rear(vehicles.X[tail], vehicles.Y[tail])
    else:  # who turned off a short link may still reach back over it
        back = overhang(net, vehicles, start, road.trips, road.work, to).position
    moved = max(min(cells >> 1, int32(net.conn[conn].waiting_distance) + MOST_OVER - cells), int32(0))
    return int32(min(place, back)) if back >= place - moved else int32(NO_PLACE)


@part
def look_inside(road, tick):
    """Decide who leaves a waiting area in this tick, because nobody comes any more to whom it has to give way.

    A place that comes later sees what those before it intend.
    """
    if road.work.count[Count.INSIDE] == 0:
        return
    for i in range(len(road.net.waiting_areas)):
        if road.work.taken[i] > 0:
            look_from_place(road, i, tick)


@spliced
def look_from_place(road, i, tick):
    """Decide whether the first of a waiting area leaves it; if it does, write where it goes to."""
    net, trips, work = road.net, road.trips, road.work
    conn, first = net.waiting_areas[i], work.waiting_area[i, 0]
    lane, waited = int64(net.conn[conn].origin), int64(work.conn[conn].inside_wait) + 1
    key = first.key
    protected = is_protected(shown(net, road.signals, conn))
    if not protected and not gets_gap(road, make_requester(conn, lane, key, tick, waited)):
        return
    to, trip = net.conn[conn].to, first.trip
    position = leaving_place(road, conn, first.cells)
    if work.event[to] & ARRIVES or position == NO_PLACE:
        return
    speed = net.scale.queue_speed if waited <= net.scale.move_up + 1 else int32(STARTS_BEYOND)  # who moves up rolls
    slow = connector_speeds(net, trips, trip, conn).connector
    packed_state = make_packed_state(first.cells, first.z, key, trip, first.w + TICK_WAITED)
    enqueue_arrival(road, make_arrival(to, position, speed, slow, position < 0), packed_state, road.start[to + 1])
    note_entry(net, work, conn, float(tick), max((net.conn[conn].length >> 1) - net.conn[conn].waiting_distance, 0), 0)
    note_granted(net, work, lane, conn, int64(key), float(tick))
    work.conn[conn].last_crossing = tick


@part
def leave_inside(road, tick):
    """Let those go on who decided to leave their waiting area, and count the wait of all."""
    net, trips, work = road.net, road.trips, road.work
    if work.count[Count.INSIDE] == 0:
        return
    for i in range(len(net.waiting_areas)):
        inside = int64(work.taken[i])
        if inside == 0:
            continue
        conn, place = net.waiting_areas[i], work.waiting_area[i]
        for at in range(inside):
            place[at].w += TICK_WAITED
        work.count[Count.UPDATES] += inside
        work.conn[conn].inside_wait += 1
        to = net.conn[conn].to
        if work.event[to] & ARRIVES and work.arrive[to].trip == place[0].trip:
            account_arrival(trips, work, to)
            for at in range(1, inside):
                place[at - 1] = place[at]
            work.taken[i] = uint8(inside - 1)
            work.conn[conn].inside_wait = 0
            work.conn[conn].last_entry = tick
            work.count[Count.INSIDE] -= 1
