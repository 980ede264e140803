"""Whether a vehicle before a stop line may enter the connection beyond: signal, stop sign, gap, and room."""

from __future__ import annotations

from numba import int32, int64, uint32

from trafficsim.kernels.ca.conflicts import is_blocked, next_arrival, occupied
from trafficsim.kernels.ca.inside import fits_inside, waiting_inside
from trafficsim.kernels.ca.packed_state import DECISION, pos, vel
from trafficsim.kernels.ca.permission import (
    KEEP_CLEAR,
    has_to_stop,
    is_inattentive,
    lets_turn,
    shows_red,
    signal_view,
)
from trafficsim.kernels.ca.records import make_requester
from trafficsim.kernels.ca.requests import gets_gap, moves_up, request_gap
from trafficsim.kernels.ca.room import has_room, room_needed
from trafficsim.kernels.ca.state import GIVING_WAY, WITHOUT_ROOM, View
from trafficsim.kernels.decisions.braking import can_stop
from trafficsim.kernels.decisions.keep_clear import keeps_clear
from trafficsim.kernels.decisions.signals import CLOSED, OPEN, YIELD
from trafficsim.kernels.jit import part, per_vehicle, spliced

FREE = 0
"""Nothing holds a vehicle back, instead of the reasons of ``Work.lane.blocking_reason``."""
STAYS, TURNS, TURNS_INSIDE = 0, 1, 2
"""What a driver stranded in a wrong lane may do: nothing, turn from it, or turn to a waiting area inside."""


@spliced
def view_at_line(vehicles, k, conn, lane, tick):
    """Return what the vehicle in slot k decides about, before the stop line of its lane."""
    available = max(int32(-1) - pos(vehicles.X[k]), int32(0))
    return View(int64(conn), int64(vehicles.ID[k]), int64(0), int64(lane), int32(vel(vehicles.X[k])), int32(available),
                int32(vehicles.Y[k]), uint32(vehicles.KEY[k]), int64(tick))


@spliced
def view_further(view, conn, lane, ahead, available):
    """Return what the same vehicle decides about at a line ``ahead`` links further; it has decided nothing there."""
    return View(int64(conn), view.trip, int64(ahead), int64(lane), view.v, int32(available),
                int32(view.y & int32(~DECISION)), view.key, view.tick)


@spliced
def requester_of(work, view):
    """Return the vehicle as one that requests a gap; it has waited as long as the head of the lane."""
    return make_requester(view.conn, view.lane, view.key, view.tick, work.lane[view.lane].wait)


@per_vehicle
def may_enter(road, view):
    """Return (may enter, decision at yellow, why not) for a vehicle before a connection; its gap request is noted."""
    net, signals, work = road.net, road.signals, road.work
    v, available = view.v, view.available
    status, made = signal_view(net, signals, view)
    blocking_reason = FREE
    committed = v > 0 and not can_stop(v, available, net.scale.commit)
    if status != CLOSED and waiting_inside(net, work, view.conn) > 0:
        return committed, made, FREE if committed else GIVING_WAY
    if status == YIELD:
        blocking_reason = GIVING_WAY
        near = available <= 2 * v + net.scale.near
        stopped = not has_to_stop(net, signals, view.conn) or has_stopped(net, work, view)
        if committed:
            status = OPEN
        elif near and stopped and request_gap(road, requester_of(work, view)):
            status = OPEN
        else:
            status = CLOSED
    if (status != CLOSED or blocking_reason == GIVING_WAY) and not committed:
        if lacks_room(road, view) or meets_standing(road, view):
            status, blocking_reason = CLOSED, WITHOUT_ROOM
    return status == OPEN, made, blocking_reason if status == CLOSED else FREE


@part
def may_go_on(road, view):
    """Whether a vehicle may enter the connection beyond the next link."""
    return may_enter(road, view)[0]


@spliced
def lacks_room(road, view):
    """Whether a vehicle that keeps clear would not fit beyond a junction that others cross, or its way is blocked."""
    net, work = road.net, road.work
    if net.conn[view.conn + 1].crosses == net.conn[view.conn].crosses:
        return False
    clear = (net.conn[view.conn].manner & KEEP_CLEAR) == 0
    clear = clear or has_room(road, view, room_needed(net, view.y, work.lane[view.lane].wait))
    clear = clear or not keeps_clear(view.key, net.scale.keep_clear)
    return not clear or is_blocked(road, requester_of(work, view))


@spliced
def meets_standing(road, view):
    """Whether who does not see the red light sees somebody who stands in the way."""
    net, standing = road.net, False
    if is_inattentive(net, view.lane, view.v, view.key) and shows_red(net, road.signals, view.conn):
        for i in range(int64(net.conn[view.conn].crosses), int64(net.conn[view.conn + 1].crosses)):
            standing = standing or occupied(road, net.crosses[i], requester_of(road.work, view))
    return standing


@part
def may_force(road, view):
    """Return what a driver stranded in the wrong lane may do: stay, turn from it, or wait inside the junction.

    Such a driver goes at green of the lane or of the turn and gives way to everybody whose path the turn crosses.
    """
    net, work, conn, lane = road.net, road.work, view.conn, view.lane
    if not lets_turn(net, road.signals, conn, lane):
        return STAYS
    waiting = waiting_inside(net, work, conn)
    if waiting > 0:
        return TURNS_INSIDE if waiting < net.conn[conn].places and fits_inside(net, conn, view.y) else STAYS
    if not gets_gap(road, requester_of(work, view)):
        return TURNS_INSIDE if fits_inside(net, conn, view.y) else STAYS
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        if is_in_the_way(road, net.crosses[i], view):
            return STAYS
    return TURNS if has_room(road, view, room_needed(net, view.y, work.lane[lane].wait)) else STAYS


@spliced
def is_in_the_way(road, conflicting, view):
    """Whether a vehicle on connection ``conflicting`` keeps a driver waiting who turns from the wrong lane."""
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    if work.conn[conflicting].last_crossing == view.tick or occupied(road, conflicting, requester_of(work, view)):
        return True
    origin = net.conn[conflicting].origin
    standing = start[origin] < start[origin + 1] and vel(vehicles.X[start[origin]]) == 0
    if shows_red(net, road.signals, conflicting) or standing:
        return False
    gap = net.conn[view.conn].gap
    return next_arrival(net, vehicles, start, conflicting, gap) < gap or work.conn[conflicting].passed > view.tick


@spliced
def has_stopped(net, work, view):
    """Whether a driver has obeyed the stop sign: stands at the line, or rolls up to it out of a queue that moves up.

    Of such a queue every vehicle has stood, and its stop at the line is shorter than a tick.
    """
    v, available = view.v, view.available
    if v == 0:
        return available <= net.scale.slack
    rolls = v <= 2 * net.scale.queue_speed and available <= net.scale.slack + v
    return rolls and moves_up(net, work, view.conn, view.lane, view.tick)
