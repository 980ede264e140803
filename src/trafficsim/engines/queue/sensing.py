"""Compile what controllers of signals learn from queues: detectors and links."""

from __future__ import annotations

import numpy as np

from trafficsim.engines.reacting import places_of, shown_rows, surroundings_of
from trafficsim.kernels.queue.tables import Sensing
from trafficsim.plan.arrays import Plan


def compile_sensing(plan: Plan) -> Sensing:
    """Return where detectors of signals lie, in cm before the stop line."""
    places = places_of(plan)
    near, far = (np.rint(distance_m * 100.0).astype(np.int64) for distance_m in (places.near_m, places.far_m))
    return Sensing(
        active=int(plan.controls.any), places=len(places.lane), detector=places.detector.astype(np.int64),
        lane=places.lane.astype(np.int64), near=near, far=np.maximum(far, near + 1),
        passed=np.zeros(len(places.lane), np.int64), left=np.zeros(len(plan.lanes.link), np.int64),
        read=np.zeros(1, np.int64), around=surroundings_of(plan), shown=shown_rows(plan))
