"""The fundamental diagram: triangles from the classes of vehicles and the saturation flow.

A vehicle of a class follows at the headway ``T + s / v``: the room ``s`` that it takes in a standing queue (length and
gap), and the time ``T`` after which it repeats what its leader did. That is the triangle with the free speed v, the
jam density 1 / s and the backward wave s / T (Newell 2002, doi:10.1016/S0191-2615(00)00044-8).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.engines.queue.kinds import kinds_of
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.plan.arrays import F8, Plan
from trafficsim.spec.vehicles import VehicleClass

REFERENCE_SPEED_MS = 50.0 / 3.6
LEAST_ACCELERATION_MS2 = 0.2
"""However fast, vehicles speed up that much (modelling assumption)."""
LEAST_TIME_S = 0.3
"""Nobody repeats what the leader did in less (modelling assumption)."""


class Diagram(NamedTuple):
    """By kind of drivers (:mod:`trafficsim.engines.queue.kinds`)."""

    spacing_m: F8
    time_s: F8

    def headway_s(self, speed_ms: F8) -> F8:
        """Return headways at speeds, shape (speeds, kinds)."""
        return self.time_s + self.spacing_m / np.asarray(speed_ms)[:, np.newaxis]


def diagram_of(plan: Plan, settings: QueueSettings) -> Diagram:
    """Return the diagram of the kinds of drivers of a plan.

    What the reference car needs beyond its headway and room at the saturation flow, all need. Who keeps a longer gap
    than the class has that one instead of its headway.
    """
    car = VehicleClass(name="car")
    spacing_m = car.length_m + car.min_gap_m
    more_s = 3600.0 / settings.saturation_flow_veh_h - car.headway_s - spacing_m / REFERENCE_SPEED_MS
    classes, kinds = plan.classes, kinds_of(plan)
    headway_s = np.maximum(classes.headway_s[kinds.vehicle_class], kinds.kept_gap_s)
    return Diagram((classes.length_m + classes.min_gap_m)[kinds.vehicle_class],
                   np.maximum(headway_s + more_s, LEAST_TIME_S))


def mean_acceleration_ms2(plan: Plan) -> F8:
    """Return by class the constant acceleration that loses as much time up to 50 km/h as the one that fades."""
    speed = np.linspace(0.0, REFERENCE_SPEED_MS, 201)[:-1] + REFERENCE_SPEED_MS / 400.0
    classes = plan.classes
    fading = np.maximum(classes.acceleration_ms2[:, np.newaxis]
                        - classes.acceleration_fade_per_s[:, np.newaxis] * speed, LEAST_ACCELERATION_MS2)
    lost_s = ((1.0 - speed / REFERENCE_SPEED_MS) / fading).mean(axis=1) * REFERENCE_SPEED_MS
    return np.asarray(0.5 * REFERENCE_SPEED_MS / lost_s, np.float64)
