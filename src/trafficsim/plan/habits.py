"""Habits: over the days of a study a person keeps to one relation, a pair of origin and destination.

A person's habit is one trip of the design day, drawn in proportion to all of its trips; every trip of a run is made by
somebody whose habit has its origin and destination. So those who pass a place one day are those who pass it the next,
and learn of it. One relation per person is a modelling assumption.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.draws import PeopleStream, draw_states, hash_name, u01
from trafficsim.people.persons import MOST_ATTEMPTS, group_of, people_key, person_of_trip
from trafficsim.plan.arrays import F8, I4, TripArrays
from trafficsim.plan.prepare import Prepared
from trafficsim.spec.population import Population

I8 = NDArray[np.int64]
KEY = "habits"
IN_RELATION = 2
"""Entity of the draw of a person among those of a relation; without habits they are 0 and 1."""


@dataclass(frozen=True, eq=False)
class Habits:
    """What people are used to drive.

    Attributes
    ----------
    trips : trips of the design day
    of_person : row among these that is each person's habit
    relation : keys of relations that somebody has, ascending
    start, member : people of relation i are ``member[start[i]:start[i + 1]]``
    group : of each person
    seed : of the scenario
    """

    trips: TripArrays
    of_person: I8
    relation: I8
    start: I8
    member: I8
    group: I8
    seed: int


def habits_of(prepared: Prepared, trips: Callable[[], TripArrays]) -> Habits:
    """Return the habits of a scenario's people, worked out once and kept with the prepared world.

    Parameters
    ----------
    prepared
        A world with a population.
    trips
        Gives those of the design day, without any policy.
    """
    if KEY not in prepared.memory:
        population = prepared.world.scenario.population
        assert population is not None
        prepared.memory[KEY] = _habits(population, prepared.world.scenario.seed, trips())
    return cast(Habits, prepared.memory[KEY])


def _habits(population: Population, seed: int, trips: TripArrays) -> Habits:
    who = np.arange(population.people)
    draw = u01(people_key(seed), PeopleStream.HABIT, who, 0)
    of_person = np.minimum((draw * len(trips.key)).astype(np.int64), len(trips.key) - 1)
    relation = relations(trips)[of_person]
    order = np.argsort(relation, kind="stable")
    known, first = np.unique(relation[order], return_index=True)
    return Habits(trips, of_person, known, np.append(first, len(who)), who[order], group_of(population, seed, who),
                  seed)


def relations(trips: TripArrays) -> I8:
    """Key of each trip's relation: its first and its last link."""
    first, last = trips.route_link[trips.route_start[:-1]], trips.route_link[trips.route_start[1:] - 1]
    return first.astype(np.int64) << 32 | last.astype(np.int64)


def person_by_habit(habits: Habits, population: Population, trips: TripArrays, trip_rate: F8) -> I8:
    """Number of the person who makes each trip: somebody of its relation, in proportion to the groups' trip rates.

    A relation that is nobody's habit (few people, or trips that are not those of the design day) is driven by anybody,
    as in a single run.

    Parameters
    ----------
    habits
        What people are used to drive.
    population
        The people.
    trips
        Trips of a run.
    trip_rate
        Relative number of trips per person by group.
    """
    person = np.full(len(trips.key), -1, np.int64)
    wanted = relations(trips)
    at = np.minimum(np.searchsorted(habits.relation, wanted), max(len(habits.relation) - 1, 0))
    known = habits.relation[at] == wanted
    rest = np.flatnonzero(~known)
    person[rest] = person_of_trip(population, habits.seed, trips.key[rest], trip_rate)
    asked, accepted = np.flatnonzero(known), np.asarray(trip_rate) / np.max(trip_rate)
    begin, count = habits.start[at], np.diff(habits.start)[at]
    for attempt in range(MOST_ATTEMPTS):
        key = trips.key[asked]
        place = (u01(key, PeopleStream.OF_TRIP, IN_RELATION, attempt) * count[asked]).astype(np.int64)
        person[asked] = habits.member[begin[asked] + np.minimum(place, count[asked] - 1)]
        kept = u01(key, PeopleStream.OF_TRIP, IN_RELATION + 1, attempt) < accepted[habits.group[person[asked]]]
        asked = asked[~kept]
        if not len(asked):
            break
    return person


def person_keys(seed: int, numbers: NDArray[np.integer]) -> NDArray[np.uint64]:
    """64-bit random keys of people, for traits that stay the same from day to day.

    Examples
    --------
    >>> keys = person_keys(1, np.array([0, 1, 0]))
    >>> bool(keys[0] == keys[2]), bool(keys[0] == keys[1])
    (True, False)
    """
    return draw_states(hash_name("traits of people", seed), PeopleStream.HABIT, numbers)


def routes_passing(trips: TripArrays, links: I4) -> NDArray[np.bool_]:
    """Whether each trip's route has one of the links; every one where none is named."""
    if not len(links):
        return np.ones(len(trips.key), np.bool_)
    trip = np.repeat(np.arange(len(trips.key)), np.diff(trips.route_start))
    return np.bincount(trip[np.isin(trips.route_link, links)], minlength=len(trips.key)) > 0
