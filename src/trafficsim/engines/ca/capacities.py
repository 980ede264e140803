"""Capacities that change: as headways that links lengthen; and empty tables of closed lanes."""

from __future__ import annotations

import numpy as np

from trafficsim.base.errors import InputError
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.network import CLOSED_FIELDS
from trafficsim.kernels.tables import rows
from trafficsim.plan.arrays import F8, LinkArrays, Plan
from trafficsim.plan.timeline import CAPACITY, moments
from trafficsim.spec.vehicles import VehicleClass


def closed_tables(plan: Plan) -> dict[str, np.ndarray]:
    """Return empty tables with room for all closed stretches of a run."""
    number = len(plan.lane_closures.lane)
    return {"closed": rows(number + 1, CLOSED_FIELDS), "closing": np.zeros(number + 1, np.int32)}


def headway_factors_of(links: LinkArrays) -> F8:
    """Return by link the factor of headways under which its lanes have the capacity that the factors of links say.

    A car at the free speed v takes ``T + s / v`` of the capacity, with the headway T and the room s of the default
    class; the time that is missing is added to T.
    """
    car = VehicleClass(name="car")
    room_s = (car.length_m + car.min_gap_m) / np.maximum(links.free_speed_mean_ms, 1.0)
    headway_s = (car.headway_s + room_s) / links.capacity_factor - room_s
    return np.asarray(np.where(links.capacity_factor == 1.0, 1.0, headway_s / car.headway_s), np.float64)


def longest_on_links(plan: Plan) -> float:
    """Return the greatest factor of headways of any link at any time."""
    if not has_capacities(plan):
        return 1.0
    return max(float(headway_factors_of(moment.links).max(initial=1.0)) for moment in moments(plan))


def has_capacities(plan: Plan) -> bool:
    """Whether the capacity of lanes differs from the usual one, somewhere and at some time."""
    return CAPACITY in plan.timeline.field or bool((plan.links.capacity_factor != 1.0).any())


def check_capacities(plan: Plan, settings: CellularAutomaton) -> None:
    """Refuse capacities that change, under rules whose drivers have no headway.

    Raises
    ------
    InputError
        Naming the rule.
    """
    if settings.rule != "default" and has_capacities(plan):
        raise InputError("ca: rule", f"rule {settings.rule!r} with a capacity that weather, works or drivers who look "
                         "at an incident change", "the default rule, whose drivers keep headways",
                         "choose rule = 'default', or write rubbernecking = 1 and no capacity_factor")
