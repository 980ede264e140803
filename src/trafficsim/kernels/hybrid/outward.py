"""From the automaton to the queue engine: those who have crossed the line before a virtual link, while it has room."""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.ca.packed_state import EXIT, MOST_STOPS, STOPS_SHIFT, pack_x, pack_y, pos, vel, with_turn
from trafficsim.kernels.ca.state import ARRIVES
from trafficsim.kernels.hybrid.border import COPIED, IN_CA, OUT_OF_CA, WRONG, in_ms
from trafficsim.kernels.jit import part, spliced
from trafficsim.kernels.queue.counting import speeding_up
from trafficsim.kernels.queue.running import enter_link
from trafficsim.kernels.queue.storage import free_room

NOBODY = -1


@part
def serve_virtual(road, world, border, lane, now):
    """Let those on a lane of a virtual link change over, drop copies, and block the lane where there is no room.

    Returns whether somebody is to be dropped or has come.
    """
    vehicles, start = road.vehicles, road.start
    length = road.net.lane[lane].length
    free_room(world, int64(road.net.lane[lane].link), now)
    first, last = start[lane], start[lane + 1]
    staying, copy, blocker, changed = last, NOBODY, NOBODY, False
    for k in range(first, last):
        trip = vehicles.ID[k]
        if border.drop[k]:
            continue
        if trip == border.blocker:
            if blocker != NOBODY:
                border.drop[blocker], changed = 1, True
            blocker = k
            continue
        if border.mover[trip] == IN_CA and (staying < last or not change_over(road, world, border, k, lane, now)):
            staying = min(staying, k)
        elif pos(vehicles.X[k]) + length >= border.copied_cells:
            border.drop[k], changed = 1, True
        else:
            copy = k
    blocked = staying < last or is_full(road, world, lane)
    return block(road, border, lane, staying, copy, blocker, blocked) or changed


@part
def block(road, border, lane, staying, copy, blocker, blocked):
    """Have a blocker stand at the beginning of a lane, or before the first who waits there, or none.

    Returns whether one is to be dropped or has come.
    """
    work, vehicles, start = road.work, road.vehicles, road.start
    front = -road.net.lane[lane].length
    if staying < start[lane + 1]:
        front = max(front, pos(vehicles.X[staying]))
    front += border.blocker_cells
    if copy != NOBODY and copy < staying and pos(vehicles.X[copy]) <= front:
        blocked = False  # the copy stands for it until it has driven on
    if blocker != NOBODY:
        if blocked and blocker + 1 == staying:
            vehicles.X[blocker] = pack_x(front, 0)
            return False
        border.drop[blocker] = 1
        return True
    if blocked:
        work.arrive[lane].x = pack_x(front, 0)
        work.arrive[lane].y = pack_y(256, border.blocker_cells, 1)
        work.arrive[lane].z = with_turn(road.trips.end[border.blocker].packed, EXIT)
        work.arrive[lane].key = 0
        work.arrive[lane].trip = border.blocker
        work.arrive[lane].w = 0
        work.lane[lane].arrive_slot = staying
        work.event[lane] |= ARRIVES
    return blocked


@part
def is_full(road, world, lane):
    """Whether the queue engine has no room on a lane, or on its link, for the shortest vehicle."""
    net, links, link = world.net, world.links, road.net.lane[lane].link
    least = net.spacing[0]
    for kind in range(len(net.spacing)):
        least = min(least, net.spacing[kind])
    if links.taken[link] > 0 and links.taken[link] + least > net.room[link]:
        return True
    return world.lanes.planned[lane] > 0 and world.lanes.planned[lane] + least > net.lane_share[lane]


@part
def change_over(road, world, border, slot, lane, now):
    """Let the vehicle in a slot go on in the queue engine, if its link has room; a copy drives on. Return whether."""
    trips, vehicles, other = road.trips, road.vehicles, world.vehicles
    link, trip = int64(road.net.lane[lane].link), int64(vehicles.ID[slot])
    room = world.net.spacing[world.trips.kind[trip]]
    if world.links.taken[link] > 0 and world.links.taken[link] + room > world.net.room[link]:
        return False
    cursor = int64(trips.row[trip].route_position)
    border.count[WRONG] += world.trips.link[cursor] != link
    if other.begun[trip] < 0:
        other.begun[trip] = max(in_ms(trips.end[trip].entry_time, border.tick_ms), 0)
    other.cursor[trip] = cursor
    close_account(road, border, trip, lane, vehicles.W[slot])
    crossed = in_ms(trips.row[trip].enter_time, border.tick_ms)
    ready = time_at_line(road, world, border, slot, lane, now)
    enter_link(world, trip, link, crossed, ready - crossed - world.trips.free[cursor])
    border.mover[trip] = COPIED
    border.count[OUT_OF_CA] += 1
    return True


@spliced
def close_account(road, border, trip, lane, w):
    """Keep what a vehicle has covered and waited up to its last line in the automaton."""
    net, trips = road.net, road.trips
    entry = net.lane[lane].length + net.conn[trips.row[trip].connection].length
    border.distance[trip] = trips.row[trip].distance - (trips.row[trip].since_cell + entry)
    border.waiting[trip] = trips.row[trip].waiting
    border.stops[trip] += (w >> STOPS_SHIFT) & MOST_STOPS


@spliced
def time_at_line(road, world, border, slot, lane, now):
    """Return when a vehicle reaches the stop line of its link: the rest of the way, and speeding up from its speed."""
    net, trips, x = road.net, road.trips, road.vehicles.X[slot]
    trip = road.vehicles.ID[slot]
    cursor = world.vehicles.cursor[trip]
    free, length_m = world.trips.free[cursor], world.trips.length[cursor]
    entry = net.lane[lane].length + net.conn[trips.row[trip].connection].length
    rest = max(1.0 - (pos(x) + entry) * border.cell_m / length_m, 0.0)
    acceleration = world.net.acceleration[world.trips.kind[trip]]
    speed = vel(x) * border.cell_m * 1000.0 / border.tick_ms
    lost = speeding_up(acceleration, speed * speed / (2.0 * acceleration), length_m * 1000.0 / free)
    return int64(now + int64(free * rest) + lost)
