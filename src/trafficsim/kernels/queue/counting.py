"""What is measured at stop lines."""

from __future__ import annotations

from math import sqrt

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.stops import count_stops, time_at_stops
from trafficsim.kernels.queue.tables import EXIT

WALKING_MS = 1.4
"""Below walking pace (5 km/h) a vehicle stands, as in the records of all engines."""
STOP_BRAKE_MS2 = 3.0
"""Comfortable braking towards a stop line, median."""


@per_vehicle
def count_leaving(world, vehicle, link, time):
    """Count a vehicle that crosses the line of its link; return for how long it stood at it."""
    counts, vehicles, trips, net = world.counts, world.vehicles, world.trips, world.net
    cursor = vehicles.cursor[vehicle]
    taken, free, length = time - vehicles.since[vehicle], trips.free[cursor], trips.length[cursor]
    delay = max(taken - free, 0)
    rest = 1.0 - vehicles.covered[vehicle]
    counts.left[link] += 1.0
    counts.vehicle_ms[link] += time
    counts.vehicle_m[link] += length * rest
    counts.traversed[link] += rest
    counts.free_ms[link] += free
    stood = stood_for(net.acceleration[trips.kind[vehicle]], max(delay - time_at_stops(trips, vehicle, cursor), 0),
                      length * 1000.0 / free)
    count_stops(world, vehicle, link, cursor)
    counts.waiting_ms[link] += stood
    vehicles.waiting[vehicle] += stood
    vehicles.stops[vehicle] += stood > 0
    vehicles.distance[vehicle] += length
    counts.total[3] += 1
    turn = trips.turn[cursor]
    if turn != EXIT and counts.analysis[0] <= time < counts.analysis[1]:
        counts.volume[turn] += 1.0
        counts.travel_ms[turn] += taken
        counts.delay_ms[turn] += delay
    return stood


@per_vehicle
def stood_for(acceleration, delay, speed):
    """Return for how long a delayed vehicle stood: what is left of the delay after braking and speeding up again."""
    return max(delay - int(lost_by_stop(acceleration, speed)), 0)


@per_vehicle
def lost_by_stop(acceleration, speed):
    """Return the time (ms) that braking from a speed and speeding up to it lose."""
    return 500.0 * speed / STOP_BRAKE_MS2 + 500.0 * speed / acceleration


@per_vehicle
def moving_up(room, speed):
    """Return for how long (ms) a vehicle rests at least that moves up by one room (m) no faster than walking pace."""
    return 1000.0 * room / WALKING_MS - 1000.0 * room / speed


@per_vehicle
def speeding_up(acceleration, distance, speed):
    """Return the time (ms) that is lost in speeding up beyond a line after a start ``distance`` m before it."""
    crossed = sqrt(2.0 * acceleration * distance)
    missing = max(speed - crossed, 0.0)
    return int(500.0 * missing * missing / (acceleration * speed))


@per_vehicle
def count_exit(world, vehicle, time):
    """Count a vehicle that has arrived."""
    world.vehicles.ended[vehicle] = time
    world.counts.total[1] += 1


@per_vehicle
def note_leaving(world, vehicle, lane, time):
    """Keep whether a vehicle was of a queue that stood; on links on which something is measured, when it came and left.

    A queue stands from the first who rests for longer than a stop loses, for as long as nobody goes on faster than at
    walking pace.
    """
    rest, kind = time - world.vehicles.ready[vehicle], world.trips.kind[vehicle]
    cursor = world.vehicles.cursor[vehicle]
    speed = world.trips.length[cursor] * 1000.0 / world.trips.free[cursor]
    slow = rest >= moving_up(world.net.spacing[kind] * 0.01, speed)
    stood = rest >= lost_by_stop(world.net.acceleration[kind], speed) or (world.lanes.stood[lane] > 0 and slow)
    world.lanes.stood[lane] = 1 if stood else 0
    log, row = world.log, world.counts.total[4]
    if log.watched[lane]:
        log.place[row], log.lane[row], log.left[row] = world.vehicles.cursor[vehicle], lane, time
        log.since[row], log.ready[row] = world.vehicles.since[vehicle], world.vehicles.ready[vehicle]
        world.counts.total[4] += 1
