"""Who drives: the person of every trip, and what follows from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trafficsim.people.persons import groups_by_name, person_of_trip, persons
from trafficsim.plan.arrays import F8, U8
from trafficsim.plan.realise import normal_scores
from trafficsim.spec.scenario import Scenario


def drivers_of(scenario: Scenario, keys: U8) -> NDArray[np.int64]:
    """Number of the person who makes each trip (see :func:`~trafficsim.people.persons.person_of_trip`).

    Parameters
    ----------
    scenario
        Its population and seed; without a population everybody is -1.
    keys
        Random keys of the trips.
    """
    population = scenario.population
    if population is None:
        return np.full(len(keys), -1, np.int64)
    rates = [group.trip_rate for group in groups_by_name(population)]
    return person_of_trip(population, scenario.seed, keys, rates)


def speed_scores(scenario: Scenario, keys: U8, person: NDArray[np.int64]) -> F8:
    """Normal score of each driver's desired speed: the person's, or one of the trip's own without a population."""
    if scenario.population is None:
        return normal_scores(keys)
    return persons(scenario.population, scenario.seed, person).speed_score
