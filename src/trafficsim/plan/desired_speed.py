"""Desired speeds: the one place where they are defined."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8, ClassArrays, LinkArrays, TripArrays

LEAST_FACTOR, MOST_FACTOR = 0.2, 2.0
"""Bounds of the desired speed over the mean (or over the limit, for classes with a speed factor). They are those that
SUMO's documentation gives for ``normc`` speed factors; that they also bound our own speed choice is a modelling
assumption (with cv <= 0.26 and scores within 3 they never bind there)."""
LEAST_SPEED_MS = 0.5
"""Nobody wants to drive slower than this (1.8 km/h), however low a limit is (modelling assumption). It is the
least that the default engine drives at its default resolution."""


def desired_speed_ms(links: LinkArrays, classes: ClassArrays, trips: TripArrays,
                     trip_index: NDArray[Any], link_index: NDArray[Any]) -> F8:
    """Desired speeds (m/s) of trips on links, one per broadcast pair of indices.

    With the driver's normal score z, ``mean * (1 + cv * z)`` of the link; for a class with a speed factor of its own
    ``(factor_mean + factor_sd * z) * factor_speed``, where ``factor_speed_ms`` of the link is its limit unless a
    policy moved the speed choice. Never above the limit times the trip's ``limit_factor``, never below
    :data:`LEAST_SPEED_MS`, and never above the class's own maximum.

    Parameters
    ----------
    links, classes, trips
        Arrays of a plan; only speeds, the score, the class and the limit factor are read.
    trip_index, link_index
        Indices of equal (broadcast) shape.

    Examples
    --------
    Three drivers on a road with mean 20 m/s and a coefficient of variation of 0.1 (other arrays are not read):

    >>> road = LinkArrays(*[np.zeros(1)] * 10)._replace(free_speed_mean_ms=np.array([20.0]),
    ...     free_speed_cv=np.array([0.1]), factor_speed_ms=np.array([20.0]), speed_limit_ms=np.array([20.0]))
    >>> car = ClassArrays(("car",), *[np.zeros(1)] * 12)._replace(max_speed_ms=np.array([55.0]))
    >>> people = TripArrays((), *[np.zeros(3)] * 15)._replace(
    ...     z=np.array([-1.0, 0.0, 1.0]), vehicle_class=np.zeros(3, np.int32), limit_factor=np.full(3, np.inf))
    >>> desired_speed_ms(road, car, people, np.arange(3), np.zeros(3, np.int32)).tolist()
    [18.0, 20.0, 22.0]
    >>> held = people._replace(limit_factor=np.ones(3))
    >>> desired_speed_ms(road, car, held, np.arange(3), np.zeros(3, np.int32)).tolist()
    [18.0, 20.0, 20.0]
    """
    vehicle_class = trips.vehicle_class[trip_index]
    z = trips.z[trip_index]
    speed = _bounded(1.0 + links.free_speed_cv[link_index] * z) * links.free_speed_mean_ms[link_index]
    if (classes.speed_factor_mean > 0.0).any():
        mean, sd = classes.speed_factor_mean[vehicle_class], classes.speed_factor_sd[vehicle_class]
        speed = np.where(mean > 0.0, _bounded(mean + sd * z) * links.factor_speed_ms[link_index], speed)
    if np.isfinite(trips.limit_factor).any():
        speed = np.minimum(speed, links.speed_limit_ms[link_index] * trips.limit_factor[trip_index])
    speed = np.maximum(speed, LEAST_SPEED_MS)
    return np.asarray(np.minimum(speed, classes.max_speed_ms[vehicle_class]), np.float64)


def _bounded(factor: F8) -> F8:
    return np.clip(factor, LEAST_FACTOR, MOST_FACTOR)
