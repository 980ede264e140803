"""Vehicles whose turn at the end of their link has changed, and movements that have been closed or opened."""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.jit import kernel, per_vehicle
from trafficsim.kernels.queue.lanes import is_one_of
from trafficsim.kernels.queue.running import append, become_first
from trafficsim.kernels.queue.storage import wake
from trafficsim.kernels.queue.tables import NEVER, NOBODY


@kernel
def look_at_lanes(world, lanes, time):
    """Have the heads of lanes looked at, but for those that wait for room: they are woken by who leaves some."""
    for i in range(len(lanes)):
        look_at(world, int64(lanes[i]), time)


@kernel
def turn_elsewhere(world, vehicles, time):
    """Let vehicles with another turn stand in lanes that serve it; on the running section they join one later."""
    net, trips, lanes = world.net, world.trips, world.lanes
    for i in range(len(vehicles)):
        vehicle = int64(vehicles[i])
        place = world.vehicles.cursor[vehicle]
        link, serving = int64(trips.link[place]), int64(trips.lanes[place])
        lane = lane_of(world, link, vehicle)
        if lane == NOBODY:
            continue
        to = shortest_of(world, link, serving)
        if to != NOBODY and not is_one_of(net, lane, serving):
            change_queue(world, vehicle, lane, to, time)
        elif lanes.head[lane] == vehicle:
            lanes.blocked[lane], lanes.gives_way[lane] = NOBODY, 0
            look_at(world, lane, time)


@per_vehicle
def look_at(world, lane, time):
    """Have the head of a lane looked at, unless it waits for room."""
    lanes = world.lanes
    if lanes.head[lane] != NOBODY and lanes.blocked[lane] == NOBODY:
        lanes.due[lane] = min(lanes.due[lane], time)
        wake(world, int64(world.net.link_of[lane]), time)


@per_vehicle
def lane_of(world, link, vehicle):
    """Return the lane in whose queue a vehicle is; NOBODY on the running section."""
    for lane in range(world.net.lane_start[link], world.net.lane_start[link + 1]):
        other = int64(world.lanes.head[lane])
        while other != NOBODY:
            if other == vehicle:
                return lane
            other = int64(world.vehicles.after[other])
    return NOBODY


@per_vehicle
def shortest_of(world, link, serving):
    """Return the lane with the shortest queue of some of a link (bits)."""
    found = NOBODY
    for lane in range(world.net.lane_start[link], world.net.lane_start[link + 1]):
        if is_one_of(world.net, lane, serving):
            if found == NOBODY or world.lanes.queued[lane] < world.lanes.queued[found]:
                found = lane
    return found


@per_vehicle
def change_queue(world, vehicle, lane, to, time):
    """Take a vehicle out of a queue, and put it at the end of another one of its link."""
    vehicles, lanes, links = world.vehicles, world.lanes, world.links
    before, after = int64(vehicles.before[vehicle]), int64(vehicles.after[vehicle])
    if before == NOBODY:
        lanes.head[lane] = after
        become_first(world, lane, time)
        if after == NOBODY:
            lanes.due[lane] = NEVER
    else:
        vehicles.after[before] = after
    if after == NOBODY:
        lanes.tail[lane] = before
    else:
        vehicles.before[after] = before
    lanes.queued[lane] -= world.net.spacing[world.trips.kind[vehicle]]
    vehicles.planned[vehicle] = lane  # where its room is planned for, until it is in the other queue
    append(world, vehicle, to, time)
    link = int64(world.net.link_of[lane])
    links.arrival[link] = min(links.arrival[link], time)  # others may find room in its lane
    wake(world, link, time)
