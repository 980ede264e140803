"""Crossings: heads that reach their stop line enter the road beyond, one arrival per lane and tick."""

from __future__ import annotations

from numba import float32, int32, int64, uint8, uint32, uint64

from trafficsim.base.codes import COMPLETED, EVENT_RED_RUN, EVENT_WRONG_LANE, GREEN, RED, RED_AMBER
from trafficsim.kernels.ca.busy import list_marked
from trafficsim.kernels.ca.giveway import MOST_OVER, NEVER, asking, must_wait
from trafficsim.kernels.ca.lanes import FLAG_CONNECTOR, lane_flags
from trafficsim.kernels.ca.leaders import close_up
from trafficsim.kernels.ca.overhang import overhang
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.ca.ways import nearest, pick
from trafficsim.kernels.ca.words import (
    CAP_UNIT,
    DECIDED_GO,
    EXIT,
    FLAG_STOP,
    MOST_CAP,
    acc_code,
    decision,
    length,
    light,
    pack_x,
    pack_y,
    pos,
    rear,
    vel,
    with_cap,
    with_turn,
)
from trafficsim.kernels.jit import part, per_vehicle, spliced
from trafficsim.kernels.measurement.tally import settle_waiting


@spliced
def desired_speed(net, trips, vid, link):
    """Desired speed of a traveller on a link in 1/256 cell per tick."""
    if trips.row[vid].factor > 0.0:
        speed = net.link[link].factor * trips.row[vid].factor
    else:
        speed = net.link[link].speed_mean * min(max(1.0 + net.link[link].cv * trips.row[vid].z, 0.2), 2.0)
    speed = min(max(speed, 1.0), trips.kind[trips.row[vid].kind].top_speed)
    return int32(min(speed * 256.0 + 0.5, float(MOST_CAP)))


@spliced
def driven_speed(trips, vid, desired):
    """Mean speed of a traveller with a free road; who dawdles and does not make up for it is slower than desired.

    Dawdling takes off half of a low speed at most (in SUMO's Krauss model a share of it), and leaves a cell per tick.
    """
    least = max(int32(desired >> 1), min(int32(desired), int32(CAP_UNIT)))
    return max(int32(desired - trips.kind[trips.row[vid].kind].dawdling), least)


@spliced
def connector_speeds(net, trips, vid, conn):
    """Return the desired speeds beyond and on a connector: who drives above the limit also turns faster."""
    link = net.lane[net.conn[conn].to].link
    cap = desired_speed(net, trips, vid, link)
    return cap, max(min(cap, int32(net.conn[conn].speed * (cap / net.link[link].limit))), int32(256))


@spliced
def note_event(tally, work, time, code, trip, link):
    """Append an event; when the buffer is full it is counted and the run says so."""
    n = work.count[Count.EVENTS]
    if n < len(tally.events):
        tally.events[n, 0] = time
        tally.events[n, 1] = code
        tally.events[n, 2] = trip
        tally.events[n, 3] = link
    work.count[Count.EVENTS] = n + 1


@spliced
def leave_link(net, trips, tally, vid, lane, time, w):
    """Close the account of a vehicle on its link: since the last interval boundary, or since it entered."""
    link = net.lane[lane].link
    tally.link[link, 1] += 1.0
    tally.link[link, 2] += time - trips.row[vid].since_time
    tally.link[link, 3] += -trips.row[vid].since_cell
    tally.link[link, 4] += settle_waiting(trips, vid, w)
    tally.link[link, 5] += trips.row[vid].free_time
    trips.row[vid].distance += -trips.row[vid].since_cell
    return link


@spliced
def note_turn(net, trips, tally, clock, vid, view):
    """Count a crossing for its movement: volume, travel time and control delay."""
    link, turn, time, v, z, target_speed = view
    if time < clock.analysis_begin or time >= clock.analysis_end:
        return
    row = net.link[link].turn + turn
    travel = time - trips.row[vid].enter_time
    lost = 0.0
    if v < target_speed:
        acceleration = float32(acc_code(z)) * net.scale.acceleration_unit
        lost = (target_speed - v) * (target_speed - v) / (2.0 * acceleration * target_speed)
    tally.turn[row, 0] += 1.0
    tally.turn[row, 1] += travel
    tally.turn[row, 2] += travel - trips.row[vid].free_time + lost


@spliced
def enter_link(net, trips, tally, vid, conn, time, speeds):
    """Open the account of a vehicle on its next link; ``speeds`` are those it wants there and on the connector."""
    cap, slow = speeds
    lane = net.conn[conn].to
    link = net.lane[lane].link
    tally.link[link, 0] += 1.0
    trips.row[vid].enter_time = time
    trips.row[vid].since_time = time
    trips.row[vid].since_cell = -(net.lane[lane].length + net.conn[conn].length)
    trips.row[vid].free_time = net.lane[lane].length * 256.0 / cap + net.conn[conn].length * 256.0 / slow
    trips.row[vid].connection = conn


@spliced
def stops_on(trips, vid, hop):
    """Whether the next stop of a vehicle is on the link of a hop."""
    stop = trips.row[vid].next_stop
    return stop >= 0 and trips.stop[stop].hop == hop


@spliced
def finish(vehicles, trips, work, vid, time, w):
    """A vehicle leaves the network at the end of its route."""
    trips.row[vid].status = COMPLETED
    trips.end[vid].exit_time = time
    trips.row[vid].stops = (w >> 8) & 255
    work.count[Count.COMPLETED] += 1


@per_vehicle
def stage(net, start, trips, work, where, words):
    """Write the words of an arriving vehicle for the re-pack, behind the last one of its new lane.

    ``where`` is (lane, position, speed, desired speed, whether its connector is watched), ``words`` are the vehicle's
    (length in cells, word Z, key, trip, word W).
    """
    lane, place, v, cap, tracked = where
    cells, z, key, vid, w = words
    flags = lane_flags(net, trips, lane, trips.row[vid].hop)
    if tracked:
        flags |= int32(FLAG_CONNECTOR)
        work.conn[trips.row[vid].connection].on_conn += 1
        work.onto[lane] = 1
    if stops_on(trips, vid, trips.row[vid].hop):
        flags |= int32(FLAG_STOP)
        work.count[Count.STOPPING] += 1
    work.arrive[lane, 0] = pack_x(place, v)
    work.arrive[lane, 1] = pack_y(cap, cells, flags)
    work.arrive[lane, 2] = with_turn(z, trips.way[trips.hops[trips.row[vid].hop]].turn)
    work.arrive[lane, 3] = int32(key)
    work.arrive[lane, 4] = vid
    work.arrive[lane, 5] = w
    work.event[lane] |= 2
    work.lane[lane].used += cells
    work.lane[lane].arrive_slot = start[lane + 1]


@spliced
def choose(road, lane, hop, first):
    """Return the connection of a crossing: the one that the look ahead chose, else the best now; never none."""
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    if first and work.lane[lane].head_conn >= 0:
        return work.lane[lane].head_conn
    conn = pick(net, vehicles, start, trips, lane, hop)
    return conn if conn >= 0 else nearest(net, lane, trips.way[trips.hops[hop]].turn)


@spliced
def check_signal(net, signals, tally, work, vehicles, where):
    """Record a crossing at red, and whether the driver's decision allowed it."""
    slot, conn, time, lane, vid, first = where
    group = net.conn[conn].group
    if group < 0:
        return
    lamp = signals.group[group].state
    if lamp == RED or lamp == RED_AMBER:
        work.count[Count.RED_RUNS] += 1
        if first and decision(vehicles.Y[slot]) != DECIDED_GO:
            work.count[Count.RED_WITHOUT_DECISION] += 1
        note_event(tally, work, time, EVENT_RED_RUN, vid, net.lane[lane].link)


@spliced
def note_entry(net, work, lane, conn, entry, to_wait):
    """Remember who entered the junction when, and when it passes the middle: gaps are counted from there.

    ``entry`` is (key, instant, speed, cells to the middle). Who waited for a gap entered when it began for that driver;
    who goes ``to_wait`` inside has not yet entered.
    """
    if to_wait:
        return
    key, time, v, middle = entry
    work.conn[conn].passed = time + float(middle) / float(max(int32(v), int32(net.scale.approach)))
    if net.conn[conn + 1].yields > net.conn[conn].yields or net.conn[conn].manner & 1:
        waited = work.ask[lane].asker == key and work.ask[lane].instant < NEVER
        work.ask[lane].entered = work.ask[lane].instant if waited else time


@spliced
def place_beyond(road, conn, over):
    """Return the position in the target lane of a vehicle ``over`` cells beyond the line; -32768 if none is free."""
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    to = net.conn[conn].to
    entry = net.lane[to].length + net.conn[conn].length
    place = over - entry
    if work.event[to] & 2:
        return int32(-32768)
    tail = start[to + 1] - 1
    if tail >= start[to]:
        # the old position of the tail: admission does not depend on the order in which lanes are served
        place = min(place, rear(vehicles.X[tail], vehicles.Y[tail]))
    else:  # who turned off a short link may still reach back over it
        place = min(place, overhang(net, vehicles, start, trips, work, to)[0])
    return int32(place) if place >= -entry else int32(-32768)


@spliced
def place_inside(net, work, conn):
    """Return -1 if a waiting place inside the junction is free, -32768 if another lane's head took it in this tick."""
    return int32(-1) if work.taken[net.conn[conn].pocket] < net.conn[conn].places else int32(-32768)


@spliced
def hold_at_line(vehicles, start, work, lane):
    """Stop a head that cannot be admitted at its stop line."""
    i = start[lane]
    old = pos(vehicles.X[i])
    now = max(int32(-1), old)
    work.moved[i] = pack_x(now, max(now - old, int32(0)))
    work.count[Count.HELD] += 1
    close_up(vehicles, start, work, lane)


@spliced
def leave_lane(work, lane, y, arrived_by):
    """Take the head of a lane, with word Y, out of it."""
    if y & FLAG_CONNECTOR:  # it leaves a link that is shorter than itself
        work.conn[arrived_by].on_conn -= 1
    work.lane[lane].used -= length(y)
    work.event[lane] |= 5
    work.lane[lane].wait = 0
    work.lane[lane].hold = 0
    work.count[Count.TRANSFERS] += 1


@per_vehicle
def cross(road, tally, clock, lane, tick):
    """Carry a head over its stop line, and over as many short links as it covers in the tick."""
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles, start = road.vehicles, road.start
    i = start[lane]
    vid, z = vehicles.ID[i], vehicles.Z[i]
    arrived_by = trips.row[vid].connection
    words = (length(vehicles.Y[i]), z, vehicles.KEY[i], vid, vehicles.W[i])
    over, v = pos(work.moved[i]), vel(work.moved[i])
    speed = max(v, int32(1))
    w = vehicles.W[i]
    here, first = lane, True
    arrival = (int64(-1), int32(0), int32(0), int32(0), False)
    while True:
        hop = trips.row[vid].hop
        time = tick + 1.0 - min(over / speed, 1.0)
        if trips.way[trips.hops[hop]].turn == EXIT:
            leave_link(net, trips, tally, vid, here, time, w)
            finish(vehicles, trips, work, vid, time, w)
            break
        conn = choose(road, here, hop, first)
        inside = first and work.lane[lane].to_pocket > 0
        place = place_inside(net, work, conn) if inside else place_beyond(road, conn, over)
        if place == -32768 and first:
            hold_at_line(vehicles, start, work, lane)
            return
        if place == -32768:
            arrival = at_end_of_short(net, trips, here, words)
            break
        if (not first or pos(vehicles.X[i]) < 0) and net.conn[conn].origin == here:
            check_signal(net, signals, tally, work, vehicles, (i, conn, time, here, vid, first))
        if net.conn[conn].origin != here:
            work.count[Count.WRONG_LANE] += 1
            note_event(tally, work, time, EVENT_WRONG_LANE, vid, net.lane[here].link)
        work.conn[conn].last_entry = tick
        work.lane[here].last_conn = conn
        work.lane[here].over = 1
        entry = (int64(vehicles.KEY[i]), time, v, net.conn[conn].length >> 1)
        note_entry(net, work, here, conn, entry, inside)
        link = leave_link(net, trips, tally, vid, here, time, w)
        to = net.conn[conn].to
        wishes = connector_speeds(net, trips, vid, conn)
        cap, slow = driven_speed(trips, vid, wishes[0]), driven_speed(trips, vid, wishes[1])
        turn = trips.way[trips.hops[hop]].turn
        note_turn(net, trips, tally, clock, vid, (link, turn, time, float(v), z, slow / 256.0))
        trips.row[vid].hop = hop + 1
        enter_link(net, trips, tally, vid, conn, time, wishes)
        if inside:
            wait_inside(net, work, conn, words)
            break
        if place < 0:
            watched = slow < cap or net.conn[conn + 1].crosses > net.conn[conn].crosses
            on_way = place - length(vehicles.Y[i]) < -net.lane[to].length
            tracked = watched and on_way
            arrival = (int64(to), int32(place), v | light(work.moved[i]), int32(slow if tracked else cap), tracked)
            break
        over, here, first = place, int64(to), False
    if arrival[0] >= 0:
        stage(net, start, trips, work, arrival, words)
    leave_lane(work, lane, vehicles.Y[i], arrived_by)


@spliced
def at_end_of_short(net, trips, here, words):
    """Return the arrival of a vehicle at the end of a short link that it would have crossed: the next one is full."""
    vid = words[3]
    conn = trips.row[vid].connection
    cap = driven_speed(trips, vid, desired_speed(net, trips, vid, net.lane[here].link))
    slower = net.conn[conn].speed < net.link[net.lane[here].link].limit
    watched = slower or net.conn[conn + 1].crosses > net.conn[conn].crosses
    tracked = watched and -1 - words[0] < -net.lane[here].length
    return int64(here), int32(-1), int32(0), int32(cap), tracked


@spliced
def wait_inside(net, work, conn, words):
    """Put a vehicle that gives way on the waiting place inside the junction."""
    cells, z, key, vid, w = words
    pocket = net.conn[conn].pocket
    at, place = int64(work.taken[pocket]), work.pocket[pocket]
    place[at, 0] = cells
    place[at, 1] = z
    place[at, 2] = int32(key)
    place[at, 3] = vid
    place[at, 4] = w
    work.taken[pocket] = uint8(at + 1)
    work.count[Count.INSIDE] += 1


@spliced
def shows_green(net, signals, conn):
    """Whether nobody has priority over those who wait inside the junction any more: their own green is protected."""
    group = net.conn[conn].group
    return group >= 0 and signals.group[group].state == GREEN


@spliced
def leaving_place(road, conn, cells):
    """Return where who leaves a waiting place comes onto the lane beyond, behind the one before; -32768 if nowhere.

    The next one stands a length behind, and is half of it on its way when the one before has gone on by as much.
    """
    net, vehicles, start = road.net, road.vehicles, road.start
    to = net.conn[conn].to
    place = net.conn[conn].inner + 2 - net.lane[to].length - net.conn[conn].length
    tail = start[to + 1] - 1
    if tail >= start[to]:
        back = rear(vehicles.X[tail], vehicles.Y[tail])
    else:  # who turned off a short link may still reach back over it
        back = overhang(net, vehicles, start, road.trips, road.work, to)[0]
    moved = max(min(cells >> 1, int32(net.conn[conn].inner) + MOST_OVER - cells), int32(0))
    return int32(min(place, back)) if back >= place - moved else int32(-32768)


@part
def leave_inside(road, tick):
    """Let vehicles that wait inside junctions go on, when nobody comes any more to whom they have to give way."""
    net, start, trips, work = road.net, road.start, road.trips, road.work
    for i in range(len(net.inner)):
        inside = int64(work.taken[i])
        if inside == 0:
            continue
        conn, place = net.inner[i], work.pocket[i]
        for at in range(inside):
            place[at, 4] += 65536
        work.count[Count.UPDATES] += inside
        work.conn[conn].inside_wait += 1
        lane, waited = int64(net.conn[conn].origin), work.conn[conn].inside_wait
        key = uint32(place[0, 2])
        ask = asking(conn, lane, key, tick, waited)
        if not shows_green(net, road.signals, conn) and must_wait(road, ask):
            continue
        to, vid = net.conn[conn].to, int32(place[0, 3])
        position = leaving_place(road, conn, int32(place[0, 0]))
        if work.event[to] & 2 or position == -32768:
            continue
        speed = net.scale.crawl if waited <= net.scale.move_up + 1 else int32(2)  # who moves up rolls
        _cap, slow = connector_speeds(net, trips, vid, conn)
        words = (int32(place[0, 0]), int32(place[0, 1]), key, vid, int32(place[0, 4]))
        stage(net, start, trips, work, (int64(to), int32(position), int32(speed), int32(slow), position < 0), words)
        middle = max((net.conn[conn].length >> 1) - net.conn[conn].inner, 0)
        note_entry(net, work, lane, conn, (int64(key), float(tick), int32(0), middle), False)
        for at in range(1, inside):
            for word in range(5):
                place[at - 1, word] = place[at, word]
        work.taken[i] = uint8(inside - 1)
        work.conn[conn].inside_wait = 0
        work.conn[conn].claim = tick
        work.conn[conn].last_entry = tick
        work.count[Count.INSIDE] -= 1


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
def transfer(road, tally, clock, tick):
    """Carry over all heads that crossed their line: those with priority first, then those that gave way."""
    work = road.work
    if work.count[Count.INSIDE] > 0:
        leave_inside(road, tick)
    for at in range(list_crossing(road, tick)):
        cross(road, tally, clock, int64(work.listed[at]), tick)


@spliced
def warn(net, work, conn, tick):
    """Tell those whose way a slow vehicle on a connector crosses to look, in the next tick, whether it blocks them."""
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        work.conn[net.crosses[i]].warned = tick + 1


@part
def clear_connectors(road, tick):
    """Free the connectors whose vehicles have wholly entered their lane, and give these their desired speed."""
    work = road.work
    for at in range(int64(list_marked((work.onto, work.onto_words), work.outs, road.net.lanes, 1))):
        lane = int64(work.outs[at])
        work.onto[lane] = clear_lane(road, lane, tick)


@spliced
def clear_lane(road, lane, tick):
    """Clear the connectors to a lane; return whether somebody is still on one of them.

    Only those can be whose rear was not yet on the lane a tick ago: they are the last ones of the lane.
    """
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    begin, tail, left = -net.lane[lane].length, start[lane + 1] - 1, 0
    for k in range(tail, start[lane] - 1, -1):
        x, y, vid = vehicles.X[k], vehicles.Y[k], vehicles.ID[k]
        back = rear(x, y)
        if (y & FLAG_CONNECTOR) == 0:
            if back - vel(x) >= begin:
                break
        elif back >= begin:
            work.conn[trips.row[vid].connection].on_conn -= 1
            cap = driven_speed(trips, vid, desired_speed(net, trips, vid, net.lane[lane].link))
            vehicles.Y[k] = int32(with_cap(y, cap) & int32(~FLAG_CONNECTOR))
        else:
            left = 1
            if vel(vehicles.X[tail]) <= net.scale.crawl:
                warn(net, work, trips.row[vid].connection, tick)
    return left
