"""Who may enter a junction now: signals with a stop/go decision at yellow, give way by critical gaps, room beyond."""

from __future__ import annotations

from numba import float32, int32, njit, uint32

from trafficsim.kernels.jit import per_vehicle, spliced
from trafficsim.kernels.rng import draw32, hash32
from trafficsim.kernels.rules import safe_speed
from trafficsim.kernels.signals import GREEN, PERMITTED, RED, RED_AMBER, STOP_ARROW, YELLOW
from trafficsim.kernels.words import DECIDED_GO, DECIDED_STOP, EXIT, decision, pos, rear, turn_of, vel

OPEN, CLOSED, YIELD = 0, 1, 2


@njit(inline="always")
def stop_bound(available, brake):
    """Return the largest speed from which a vehicle can stop within ``available`` cells, braking evenly."""
    room = max(available, int32(0))
    return min(int32(max(safe_speed(room, int32(0), float32(0.5), brake), float32(0.0))), room)


@njit(inline="always")
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
    occasion = hash32(uint32(uint32(signals.group[group].since) * uint32(0x9E3779B9) + uint32(group)))
    luck = int32(draw32(key, occasion) & uint32(0xFFFF))
    return DECIDED_STOP if luck < net.stop_probability[eighths] else DECIDED_GO


@spliced
def signal_view(net, signals, conn, v, available, y, key):
    """Return (open, closed or give way; decision): what the lamp of a connection means to a vehicle."""
    group = net.conn[conn].group
    if group < 0:
        gives_way = net.conn[conn + 1].yields > net.conn[conn].yields
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


@spliced
def arrives_soon(net, vehicles, start, foe, ticks):
    """Whether a vehicle that will take connection ``foe`` reaches the conflict within ``ticks``."""
    lane = net.conn[foe].origin
    turn = net.conn[foe].turn
    half = net.conn[foe].length >> 1
    k = start[lane]
    far = int32(ticks * 5.0 * net.scale.approach)
    while k < start[lane + 1]:
        ahead = -pos(vehicles.X[k])
        if ahead > far:
            return False
        if turn_of(vehicles.Z[k]) == turn:
            speed = max(vel(vehicles.X[k]), int32(net.scale.approach))
            return float(ahead + half) < ticks * float(speed)
        k += 1
    return False


@per_vehicle
def occupied(road, foe, tick, waited):
    """Whether somebody is on connection ``foe`` and has not yet passed the middle of it, where paths cross.

    Who has waited long squeezes past a vehicle that is stuck there.
    """
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    if work.conn[foe].on_conn == 0:
        return False
    since = tick - work.conn[foe].last_entry
    if since * net.conn[foe].speed < ((net.conn[foe].length >> 1) + 2 * net.scale.near) * 256:
        return True
    return in_the_way(net, vehicles, start, foe) and (waited <= net.scale.patience or since <= net.scale.stuck)


@spliced
def in_the_way(net, vehicles, start, foe):
    """Whether the last vehicle on the way of connection ``foe`` stands or crawls with its rear before the middle."""
    to = net.conn[foe].to
    tail = start[to + 1] - 1
    if tail < start[to] or vel(vehicles.X[tail]) > net.scale.crawl:
        return False
    return rear(vehicles.X[tail], vehicles.Y[tail]) + net.lane[to].length + (net.conn[foe].length >> 1) < 0


@per_vehicle
def must_wait(road, conn, tick, waited, share):
    """Whether a vehicle before connection ``conn`` has to give way in this tick.

    ``share`` of the critical gap is asked for: less from a waiting place inside the junction, near the conflict.
    """
    net, signals, vehicles, start, work = road.net, road.signals, road.vehicles, road.start, road.work
    ticks = share * net.conn[conn].gap * (1.0 - 0.3 * min(waited / net.scale.patience, 1.0))
    target = net.lane[net.conn[conn].to].link
    for i in range(net.conn[conn].yields, net.conn[conn + 1].yields):
        foe = net.yields[i]
        if work.conn[foe].claim == tick:
            return True
        if net.lane[net.conn[foe].to].link != target and occupied(road, foe, tick, waited):
            return True
        lane = net.conn[foe].origin
        group = net.conn[foe].group
        if group >= 0 and (signals.group[group].state == RED or signals.group[group].state == RED_AMBER):
            continue
        head = start[lane]
        held = head < start[lane + 1] and vel(vehicles.X[head]) == 0 and work.lane[lane].hold > 0
        if not held and arrives_soon(net, vehicles, start, foe, ticks):
            return True
    return False


@spliced
def is_blocked(road, conn, tick, waited):
    """Whether a vehicle is stuck on a connector that crosses this one; after a long wait drivers squeeze past it."""
    net, vehicles, start, work = road.net, road.vehicles, road.start, road.work
    if waited > net.scale.patience or work.conn[conn].warned != tick:
        return False
    target = net.lane[net.conn[conn].to].link
    for i in range(net.conn[conn].crosses, net.conn[conn + 1].crosses):
        foe = net.crosses[i]
        # ways that end side by side on one link do not block each other
        if work.conn[foe].on_conn > 0 and net.lane[net.conn[foe].to].link != target:
            if tick - work.conn[foe].last_entry > net.scale.stuck and in_the_way(net, vehicles, start, foe):
                return True
    return False


@per_vehicle
def has_room(road, view):
    """Whether a vehicle will fit beyond the junction when all ahead have closed up.

    Room is added up along the route until somebody stands in the way or a line is closed; ``view`` is (connection,
    hop, cells that the vehicle takes, tick).
    """
    net, signals, trips, work = road.net, road.signals, road.trips, road.work
    vehicles, start = road.vehicles, road.start
    conn, hop, cells, tick = view
    room = 0
    for _further in range(4):
        lane = net.conn[conn].to
        room += net.lane[lane].length - work.lane[lane].used
        hop += 1
        turn = trips.hops[hop]
        if room >= cells or turn == EXIT:
            return True
        head, tail = start[lane], start[lane + 1] - 1
        if tail >= head:
            entered = work.conn[trips.row[vehicles.ID[tail]].connection].last_entry
            if vel(vehicles.X[head]) == 0 or (vel(vehicles.X[tail]) == 0 and tick - entered > 2):
                return False
        conn = net.reach[net.lane[lane].turns + turn]
        if conn == net.reach[net.lane[lane].turns + turn + 1]:
            return False
        group = net.conn[conn].group
        if group >= 0 and (signals.group[group].state == RED or signals.group[group].state == RED_AMBER):
            return False
    return True
