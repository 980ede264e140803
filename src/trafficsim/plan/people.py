"""Who drives: the person of every trip, and what follows from it, once before and once after the policies.

Everything is drawn from the same uniform numbers before and after, so who has an attribute at a smaller share has it at
a larger one too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import numpy as np

from trafficsim.base.draws import PeopleStream, u01
from trafficsim.people.impairment import impaired, share_impaired
from trafficsim.people.persons import Persons, groups_by_name, people_key, person_of_trip, persons
from trafficsim.plan.arrays import BOOL, F8, PeopleArrays, Plan, TripDriverArrays, no_people
from trafficsim.plan.habits import Habits, person_by_habit
from trafficsim.spec.calendar import WEEKDAYS, Weekday
from trafficsim.spec.enforcement import EnforcementKind
from trafficsim.spec.population import PersonGroup, Population
from trafficsim.spec.scenario import Scenario

OF_GROUP = ("trip_rate", "alcohol_factor", "belt_share", "isa_share", "licensed_share")
"""Numbers of groups that people are made of."""
HELD = 1.0
"""Whom intelligent speed assistance holds, or who keeps to the limit, drives at the limit at most."""


def people_arrays(population: Population | None) -> PeopleArrays:
    """Arrays of the groups, and of the kinds of enforcement, before any policy.

    Examples
    --------
    >>> people_arrays(Population(people=10)).belt_share.tolist()
    [0.95, 0.95]
    """
    kinds = get_args(EnforcementKind)
    ones = np.ones(len(kinds))
    sanctions = no_people()._replace(enforcement=kinds, fine_factor=ones, points_factor=ones)
    if population is None:
        return sanctions
    groups, licence, count = groups_by_name(population), population.licence, len(population.groups)
    novice_limit = licence.limit if licence.novice_limit is None else licence.novice_limit
    override = [0.0 if group.isa == "hard" else population.isa_override_share for group in groups]
    of_group: dict[str, Any] = {name: np.array([getattr(group, name) for group in groups], np.float64)
                                for name in OF_GROUP}
    return sanctions._replace(
        group=tuple(group.name for group in groups), **of_group,
        isa_override_share=np.array(override), novice_risk=np.ones(count), exposure=np.ones(count),
        supervised_km=np.zeros(count), lawful_share=np.zeros(count), population=population,
        points_limit=np.full(count, float(licence.limit)), novice_points_limit=np.full(count, float(novice_limit)),
    )


def population_after(population: Population, people: PeopleArrays) -> Population:
    """Return the population with what policies changed about its groups.

    Examples
    --------
    >>> town = Population(people=10)
    >>> belted = people_arrays(town)._replace(belt_share=np.array([1.0, 1.0]))
    >>> [group.belt_share for group in population_after(town, belted).groups]
    [1.0, 1.0]
    """
    return population.model_copy(update={"groups": tuple(
        group.model_copy(update=_numbers(group, people, row)) for row, group in enumerate(groups_by_name(population)))})


def _numbers(group: PersonGroup, people: PeopleArrays, row: int) -> Mapping[str, float]:
    return {name: float(getattr(people, name)[row]) for name in OF_GROUP}


def with_people(
    plan: Plan, scenario: Scenario, weekday: Weekday | None = None, habits: Habits | None = None
) -> Plan:
    """Return the plan with the person of every trip, that person's speed, and whom the limit holds.

    Without a population it is the plan itself.

    Parameters
    ----------
    plan
        Trips, and what policies made of the groups of people.
    scenario
        Its population and seed.
    weekday
        Weekday of clock time 0; ``None``: that of the scenario.
    habits
        What people are used to drive, over the days of a study; ``None``: anybody may make any trip.
    """
    if scenario.population is None:
        return plan
    population = population_after(scenario.population, plan.people)
    rate = plan.people.trip_rate
    who = persons(population, scenario.seed,
                  person_of_trip(population, scenario.seed, plan.trips.key, rate) if habits is None
                  else person_by_habit(habits, population, plan.trips, rate))
    isa = who.isa < plan.people.isa_share[who.group]
    held = held_to_limit(plan.people, who, scenario.seed)
    trips = plan.trips._replace(person=who.number, z=who.speed_score, limit_factor=np.where(held, HELD, np.inf))
    share = plan.people.alcohol_factor[who.group] * share_impaired(
        population.alcohol, WEEKDAYS.index(weekday or scenario.weekday), trips.depart_s)
    share = np.minimum(share, 1.0)
    limit = _points_limit(population, plan.people, who)
    drivers = TripDriverArrays(
        group=who.group.astype(np.int32), age_years=who.age_years, licence_months=who.licence_months,
        impaired=impaired(who.alcohol, trips.key, share), alcohol_share=share,
        belt=who.belt < plan.people.belt_share[who.group], isa=isa,
        points=who.points.astype(np.int32), licensed=who.licensed, suspended=who.licensed & (who.points >= limit),
        columns=population.trip_columns,
    )
    return replace(plan, trips=trips, drivers=drivers)


def held_to_limit(people: PeopleArrays, who: Persons, seed: int) -> BOOL:
    """Whom intelligent speed assistance holds to the limit, or who keeps to it."""
    held = (who.isa < people.isa_share[who.group]) & (who.override >= people.isa_override_share[who.group])
    lawful = u01(people_key(seed), PeopleStream.LAWFUL, who.number, 0)
    return np.asarray(held | (lawful < people.lawful_share[who.group]))


def _points_limit(population: Population, people: PeopleArrays, who: Persons) -> F8:
    novice = who.licence_months < population.licence.novice_months
    return np.where(novice, people.novice_points_limit[who.group], people.points_limit[who.group])
