"""What reactions at the roadside see of traffic, and know of the road."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.plan.arrays import F8


class Measured(NamedTuple):
    """Traffic on the links of a site since the last look, over all lanes."""

    flow_veh_h: F8
    density_veh_km: F8
    speed_kmh: F8
    """Space mean; NaN where nobody was."""


class Site(NamedTuple):
    """The links that a reaction looks at, in its order."""

    length_m: F8
    lanes: F8
    limit_kmh: F8
    """Limit without any sign."""
    free_kmh: F8
    """Mean free speed."""
    vehicle_m: float
    """Room that a vehicle takes in a queue."""


class LinkTotals(NamedTuple):
    """Since the start of the run, by link."""

    vehicle_s: F8
    traversed: F8
    """Traversals, each by the share that has been covered."""
