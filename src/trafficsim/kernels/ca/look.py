"""Look ahead: what the stop line, the signal and the road beyond mean to vehicles near the end of their lane."""

from __future__ import annotations

from numba import float32, int32, int64, uint8, uint64

from trafficsim.kernels.ca.ahead import behind_overhang, beyond, sight, turning_bound
from trafficsim.kernels.ca.busy import list_flagged, place_of
from trafficsim.kernels.ca.connections import nearest, pick
from trafficsim.kernels.ca.entering import (
    FREE,
    TURNS,
    TURNS_INSIDE,
    may_enter,
    may_force,
    view_at_line,
)
from trafficsim.kernels.ca.inside import has_place
from trafficsim.kernels.ca.merging import add_bound, merge_behind
from trafficsim.kernels.ca.packed_state import (
    DECISION,
    DECISION_BIT,
    EXIT,
    FAR,
    FAST,
    FLAG_WRONG,
    NO_BOUND,
    WRONG_BIT,
    pack_x,
    pos,
    turn_of,
    vel,
)
from trafficsim.kernels.ca.permission import braking_at_line, late_start, signal_view, waits_at_red
from trafficsim.kernels.ca.state import GIVING_WAY, WITHOUT_ROOM, Count
from trafficsim.kernels.decisions.braking import line_bound
from trafficsim.kernels.decisions.signals import OPEN
from trafficsim.kernels.decisions.yellow import DECIDED_STOP, UNDECIDED
from trafficsim.kernels.jit import part, per_vehicle, spliced


@spliced
def nobody_ahead(x):
    """Return the leader state of a vehicle with packed state X that has nobody ahead."""
    return pack_x(pos(x) + int32(FAR), int32(FAST))


@spliced
def keep_decision(vehicles, k, made):
    """Store the decision at yellow (0 forgets it)."""
    y = vehicles.Y[k]
    vehicles.Y[k] = int32((y & int32(~DECISION)) | int32(made << DECISION_BIT))


@spliced
def hopes_on(net, signals, work, lane, tick):
    """Whether a head in the wrong lane still waits to be let in: some seconds, and as long again from green on."""
    impatience_time = (
        net.scale.impatience_time if net.lane[lane].ends > 0 or net.lane[lane].keep != 0 else float(net.scale.stranded)
    )
    waited, group = int64(work.lane[lane].wait), net.lane[lane].group
    if group >= 0:
        waited = min(waited, tick - signals.group[group].since)
    return waited <= impatience_time


@spliced
def connection_of_head(road, lane, k, tick):
    """Return the connection that a head will take, -1 while it hopes to leave a lane that does not lead on."""
    net, work = road.net, road.work
    turn = turn_of(road.vehicles.Z[k])
    conn = int64(net.reach[net.lane[lane].turns + turn])
    if net.reach[net.lane[lane].turns + turn + 1] - conn != 1:
        route_position = road.trips.row[road.vehicles.ID[k]].route_position
        conn = pick(net, road.vehicles, road.start, road.trips, lane, route_position)
    if road.vehicles.Y[k] & FLAG_WRONG:
        merge_behind(net, road.vehicles, road.start, work, lane, k)
        if hopes_on(net, road.signals, work, lane, tick):
            conn = -1
        elif conn < 0:
            conn = nearest(net, lane, turn)
    return conn


@spliced
def wait_at_line(road, view, made, blocking_reason):
    """Return the speed bound of a head that may not enter: stop at the line, or at a waiting area inside."""
    net, work = road.net, road.work
    conn, lane = view.conn, view.lane
    work.lane[lane].blocking_reason = blocking_reason
    inner = int32(0)
    wrong = net.conn[conn].origin != lane
    if (
        blocking_reason == GIVING_WAY
        and made == UNDECIDED
        and (wrong or has_place(net, road.signals, work, conn, view.y))
    ):
        inner = int32(net.conn[conn].waiting_distance)
        work.lane[lane].head_conn = conn
        work.lane[lane].to_waiting_area = 1
    if view.v == 0 and view.available + inner == 0:
        return int32(0)
    brake = braking_at_line(net, road.signals, view, made, road.trips.row[view.trip].brake)
    bound = line_bound(view.v, view.available + inner, brake)
    return min(bound, turning_bound(net, int64(conn), view.v, view.y, int32(view.available + 1)))


@spliced
def view_of_junction(road, lane, k, before, tick):
    """Return (leader state, speed bound) of a head that its stop line concerns; ``before`` bounds its speed anyway."""
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles = road.vehicles
    x, vid = vehicles.X[k], vehicles.ID[k]
    v = vel(x)
    available = int32(max(int32(-1) - pos(x), int32(0)))
    far = nobody_ahead(x)
    conn = connection_of_head(road, lane, k, tick)
    if conn < 0:
        work.lane[lane].blocking_reason = GIVING_WAY
        return far, min(before, line_bound(v, available, trips.row[vid].brake))
    view = view_at_line(vehicles, k, conn, lane, tick)
    if net.conn[conn].origin != lane:
        forced = may_force(road, view)
        may, made, blocking_reason = forced == TURNS, UNDECIDED, GIVING_WAY if forced == TURNS_INSIDE else WITHOUT_ROOM
    else:
        may, made, blocking_reason = may_enter(road, view)
    keep_decision(vehicles, k, made)
    if not may:
        return far, min(before, wait_at_line(road, view, made, blocking_reason))
    packed, bound = beyond(road, view)
    work.lane[lane].head_conn = conn
    if v == 0 and vel(packed) == 0 and pos(packed) - pos(x) <= net.scale.slack:
        work.lane[lane].blocking_reason = GIVING_WAY
    if available <= v + net.scale.slack:
        work.conn[conn].last_crossing = tick
    if v == 0 and late_start(net, signals, conn, vehicles.KEY[k], tick):
        bound = int32(0)
    if work.lane[lane].last_conn >= 0 and net.conn[work.lane[lane].last_conn].to != net.conn[conn].to:
        bound = min(bound, before)
    return packed, bound


@per_vehicle
def view_of_head(road, lane, tick):
    """Return (leader state, speed bound) of the first vehicle before a stop line, near it; remember its connection."""
    net, work, vehicles = road.net, road.work, road.vehicles
    k = road.start[lane]
    x, y = vehicles.X[k], vehicles.Y[k]
    v = vel(x)
    available = int32(max(int32(-1) - pos(x), int32(0)))
    far = nobody_ahead(x)
    work.lane[lane].blocking_reason = FREE
    turn = turn_of(vehicles.Z[k])
    if y & FLAG_WRONG and available > sight(net, v) + net.scale.overhang:
        if available <= net.lane[lane].merge_zone:
            merge_behind(net, vehicles, road.start, work, lane, k)
        return far, int32(NO_BOUND)
    if v == 0 and available == 0 and waits_at_red(net, road.signals, lane, y, turn):
        keep_decision(vehicles, k, DECIDED_STOP)
        return far, int32(0)
    before = behind_overhang(road, lane, k)
    if turn == EXIT:
        return far, before
    return view_of_junction(road, lane, k, before, tick)


@spliced
def view_of_follower(road, lane, k, tick):
    """Return the speed bound that the stop line sets for a vehicle that is not the first before it."""
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles, start = road.vehicles, road.start
    x, y, vid = vehicles.X[k], vehicles.Y[k], vehicles.ID[k]
    v = vel(x)
    available = int32(max(int32(-1) - pos(x), int32(0)))
    turn = turn_of(vehicles.Z[k])
    near = turn != EXIT and available <= sight(net, v)
    if y & FLAG_WRONG and (near or available <= net.lane[lane].merge_zone):
        merge_behind(net, vehicles, start, work, lane, k)
    if not near:
        return int32(NO_BOUND)
    slot = net.lane[lane].turns + turn
    conn = net.reach[slot]
    if y & FLAG_WRONG:
        return line_bound(v, available, trips.row[vid].brake)
    view = view_at_line(vehicles, k, conn, lane, tick)
    status, made = signal_view(net, signals, view)
    keep_decision(vehicles, k, made)
    bound = turning_bound(net, int64(conn), v, y, int32(available + 1))
    if status != OPEN:
        brake = braking_at_line(net, signals, view, made, trips.row[vid].brake)
        bound = min(bound, line_bound(v, available, brake))
    return bound


@part
def find_candidates(vehicles, n, scale, found):
    """Flat pass: mark vehicles whose stop line may be in sight and that do not creep in a queue, or in the wrong lane.

    32-bit arithmetic throughout, and truth values as numbers: else the loop does not fill vector registers.
    """
    X, Y = vehicles.X, vehicles.Y
    queue_speed, clear = int32(scale.queue_speed - 1), int32(scale.clear + 1)
    twice = float32(float32(2.0) * scale.comfort)
    for k in range(uint64(0), uint64(n)):
        x, v = X[k], vel(X[k])
        fv, rest = float32(v), int32(int32(int32(-1) - pos(x)) - int32(v + clear))
        near = int32(float32(rest) * twice <= fv * fv)
        wrong = int32(Y[k] >> int32(WRONG_BIT)) & int32(1)
        found[k] = uint8(int32(wrong | int32(near & int32(v >= queue_speed))))


@part
def list_heads(road):
    """List the lanes whose head sees its stop line, or is in the wrong lane; to begin with no head has anybody ahead.

    Truth values are numbers, so that there are no branches: the processor cannot guess which way they go, and waits for
    that longer than they would save. What flags a head as a follower near its line is taken away.
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    clear = int32(net.scale.clear + net.scale.overhang)
    twice = float32(float32(2.0) * net.scale.comfort)
    heads = uint64(0)
    for at in range(uint64(0), uint64(work.count[Count.BUSY])):
        lane = uint64(work.busy[at])
        k = uint64(start[lane])
        x, v = vehicles.X[k], vel(vehicles.X[k])
        rest = float32(int32(int32(-1) - pos(x)) - int32(v + clear))
        wrong = int32(vehicles.Y[k] >> int32(WRONG_BIT)) & int32(1)
        near = int32(int32(rest * twice <= float32(v) * float32(v)) | wrong)
        work.lane[lane].head_conn = -1
        work.lane[lane].to_waiting_area = 0
        work.lane[lane].blocking_reason *= near
        work.lane[lane].wait = int32(work.lane[lane].wait + int32(1)) * int32(v == 0)
        work.leader[k] = pack_x(pos(x) + int32(FAR), int32(FAST))
        work.candidate[k] = 0
        work.outs[heads] = lane
        heads += uint64(near)
    return heads


@part
def look_ahead(road, tick):
    """Lane heads: route, signal, priority, what lies beyond; followers near the line: signal and turning speed."""
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    n = start[net.lanes]
    find_candidates(vehicles, n, net.scale, work.candidate)
    for at in range(int64(list_heads(road))):
        lane = int64(work.outs[at])
        packed, bound = view_of_head(road, lane, tick)
        work.leader[start[lane]] = packed
        add_bound(work, start[lane], bound)
    place = int64(0)
    for i in range(int64(list_flagged(work.candidate, work.candidate_blocks, work.listed, n, 1))):
        k = int64(work.listed[i])
        place = place_of(work, start, place, k)
        lane = int64(work.busy[place])
        if pos(vehicles.X[k]) >= -net.lane[lane].look:
            add_bound(work, k, view_of_follower(road, lane, k, tick))
