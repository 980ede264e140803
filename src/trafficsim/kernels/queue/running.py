"""The running section: vehicles drive at their own speed, and at its end join the shortest queue that serves them."""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.lanes import planned_lane, shortest_lane
from trafficsim.kernels.queue.stops import time_at_stops
from trafficsim.kernels.queue.storage import wake
from trafficsim.kernels.queue.tables import NEVER, NOBODY


@per_vehicle
def enter_link(world, vehicle, link, time, lost):
    """Let a vehicle begin the place of its route where its cursor is; on one lane nobody passes.

    ``lost`` is the time that it needs beyond its own for speeding up.
    """
    vehicles, links, trips = world.vehicles, world.links, world.trips
    cursor, last = int64(vehicles.cursor[vehicle]), int64(links.last[link])
    vehicles.since[vehicle], vehicles.covered[vehicle] = time, 0.0
    ready = time + trips.free[cursor] + lost + time_at_stops(trips, vehicle, cursor)
    if world.net.wide[link] == 1 and last != NOBODY:
        ready = max(ready, vehicles.ready[last])
    vehicles.ready[vehicle] = ready
    lane = max(planned_lane(world, link, vehicle, cursor), world.net.lane_start[link])  # who comes over a border
    vehicles.planned[vehicle] = lane
    world.lanes.planned[lane] += world.net.spacing[trips.kind[vehicle]]
    while last != NOBODY and vehicles.ready[last] > ready:
        last = int64(vehicles.before[last])
    insert_after(world, vehicle, link, last)
    links.taken[link] += world.net.spacing[trips.kind[vehicle]]
    world.counts.entered[link] += 1.0
    world.counts.vehicle_ms[link] -= time
    if ready < links.arrival[link]:
        links.arrival[link] = ready
        wake(world, link, ready)


@per_vehicle
def follow_each_other(world, link, leader, follower):
    """Let two follow each other on the running section; behind nobody it is the first, before nobody the last."""
    vehicles, links = world.vehicles, world.links
    if leader == NOBODY:
        links.first[link] = follower
    else:
        vehicles.after[leader] = follower
    if follower == NOBODY:
        links.last[link] = leader
    else:
        vehicles.before[follower] = leader


@per_vehicle
def insert_after(world, vehicle, link, last):
    """Put a vehicle behind another one on the running section; behind nobody: first."""
    after = world.links.first[link] if last == NOBODY else world.vehicles.after[last]
    follow_each_other(world, link, last, vehicle)
    follow_each_other(world, link, vehicle, int64(after))


@per_vehicle
def take_out(world, vehicle, link):
    """Take a vehicle off the running section."""
    follow_each_other(world, link, int64(world.vehicles.before[vehicle]), int64(world.vehicles.after[vehicle]))


@per_vehicle
def join_queues(world, link, time):
    """Let all join a queue who have reached the stop line or its queue.

    Who finds the own lanes full waits on the running section. Others pass while it has a lane for every turn that
    waits so, and one more.
    """
    vehicles, links = world.vehicles, world.links
    vehicle, waiting, other = int64(links.first[link]), 0, NOBODY - 1
    links.arrival[link], links.held[link] = NEVER, 0
    while vehicle != NOBODY:
        if vehicles.ready[vehicle] > time:
            links.arrival[link] = vehicles.ready[vehicle]
            return
        after, lane = int64(vehicles.after[vehicle]), shortest_lane(world, link, vehicle)
        if lane != NOBODY:
            take_out(world, vehicle, link)
            append(world, vehicle, lane, time)
        else:
            turn, links.held[link] = world.trips.turn[vehicles.cursor[vehicle]], 1
            waiting += turn != other
            other = turn
            if waiting >= world.net.wide[link]:
                return
        vehicle = after


@per_vehicle
def append(world, vehicle, lane, time):
    """Put a vehicle at the end of a queue."""
    vehicles, lanes = world.vehicles, world.lanes
    vehicles.before[vehicle], vehicles.after[vehicle] = lanes.tail[lane], NOBODY
    if lanes.tail[lane] == NOBODY:
        lanes.head[lane] = vehicle
        become_first(world, lane, time)
    else:
        vehicles.after[lanes.tail[lane]] = vehicle
    lanes.tail[lane] = vehicle
    vehicles.ahead[vehicle] = lanes.queued[lane]
    room = world.net.spacing[world.trips.kind[vehicle]]
    lanes.queued[lane] += room
    lanes.planned[vehicles.planned[vehicle]] -= room
    lanes.planned[lane] += room


@per_vehicle
def become_first(world, lane, time):
    """Have the new head of a lane looked at from a time on."""
    lanes = world.lanes
    lanes.since[lane], lanes.due[lane] = time, time
    lanes.blocked[lane], lanes.gives_way[lane] = NOBODY, 0
