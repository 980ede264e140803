"""Whose turn it is where movements merge into a full link: start-time fair queueing by approach.

Goyal, Vin & Cheng 1996, doi:10.1145/248157.248171. An approach is a lane, or the entry of a link. Every vehicle takes
one ``stride`` of its share, 1 over its capacity or its given priority, wherever it goes; so the shares of a full link
are those of the "oriented" capacities of its approaches (Tampère et al. 2011, doi:10.1016/j.trb.2010.06.004).
"""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.decisions.signals import CLOSED, CLOSING, NO_SIGNAL, permission
from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.lanes import connection
from trafficsim.kernels.queue.priority import shown_state
from trafficsim.kernels.queue.tables import EXIT, NOBODY

CREDIT = 5
"""Vehicles that an approach may catch up which could not come when it was its turn (modelling assumption)."""
LAST = 1 << 60
FIRST = -LAST
"""Turns of those who do not wait, and of those for whom nobody waits."""


@per_vehicle
def turn_of(world, approach, branch, target):
    """Return the turn of an approach at a link: the least goes first. ``branch`` is its connection to it."""
    merges = world.merges
    own = merges.charged[approach] + merges.shift[branch]
    return max(own, merges.clock[target] - CREDIT * merges.stride[approach])


@per_vehicle
def take_turn(world, approach, branch, target):
    """Note that a vehicle of an approach goes to a link."""
    merges, turn = world.merges, turn_of(world, approach, branch, target)
    merges.clock[target] = max(merges.clock[target], turn)
    merges.shift[branch] = turn - merges.charged[approach]
    merges.charged[approach] += merges.stride[approach]


@per_vehicle
def turn_of_place(world, place, time):
    """Return the least turn of those at a waiting place that could go at a time."""
    net, lanes, count = world.net, world.lanes, len(world.net.lane_start) - 1
    if place >= count:
        return turn_of(world, len(net.link_of) + place - count, len(net.turn) + place - count, place - count)
    if world.links.arrival[place] <= time:
        return FIRST
    least = LAST
    for lane in range(net.lane_start[place], net.lane_start[place + 1]):
        if lanes.due[lane] <= time and lanes.head[lane] != NOBODY:
            least = min(least, turn_of_head(world, lane))
    return least


@per_vehicle
def turn_of_head(world, lane):
    """Return the turn of the head of a lane."""
    trips, net, head = world.trips, world.net, int64(world.lanes.head[lane])
    turn = trips.turn[world.vehicles.cursor[head]]
    if turn == EXIT:
        return FIRST
    conn = connection(world, lane, head)
    return turn_of(world, lane, conn, int64(net.link_of[net.to[conn]]))


@per_vehicle
def time_of_rival(world, lane, conn, time):
    """Return until when room is kept for the head of another lane whose turn it is, but which is not there yet.

    It only waits for its headway. Now, where there is no such lane.
    """
    net, lanes, trips = world.net, world.lanes, world.trips
    target, count = int64(net.link_of[net.to[conn]]), len(net.lane_start) - 1
    own, until = turn_of(world, lane, conn, target), time
    node = net.node_of[count + target]
    for i in range(net.member_start[node], net.member_start[node + 1]):
        place = net.member[i]
        if place >= count:
            continue
        for rival in range(net.lane_start[place], net.lane_start[place + 1]):
            head = int64(lanes.head[rival])
            if rival == lane or head == NOBODY or trips.turn[world.vehicles.cursor[head]] == EXIT:
                continue
            other = connection(world, rival, head)
            ready = lanes.left[rival] + net.headway[other, trips.kind[head]]
            if ready <= until or net.link_of[net.to[other]] != target or is_closed(world, other):
                continue
            if turn_of(world, rival, other, target) < own:
                until = ready
    return until


@per_vehicle
def is_closed(world, conn):
    """Whether a signal keeps the head of a lane from going."""
    state = shown_state(world, conn)
    return state != NO_SIGNAL and (permission(state) == CLOSED or permission(state) == CLOSING)
