"""Who knows the times and closures of the moment, and what routes cost them on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trafficsim.base.draws import PeopleStream, hash_name, u01
from trafficsim.people.persons import people_key
from trafficsim.plan.arrays import BOOL, Plan
from trafficsim.plan.closures import roads_of
from trafficsim.plan.realise import hash_names
from trafficsim.plan.route_arrays import EnRouteArrays
from trafficsim.plan.route_choice import road_costs
from trafficsim.spec.scenario import Scenario

DESIGN_DAY = 0
"""A trait is drawn once, for all days."""


def with_en_route(plan: Plan, scenario: Scenario) -> Plan:
    """Return the plan with the drivers who change route on the way; itself where nobody does and nothing is closed."""
    choice = scenario.route_choice
    if choice.informed_share <= 0.0 and not len(plan.closures.turn):
        return plan
    money = road_costs(roads_of(plan), plan.signals, choice).money_eur
    value = np.array([choice.value_of(name) for name in plan.classes.name])
    return replace(plan, en_route=EnRouteArrays(informed(plan, scenario), choice.update_s, choice.least_gain, money,
                                                value))


def informed(plan: Plan, scenario: Scenario) -> BOOL:
    """Who is informed, by trip: a trait of the person; of the trip's name where there are no persons.

    Trips that stop on the way have a timetable and keep their route.
    """
    trips, seed = plan.trips, scenario.seed
    share = scenario.route_choice.informed_share
    if scenario.population is not None:
        draw = u01(people_key(seed), PeopleStream.INFORMED, np.maximum(trips.person, 0), 0)
    else:
        draw = u01(hash_name(seed, DESIGN_DAY), PeopleStream.INFORMED, hash_names(trips.name), 0)
    return np.asarray((draw < share) & (np.diff(trips.stop_start) == 0))
