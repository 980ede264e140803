"""Who may enter a junction now: signals with a stop/go decision at yellow, give way by critical gaps, room beyond."""

from __future__ import annotations

from numba import float32, int32, int64, njit, uint32

from trafficsim.base.codes import GREEN, PERMITTED, RED, RED_AMBER, STOP_ARROW, YELLOW
from trafficsim.kernels.ca.rules import safe_speed
from trafficsim.kernels.ca.words import DECIDED_GO, DECIDED_STOP, EXIT, decision, length, pos, rear, turn_of, vel
from trafficsim.kernels.jit import part, per_vehicle, scalar, spliced
from trafficsim.kernels.rng import Stream, draw32, hash32

OPEN, CLOSED, YIELD = 0, 1, 2
NEVER = 1.0e15
"""An instant that does not come."""
MOST_SHARE = 9.6 / 3.9
FOUR_SHARE = MOST_SHARE / 4.0
"""All-way stop, over the headway of an approach that is alone: the largest, and that of conflicting departures."""
KEEP_CLEAR = int(Stream.KEEP_CLEAR)
MOST_OVER = 3
"""Who leaves a waiting place starts 2 cells beyond it, a head stands 1 cell before the line: length and standing gap
may be longer than the way to the place by so much."""


@scalar
def stop_bound(available, brake):
    """Return the largest speed from which a vehicle can stop within ``available`` cells, braking evenly."""
    room = max(available, int32(0))
    return min(int32(max(safe_speed(room, int32(0), float32(0.5), brake), float32(0.0))), room)


@scalar
def line_bound(v, available, brake):
    """Return the speed bound that a closed stop line sets: the driver's own braking, or the even one that it takes.

    Who is too near for the own braking needs ``v^2 / (2 available + v)``, with which ``can_stop`` just holds.
    """
    fv = float32(v)
    needed = fv * fv / max(float32(2.0) * float32(available) + fv, float32(1.0))
    return stop_bound(available, max(brake, needed))


@scalar
def can_stop(v, available, brake):
    """Whether a vehicle that begins to brake now, this hard, stops before the line: ``v^2 / 2b - v / 2`` fits."""
    return float32(v) * float32(v) - float32(v) * brake <= float32(2.0) * brake * float32(available)


@spliced
def at_yellow(net, signals, group, v, available, y, key):
    """Return the driver's decision at yellow, taken once: stop or go.

    The chance to stop is a logit of the time to the stop line (table ``net.stop_probability``); who cannot stop with
    the hardest acceptable braking goes on.
    """
    made = decision(y)
    if made != 0:
        return made
    if v == 0:
        return DECIDED_STOP
    if not can_stop(v, available, net.scale.hard):
        return DECIDED_GO
    eighths = min(int32(8) * max(available, int32(0)) // v, int32(len(net.stop_probability) - 1))
    since, name = signals.group[group].since, signals.group[group].name
    occasion = hash32(uint32(uint32(since) * uint32(0x9E3779B9) + uint32(name)))
    luck = int32(draw32(key, occasion) & uint32(0xFFFF))
    return DECIDED_STOP if luck < net.stop_probability[eighths] else DECIDED_GO


@spliced
def signal_view(net, signals, conn, v, available, y, key):
    """Return (open, closed or give way; decision): what the lamp of a connection means to a vehicle."""
    group = net.conn[conn].group
    if group < 0:
        gives_way = net.conn[conn + 1].yields > net.conn[conn].yields or net.conn[conn].manner & 1 != 0
        return (YIELD if gives_way else OPEN), 0
    lamp = signals.group[group].state
    if lamp == GREEN:
        return OPEN, 0
    if lamp == PERMITTED or lamp == STOP_ARROW:
        return YIELD, 0
    if lamp == YELLOW:
        made = at_yellow(net, signals, group, v, available, y, key)
        return (OPEN if made == DECIDED_GO else CLOSED), made
    if v > 0 and not can_stop(v, available, net.scale.hard):
        return OPEN, DECIDED_GO
    return CLOSED, DECIDED_STOP


@scalar
def entry_instant(since, entered, follow_up, passed):
    """Return the instant from which a driver can enter: nobody is before it, and the last foe has passed.

    ``since`` is when the driver began to look in this tick, ``entered`` when the one before entered, ``passed`` when
    the last vehicle with priority passed. All are instants in ticks with their fractions.
    """
    return max(max(since, entered + follow_up), passed)


@scalar
def accepts(instant, tick, arrival, gap):
    """Whether a driver who can enter from ``instant`` on does so in this tick: the gap up to ``arrival`` is enough."""
    return instant <= tick and arrival - instant >= gap


@spliced
def next_arrival(net, vehicles, start, foe, ticks):
    """Return in how many ticks the next vehicle that will take connection ``foe`` reaches the conflict.

    Looks no further than a vehicle at the limit drives in ``ticks``; NEVER if nobody is there.
    """
    lane = net.conn[foe].origin
    turn = net.conn[foe].turn
    half = net.conn[foe].length >> 1
    fastest = max(5.0 * net.scale.approach, net.link[net.lane[lane].link].limit * (1.0 / 256.0))
    far = int32(min(ticks * fastest, 32000.0))
    for k in range(start[lane], start[lane + 1]):
        ahead = -pos(vehicles.X[k])
        if ahead > far:
            break
        if turn_of(vehicles.Z[k]) == turn:
            return float(ahead + half) / float(max(vel(vehicles.X[k]), int32(net.scale.approach)))
    return NEVER


@per_vehicle
def occupied(road, foe, tick, asker):
    """Whether somebody else is stuck on connection ``foe`` before the middle of it, where paths cross.

    Who has just started is not; who has waited long squeezes past. ``asker`` is (key, ticks waited).
    """
    key, waited = asker
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    if work.conn[foe].on_conn == 0:
        return False
    since = tick - work.conn[foe].last_entry
    if since <= net.scale.resolve or (waited > net.scale.patience and since > net.scale.stuck):
        return False
    return in_the_way(net, vehicles, start, foe, key)


@spliced
def in_the_way(net, vehicles, start, foe, key):
    """Whether the last vehicle on the way of connection ``foe`` stands or crawls with its rear before the middle.

    On a short link a driver's own rear (``key``) may still be on a way that crosses the next one: it is in nobody's
    way but others'.
    """
    to = net.conn[foe].to
    tail = start[to + 1] - 1
    if tail < start[to] or vel(vehicles.X[tail]) > net.scale.crawl or int64(uint32(vehicles.KEY[tail])) == key:
        return False
    return rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + (net.conn[foe].length >> 1) < 0


@njit(inline="always")
def asking(conn, lane, key, tick, waited):
    """Return who asks for a gap, with one type whoever asks."""
    return int64(conn), int64(lane), int64(key), int64(tick), int64(waited)


@spliced
def shows_red(net, signals, foe):
    """Whether the vehicles of connection ``foe`` have red."""
    group = net.conn[foe].group
    return group >= 0 and (signals.group[group].state == RED or signals.group[group].state == RED_AMBER)


@spliced
def stands_waiting(net, vehicles, start, work, foe):
    """Whether the first vehicle before connection ``foe`` stands because it gives way itself, or lacks room."""
    lane = net.conn[foe].origin
    return start[lane] < start[lane + 1] and vel(vehicles.X[start[lane]]) == 0 and work.lane[lane].hold > 0


@njit(inline="always")
def goes_after_all(net, signals, conn):
    """Whether a connection gives way to all that cross it: at an all-way stop, and turning on red."""
    group = net.conn[conn].group
    return net.conn[conn].manner & 4 != 0 or (group >= 0 and signals.group[group].state == STOP_ARROW)


@njit(inline="always")
def foe_rows(net, conn, everybody):
    """Return the range of rows of those to whom a connection gives way: in ``net.crosses`` or in ``net.yields``."""
    if everybody:
        return int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)
    return int64(net.conn[conn].yields), int64(net.conn[conn + 1].yields)


@per_vehicle
def gap_instant(road, ask, since, gap):
    """Return the instant at which a driver enters who looks since ``since`` and accepts gaps of ``gap``; else NEVER.

    A vehicle with priority that crosses its line in this tick, or is stuck before the conflict, keeps the driver
    waiting; else what counts is when the last one has passed and the next one arrives. Who stands and waits itself is
    no hindrance.
    """
    net, signals, vehicles, start, work = road.net, road.signals, road.vehicles, road.start, road.work
    conn, lane, key, tick, waited = ask
    entered, follow_up = work.ask[lane].entered, net.conn[conn].follow_up
    if entered + follow_up > tick:
        return NEVER
    target = net.lane[net.conn[conn].to].link
    passed, nearest = since, NEVER
    everybody = goes_after_all(net, signals, conn)
    first, last = foe_rows(net, conn, everybody)
    for i in range(first, last):
        foe = net.crosses[i] if everybody else net.yields[i]
        passed = max(passed, work.conn[foe].passed)
        if passed > tick or work.conn[foe].claim == tick:
            return NEVER
        if net.lane[net.conn[foe].to].link != target and occupied(road, foe, tick, (key, waited)):
            return NEVER
        if shows_red(net, signals, foe) or stands_waiting(net, vehicles, start, work, foe):
            continue
        nearest = min(nearest, tick + next_arrival(net, vehicles, start, foe, gap + 2.0))
        if nearest - passed < gap:
            return NEVER
    instant = entry_instant(since, entered, follow_up, passed)
    return instant if accepts(instant, tick, nearest, gap) else NEVER


@per_vehicle
def turn_instant(road, ask, since):
    """Return the instant at which the head of a lane enters at an all-way stop: first come, first served; else NEVER.

    The headway to the one before grows with the number of other approaches where somebody is; departures that conflict
    follow each other at a fourth of the largest one, which four approaches share.
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    conn, lane, key, tick, waited = ask
    follow_up, entered = net.conn[conn].follow_up, work.ask[lane].entered
    others, conflicts, seen = 0, False, -1
    instant = since
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        foe = net.crosses[i]
        lane_of = net.conn[foe].origin
        if work.conn[foe].claim == tick or occupied(road, foe, tick, (key, waited)):
            return NEVER
        if work.lane[lane_of].last_conn == foe:
            instant = max(instant, work.ask[lane_of].entered + follow_up * FOUR_SHARE)
        head = start[lane_of]
        if head == start[lane_of + 1] or -pos(vehicles.X[head]) > net.scale.overhang:
            continue
        if net.lane[lane_of].link != seen and net.lane[lane_of].link != net.lane[lane].link:
            seen, others = net.lane[lane_of].link, others + 1
        if turn_of(vehicles.Z[head]) == net.conn[foe].turn:
            conflicts = True
            if goes_first(road, foe, ask):
                return NEVER
    instant = max(instant, entered + follow_up * stop_headway(others, conflicts))
    return instant if instant <= tick else NEVER


@spliced
def goes_first(road, foe, ask):
    """Whether the standing head before connection ``foe`` came before the one that asks, or with it and ranks first.

    Who lacks room beyond loses the turn.
    """
    net, vehicles, work = road.net, road.vehicles, road.work
    conn, _lane, _key, _tick, waited = ask
    other = net.conn[foe].origin
    head = road.start[other]
    if vel(vehicles.X[head]) > 0 or -pos(vehicles.X[head]) > net.scale.slack + 1 or work.lane[other].hold == 2:
        return False
    stood = work.lane[other].wait
    if stood != waited:
        return stood > waited
    ranks = False
    for i in range(int64(net.conn[conn].yields), int64(net.conn[conn + 1].yields)):
        ranks = ranks or net.yields[i] == foe
    return ranks


@scalar
def stop_headway(others, conflicts):
    """Departure headway at an all-way stop by degree of conflict, over the one of an approach that is alone.

    3.9, 4.7, 5.8, 7.0 and 9.6 s (HCM 2016 ch. 21): nobody else, one facing, one across, two, three other approaches.
    """
    if others >= 3:
        return MOST_SHARE
    if others == 2:
        return 7.0 / 3.9
    if others == 1:
        return 5.8 / 3.9 if conflicts else 4.7 / 3.9
    return 1.0


@spliced
def moves_up(net, work, conn, lane, tick):
    """Whether the head of a lane comes out of a queue: the one before entered no longer ago than moving up takes."""
    most = net.conn[conn].follow_up * (MOST_SHARE if net.conn[conn].manner & 4 else 1.0)
    return tick - work.ask[lane].entered <= most + net.scale.move_up


@part
def must_wait(road, ask):
    """Whether a vehicle before a connection has to give way in this tick (see :func:`gives_way`)."""
    return gives_way(road, ask)


@per_vehicle
def gives_way(road, ask):
    """Whether a vehicle before a connection has to give way in this tick.

    Who looked in the last tick too, looks since then, and who moves up in a queue since the one before went: so no part
    of a gap is lost to whole ticks. Who has decided to go stays with it until somebody with priority crosses.
    """
    net, work = road.net, road.work
    conn, lane, key, tick, waited = ask
    same = work.ask[lane].asker == key and work.ask[lane].asked == tick - 1
    since = tick - 1.0 if same else float(tick)
    if moves_up(net, work, conn, lane, tick):
        since = min(since, tick - net.scale.move_up)
    went = work.ask[lane].instant if same else NEVER
    work.ask[lane].asker = key
    work.ask[lane].asked = tick
    if went < NEVER and tick - went <= net.scale.resolve and not foe_crosses(road, conn, tick):
        return False
    if net.conn[conn].manner & 4:
        work.ask[lane].instant = turn_instant(road, ask, since)
    else:
        gap = net.conn[conn].gap * (1.0 - 0.3 * min(waited / net.scale.patience, 1.0))
        work.ask[lane].instant = gap_instant(road, ask, since, gap)
    return work.ask[lane].instant == NEVER


@spliced
def foe_crosses(road, conn, tick):
    """Whether a vehicle with priority crosses its line in this tick."""
    net, work = road.net, road.work
    everybody = goes_after_all(net, road.signals, conn)
    first, last = foe_rows(net, conn, everybody)
    crossing = False
    for i in range(first, last):
        foe = net.crosses[i] if everybody else net.yields[i]
        crossing = crossing or work.conn[foe].claim == tick
    return crossing


@spliced
def has_to_stop(net, signals, conn):
    """Whether a stop is asked for at the line: a stop sign, or a turn on red."""
    group = net.conn[conn].group
    return net.conn[conn].manner & 1 != 0 or (group >= 0 and signals.group[group].state == STOP_ARROW)


@spliced
def has_stopped(net, work, view):
    """Whether a driver has obeyed the stop sign: stands at the line, or crawls up to it out of a queue that moves up.

    Of such a queue every vehicle has stood, and its stop at the line is shorter than a tick.
    """
    lane, v, available = view.lane, view.v, view.available
    if v == 0:
        return available <= net.scale.slack
    rolls = v <= 2 * net.scale.crawl and available <= net.scale.slack + v
    return rolls and moves_up(net, work, view.conn, lane, view.tick)


@spliced
def waiting_inside(net, work, conn):
    """How many vehicles wait inside the junction on a connection."""
    pocket = net.conn[conn].pocket
    return int64(work.taken[pocket]) if pocket >= 0 else int64(0)


@spliced
def fits_inside(net, conn, y):
    """Whether a vehicle that waits inside the junction stands wholly beyond the line, so that others can come up."""
    return net.conn[conn].pocket >= 0 and length(y) <= net.conn[conn].inner + MOST_OVER


@spliced
def has_place(net, signals, work, conn, y):
    """Whether a vehicle that gives way may wait inside the junction: there is a free place, and the lamp is not red."""
    if not fits_inside(net, conn, y) or work.taken[net.conn[conn].pocket] >= net.conn[conn].places:
        return False
    group = net.conn[conn].group
    if group < 0:
        return True
    lamp = signals.group[group].state
    return lamp != RED and lamp != RED_AMBER and lamp != YELLOW


@njit(inline="always")
def keeps_clear(net, key):
    """Whether a driver keeps junctions clear: everywhere the same drivers, and more of them at a larger share."""
    return int32(draw32(key, uint32(KEEP_CLEAR)) & uint32(0xFFFF)) < net.scale.keep_clear


@spliced
def is_blocked(road, conn, tick, asker):
    """Whether another vehicle is stuck on a connector that crosses this one; after a long wait drivers squeeze past it.

    ``asker`` is (key, ticks waited).
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    key, waited = asker
    if waited > net.scale.patience or work.conn[conn].warned != tick:
        return False
    target = net.lane[net.conn[conn].to].link
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        foe = net.crosses[i]
        # ways that end side by side on one link do not block each other
        if work.conn[foe].on_conn > 0 and net.lane[net.conn[foe].to].link != target:
            if tick - work.conn[foe].last_entry > net.scale.stuck and in_the_way(net, vehicles, start, foe, key):
                return True
    return False


@spliced
def turn_ahead(trips, trip, ahead):
    """Return the turn of a traveller at the end of the link that lies so many links ahead."""
    return trips.way[trips.hops[trips.row[trip].hop + ahead]].turn


@njit(inline="always")
def taken_by_others(road, lane, trip):
    """Return (cells taken on a lane, slot of its first vehicle), without the trip itself, which a loop brings back."""
    head = int64(road.start[lane])
    taken = int64(road.work.lane[lane].used)
    if head < road.start[lane + 1] and road.vehicles.ID[head] == trip:
        return taken - length(road.vehicles.Y[head]), head + 1
    return taken, head


@per_vehicle
def has_room(road, view, cells):
    """Whether a vehicle that takes so many cells will fit beyond the junction when all ahead have closed up.

    Room is added up along the route until somebody stands in the way or a line is closed. Who has waited long does not
    wait for room that the road does not have: links too short for a vehicle, and nobody on them, have all they will.
    """
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles, start = road.vehicles, road.start
    conn, tick, room, crowd = view.conn, view.tick, int64(0), int64(0)
    waited = work.lane[view.lane].wait > net.scale.patience
    for further in range(4):
        lane = net.conn[conn].to
        taken, head = taken_by_others(road, lane, view.trip)
        crowd += taken
        room += net.lane[lane].length - taken
        if room >= cells:
            return True
        turn = turn_ahead(trips, view.trip, view.ahead + further + 1)
        if turn == EXIT:
            return True
        tail = start[lane + 1] - 1
        if tail >= head:
            entered = work.conn[trips.row[vehicles.ID[tail]].connection].last_entry
            if vel(vehicles.X[head]) == 0 or (vel(vehicles.X[tail]) == 0 and tick - entered > 2):
                return False
        conn = net.reach[net.lane[lane].turns + turn]
        if conn == net.reach[net.lane[lane].turns + turn + 1] or shows_red(net, signals, conn):
            return waited and crowd == 0
    return True
