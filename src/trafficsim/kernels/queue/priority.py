"""Who gives way: gaps as in the shared decisions, with the vehicles of the links before the junction in view."""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.decisions.all_way_stop import FOUR_SHARE, came_first, stop_headway
from trafficsim.kernels.decisions.gaps import accepts, critical_gap, entry_instant
from trafficsim.kernels.decisions.signals import NO_SIGNAL, gives_way_to_all, is_red, requires_stop
from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.start import late_in_middle, stood_until
from trafficsim.kernels.queue.tables import FIRST_COME, MUST_STOP, NEVER, NOBODY

STAND_MS = 1000
"""Time for which a vehicle stands where a stop is asked for (modelling assumption)."""
LOOK_AGAIN_MS = 500
"""Who cannot tell when the way will be free looks again after this time (modelling assumption)."""


@per_vehicle
def shown_state(world, conn):
    """Return the state that the signal of a connection shows; NO_SIGNAL without one."""
    group = world.net.group[conn]
    return world.shown.state[group] if group >= 0 else NO_SIGNAL


@per_vehicle
def next_arrival(world, conn, time, horizon):
    """Return when the next vehicle reaches a line that goes on by a connection; NEVER without one.

    A head that gives way itself, or has no room beyond, does not come.
    """
    net, lanes, vehicles, trips = world.net, world.lanes, world.vehicles, world.trips
    lane, turn = int64(net.origin[conn]), net.turn[conn]
    head = lanes.head[lane]
    if head != NOBODY and trips.turn[vehicles.cursor[head]] == turn:
        if lanes.gives_way[lane] or lanes.blocked[lane] != NOBODY:
            return NEVER
        ready = max(time, lanes.left[lane] + net.headway[conn, trips.kind[head]])
        ready = max(ready, lanes.due[lane]) if lanes.due[lane] < NEVER else ready
        if net.group[conn] >= 0 and vehicles.ready[head] <= stood_until(world, conn, lane):
            ready += late_in_middle(world, conn, trips.kind[head], lanes.gone[lane])
        return ready
    vehicle = world.links.first[net.link_of[lane]]
    while vehicle != NOBODY and vehicles.ready[vehicle] < time + horizon:
        if trips.turn[vehicles.cursor[vehicle]] == turn:
            return max(time, vehicles.ready[vehicle])
        vehicle = vehicles.after[vehicle]
    return NEVER


@per_vehicle
def time_of_gap(world, conn, lane, time):
    """Return when the head of a lane may enter that gives way: now, or when to look again."""
    net, lanes, shown = world.net, world.lanes, world.shown
    state = shown_state(world, conn)
    since = int64(lanes.since[lane])
    if net.group[conn] >= 0:
        since = max(since, shown.opened[net.group[conn]])
    if requires_stop(net.manner[conn] & MUST_STOP != 0, state):
        since += STAND_MS
        if since > time:
            return since
    if net.manner[conn] & FIRST_COME:
        return time_of_turn(world, conn, lane, time)
    gap = critical_gap(net.gap[conn], float(time - since), net.impatience)
    everybody = gives_way_to_all(False, state)
    first = net.cross_start[conn] if everybody else net.yield_start[conn]
    last = net.cross_start[conn + 1] if everybody else net.yield_start[conn + 1]
    passed, nearest, target = since, NEVER, net.link_of[net.to[conn]]
    for i in range(first, last):
        other = net.crosses[i] if everybody else net.yields[i]
        passed = max(passed, shown.passed[other])
        merges = net.link_of[net.to[other]] == target
        if is_red(shown_state(world, other)) or (merges and world.links.waited[target]):
            continue
        nearest = min(nearest, next_arrival(world, other, time, gap + LOOK_AGAIN_MS))
    entered = float(lanes.left[lane])
    instant = entry_instant(float(since), entered, net.follow_up[conn], float(passed))
    if instant > time:
        return int(instant) + 1
    instant = max(instant, float(time - LOOK_AGAIN_MS))
    if accepts(instant, float(time), float(nearest), gap):
        return time
    return max(time + LOOK_AGAIN_MS, nearest + 1)


@per_vehicle
def time_of_turn(world, conn, lane, time):
    """Return when the head of a lane may enter an all-way stop: first come, first served."""
    net, lanes = world.net, world.lanes
    follow_up, others, conflicts, seen = net.follow_up[conn], 0, False, NOBODY
    earliest = float(lanes.since[lane] + STAND_MS)
    for i in range(net.cross_start[conn], net.cross_start[conn + 1]):
        other = net.crosses[i]
        rival = net.origin[other]
        earliest = max(earliest, world.shown.passed[other] + follow_up * FOUR_SHARE)
        head = lanes.head[rival]
        if head == NOBODY or rival == lane or lanes.blocked[rival] != NOBODY:
            continue
        others += net.link_of[rival] != seen
        seen = net.link_of[rival]
        if world.trips.turn[world.vehicles.cursor[head]] != net.turn[other]:
            continue
        conflicts = True
        if came_first(time - lanes.since[rival], time - lanes.since[lane], rival < lane):
            return time + LOOK_AGAIN_MS
    earliest = max(earliest, lanes.left[lane] + follow_up * stop_headway(others, conflicts))
    return time if earliest <= time else int(earliest) + 1
