"""Desired speeds: one person is fast everywhere, within the bounds of SUMO's speed factors."""

from __future__ import annotations

from trafficsim.kernels.jit import scalar

SLOWEST, FASTEST = 0.2, 2.0
"""Bounds of a driver's desired speed over the mean of the link (those of SUMO's speed factors)."""


@scalar
def desired_of_driver(mean, cv, z):
    """Return the desired speed of a driver with normal score ``z`` on a link with this mean and variation."""
    return mean * min(max(1.0 + cv * z, SLOWEST), FASTEST)


@scalar
def held_to_limit(desired, limit, factor):
    """Return the desired speed of a driver who never drives faster than the limit times an own factor."""
    return min(desired, limit * factor)
