"""The stop line: when the head of a lane leaves, and what follows from it."""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.decisions.signals import (
    CLOSED,
    CLOSING,
    NO_SIGNAL,
    OPEN,
    YIELD,
    is_red,
    permission,
    permission_of_sign,
)
from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.counting import count_exit, count_leaving, note_leaving, speeding_up
from trafficsim.kernels.queue.lanes import connection
from trafficsim.kernels.queue.merges import take_turn, time_of_rival, turn_of_head
from trafficsim.kernels.queue.priority import shown_state, time_of_gap
from trafficsim.kernels.queue.running import become_first, enter_link, join_queues
from trafficsim.kernels.queue.start import goes_at_yellow, late_in_middle, note_start, time_of_start
from trafficsim.kernels.queue.storage import return_room, time_of_room
from trafficsim.kernels.queue.tables import EXIT, MUST_STOP, NEVER, NOBODY, SHUT


@per_vehicle
def serve_line(world, link, time, alone):
    """Let the vehicles of a link join queues and one leave it, if they can at this time; note when to look again.

    Who joins leaves at once only if the link is ``alone``: else it may be another one's turn.
    """
    net, lanes, joins = world.net, world.lanes, world.links.arrival[link] <= time
    if joins:
        join_queues(world, link, time)
    lane, due = lane_in_turn(world, link, time), NEVER
    if lane != NOBODY and (alone or not joins):
        serve_head(world, link, lane, time)
    for lane in range(net.lane_start[link], net.lane_start[link + 1]):
        if lanes.head[lane] != NOBODY:
            due = min(due, lanes.due[lane])
    world.agenda.due[net.row_of[link]] = min(due, world.links.arrival[link])


@per_vehicle
def lane_in_turn(world, link, time):
    """Return the lane whose head is due, of several the one whose turn it is; NOBODY where none is."""
    net, lanes = world.net, world.lanes
    found = NOBODY
    for lane in range(net.lane_start[link], net.lane_start[link + 1]):
        if lanes.due[lane] > time or lanes.head[lane] == NOBODY:
            continue
        if found == NOBODY or turn_of_head(world, lane) < turn_of_head(world, found):
            found = lane
    return found


@per_vehicle
def serve_head(world, link, lane, time):
    """Let the head of a lane leave, or note when it may."""
    lanes, trips = world.lanes, world.trips
    vehicle = int64(lanes.head[lane])
    turn = trips.turn[world.vehicles.cursor[vehicle]]
    lanes.blocked[lane] = NOBODY
    if turn == EXIT:
        due = lanes.left[lane] + world.net.exit_headway[link, trips.kind[vehicle]]
        conn = NOBODY
    else:
        conn = connection(world, lane, vehicle)
        due = time_to_leave(world, conn, lane, vehicle, time)
    lanes.due[lane] = due
    if due <= time:
        leave(world, link, lane, conn, time)


@per_vehicle
def time_to_leave(world, conn, lane, vehicle, time):
    """Return when the head of a lane may leave: now, when to look again, or NEVER until it is woken."""
    net, lanes = world.net, world.lanes
    kind = world.trips.kind[vehicle]
    due = max(lanes.left[lane] + net.headway[conn, kind], world.merges.passes[net.node_of[net.link_of[lane]]])
    allowed = allowed_now(world, conn, lane, vehicle, time)
    if allowed == CLOSED:
        return NEVER
    target = int64(net.link_of[net.to[conn]])
    if allowed != YIELD or net.gap[conn] < 2.0 * net.own_headway[target, kind]:
        due = max(due, lanes.admits[net.to[conn]])  # else the headway behind who has priority is part of the gap
    if net.group[conn] >= 0 and lanes.may_clear[lane] == 0:
        due = max(due, time_of_start(world, conn, lane, vehicle))
    if due > time:
        return due
    due = time_of_room(world, target, vehicle, int64(world.vehicles.cursor[vehicle] + 1), time)
    if due <= time and world.links.taken[target] + 2 * net.spacing[kind] > net.room[target]:
        due = keep_room(world, conn, lane, time)
    if due > time:
        if due == NEVER:
            lanes.blocked[lane] = target
        return due
    if allowed == YIELD:
        due = time_of_gap(world, conn, lane, time)
        lanes.gives_way[lane] = due > time
    return due


@per_vehicle
def keep_room(world, conn, lane, time):
    """Return until when the last room of a link is kept for another lane whose turn it is, or until there is more."""
    links, target = world.links, int64(world.net.link_of[world.net.to[conn]])
    until = time_of_rival(world, lane, conn, time)
    if until <= time:
        return time
    if links.ring_count[target] > 0:
        return min(until, links.ring_time[links.ring_start[target] + links.ring_first[target]])
    links.waited[target], world.lanes.blocked[lane] = 1, target
    return until


@per_vehicle
def allowed_now(world, conn, lane, vehicle, time):
    """Return what the head of a lane may do: to go, to give way, or to stay."""
    net = world.net
    if net.manner[conn] & SHUT != 0:
        return CLOSED
    state = shown_state(world, conn)
    if state == NO_SIGNAL:
        yields = net.yield_start[conn + 1] > net.yield_start[conn] or net.manner[conn] & MUST_STOP != 0
        return permission_of_sign(yields)
    allowed = permission(state)
    if allowed == CLOSED or allowed == CLOSING:
        if world.lanes.may_clear[lane] > 0 and net.inside[conn] > 0:
            return OPEN
    if allowed != CLOSING:
        return allowed
    return OPEN if goes_at_yellow(world, conn, lane, vehicle, time) else CLOSED


@per_vehicle
def leave(world, link, lane, conn, time):
    """Let the head of a lane cross its line: into the next link, or out of the network."""
    net, lanes, vehicles, trips = world.net, world.lanes, world.vehicles, world.trips
    vehicle = int64(lanes.head[lane])
    after, room = int64(vehicles.after[vehicle]), net.spacing[trips.kind[vehicle]]
    note_start(world, lane, conn, vehicle, room)
    lanes.head[lane], lanes.left[lane], world.links.served[link] = after, time, time
    lanes.queued[lane] -= room
    lanes.planned[lane] -= room
    if after == NOBODY:
        lanes.tail[lane], lanes.due[lane] = NOBODY, NEVER
    else:
        vehicles.before[after] = NOBODY
        become_first(world, lane, time)
    stood = count_leaving(world, vehicle, link, time)
    note_leaving(world, vehicle, lane, time)
    return_room(world, link, lane, room, time)
    if conn == NOBODY:
        world.merges.charged[lane] += world.merges.stride[lane]
        count_exit(world, vehicle, time)
    else:
        cross(world, vehicle, conn, lane, time)
        enter_link(world, vehicle, int64(net.link_of[net.to[conn]]), time, lost_in_start(world, vehicle, stood))
    if world.links.arrival[link] <= time or world.links.held[link]:
        join_queues(world, link, time)


@per_vehicle
def cross(world, vehicle, conn, lane, time):
    """Note that a vehicle uses a connection, and where it goes on."""
    net, lanes = world.net, world.lanes
    to = int64(net.to[conn])
    target = int64(net.link_of[to])
    take_turn(world, lane, conn, target)
    node = net.node_of[net.link_of[lane]]
    world.merges.passes[node] = time + net.node_headway[node]
    if is_red(shown_state(world, conn)):
        if lanes.may_clear[lane] == 0:
            world.counts.total[2] += 1
    lanes.may_clear[lane] = max(lanes.may_clear[lane] - 1, 0)
    world.shown.passed[conn] = time
    if net.group[conn] >= 0:
        kind = world.trips.kind[vehicle]
        world.shown.passed[conn] += late_in_middle(world, conn, kind, world.vehicles.ahead[vehicle])
    lanes.admits[to] = time + net.own_headway[target, world.trips.kind[vehicle]]
    world.vehicles.cursor[vehicle] += 1


@per_vehicle
def lost_in_start(world, vehicle, stood):
    """Return the time lost in speeding up beyond a line by who stood before it."""
    if stood == 0:
        return 0
    vehicles, trips = world.vehicles, world.trips
    cursor = vehicles.cursor[vehicle]
    speed = trips.length[cursor] * 1000.0 / trips.free[cursor]
    return speeding_up(world.net.acceleration[trips.kind[vehicle]], vehicles.ahead[vehicle] * 0.01, speed)
