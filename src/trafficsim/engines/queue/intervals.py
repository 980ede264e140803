"""Ends of intervals: what vehicles on the road have covered, and how long they have been there, goes to its link."""

from __future__ import annotations

import numpy as np

from trafficsim.kernels.queue.tables import Counts, World

BY_LINK = ("entered", "left", "vehicle_ms", "vehicle_m", "waiting_ms", "traversed", "free_ms")


def close_interval(world: World, now: int) -> Counts:
    """Return the counters of the interval that ends now, and begin the next one.

    Who is on the running section has covered the way at the own speed; who waits, all of it.
    """
    counts, vehicles, trips = world.counts, world.vehicles, world.trips
    road = np.flatnonzero((vehicles.begun >= 0) & (vehicles.ended < 0))
    cursor = vehicles.cursor[road]
    link, links = trips.link[cursor], len(counts.left)
    share = np.minimum((now - vehicles.since[road]) / trips.free[cursor], 1.0)
    more = share - vehicles.covered[road]
    there = np.bincount(link, minlength=links)
    counts.vehicle_m[:] += np.bincount(link, trips.length[cursor] * more, links)
    counts.traversed[:] += np.bincount(link, more, links)
    counts.vehicle_ms[:] += now * there
    vehicles.covered[road] = share
    taken = counts._replace(**{name: getattr(counts, name).copy() for name in BY_LINK})
    for name in BY_LINK:
        getattr(counts, name)[:] = 0
    counts.vehicle_ms[:] = -now * there
    return taken
