"""From the queue engine to the automaton: those who have crossed the line before one of its links."""

from __future__ import annotations

from math import sqrt

from numba import float32, int32, int64

from trafficsim.base.codes import EN_ROUTE
from trafficsim.kernels.ca.accounts import enter_link
from trafficsim.kernels.ca.arrivals import account_arrival, enqueue_arrival
from trafficsim.kernels.ca.connections import pick
from trafficsim.kernels.ca.insertion import MOVING, make_entrant, stop_speed
from trafficsim.kernels.ca.packed_state import length, pos, rear, vel
from trafficsim.kernels.ca.records import Crossing, make_arrival, make_packed_state
from trafficsim.kernels.ca.speeds import connector_speeds, driven_speed
from trafficsim.kernels.ca.state import ARRIVES
from trafficsim.kernels.decisions.braking import safe_speed
from trafficsim.kernels.hybrid.border import COPIED, IN_CA, INTO_CA, WRONG, leave_connector
from trafficsim.kernels.jit import part, spliced
from trafficsim.kernels.measurement.counters import count_passing
from trafficsim.kernels.queue.running import take_out
from trafficsim.kernels.queue.storage import wake_upstream
from trafficsim.kernels.queue.tables import NOBODY

FAST = 4095
"""Speed (cells per tick) of who did not stand before the line."""


@part
def bring_in(road, counters, world, border, tick):
    """Put those on the automaton's lanes who came in this tick, or found no place in earlier ones; say how many."""
    came = 0
    for at in range(len(border.in_link)):
        link = border.in_link[at]
        vehicle = int64(world.links.first[link])
        while vehicle != NOBODY:
            after = int64(world.vehicles.after[vehicle])
            conn = connection_in(road, world, vehicle)
            if conn >= 0 and put_on_lane(road, counters, world, border, vehicle, conn, tick):
                leave_queues(world, border, vehicle, link)
                came += 1
            vehicle = after
    return came


@part
def leave_queues(world, border, vehicle, link):
    """Take a vehicle out of the queue engine."""
    room = world.net.spacing[world.trips.kind[vehicle]]
    take_out(world, vehicle, link)
    world.links.taken[link] -= room
    world.lanes.planned[world.vehicles.planned[vehicle]] -= room
    border.mover[vehicle] = IN_CA
    border.count[INTO_CA] += 1


@part
def connection_in(road, world, vehicle):
    """Return the connection by which a vehicle comes, onto a lane where nobody else comes in this tick; -1 without one.

    Of those from the lane that it has left the one that leads on is preferred.
    """
    net, work, other = road.net, road.work, world.net
    cursor = int64(world.vehicles.cursor[vehicle] - 1)
    link, turn, since = world.trips.link[cursor], world.trips.turn[cursor], world.vehicles.since[vehicle]
    found, own = -1, False
    for lane in range(other.lane_start[link], other.lane_start[link + 1]):
        left = world.lanes.left[lane] == since
        for conn in range(other.conn_start[lane], other.conn_start[lane + 1]):
            if other.turn[conn] != turn or (own and not left) or work.event[net.conn[conn].to] & ARRIVES != 0:
                continue
            best = pick(net, road.vehicles, road.start, road.trips, lane, cursor)
            if found < 0 or conn == best or (left and not own):
                found, own = conn, left
    return found


@spliced
def speed_at_line(world, border, vehicle):
    """Return the speed (cells per tick) at which a vehicle crossed its last line: who stood has sped up up to there."""
    vehicles, cursor = world.vehicles, world.vehicles.cursor[vehicle]
    if vehicles.ready[vehicle] <= vehicles.since[vehicle] + world.trips.free[cursor]:
        return int32(FAST)
    acceleration = world.net.acceleration[world.trips.kind[vehicle]]
    speed = sqrt(2.0 * acceleration * vehicles.ahead[vehicle] * 0.01)
    return int32(min(speed * border.tick_ms * 0.001 / border.cell_m, float(FAST)))


@part
def put_on_lane(road, counters, world, border, vehicle, conn, tick):
    """Stage the arrival of a vehicle on a lane of the automaton, as of one that crosses a line; return whether it can.

    It has driven on since it crossed the line, but no further than to the vehicle ahead, and no faster than it can
    stop behind that one, and before its own line.
    """
    net, trips, vehicles, start = road.net, road.trips, road.vehicles, road.start
    to, time = int64(net.conn[conn].to), world.vehicles.since[vehicle] / border.tick_ms
    trips.row[vehicle].route_position = world.vehicles.cursor[vehicle]
    entry = int32(net.lane[to].length + net.conn[conn].length)
    speeds = connector_speeds(net, trips, vehicle, conn)
    slow = driven_speed(trips, vehicle, speeds.connector)
    v = min(speed_at_line(world, border, vehicle), int32(slow >> 8))
    place = min(int32(-entry + int32(v * min(tick + 1.0 - time, 1.0))), int32(-1))
    tail = start[to + 1] - 1
    if tail >= start[to]:
        back, entrant = rear(vehicles.X[tail], vehicles.Y[tail]), make_entrant(road, vehicle, v, v)
        if back < -entry:
            return False
        place = min(place, back)
        safe = safe_speed(int32(back - place), vel(vehicles.X[tail]), entrant.theta, entrant.brake)
        v = min(v, int32(max(safe, float32(0.0))))
    v = min(v, int32(stop_speed(road, vehicle, to, place, v)))
    border.count[WRONG] += border.mover[vehicle] == IN_CA
    if border.mover[vehicle] == COPIED:
        drop_copy(road, border, vehicle)
    open_account(road, counters, world, border, vehicle, conn, time)
    cap = driven_speed(trips, vehicle, speeds.beyond)
    cells, end = trips.kind[trips.row[vehicle].kind].cells, trips.end[vehicle]
    watched = slow < cap or net.conn[conn + 1].crosses > net.conn[conn].crosses
    tracked = watched and place - cells < -net.lane[to].length
    arrival = make_arrival(to, place, v, slow if tracked else cap, tracked)
    enqueue_arrival(road, arrival, make_packed_state(cells, end.packed, end.key, vehicle, MOVING), start[to + 1])
    account_arrival(trips, road.work, to)
    count_passed(counters, to, -entry, place, v)
    return True


@part
def count_passed(counters, lane, begin, place, v):
    """Count a vehicle at the detectors that it has passed between the line before a lane and its place there."""
    for d in range(counters.places):
        if counters.place[d].lane == lane and begin <= counters.place[d].cell <= place:
            count_passing(counters, d, v)


@spliced
def open_account(road, counters, world, border, vehicle, conn, time):
    """Let a vehicle's account in the automaton go on where it ended."""
    net, trips = road.net, road.trips
    if trips.end[vehicle].entry_time < 0.0:
        trips.end[vehicle].entry_time = world.vehicles.begun[vehicle] / border.tick_ms
    trips.row[vehicle].status = EN_ROUTE
    trips.row[vehicle].distance = border.distance[vehicle]
    trips.row[vehicle].waiting = border.waiting[vehicle]
    trips.row[vehicle].wait_in = 0
    crossing = Crossing(int64(0), int32(vehicle), int32(0), int64(net.conn[conn].origin), int64(conn), time, True)
    enter_link(net, trips, counters, crossing, connector_speeds(net, trips, vehicle, conn))
    road.work.conn[conn].last_entry = int(time)


@part
def drop_copy(road, border, trip):
    """Drop the copy of a vehicle that comes back before it has driven on."""
    vehicles = road.vehicles
    for at in range(len(border.out_lane)):
        lane = border.out_lane[at]
        for k in range(road.start[lane], road.start[lane + 1]):
            if vehicles.ID[k] == trip:
                border.drop[k] = 1
                leave_connector(road, k)


@part
def open_or_close(road, world, border, link, now):
    """Tell the queue engine which lanes of a link of the automaton take nobody during the next tick.

    If none does, the link is full; who waits for it is woken when it is not.
    """
    net, lanes, links = world.net, world.lanes, world.links
    waiting, full = links.first[link] != NOBODY, 0
    for lane in range(net.lane_start[link], net.lane_start[link + 1]):
        full += waiting or takes_nobody(road, border, lane)
    closes = full == net.lane_start[link + 1] - net.lane_start[link]
    if closes and border.closed[link] == 0:
        links.taken[link] += net.room[link]
    elif not closes and border.closed[link]:
        links.taken[link] -= net.room[link]
    border.closed[link] = closes
    if closes:
        return
    for lane in range(net.lane_start[link], net.lane_start[link + 1]):
        if takes_nobody(road, border, lane):
            lanes.admits[lane] = max(lanes.admits[lane], now + int(border.tick_ms))
    if links.waited[link]:  # also who found no room beside those who came in this tick
        links.waited[link] = 0
        wake_upstream(world, link, now)


@spliced
def takes_nobody(road, border, lane):
    """Whether a lane has no place for a car: its last vehicle is not yet over the line, or stands and leaves no room.

    Where others cross, there is room if a car fits when all ahead have closed up, as in the automaton.
    """
    vehicles, head, tail = road.vehicles, road.start[lane], road.start[lane + 1] - 1
    if tail < head:
        return False
    x = vehicles.X[tail]
    if pos(x) - length(vehicles.Y[tail]) + vel(x) + border.entry_cells[lane] < 0:
        return True
    if border.crossed[lane] == 0:
        return False
    room = road.net.lane[lane].length - road.work.lane[lane].used
    return room < border.blocker_cells and (vel(x) == 0 or vel(vehicles.X[head]) == 0)
