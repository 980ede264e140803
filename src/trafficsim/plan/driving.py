"""The behaviour of a day put into its plan: who complies on which trip, at places and at large, and who may drive.

A degree of compliance is the probability of complying on a trip: then the driver takes all off the desired speed that
full compliance takes off, else nothing. Each trip draws one number for it, the same in every alternative, so those who
comply at a lower degree comply at a higher one. Who is suspended stays home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.draws import PeopleStream, u01
from trafficsim.plan.arrays import F8, UNAFFECTED, Plan
from trafficsim.plan.behaviour import driver_factor, passes_any
from trafficsim.plan.habits import person_keys
from trafficsim.plan.trip_rows import pick
from trafficsim.spec.behaviour import Response
from trafficsim.spec.enforcement import Deployment

I8 = NDArray[np.int64]
SOBER = 1
"""Entity of the draw of who stays sober; that of who would drink is 0."""


class Driving(NamedTuple):
    """How people drive on a day.

    Attributes
    ----------
    at_large : degree of compliance with limits away from places, by person
    sober : degree of compliance with the limit of alcohol, by person
    suspended : who may not drive, by person
    at : by name of the deployment, and the persons who pass, their degree there
    """

    at_large: F8
    sober: F8
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
    plan = _sobered(plan, driving.sober[plan.trips.person])
    complies = complies_drawn(plan) < driving.at_large[plan.trips.person]
    if complies.any():
        held = np.where(complies, np.minimum(plan.trips.limit_factor, 1.0), plan.trips.limit_factor)
        plan = replace(plan, trips=plan.trips._replace(limit_factor=held))
    return _at_places(plan, driving, deployments, seed)


def _sobered(plan: Plan, degree: F8) -> Plan:
    """Return the plan with fewer impaired drivers: each stays sober with its degree, nested in it."""
    if not degree.any():
        return plan
    kept = u01(plan.trips.key, PeopleStream.IMPAIRED, SOBER, 0) >= degree
    drivers = plan.drivers
    return replace(plan, drivers=drivers._replace(impaired=drivers.impaired & kept,
                                                  alcohol_share=drivers.alcohol_share * (1.0 - degree)))


def _at_places(plan: Plan, driving: Driving, deployments: Mapping[str, Deployment], seed: int) -> Plan:
    rules = plan.behaviour
    factor, drawn = rules.factor.copy(), complies_drawn(plan)
    for row, name in enumerate(rules.rule_name):
        response = deployments[name].response if name in deployments else None
        if response is not None:
            index = [plan.link_id.index(link) for link in deployments[name].along]
            passing = np.flatnonzero(passes_any(plan, index))
            who = plan.trips.person[passing]
            full = full_factor(seed, who, response)
            factor[row] = UNAFFECTED
            complies = drawn[passing] < driving.at[name](who)
            factor[row, passing] = np.where(complies, full, UNAFFECTED)
    return replace(plan, behaviour=rules._replace(factor=factor))


def complies_drawn(plan: Plan) -> F8:
    """Uniform number of each trip: below the degree of compliance the driver complies."""
    return u01(plan.trips.key, PeopleStream.COMPLIES, 0, 0)


def full_factor(seed: int, person: I8, response: Response) -> F8:
    """Accepted speed over the limit of people who comply in full, whether the sight of it affects them or not."""
    return driver_factor(person_keys(seed, person), response.model_copy(update={"unaffected": 0.0}))


def without_trips(plan: Plan, gone: NDArray[np.bool_]) -> Plan:
    """Return the plan without some trips; nobody else's attributes change."""
    rows = np.flatnonzero(~gone)
    drivers = plan.drivers
    kept = {name: getattr(drivers, name)[rows] for name in drivers._fields if name != "columns"}
    return replace(plan, trips=pick(plan.trips, rows), drivers=drivers._replace(**kept),
                   behaviour=plan.behaviour._replace(factor=plan.behaviour.factor[:, rows]))
