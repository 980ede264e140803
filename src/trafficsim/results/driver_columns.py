"""Columns of the table ``trips`` that say who drove."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trafficsim.plan.arrays import Plan
from trafficsim.results.frames import Column, names_of, nullable

COLUMNS: Mapping[str, Callable[[Plan], Column]] = {
    "person": lambda plan: nullable(plan.trips.person),
    "group": lambda plan: names_of(plan.people.group, plan.drivers.group),
    "age_years": lambda plan: nullable(plan.drivers.age_years),
    "licence_months": lambda plan: nullable(plan.drivers.licence_months),
    "speed_score": lambda plan: nullable(plan.trips.z),
    "alcohol": lambda plan: nullable(plan.drivers.impaired),
    "belt": lambda plan: nullable(plan.drivers.belt),
    "isa": lambda plan: nullable(plan.drivers.isa),
    "points": lambda plan: nullable(plan.drivers.points),
    "suspended": lambda plan: nullable(plan.drivers.suspended),
}
"""By name in ``population.trip_columns``."""


def driver_columns(plan: Plan) -> dict[str, Column]:
    """Attributes of the person who makes each trip that the scenario asks for; none without people."""
    return {name: COLUMNS[name](plan) for name in plan.drivers.columns}
