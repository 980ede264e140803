"""Detectors: when vehicles passed a point, from when they left the lane, by Newell's simplified theory.

At a distance d before the stop line a vehicle passes when it gets there at its own speed, or when the wave of the one
who left d / s vehicles earlier comes back to it, d / w later: whichever is later (Newell 2002,
doi:10.1016/S0191-2615(00)00044-8). In a queue its speed is that of its headway h at the point, ``s / (h - T)``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.engines.queue.diagram import Diagram, diagram_of
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.kernels.queue.tables import World
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.desired_speed import LEAST_SPEED_MS
from trafficsim.plan.record import DetectorRecord


class Passed(NamedTuple):
    """Vehicles that passed a point, in order."""

    time_s: F8
    speed_ms: F8


def detector_record(plan: Plan, settings: QueueSettings, world: World, intervals: int) -> DetectorRecord:
    """Return counts and speeds at all detectors; who is before the stop line at the end has not been counted."""
    places = len(plan.detectors.name)
    count, total, inverse = (np.zeros((intervals, places)) for _ in range(3))
    diagram = diagram_of(plan, settings)
    for row in range(places):
        passed = passed_at(plan, diagram, world, row)
        interval = np.minimum((passed.time_s // plan.interval_s).astype(np.int64), intervals - 1)
        for table, weight in ((count, np.ones(len(interval))), (total, passed.speed_ms),
                              (inverse, 1.0 / passed.speed_ms)):
            table[:, row] = np.bincount(interval, weight, intervals)[:intervals]
    return DetectorRecord(count, total, inverse)


def passed_at(plan: Plan, diagram: Diagram, world: World, row: int) -> Passed:
    """Return when and how fast vehicles passed a detector of the plan; times since the start of the run."""
    rows, trips = world.counts.total[4], world.trips
    lane = int(plan.detectors.lane[row])
    own = np.flatnonzero(world.log.lane[:rows] == lane)
    place, link = world.log.place[own], int(plan.lanes.link[lane])
    trip = np.searchsorted(trips.route_start, place, side="right") - 1
    kind = trips.kind[trip]
    before_m = max(float(plan.links.length_m[link] - plan.detectors.position_m[row]), 0.0)
    own_ms = np.maximum(trips.length[place] / trips.free[place] * 1000.0, LEAST_SPEED_MS)
    left_s = world.log.left[own] / 1000.0
    spacing, time_s = (by_class[kind] for by_class in diagram.on(link))
    free_s = world.log.ready[own] / 1000.0 - before_m / own_ms
    ahead = int(before_m / float(spacing.mean())) if len(own) else 0
    wave_s = np.full(len(own), -np.inf)
    if ahead < len(own):
        wave_s[ahead:] = left_s[: len(own) - ahead] + before_m * time_s[ahead:] / spacing[ahead:]
    passed_s = np.maximum.accumulate(np.minimum(np.maximum(free_s, wave_s), left_s))
    headway_s = np.diff(passed_s, prepend=-np.inf)
    queued_ms = spacing / np.maximum(headway_s - time_s, 1e-3)
    slowed = (wave_s > free_s) & (ahead > 0)
    speed = np.where(slowed, np.minimum(own_ms, np.maximum(queued_ms, LEAST_SPEED_MS)), own_ms)
    seen = np.asarray(plan.trips.depart_position_m)[trip] <= plan.detectors.position_m[row]
    seen |= place != trips.route_start[trip]
    return Passed(passed_s[seen], speed[seen])
