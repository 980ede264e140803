"""The stop line: when the head of a lane leaves, and what follows from it."""

from __future__ import annotations

from numba import int32, uint32

from trafficsim.kernels.decisions.signals import (
    CLOSED,
    CLOSING,
    NO_SIGNAL,
    OPEN,
    YIELD,
    is_red,
    occasion_of,
    permission,
    permission_of_sign,
)
from trafficsim.kernels.decisions.yellow import DECIDED_GO, chosen_at_yellow
from trafficsim.kernels.jit import part
from trafficsim.kernels.queue.counting import count_exit, count_leaving, note_leaving, speeding_up
from trafficsim.kernels.queue.priority import shown_state, time_of_gap
from trafficsim.kernels.queue.running import become_first, enter_link, join_queues
from trafficsim.kernels.queue.storage import return_room, time_of_room
from trafficsim.kernels.queue.tables import EXIT, MUST_STOP, NEVER, NOBODY


@part
def serve_line(world, link, time):
    """Let the vehicles of a link join queues and leave it that can at this time; note when to look again."""
    net, lanes = world.net, world.lanes
    if world.links.arrival[link] <= time:
        join_queues(world, link, time)
    due = NEVER
    for lane in range(net.lane_start[link], net.lane_start[link + 1]):
        if lanes.due[lane] <= time and lanes.head[lane] != NOBODY:
            serve_head(world, link, lane, time)
    for lane in range(net.lane_start[link], net.lane_start[link + 1]):
        if lanes.head[lane] != NOBODY:
            due = min(due, lanes.due[lane])
    world.agenda.place[link] = min(due, world.links.arrival[link])


@part
def serve_head(world, link, lane, time):
    """Let the head of a lane leave, or note when it may."""
    lanes, trips = world.lanes, world.trips
    vehicle = lanes.head[lane]
    turn = trips.turn[world.vehicles.cursor[vehicle]]
    if turn == EXIT:
        due = lanes.left[lane] + world.net.own_headway[link, trips.kind[vehicle]]
        conn = NOBODY
    else:
        conn = connection(world, lane, turn, world.net.bit[trips.kind[vehicle]])
        due = time_to_leave(world, conn, lane, vehicle, time)
    lanes.due[lane] = due
    if due <= time:
        leave(world, link, lane, conn, time)


@part
def connection(world, lane, turn, bit):
    """Return the way of a turn from a lane whose lane beyond takes somebody first, of those that may be used."""
    net, admits = world.net, world.lanes.admits
    found, allowed = NOBODY, False
    for conn in range(net.conn_start[lane], net.conn_start[lane + 1]):
        if net.turn[conn] != turn:
            continue
        may = net.allowed[net.to[conn]] & bit != 0
        if found == NOBODY:
            found, allowed = conn, may
        elif may and (not allowed or admits[net.to[conn]] < admits[net.to[found]]):
            found, allowed = conn, may
    return found


@part
def time_to_leave(world, conn, lane, vehicle, time):
    """Return when the head of a lane may leave: now, when to look again, or NEVER until it is woken."""
    net, lanes = world.net, world.lanes
    kind = world.trips.kind[vehicle]
    due = max(lanes.left[lane] + net.headway[conn, kind], lanes.admits[net.to[conn]])
    allowed = allowed_now(world, conn, lane, vehicle, time)
    if allowed == CLOSED:
        return NEVER
    group = net.group[conn]
    if group >= 0 and world.vehicles.ready[vehicle] < world.shown.opened[group] and lanes.may_clear[lane] == 0:
        due = max(due, world.shown.opened[group] + net.start_loss + net.headway[conn, kind])
    if due > time:
        return due
    target = net.link_of[net.to[conn]]
    due = time_of_room(world, target, vehicle, world.vehicles.cursor[vehicle] + 1, time)
    if due > time:
        if due == NEVER:
            lanes.blocked[lane] = target
        return due
    if allowed == YIELD:
        due = time_of_gap(world, conn, lane, time)
        lanes.gives_way[lane] = due > time
    return due


@part
def allowed_now(world, conn, lane, vehicle, time):
    """Return what the head of a lane may do: to go, to give way, or to stay."""
    net = world.net
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
    group = net.group[conn]
    since = world.shown.since[group]
    eighths = min(max(time - since, 0) // 125, net.stop_probability.shape[1] - 1)
    chance = net.stop_probability[net.link_of[lane], eighths]
    occasion = occasion_of(uint32(since), uint32(group))
    made = chosen_at_yellow(world.trips.key[vehicle], occasion, int32(chance))
    return OPEN if made == DECIDED_GO else CLOSED


@part
def leave(world, link, lane, conn, time):
    """Let the head of a lane cross its line: into the next link, or out of the network."""
    net, lanes, vehicles, trips = world.net, world.lanes, world.vehicles, world.trips
    vehicle = lanes.head[lane]
    after, room = vehicles.after[vehicle], net.spacing[trips.kind[vehicle]]
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
        count_exit(world, vehicle, time)
    else:
        cross(world, vehicle, conn, lane, time)
        enter_link(world, vehicle, net.link_of[net.to[conn]], time, lost_in_start(world, vehicle, stood))
    join_queues(world, link, time)


@part
def cross(world, vehicle, conn, lane, time):
    """Note that a vehicle uses a connection, and where it goes on."""
    net, lanes = world.net, world.lanes
    to = net.to[conn]
    target = net.link_of[to]
    if is_red(shown_state(world, conn)):
        if lanes.may_clear[lane] == 0:
            world.counts.total[2] += 1
    lanes.may_clear[lane] = max(lanes.may_clear[lane] - 1, 0)
    world.shown.passed[conn] = time
    lanes.admits[to] = time + net.own_headway[target, world.trips.kind[vehicle]]
    world.vehicles.cursor[vehicle] += 1


@part
def lost_in_start(world, vehicle, stood):
    """Return the time lost in speeding up beyond a line by who stood before it."""
    if stood == 0:
        return 0
    vehicles, trips = world.vehicles, world.trips
    cursor = vehicles.cursor[vehicle]
    speed = trips.length[cursor] * 1000.0 / trips.free[cursor]
    return speeding_up(world.net.acceleration[trips.kind[vehicle]], vehicles.ahead[vehicle] * 0.01, speed)
