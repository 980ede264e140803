"""Stops on the way: who has some on a link needs longer for it."""

from __future__ import annotations

from trafficsim.kernels.jit import per_vehicle


@per_vehicle
def time_at_stops(trips, vehicle, place):
    """Return the time that a vehicle loses at its stops on a place of its route, with braking and speeding up."""
    lost = 0
    if trips.stop_count > 0:
        for stop in range(trips.stop_start[vehicle], trips.stop_start[vehicle + 1]):
            if trips.stop_place[stop] == place:
                lost += trips.stop_ms[stop]
    return lost


@per_vehicle
def count_stops(world, vehicle, link, place):
    """Count for how long, and how often, a vehicle that leaves a link stood at its stops there."""
    counts, vehicles, trips = world.counts, world.vehicles, world.trips
    if trips.stop_count == 0:
        return
    for stop in range(trips.stop_start[vehicle], trips.stop_start[vehicle + 1]):
        if trips.stop_place[stop] == place:
            counts.waiting_ms[link] += trips.dwell_ms[stop]
            vehicles.waiting[vehicle] += trips.dwell_ms[stop]
            vehicles.stops[vehicle] += 1
