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
FULL_LENGTH = 0.95
"""Lanes of at least this share of their link count as lanes of its running section."""


class Diagram(NamedTuple):
    """By kind of drivers, and by link by how much a link differs: 1 where its network gives nothing.

    Of a link with a capacity or a jam density of its own all headways, and all rooms, are as many times those of the
    classes as for the reference car.
    """

    spacing_m: F8
    """By kind (:mod:`trafficsim.engines.queue.kinds`), as ``time_s``."""
    time_s: F8
    speed_ms: F8
    """Mean free speed by link."""
    along: F8
    """Headways along a link over those of the classes; ``inflow`` and ``outflow``: at its ends."""
    inflow: F8
    outflow: F8
    room: F8
    """By link, as those before: room of a vehicle over that of its class."""

    def headway_s(self, longer: F8) -> F8:
        """Return headways at mean speeds, by how much longer they are; shape (links, kinds)."""
        own = self.time_s + self.spacing_m / self.speed_ms[:, np.newaxis]
        return np.asarray(own * longer[:, np.newaxis], np.float64)

    @property
    def reaction_s(self) -> F8:
        """Time after which vehicles repeat what their leader did, shape (links, kinds)."""
        room_s = self.spacing_m * (self.room / self.speed_ms)[:, np.newaxis]
        given = np.maximum(self.headway_s(self.along) - room_s, 0.0)
        return np.where(((self.along == 1.0) & (self.room == 1.0))[:, np.newaxis], self.time_s, given)


def diagram_of(plan: Plan, settings: QueueSettings) -> Diagram:
    """Return the diagram of the kinds of drivers of a plan on its links.

    What the reference car needs beyond its headway and room at the saturation flow, all need. Who keeps a longer gap
    than the class has that one instead of its headway.
    """
    car = VehicleClass(name="car")
    car_m = car.length_m + car.min_gap_m
    more_s = 3600.0 / settings.saturation_flow_veh_h - car.headway_s - car_m / REFERENCE_SPEED_MS
    classes, kinds, speed_ms, one = plan.classes, kinds_of(plan), mean_speed_ms(plan), np.ones(len(plan.link_id))
    headway_s = np.maximum(classes.headway_s[kinds.vehicle_class], kinds.kept_gap_s)
    own = Diagram((classes.length_m + classes.min_gap_m)[kinds.vehicle_class],
                  np.maximum(headway_s + more_s, LEAST_TIME_S), speed_ms, one, one, one, one)
    if not len(plan.diagrams.unlimited):
        return own
    return _as_given(plan, own, car_m, car_m / speed_ms + max(car.headway_s + more_s, LEAST_TIME_S))


def _as_given(plan: Plan, own: Diagram, car_m: float, car_s: F8) -> Diagram:
    """Return the diagram where links give what differs from the room and the headway of the reference car.

    The triangle with the headway h at capacity, the room s and the wave w has ``h = s / w + s / v``.
    """
    given, lanes = plan.diagrams, full_lanes(plan)
    by_room = 1.0 / given.backward_wave_ms + 1.0 / own.speed_ms
    headway_s = lanes / given.capacity_veh_s
    room_m = _or(1.0 / given.jam_density_veh_m, _or(headway_s / by_room, car_m))
    headway_s = _or(headway_s, _or(room_m * by_room, car_s))
    inflow_s, outflow_s = (np.fmax(headway_s, lanes / flow) for flow in (given.inflow_veh_s, given.outflow_veh_s))
    return own._replace(along=headway_s / car_s, inflow=inflow_s / car_s, outflow=outflow_s / car_s,
                        room=room_m / car_m)


def _or(values: F8, other: F8 | float) -> F8:
    return np.where(np.isnan(values), other, values)


def mean_speed_ms(plan: Plan) -> F8:
    """Return the mean free speed of every link."""
    return np.asarray(np.maximum(plan.links.free_speed_mean_ms, 0.5), np.float64)


def full_lanes(plan: Plan) -> np.ndarray:
    """Return the lanes of every link that are as long as it; at least one."""
    lanes = plan.lanes
    full = lanes.length_m >= FULL_LENGTH * plan.links.length_m[lanes.link]
    return np.maximum(np.bincount(lanes.link[full], minlength=len(plan.link_id)), 1)


def mean_acceleration_ms2(plan: Plan) -> F8:
    """Return by class the constant acceleration that loses as much time up to 50 km/h as the one that fades."""
    speed = np.linspace(0.0, REFERENCE_SPEED_MS, 201)[:-1] + REFERENCE_SPEED_MS / 400.0
    classes = plan.classes
    fading = np.maximum(classes.acceleration_ms2[:, np.newaxis]
                        - classes.acceleration_fade_per_s[:, np.newaxis] * speed, LEAST_ACCELERATION_MS2)
    lost_s = ((1.0 - speed / REFERENCE_SPEED_MS) / fading).mean(axis=1) * REFERENCE_SPEED_MS
    return np.asarray(0.5 * REFERENCE_SPEED_MS / lost_s, np.float64)
