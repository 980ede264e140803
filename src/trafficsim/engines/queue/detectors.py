"""Detectors: when vehicles passed a point, and how fast: the mean over the room that one takes in a queue."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.engines.queue.places import Places
from trafficsim.plan.arrays import F8
from trafficsim.plan.desired_speed import LEAST_SPEED_MS
from trafficsim.plan.record import DetectorRecord


class Passed(NamedTuple):
    """Vehicles that passed a point; times since the start of the run."""

    time_s: F8
    speed_ms: F8


def detector_record(places: Places, intervals: int) -> DetectorRecord:
    """Return counts and speeds at all detectors of the plan."""
    plan = places.plan
    rows = len(plan.detectors.name)
    count, total, inverse = (np.zeros((intervals, rows)) for _ in range(3))
    for row in range(rows):
        passed = passed_at(places, row)
        interval = np.minimum((passed.time_s // plan.interval_s).astype(np.int64), intervals - 1)
        for table, weight in ((count, np.ones(len(interval))), (total, passed.speed_ms),
                              (inverse, 1.0 / passed.speed_ms)):
            table[:, row] = np.bincount(interval, weight, intervals)[:intervals]
    return DetectorRecord(count, total, inverse)


def passed_at(places: Places, row: int) -> Passed:
    """Return when and how fast vehicles passed a detector of the plan, in the order of time."""
    plan = places.plan
    lane, position_m = int(plan.detectors.lane[row]), float(plan.detectors.position_m[row])
    link = int(plan.lanes.link[lane])
    time_s = places.passing_s(link, position_m)
    mine = np.flatnonzero(np.isfinite(time_s) & (places.lanes_at(link, position_m) == lane))
    mine = mine[np.argsort(time_s[mine], kind="stable")]
    kind = places.world.trips.kind[places.of(link).trip[mine]]
    room_m = float(places.world.net.spacing[kind].mean()) / 100.0 if len(mine) else 1.0
    begin_m = max(min(position_m, float(plan.links.length_m[link])) - room_m, 0.0)
    over_m = max(position_m - begin_m, 1e-3)
    before_s = places.passing_s(link, begin_m)[mine]
    took_s = np.where(np.isfinite(before_s), time_s[mine] - before_s, np.inf)
    return Passed(time_s[mine], np.maximum(over_m / np.maximum(took_s, 1e-3), LEAST_SPEED_MS))
