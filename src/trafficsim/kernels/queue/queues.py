"""How far queues reach, by kinematic theory: from the stop line back to the last vehicle that stands.

A vehicle of a queue stands in the room behind those before it, until the wave of the leaver before it comes back to
it; then it drives up to the room that has become free (Newell 2002, doi:10.1016/S0191-2615(00)00044-8). It has come
there earlier than to the line: at its own speed. Nothing here changes what vehicles do.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import float64, int64

from trafficsim.kernels.decisions.signals import is_red
from trafficsim.kernels.jit import kernel, per_vehicle
from trafficsim.kernels.measurement.tails import (
    NOWHERE,
    close_cycle,
    follow_to_tails,
    forget_joined,
    note_joined,
    note_length,
)
from trafficsim.kernels.queue.counting import lost_by_stop, moving_up
from trafficsim.kernels.queue.lanes import connection, is_one_of, planned_lane
from trafficsim.kernels.queue.priority import shown_state
from trafficsim.kernels.queue.tables import EXIT, NEVER, NOBODY
from trafficsim.kernels.tables import Array


class Rest(NamedTuple):
    """A vehicle that rests in a queue."""

    place: int
    """Of its front before the line, cm."""
    length: float
    """In ms; 0 for one that drives."""
    least: float
    """Of one that stands."""


class LanesSeen(NamedTuple):
    """Lanes as :mod:`trafficsim.kernels.measurement.tails` knows them."""

    lane: Array
    """Records of length (cm) and link."""
    between: Array
    """By connection: its length, cm."""


class LanesListed(NamedTuple):
    """Lists of lanes."""

    outs: Array
    listed: Array


class Seen(NamedTuple):
    """What queues are looked at with."""

    net: LanesSeen
    work: LanesListed


class QueueCounters(NamedTuple):
    """What is counted of queues."""

    queue: Array
    queue_count: Array
    lane: Array
    blocked: Array


class QueueClock(NamedTuple):
    """Times in ms, and length of a bin in cm."""

    analysis_begin: int
    analysis_end: int
    bin_cells: int


@kernel
def look_at_queues(world, seen, counters, clock, time):
    """Measure all queues at a time; the longest of each cycle is kept."""
    judged = clock.analysis_begin <= time < clock.analysis_end
    measure_lanes(world, seen, counters, judged, time)
    joined = join_lanes(world, seen, counters, time)
    if joined > 0:
        follow_to_tails(seen, counters, joined)
        note_joined(seen, counters, joined, time if judged else NOWHERE)
        forget_joined(seen, counters, joined)
    for link in range(len(world.net.room)):
        if time >= counters.queue[link].close:
            close_cycle(counters, clock, link, time)


@per_vehicle
def measure_lanes(world, seen, counters, judged, time):
    """Measure every lane by itself."""
    net = world.net
    for link in range(len(net.room)):
        for lane in range(net.lane_start[link], net.lane_start[link + 1]):
            counters.lane[lane].total = 0
            counters.lane[lane].whole = 1
            if world.lanes.head[lane] == NOBODY:
                continue
            total = min(standing_back(world, link, lane, time), net.room[link] // net.wide[link])
            total = int64(total * net.stretch[link])
            counters.lane[lane].total = total
            if total > 0:
                note_length(counters, link, total, link, judged)


@per_vehicle
def standing_back(world, link, lane, time):
    """Return how far the last standing vehicle of a lane, its room included, is from the line; 0 without one.

    In the room of the classes, as all of this: cm where a link has no jam density of its own.

    A vehicle stands that rests for long (see :func:`rest_of`), or that rests behind one that stands.
    """
    lanes, vehicles = world.lanes, world.vehicles
    if lanes.head[lane] == NOBODY:
        return 0
    running = last_near(world, link, time)
    ahead = lanes.queued[lane] + room_of_running(world, lane, running)
    back, vehicle = 0, int64(lanes.tail[lane] if running == NOBODY else running)
    while vehicle != NOBODY:
        if running == NOBODY or vehicles.planned[vehicle] == lane:
            room = world.net.spacing[world.trips.kind[vehicle]]
            ahead -= room
            rest = rest_of(world, link, lane, vehicle, ahead, time)
            if rest.length <= 0.0:
                back = 0
            elif back == 0:
                back = rest.place + room
            if rest.length >= rest.least:
                return back
        vehicle = int64(vehicles.before[vehicle])
        if vehicle == NOBODY and running != NOBODY:
            vehicle, running = int64(lanes.tail[lane]), NOBODY
    return 0


@per_vehicle
def last_near(world, link, time):
    """Return the last vehicle of a running section that may have come to a queue; NOBODY without one."""
    vehicles, vehicle, last = world.vehicles, int64(world.links.first[link]), NOBODY
    while vehicle != NOBODY and not is_far(world, link, vehicle, time):
        last, vehicle = vehicle, int64(vehicles.after[vehicle])
    return last


@per_vehicle
def room_of_running(world, lane, last):
    """Return the room of the vehicles of a running section who are to join a lane, up to the last one."""
    room, vehicle = 0, last
    while vehicle != NOBODY:
        if world.vehicles.planned[vehicle] == lane:
            room += world.net.spacing[world.trips.kind[vehicle]]
        vehicle = world.vehicles.before[vehicle]
    return room


@per_vehicle
def queue_stands(world, link, lane, time):
    """Whether the queue of a lane stands: it did when the last one left, or the head is held at the line."""
    lanes, head, stretch = world.lanes, int64(world.lanes.head[lane]), world.net.stretch[link]
    if lanes.stood[lane] > 0 or lanes.due[lane] == NEVER:
        return True
    lost = lost_by_stop(world.net.acceleration[world.trips.kind[head]], speed_of(world, link, head) * stretch * 10.0)
    return time - world.vehicles.ready[head] >= lost


@per_vehicle
def speed_of(world, link, vehicle):
    """Return the own speed of a vehicle on its link, in the room of its class: cm/ms where nothing is given."""
    cursor = world.vehicles.cursor[vehicle]
    return world.trips.length[cursor] * 100.0 / (world.trips.free[cursor] * world.net.stretch[link])


@per_vehicle
def is_far(world, link, vehicle, time):
    """Whether a vehicle is further from the line than any queue of its link reaches."""
    reach = world.net.room[link] // world.net.wide[link]
    return (world.vehicles.ready[vehicle] - time) * speed_of(world, link, vehicle) > reach


@per_vehicle
def rest_of(world, link, lane, vehicle, ahead, time):
    """Return where a vehicle rests at a time, for how long in all, and for how long who stands rests at least.

    In a queue that stands, who moves up by one room from wave to wave stands if that is slower than walking pace; a new
    one begins with who rests for longer than braking and speeding up lose. ``ahead`` is the room of those before the
    vehicle that have not left. The rooms of leavers whose wave has not reached it are still before it as well.
    """
    net, links = world.net, world.links
    kind = world.trips.kind[vehicle]
    pace, speed = net.reaction[link, kind] / net.spacing[kind], speed_of(world, link, vehicle)
    first, size = links.ring_start[link], links.ring_start[link + 1] - links.ring_start[link]
    place, leaves, moved_up = ahead, max(world.lanes.due[lane], time), -1.0e15
    for back in range(size):  # those whose room has come back stand there still, until others take their place
        slot = first + (links.ring_first[link] + links.ring_count[link] - 1 - back) % size
        if links.ring_time[slot] == 0:
            break
        if links.ring_lane[slot] != lane:
            continue
        left, room = links.ring_time[slot] - net.back[link], links.ring_room[slot]
        wave = left + (place + room) * pace
        if wave <= time:
            moved_up = wave + room / speed
            break
        place, leaves = place + room, left
    begin = max(moved_up, world.vehicles.ready[vehicle] - place / speed)
    metres = net.stretch[link] * 10.0
    least = moving_up(net.spacing[kind] * metres * 0.001, speed * metres)
    if not queue_stands(world, link, lane, time):
        least = lost_by_stop(net.acceleration[kind], speed * metres)
    length = leaves + place * pace - begin if begin <= time else 0.0
    return Rest(int64(place), float64(length), float64(least))


@per_vehicle
def join_lanes(world, seen, counters, time):
    """List the lanes whose queue is part of one that begins further on; return how many there are."""
    net, joined = world.net, 0
    for link in range(len(net.room)):
        for lane in range(net.lane_start[link], net.lane_start[link + 1]):
            if counters.lane[lane].total > 0 and join_lane(world, seen, counters, lane, time):
                seen.work.outs[joined] = lane
                joined += 1
    return joined


@per_vehicle
def join_lane(world, seen, counters, lane, time):
    """Join a lane to the one beyond whose queue leaves its head, which stands at the line, no room."""
    net, trips = world.net, world.trips
    vehicle = int64(world.lanes.head[lane])
    kind = trips.kind[vehicle]
    if trips.turn[world.vehicles.cursor[vehicle]] == EXIT:
        return False
    conn = connection(world, lane, vehicle)
    target = int64(net.link_of[net.to[conn]])
    stands = time >= world.lanes.left[lane] + net.headway[conn, kind]
    if not stands or has_room(world, target, vehicle, time):
        return False
    into = fullest_lane(world, counters, target, vehicle)
    if into == NOBODY:
        return False
    counters.lane[lane].into = into
    counters.lane[lane].gap = seen.net.between[conn]
    counters.lane[lane].may_go = 0 if is_red(shown_state(world, conn)) else 1
    counters.lane[lane].root = NOWHERE
    counters.lane[into].feeders += 1
    return True


@per_vehicle
def has_room(world, link, vehicle, time):
    """Whether a link has room for a vehicle, in a lane for its next movement too."""
    links, taken = world.links, world.links.taken[link]
    first, size = links.ring_start[link], links.ring_start[link + 1] - links.ring_start[link]
    for i in range(links.ring_count[link]):
        slot = first + (links.ring_first[link] + i) % size
        if links.ring_time[slot] > time:
            break
        taken -= links.ring_room[slot]
    if taken > 0 and taken + world.net.spacing[world.trips.kind[vehicle]] > world.net.room[link]:
        return False
    return planned_lane(world, link, vehicle, world.vehicles.cursor[vehicle] + 1) != NOBODY


@per_vehicle
def fullest_lane(world, counters, link, vehicle):
    """Return the lane with a queue in which most room is taken, of those for a vehicle's next movement.

    Of all lanes of the link where none of those has a queue; NOBODY where nobody stands.
    """
    net, trips = world.net, world.trips
    lanes = int64(trips.lanes[world.vehicles.cursor[vehicle] + 1])
    for everyone in range(2):
        found = NOBODY
        for lane in range(net.lane_start[link], net.lane_start[link + 1]):
            if counters.lane[lane].total == 0 or (everyone == 0 and not is_one_of(net, lane, lanes)):
                continue
            if found == NOBODY or world.lanes.planned[lane] > world.lanes.planned[found]:
                found = lane
        if found != NOBODY:
            return found
    return NOBODY
