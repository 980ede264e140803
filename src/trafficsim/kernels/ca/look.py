"""Look ahead: what the stop line, the signal and the road beyond mean to vehicles near the end of their lane."""

from __future__ import annotations

import numpy as np
from numba import float32, int32, int64, njit, uint8, uint32, uint64

from trafficsim.base.codes import GREEN, PERMITTED, RED, RED_AMBER
from trafficsim.kernels.ca.busy import list_marked, place_of
from trafficsim.kernels.ca.giveway import (
    CLOSED,
    OPEN,
    YIELD,
    asking,
    can_stop,
    fits_inside,
    gives_way,
    has_place,
    has_room,
    has_stopped,
    has_to_stop,
    is_blocked,
    keeps_clear,
    line_bound,
    must_wait,
    next_arrival,
    occupied,
    signal_view,
    stop_bound,
    turn_ahead,
    waiting_inside,
)
from trafficsim.kernels.ca.overhang import last_over
from trafficsim.kernels.ca.rules import safe_speed
from trafficsim.kernels.ca.state import Count, View
from trafficsim.kernels.ca.ways import nearest, pick
from trafficsim.kernels.ca.words import (
    DECIDED_STOP,
    EXIT,
    FAR,
    FAST,
    FLAG_WRONG,
    NO_BOUND,
    WRONG_BIT,
    cap,
    length,
    light,
    pack_x,
    pos,
    rear,
    turn_of,
    vel,
)
from trafficsim.kernels.ca.zipper import add_bound, zip_in
from trafficsim.kernels.jit import part, per_vehicle, scalar, spliced
from trafficsim.kernels.rng import draw32, hash32


@njit(inline="always")
def sight(net, v):
    """Distance within which a vehicle looks at its stop line: one tick, a comfortable stop, and a reserve."""
    return int32(v + int32(float32(v * v) / (float32(2.0) * net.scale.comfort)) + net.scale.clear)


@scalar
def slow_for(connector_speed, distance, comfort):
    """Return the largest speed from which a vehicle slows down comfortably to a connector's speed (1/256 cell/tick)."""
    vc = float32(connector_speed) * float32(1.0 / 256.0)
    half = float32(0.5) * comfort
    inner = half * half + vc * vc + float32(2.0) * comfort * (float32(distance) - float32(0.5) * vc)
    return int32(max(np.sqrt(max(inner, float32(0.0))) - half, vc) + float32(0.5))


@spliced
def turning_bound(net, conn, v, y, distance):
    """Return the speed bound that a slower connector or link sets for a vehicle ``distance`` cells before it."""
    speed = cap(y) * net.conn[conn].ease
    if speed >= (v + net.scale.crawl) * 256:
        return int32(NO_BOUND)
    return slow_for(speed, distance, net.scale.comfort)


@spliced
def keep_decision(vehicles, k, made):
    """Store the decision at yellow (0 forgets it)."""
    y = vehicles.Y[k]
    vehicles.Y[k] = int32((y & int32(~12)) | int32(made << 2))


@spliced
def make_view(conn, who, lane, rest):
    """Return a view with one type whoever makes it: each further type would be compiled again."""
    v, available, y, key, tick = rest
    trip, ahead = who
    return View(int64(conn), int64(trip), int64(ahead), int64(lane), int32(v), int32(available), int32(y), uint32(key),
                int64(tick))


@per_vehicle
def may_enter(road, view):
    """Return (may enter, decision at yellow, why not: 1 gives way, 2 lacks room) for a vehicle before a connection."""
    net, signals, work = road.net, road.signals, road.work
    conn, lane, v, available, y, key, tick = view.conn, view.lane, view.v, view.available, view.y, view.key, view.tick
    status, made = signal_view(net, signals, conn, v, available, y, key)
    held = 0
    committed = v > 0 and not can_stop(v, available, net.scale.commit)
    if status != CLOSED and waiting_inside(net, work, conn) > 0:
        return committed, made, 0 if committed else 1
    if status == YIELD:
        held = 1
        near = available <= 2 * v + net.scale.near
        stopped = not has_to_stop(net, signals, conn) or has_stopped(net, work, view)
        if committed:
            status = OPEN
        elif near and stopped and not gives_way(road, asking(conn, lane, key, tick, work.lane[lane].wait)):
            status = OPEN
        else:
            status = CLOSED
    if status != CLOSED or held == 1:
        status, held = with_room(road, view, (status, held, committed))
    return status == OPEN, made, held if status == CLOSED else 0


@part
def may_go_on(road, view):
    """Whether a vehicle may enter the connection beyond the next link."""
    return may_enter(road, view)[0]


@spliced
def lamp_lets_turn(net, signals, conn, lane):
    """Whether a driver may turn from a lane that does not serve the turn: at green of any of its ways, or of the turn.

    A lane may have a lamp that never shows green, or lead nowhere: then it is the lamp of the turn that counts.
    """
    link = net.lane[lane].link
    turns = int64(net.link[link + 1].turn - net.link[link].turn)
    allowed = not has_red(net, signals, conn)
    for own in range(int64(net.reach[net.lane[lane].turns]), int64(net.reach[net.lane[lane].turns + turns])):
        allowed = allowed or not has_red(net, signals, own)
    return allowed


@spliced
def has_red(net, signals, conn):
    """Whether the lamp of a connection shows neither green nor a permission."""
    group = net.conn[conn].group
    return group >= 0 and signals.group[group].state != GREEN and signals.group[group].state != PERMITTED


@part
def may_force(road, view):
    """Return whether a driver stranded in the wrong lane may turn from it: 0 no, 1 yes, 2 wait inside the junction.

    Such a driver goes at green of the lane or of the turn and gives way to everybody whose path the turn crosses.
    """
    net, signals, vehicles, start, work = road.net, road.signals, road.vehicles, road.start, road.work
    conn, lane, y, tick = view.conn, view.lane, view.y, view.tick
    if not lamp_lets_turn(net, signals, conn, lane):
        return 0
    waiting = waiting_inside(net, work, conn)
    if waiting > 0:
        return 2 if waiting < net.conn[conn].places and fits_inside(net, conn, y) else 0
    if must_wait(road, asking(conn, lane, view.key, tick, work.lane[lane].wait)):
        return 2 if fits_inside(net, conn, y) else 0
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        foe = net.crosses[i]
        group = net.conn[foe].group
        lamp = signals.group[group].state if group >= 0 else GREEN
        origin = net.conn[foe].origin
        standing = start[origin] < start[origin + 1] and vel(vehicles.X[start[origin]]) == 0
        if work.conn[foe].claim == tick:
            return 0
        if occupied(road, foe, tick, (int64(view.key), int64(work.lane[lane].wait))):
            return 0
        if lamp != RED and lamp != RED_AMBER and not standing:
            gap = net.conn[conn].gap
            if next_arrival(net, vehicles, start, foe, gap) < gap or work.conn[foe].passed > tick:
                return 0
    cells = length(y) if work.lane[lane].wait <= net.scale.patience else length(y) >> 1
    return 1 if has_room(road, view, cells) else 0


@spliced
def with_room(road, view, so_far):
    """Close an open junction to a vehicle that would not fit beyond it, or whose way somebody blocks."""
    net, work = road.net, road.work
    conn, lane, y, tick = view.conn, view.lane, view.y, view.tick
    status, held, committed = so_far
    if not committed and net.conn[conn + 1].crosses > net.conn[conn].crosses:
        waited = work.lane[lane].wait
        cells = length(y) if waited <= net.scale.patience else length(y) >> 1  # in the end drivers squeeze in
        clear = (net.conn[conn].manner & 2) == 0 or has_room(road, view, cells)
        clear = clear or not keeps_clear(net, view.key)
        if not clear or is_blocked(road, conn, tick, (int64(view.key), int64(waited))):
            return CLOSED, 2
    return status, held


@spliced
def expected_beyond(road, to, tail):
    """Return speed and brake light of the last vehicle of a lane, as a follower before its line takes them.

    Under a rule that anticipates, its speed is no more than its own gap, as far as that is known.
    """
    x = road.vehicles.X[tail]
    if road.net.scale.anticipates == 0 or tail == road.start[to]:
        return int32(x & int32(0x1FFF))
    room = max(pos(road.work.leader[tail]) - pos(x), int32(0))
    return int32(min(vel(x), room) | light(x))


@part
def lamp_beyond(road, view, lane, ahead, available):
    """Return the speed bound of the lamp at the end of a short link for one who follows another onto it.

    The one ahead may have a green lamp, or leave the network before the line.
    """
    net, trips, y = road.net, road.trips, view.y & ~12
    if turn_ahead(trips, view.trip, ahead) == EXIT:
        return int32(NO_BOUND)
    conn = pick(net, road.vehicles, road.start, trips, lane, trips.row[view.trip].hop + ahead)
    if conn < 0 or signal_view(net, road.signals, conn, view.v, available, y, view.key)[0] != CLOSED:
        return int32(NO_BOUND)
    return stop_bound(available, float32(1.5) * net.scale.comfort)


@per_vehicle
def beyond(road, view):
    """Return (leader word, speed bound) of what lies beyond an open stop line, through as many links as it takes."""
    net, vehicles, start, trips = road.net, road.vehicles, road.start, road.trips
    conn, lane, v, y, ahead = view.conn, view.lane, view.v, view.y, view.ahead
    bound = int32(NO_BOUND)
    distance = int32(view.available + 1)
    here = int32(-1 - view.available)
    look = sight(net, v)
    while True:
        bound = min(bound, turning_bound(net, int64(conn), v, y, int32(distance)))
        to = net.conn[conn].to
        entry = int32(net.lane[to].length + net.conn[conn].length)
        tail = start[to + 1] - 1
        if tail >= start[to] and not (to == lane and tail == start[lane]):  # not itself, alone on a loop
            gap = rear(vehicles.X[tail], vehicles.Y[tail]) + entry + distance
            gap = min(max(gap, int32(0)), int32(FAR))
            if distance + entry <= look:
                bound = min(bound, lamp_beyond(road, view, int64(to), ahead + 1, distance + entry - int32(1)))
            return pack_x(here + gap, expected_beyond(road, to, tail)), bound
        distance += entry
        ahead += 1
        if distance > look or turn_ahead(trips, view.trip, ahead) == EXIT:
            return pack_x(here + int32(FAR), int32(FAST)), bound
        conn = pick(net, vehicles, start, trips, int64(to), trips.row[view.trip].hop + ahead)
        may = False
        if conn >= 0:
            rest = (v, distance - 1, y & ~12, view.key, view.tick)
            may = may_go_on(road, make_view(conn, (view.trip, ahead), to, rest))
        if not may:
            bound = min(bound, stop_bound(distance - int32(1), float32(1.5) * net.scale.comfort))
            return pack_x(here + int32(FAR), int32(FAST)), bound


@spliced
def late_start(net, signals, conn, key, tick):
    """Whether a driver at the line needs the first tick of green to react: every second one does."""
    group = net.conn[conn].group
    if group < 0 or signals.group[group].since != tick or tick == 0:
        return False
    occasion = hash32(uint32(uint32(tick) * uint32(0x9E3779B9) + uint32(signals.group[group].name)))
    return draw32(key, occasion) & uint32(1) != uint32(0)


@spliced
def forget_overhang(road, lane, conn):
    """Remember that nobody reaches back over a stop line any more, until the next one crosses it."""
    net, start, work = road.net, road.start, road.work
    to = net.conn[conn].to
    beyond_it = start[to] < start[to + 1] or net.lane[to].length + net.conn[conn].length >= net.scale.overhang
    # who waits inside the junction has not yet come onto the lane
    if beyond_it and waiting_inside(net, work, conn) == 0:
        work.lane[lane].over = 0


@spliced
def behind_overhang(road, lane, k):
    """Return the speed bound set by the rear of the vehicle that went before, while it reaches back over the line."""
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    conn = work.lane[lane].last_conn
    if conn < 0 or work.lane[lane].over == 0:
        return int32(NO_BOUND)
    last = last_over(net, vehicles, start, trips, conn, 0)
    if last < 0:
        forget_overhang(road, lane, conn)
    if last < 0 or last == k:
        return int32(NO_BOUND)
    work.event[lane] |= 4
    over = rear(vehicles.X[last], vehicles.Y[last]) + net.lane[net.conn[conn].to].length + net.conn[conn].length
    room = max(over - pos(vehicles.X[k]), int32(0))
    safe = int32(max(safe_speed(room, vel(vehicles.X[last]), float32(0.7), net.scale.safe), float32(0.0)))
    return min(safe, room)


@spliced
def hopes_on(net, signals, work, lane, tick):
    """Whether a head in the wrong lane still waits to be let in: some seconds, and as long again from green on."""
    patience = net.scale.patience if net.lane[lane].ends > 0 or net.lane[lane].keep != 0 else float(net.scale.stranded)
    waited, group = int64(work.lane[lane].wait), net.lane[lane].group
    if group >= 0:
        waited = min(waited, tick - signals.group[group].since)
    return waited <= patience


@spliced
def way_of_head(road, lane, k, tick):
    """Return the connection that a head will take, -1 while it hopes to leave a lane that does not lead on."""
    net, work = road.net, road.work
    turn = turn_of(road.vehicles.Z[k])
    conn = int64(net.reach[net.lane[lane].turns + turn])
    if net.reach[net.lane[lane].turns + turn + 1] - conn != 1:
        hop = road.trips.row[road.vehicles.ID[k]].hop
        conn = pick(net, road.vehicles, road.start, road.trips, lane, hop)
    if road.vehicles.Y[k] & FLAG_WRONG:
        zip_in(net, road.vehicles, road.start, work, lane, k)
        if hopes_on(net, road.signals, work, lane, tick):
            conn = -1
        elif conn < 0:
            conn = nearest(net, lane, turn)
    return conn


@spliced
def wait_at_line(road, view, made, held):
    """Return the speed bound of a head that may not enter: stop at the line, or at a waiting place inside."""
    net, work = road.net, road.work
    conn, lane = view.conn, view.lane
    work.lane[lane].hold = held
    inner = int32(0)
    if held == 1 and made == 0 and (net.conn[conn].origin != lane or has_place(net, road.signals, work, conn, view.y)):
        inner = int32(net.conn[conn].inner)
        work.lane[lane].head_conn = conn
        work.lane[lane].to_pocket = 1
    if view.v == 0 and view.available + inner == 0:
        return int32(0)
    bound = line_bound(view.v, view.available + inner, road.trips.row[view.trip].brake)
    return min(bound, turning_bound(net, int64(conn), view.v, view.y, int32(view.available + 1)))


@spliced
def waits_at_red(net, signals, lane, state):
    """Whether the first vehicle of a lane, standing at its line, stays there whatever it wants: the common case."""
    v, available, y, turn = state
    group = net.lane[lane].group
    if v != 0 or available != 0 or turn == EXIT or group < 0 or y & FLAG_WRONG:
        return False
    return signals.group[group].state == RED or signals.group[group].state == RED_AMBER


@spliced
def view_of_junction(road, lane, k, before, tick):
    """Return (leader word, speed bound) of a head that its stop line concerns; ``before`` bounds its speed anyway."""
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles = road.vehicles
    x, y, vid = vehicles.X[k], vehicles.Y[k], vehicles.ID[k]
    v = vel(x)
    available = int32(max(int32(-1) - pos(x), int32(0)))
    far = pack_x(pos(x) + int32(FAR), int32(FAST))
    conn = way_of_head(road, lane, k, tick)
    if conn < 0:
        work.lane[lane].hold = 1
        return far, min(before, line_bound(v, available, trips.row[vid].brake))
    view = make_view(conn, (vid, 0), lane, (v, available, y, vehicles.KEY[k], tick))
    if net.conn[conn].origin != lane:
        forced = may_force(road, view)
        may, made, held = forced == 1, 0, 1 if forced == 2 else 2
    else:
        may, made, held = may_enter(road, view)
    keep_decision(vehicles, k, made)
    if not may:
        return far, min(before, wait_at_line(road, view, made, held))
    word, bound = beyond(road, view)
    work.lane[lane].head_conn = conn
    if v == 0 and vel(word) == 0 and pos(word) - pos(x) <= net.scale.slack:
        work.lane[lane].hold = 1
    if available <= v + net.scale.slack:
        work.conn[conn].claim = tick
    if v == 0 and late_start(net, signals, conn, vehicles.KEY[k], tick):
        bound = int32(0)
    if work.lane[lane].last_conn >= 0 and net.conn[work.lane[lane].last_conn].to != net.conn[conn].to:
        bound = min(bound, before)
    return word, bound


@per_vehicle
def view_of_head(road, lane, tick):
    """Return (leader word, speed bound) of the first vehicle before a stop line, near it; remember its connection."""
    net, work, vehicles = road.net, road.work, road.vehicles
    k = road.start[lane]
    x, y = vehicles.X[k], vehicles.Y[k]
    v = vel(x)
    available = int32(max(int32(-1) - pos(x), int32(0)))
    far = pack_x(pos(x) + int32(FAR), int32(FAST))
    work.lane[lane].hold = 0
    turn = turn_of(vehicles.Z[k])
    if y & FLAG_WRONG and available > sight(net, v) + net.scale.overhang:
        if available <= net.lane[lane].zip:
            zip_in(net, vehicles, road.start, work, lane, k)
        return far, int32(NO_BOUND)
    if waits_at_red(net, road.signals, lane, (v, available, y, turn)):
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
    if y & FLAG_WRONG and (near or available <= net.lane[lane].zip):
        zip_in(net, vehicles, start, work, lane, k)
    if not near:
        return int32(NO_BOUND)
    slot = net.lane[lane].turns + turn
    conn = net.reach[slot]
    if y & FLAG_WRONG:
        return line_bound(v, available, trips.row[vid].brake)
    status, made = signal_view(net, signals, conn, v, available, y, vehicles.KEY[k])
    keep_decision(vehicles, k, made)
    bound = turning_bound(net, int64(conn), v, y, int32(available + 1))
    if status != OPEN:
        bound = min(bound, line_bound(v, available, trips.row[vid].brake))
    return bound


@part
def mark_near(vehicles, n, scale, marks):
    """Flat pass: mark vehicles whose stop line may be in sight and that do not creep in a queue, or in the wrong lane.

    32-bit arithmetic throughout, and truth values as numbers: else the loop does not fill vector registers.
    """
    X, Y = vehicles.X, vehicles.Y
    crawl, clear = int32(scale.crawl - 1), int32(scale.clear + 1)
    twice = float32(float32(2.0) * scale.comfort)
    for k in range(uint64(0), uint64(n)):
        x, v = X[k], vel(X[k])
        fv, rest = float32(v), int32(int32(int32(-1) - pos(x)) - int32(v + clear))
        near = int32(float32(rest) * twice <= fv * fv)
        wrong = int32(Y[k] >> int32(WRONG_BIT)) & int32(1)
        marks[k] = uint8(int32(wrong | int32(near & int32(v >= crawl))))


@part
def list_heads(road):
    """List the lanes whose head sees its stop line, or is in the wrong lane; to begin with no head has anybody ahead.

    Truth values are numbers, so that there are no branches: the processor cannot guess which way they go, and waits for
    that longer than they would save. What marks a head as a follower near its line is taken away.
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
        work.lane[lane].to_pocket = 0
        work.lane[lane].hold *= near
        work.lane[lane].wait = int32(work.lane[lane].wait + int32(1)) * int32(v == 0)
        work.leader[k] = pack_x(pos(x) + int32(FAR), int32(FAST))
        work.mark[k] = 0
        work.outs[heads] = lane
        heads += uint64(near)
    return heads


@part
def look_ahead(road, tick):
    """Lane heads: route, signal, priority, what lies beyond; followers near the line: signal and turning speed."""
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    n = start[net.lanes]
    mark_near(vehicles, n, net.scale, work.mark)
    for at in range(int64(list_heads(road))):
        lane = int64(work.outs[at])
        word, bound = view_of_head(road, lane, tick)
        work.leader[start[lane]] = word
        add_bound(work, start[lane], bound)
    place = int64(0)
    for i in range(int64(list_marked((work.mark, work.mark_words), work.listed, n, 1))):
        k = int64(work.listed[i])
        place = place_of(work, start, place, k)
        lane = int64(work.busy[place])
        if pos(vehicles.X[k]) >= -net.lane[lane].look:
            add_bound(work, k, view_of_follower(road, lane, k, tick))
