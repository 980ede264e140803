"""Stops on the way, as tables of the kernels."""

from __future__ import annotations

from typing import Any

import numpy as np

from trafficsim.engines.queue.diagram import mean_acceleration_ms2
from trafficsim.kernels.queue.counting import STOP_BRAKE_MS2
from trafficsim.plan.arrays import Plan
from trafficsim.plan.desired_speed import desired_speed_ms


def stop_columns(plan: Plan) -> dict[str, Any]:
    """Return the columns of stops: a stop takes its dwell time, and what braking and speeding up lose."""
    trips, classes = plan.trips, plan.classes
    trip = np.repeat(np.arange(len(trips.name)), np.diff(trips.stop_start))
    place = np.asarray(trips.route_start, np.int64)[trip] + trips.stop_position
    speed = desired_speed_ms(plan.links, classes, trips, trip, trips.route_link[place])
    lost_s = 0.5 * speed * (1.0 / STOP_BRAKE_MS2 + 1.0 / mean_acceleration_ms2(plan)[trips.vehicle_class[trip]])
    return {"stop_count": len(place), "stop_start": np.asarray(trips.stop_start, np.int64), "stop_place": place,
            "stop_ms": np.rint((trips.stop_dwell_s + lost_s) * 1000.0).astype(np.int64),
            "dwell_ms": np.rint(trips.stop_dwell_s * 1000.0).astype(np.int64)}
