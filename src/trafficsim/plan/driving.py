"""The behaviour of a day put into its plan: degrees of compliance at places and at large, and who may drive.

With degree c a driver takes c times off what full compliance would take off the desired speed: at a place by another
accepted speed of the rule, everywhere else by a cap on the desired speed over the limit. Who is suspended stays home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8, UNAFFECTED, Plan
from trafficsim.plan.behaviour import driver_factor, passes_any
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.habits import person_keys
from trafficsim.plan.ragged import gather
from trafficsim.plan.trip_rows import pick
from trafficsim.spec.behaviour import Response
from trafficsim.spec.enforcement import Deployment

I8 = NDArray[np.int64]
STEPS = 40
"""Bisections of the cap on desired speeds: far beyond the resolution of an engine."""
MOST_OVER = 3.0
"""No desired speed is above the limit times this."""


class Driving(NamedTuple):
    """How people drive on a day.

    Attributes
    ----------
    at_large : degree of compliance with limits away from places, by person
    suspended : who may not drive, by person
    at : by name of the deployment, and the persons who pass, their degree there
    """

    at_large: F8
    suspended: NDArray[np.bool_]
    at: Mapping[str, Callable[[I8], F8]]


def driven(plan: Plan, driving: Driving, deployments: Mapping[str, Deployment], seed: int) -> Plan:
    """Return the plan as people drive it on a day; the plan itself where nobody's behaviour has changed.

    Parameters
    ----------
    plan
        Of the day, with people and policies.
    driving
        The people's behaviour.
    deployments
        By name.
    seed
        Of the scenario.
    """
    suspended = driving.suspended[plan.trips.person]
    if suspended.any():
        plan = without_trips(plan, suspended)
    degree = driving.at_large[plan.trips.person]
    if degree.any():
        held = np.minimum(plan.trips.limit_factor, cap_factor(plan, degree))
        plan = replace(plan, trips=plan.trips._replace(limit_factor=held))
    return _at_places(plan, driving, deployments, seed)


def _at_places(plan: Plan, driving: Driving, deployments: Mapping[str, Deployment], seed: int) -> Plan:
    rules = plan.behaviour
    factor = rules.factor.copy()
    for row, name in enumerate(rules.rule_name):
        response = deployments[name].response if name in deployments else None
        if response is not None:
            index = [plan.link_id.index(link) for link in deployments[name].along]
            passing = np.flatnonzero(passes_any(plan, index))
            who = plan.trips.person[passing]
            full = full_factor(seed, who, response)
            factor[row] = UNAFFECTED
            factor[row, passing] = _partly(plan, (passing, int(rules.rule_link[row])), full, driving.at[name](who))
    return replace(plan, behaviour=rules._replace(factor=factor))


def _partly(plan: Plan, where: tuple[NDArray[np.integer], int], full: F8, degree: F8) -> F8:
    """Accepted speed over the limit of drivers who comply in part: between their own speed and that of full compliance.

    Exact on the link of the rule; where a zone goes on to links with other free speeds it is an approximation.
    """
    trip, link = where
    own = desired_speed_ms(plan.links, plan.classes, plan.trips, trip, np.full(len(trip), link))
    own = own / plan.links.speed_limit_ms[link]
    factor = own - degree * np.maximum(own - full, 0.0)
    return np.where(degree <= 0.0, UNAFFECTED, factor)


def full_factor(seed: int, person: I8, response: Response) -> F8:
    """Accepted speed over the limit of people who comply in full, whether the sight of it affects them or not."""
    return driver_factor(person_keys(seed, person), response.model_copy(update={"unaffected": 0.0}))


def cap_factor(plan: Plan, degree: F8) -> F8:
    """Cap on the desired speed over the limit at which a trip gives up the share ``degree`` of its excess.

    The mean of the desired speed over the links of the route, by length, falls by ``degree`` times that of its excess
    over the limits; what lies furthest above the limit falls most. Infinite for who complies not at all, or has no
    excess.

    Examples
    --------
    See ``tests/plan/test_driving.py``.
    """
    trips = plan.trips
    chosen = np.flatnonzero(degree > 0.0)
    start, at = gather(trips.route_start, chosen)
    trip = np.repeat(np.arange(len(chosen)), np.diff(start))
    link = trips.route_link[at]
    speed = desired_speed_ms(plan.links, plan.classes, trips, chosen[trip], link)
    limit, length_m = plan.links.speed_limit_ms[link], plan.links.length_m[link]

    def taken_off(cap: F8) -> F8:
        return np.bincount(trip, length_m * np.maximum(speed - limit * cap[trip], 0.0), len(chosen)).astype(np.float64)

    wanted = degree[chosen] * taken_off(np.ones(len(chosen)))
    low, high = np.ones(len(chosen)), np.full(len(chosen), MOST_OVER)
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        enough = taken_off(middle) >= wanted
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    factor: F8 = np.full(len(degree), np.inf)
    factor[chosen] = np.where(wanted > 0.0, low, np.inf)
    return factor


def without_trips(plan: Plan, gone: NDArray[np.bool_]) -> Plan:
    """Return the plan without some trips; nobody else's attributes change."""
    rows = np.flatnonzero(~gone)
    drivers = plan.drivers
    kept = {name: getattr(drivers, name)[rows] for name in drivers._fields if name != "columns"}
    return replace(plan, trips=pick(plan.trips, rows), drivers=drivers._replace(**kept),
                   behaviour=plan.behaviour._replace(factor=plan.behaviour.factor[:, rows]))
