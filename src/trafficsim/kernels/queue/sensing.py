"""What controllers of signals learn from queues: detectors at every control tick, and who is on the links at junctions.

Vehicles have no positions. One on the running section comes to a point before the line when it has as much of its way
before it as its own speed takes from there; one in a queue stands behind the room of those before it. A detector is
over by a queue that covers it, and was by whoever came past it since the last tick.
"""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.tables import EXIT, NOBODY
from trafficsim.kernels.sensing import clear_links, count_approach

SLOWEST = 2
"""Nobody is so many times slower than the mean speed of a link."""


@per_vehicle
def sense_detectors(world, sensing, sensors, now):
    """Note which detectors somebody is or was over, and how many have come past."""
    log = world.log
    for row in range(sensing.read[0], world.counts.total[4]):
        sensing.left[log.lane[row]] += 1
    sensing.read[0] = world.counts.total[4]
    sensors.occupied[:] = 0
    for i in range(sensing.places):
        d, lane, far = sensing.detector[i], int64(sensing.lane[i]), sensing.far[i]
        standing, room, over = standing_beyond(world, lane, sensing.near[i], far)
        passed = sensing.left[lane] + standing
        if room < far:
            passed += running_beyond(world, lane, far, now)
        more = max(passed - sensing.passed[i], 0)
        sensing.passed[i] += more
        sensors.passed[d] += more
        if over or more > 0:
            sensors.occupied[d] = 1


@per_vehicle
def standing_beyond(world, lane, near, far):
    """Return how many of a queue stand beyond a point, their room up to it, and whether one is over the detector."""
    count, room, over = 0, 0, 0
    vehicle = int64(world.lanes.head[lane])
    while vehicle != NOBODY and room < far:
        count += 1
        room += world.net.spacing[world.trips.kind[vehicle]]
        if room > near:
            over = 1
        vehicle = int64(world.vehicles.after[vehicle])
    return count, room, over


@per_vehicle
def running_beyond(world, lane, far, now):
    """Return how many of the running section who come to a lane are past a point before its line (cm)."""
    net, trips, vehicles = world.net, world.trips, world.vehicles
    link, count = int64(net.link_of[lane]), 0
    last = now + int(SLOWEST * far * 10.0 / net.mean_speed[link])
    vehicle = int64(world.links.first[link])
    while vehicle != NOBODY and vehicles.ready[vehicle] <= last:
        cursor = int64(vehicles.cursor[vehicle])
        takes = far * 0.01 * trips.free[cursor] / trips.length[cursor]
        if vehicles.planned[vehicle] == lane and vehicles.ready[vehicle] - int(takes) <= now:
            count += 1
        vehicle = int64(vehicles.after[vehicle])
    return count


@per_vehicle
def sense_links(world, sensing, sensors, now):
    """Count who is on the links around controlled junctions, by movement, and whom signals let go first."""
    net, links, around = world.net, world.links, sensing.around
    clear_links(around, sensors)
    for link in around.link:
        count = 0
        for lane in range(net.lane_start[link], net.lane_start[link + 1]):
            room, vehicle = 0, int64(world.lanes.head[lane])
            while vehicle != NOBODY:
                note_vehicle(world, around, sensors, link, vehicle, room * 0.01)
                count += 1
                room += net.spacing[world.trips.kind[vehicle]]
                vehicle = int64(world.vehicles.after[vehicle])
        vehicle = int64(links.first[link])
        while vehicle != NOBODY:
            cursor = int64(world.vehicles.cursor[vehicle])
            rest = max(world.vehicles.ready[vehicle] - now, 0)
            note_vehicle(world, around, sensors, link, vehicle, rest * world.trips.length[cursor]
                         / world.trips.free[cursor])
            count += 1
            vehicle = int64(world.vehicles.after[vehicle])
        count_approach(around, sensors, link, count)
    sense_entries(world, around, sensors, now)


@per_vehicle
def sense_entries(world, around, sensors, now):
    """Count those who wait to enter links at controlled junctions, first come first."""
    trips = world.trips
    for i in range(len(around.entry)):
        link = around.entry[i]
        first = world.links.entered[link]
        for at in range(first, min(first + around.most[i], trips.entry_start[link + 1])):
            trip = int64(trips.entry[at])
            if trips.depart[trip] > now:
                break
            turn = turn_ahead(world, around, link, int64(world.vehicles.cursor[trip]))
            if turn != EXIT:
                sensors.waiting[turn] += 1


@per_vehicle
def turn_ahead(world, around, link, cursor):
    """Return the turn at the end of an approach that somebody on one of its links makes; EXIT for others."""
    while around.onward[link] >= 0:
        if world.trips.turn[cursor] != around.onward[link]:
            return EXIT
        cursor += 1
        link = around.following[link]
    return int64(world.trips.turn[cursor])


@per_vehicle
def note_vehicle(world, around, sensors, link, vehicle, distance):
    """Count a vehicle on a link, that is so far (m) from its line."""
    turn = turn_ahead(world, around, link, int64(world.vehicles.cursor[vehicle]))
    distance += around.after_m[link]
    if turn == EXIT:
        return
    if distance <= around.reach_m[turn]:
        sensors.waiting[turn] += 1
    if around.transit[world.trips.kind[vehicle]] and distance <= around.transit_m[turn]:
        sensors.transit[turn] += 1
