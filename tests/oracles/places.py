"""What places do to the speeds of drivers, driver by driver and point by point, from a plan that has them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trafficsim.plan.arrays import Plan
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.lower import DESIGN_DAY, lower
from trafficsim.plan.prepare import Prepared
from trafficsim.spec.policy import Policy


def slower_km(prepared: Prepared, policies: Sequence[Policy], step_m: float = 5.0) -> float:
    """Return the sum over all drivers, and over points along their routes, of (km/h slower) x (km of the step)."""
    plan = lower(prepared, policies, DESIGN_DAY).plan
    total = 0.0
    for trip in range(len(plan.trips.key)):
        first, last = plan.trips.route_start[trip], plan.trips.route_start[trip + 1]
        for link in plan.trips.route_link[first:last].tolist():
            for point in np.arange(step_m / 2.0, float(plan.links.length_m[link]), step_m):
                total += _slower_kmh(plan, trip, link, float(point)) * step_m / 1000.0
    return total


def _slower_kmh(plan: Plan, trip: int, link: int, position_m: float) -> float:
    wanted = float(desired_speed_ms(plan.links, plan.classes, plan.trips, np.array([trip]), np.array([link]))[0])
    lowest, zones = wanted, plan.behaviour
    for row in range(len(zones.zone_rule)):
        if zones.zone_link[row] == link and zones.zone_begin_m[row] <= position_m < zones.zone_end_m[row]:
            rule = zones.zone_rule[row]
            accepted = float(plan.links.speed_limit_ms[zones.rule_link[rule]] * zones.factor[rule, trip])
            lowest = min(lowest, wanted - zones.zone_strength[row] * max(0.0, wanted - accepted))
    return (wanted - lowest) * 3.6
