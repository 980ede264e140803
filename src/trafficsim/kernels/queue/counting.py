"""What is measured at stop lines."""

from __future__ import annotations

from math import sqrt

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.tables import EXIT

STOP_BRAKE_MS2 = 3.0
"""Comfortable braking towards a stop line, median."""


@per_vehicle
def count_leaving(world, vehicle, link, time):
    """Count a vehicle that crosses the line of its link; return for how long it stood."""
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
    stood = stood_for(net.acceleration[trips.kind[vehicle]], delay, length * 1000.0 / free)
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
    lost = 500.0 * speed / STOP_BRAKE_MS2 + 500.0 * speed / acceleration
    return max(delay - int(lost), 0)


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
    """Keep when a vehicle left a lane with a detector."""
    log, row = world.log, world.counts.total[4]
    if log.watched[lane]:
        log.place[row], log.lane[row] = world.vehicles.cursor[vehicle], lane
        log.ready[row], log.left[row] = world.vehicles.ready[vehicle], time
        world.counts.total[4] += 1
