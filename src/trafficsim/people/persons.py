"""Who people are on the first day: attributes by number, from counter-based draws.

A person is a number for ever. Every attribute is a function of that number, the scenario's seed and the attribute's
own random stream, never of the replication or of who else exists: of a larger population the first people are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from trafficsim.base.draws import PeopleStream, hash_name, u01
from trafficsim.spec.population import LEAST_LICENCE_AGE, PersonGroup, Population

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
MOST_SCORE = 3.0
"""Speed scores are cut there, as those of drivers without a population are (modelling assumption)."""
MOST_ATTEMPTS = 1000
"""Of so many people drawn for a trip one is taken in any case; with trip rates of 1 to 100 that never happens."""


class Persons(NamedTuple):
    """People on the first day, arrays of one length.

    Attributes
    ----------
    number : who
    group : index into the groups in order of their names (:func:`groups_by_name`)
    age_years, licence_months : age, and time since the licence
    speed_score : normal score of the desired speed, cut at +-3
    alcohol, belt, isa, override : uniform numbers; who lies below a share drinks and drives, wears a belt, has
        intelligent speed assistance, overrides it; so shares are nested
    points : demerit points
    licensed : has a licence
    """

    number: I8
    group: I8
    age_years: F8
    licence_months: F8
    speed_score: F8
    alcohol: F8
    belt: F8
    isa: F8
    override: F8
    points: I8
    licensed: NDArray[np.bool_]


def groups_by_name(population: Population) -> tuple[PersonGroup, ...]:
    """Groups in order of their names: the order of all arrays, in whatever order they are written.

    Examples
    --------
    >>> [group.name for group in groups_by_name(Population(people=10))]
    ['experienced', 'novice']
    """
    return tuple(sorted(population.groups, key=lambda group: group.name))


def people_key(seed: int) -> int:
    """64-bit random key of all people of a scenario with this seed.

    Examples
    --------
    >>> people_key(1) == people_key(1), people_key(1) == people_key(2)
    (True, False)
    """
    return hash_name("people", seed)


def group_of(population: Population, seed: int, numbers: ArrayLike) -> I8:
    """Group of people, as an index into :func:`groups_by_name`.

    Parameters
    ----------
    population
        Groups with their shares.
    seed
        Seed of the scenario.
    numbers
        Who, 0 or higher.

    Examples
    --------
    >>> group_of(Population(people=10), 1, [0, 1, 2]).tolist()
    [0, 0, 0]
    """
    draw = u01(people_key(seed), PeopleStream.GROUP, np.asarray(numbers), 0)
    cumulated = np.cumsum([group.share for group in groups_by_name(population)])
    return _cell(draw, cumulated)


def persons(population: Population, seed: int, numbers: ArrayLike | None = None) -> Persons:
    """People with their attributes on the first day.

    Ages and months are equally likely between the bounds of the group; months are no more than since the person's
    17th birthday, and no fewer than the group's lowest.

    Parameters
    ----------
    population
        Groups and their attributes.
    seed
        Seed of the scenario.
    numbers
        Who; all people without it.

    Examples
    --------
    >>> few, many = persons(Population(people=3), 1), persons(Population(people=5), 1)
    >>> bool((few.age_years == many.age_years[:3]).all())
    True
    """
    who = np.arange(population.people) if numbers is None else np.asarray(numbers, np.int64)
    key, group = people_key(seed), group_of(population, seed, who)
    groups = groups_by_name(population)

    def draw(stream: PeopleStream) -> F8:
        return u01(key, stream, who, 0)

    def of_group(value: Callable[[PersonGroup], float]) -> F8:
        return np.array([value(one) for one in groups], np.float64)[group]

    low, high = of_group(lambda one: one.age_years[0]), of_group(lambda one: one.age_years[1])
    age = low + draw(PeopleStream.AGE) * (high - low)
    first, last = of_group(lambda one: one.licence_months[0]), of_group(lambda one: one.licence_months[1])
    last = np.clip((age - LEAST_LICENCE_AGE) * 12.0, first, last)
    score = np.clip(ndtri(draw(PeopleStream.SPEED)), -MOST_SCORE, MOST_SCORE)
    score = of_group(lambda one: one.speed_score_mean) + of_group(lambda one: one.speed_score_sd) * score
    return Persons(
        number=who, group=group, age_years=age,
        licence_months=first + draw(PeopleStream.LICENCE) * (last - first),
        speed_score=np.clip(score, -MOST_SCORE, MOST_SCORE),
        alcohol=draw(PeopleStream.ALCOHOL), belt=draw(PeopleStream.BELT), isa=draw(PeopleStream.ISA),
        override=draw(PeopleStream.ISA_OVERRIDE),
        points=_points(groups, group, draw(PeopleStream.POINTS)),
        licensed=draw(PeopleStream.LICENSED) < of_group(lambda one: one.licensed_share),
    )


def _points(groups: Sequence[PersonGroup], group: I8, draw: F8) -> I8:
    points = np.zeros(len(group), np.int64)
    for row, one in enumerate(groups):
        levels = sorted(one.points)
        mine = group == row
        points[mine] = np.array(levels)[_cell(draw[mine], np.cumsum([one.points[level] for level in levels]))]
    return points


def _cell(draw: F8, cumulated: F8) -> I8:
    """Which of the cells with these cumulated shares each draw falls into; the last with a share takes what is left."""
    last = int(np.flatnonzero(np.diff(cumulated, prepend=0.0) > 0.0)[-1])
    return np.minimum(np.searchsorted(cumulated, draw, side="right"), last).astype(np.int64)


def person_of_trip(population: Population, seed: int, keys: NDArray[np.uint64], trip_rate: ArrayLike) -> I8:
    """Number of the person who makes each trip, drawn in proportion to the trip rate of the person's group.

    A person is drawn from all with equal probability and accepted with the rate of its group over the highest, else
    another is drawn: nothing but the trip's key, the rates and the number of people matter. So a trip has the same
    person in every alternative, one person may make several trips, and a changed rate moves as few trips as can be.
    That any person may make any trip, wherever it begins, is a modelling assumption.

    Parameters
    ----------
    population
        People and their groups.
    seed
        Seed of the scenario.
    keys
        64-bit random keys of the trips (name, seed and replication), shape (trips,).
    trip_rate
        Relative number of trips per person by group, in the order of :func:`groups_by_name`.

    Examples
    --------
    >>> person_of_trip(Population(people=100), 1, np.arange(3, dtype=np.uint64), [1.0, 1.0]).shape
    (3,)
    """
    rate = np.asarray(trip_rate, np.float64)
    accepted = rate / rate.max()
    person = np.zeros(len(keys), np.int64)
    asked = np.arange(len(keys))
    for attempt in range(MOST_ATTEMPTS):
        drawn = u01(keys[asked], PeopleStream.OF_TRIP, 0, attempt)
        person[asked] = np.minimum((drawn * population.people).astype(np.int64), population.people - 1)
        kept = u01(keys[asked], PeopleStream.OF_TRIP, 1, attempt)
        asked = asked[kept >= accepted[group_of(population, seed, person[asked])]]
        if not len(asked):
            break
    return person
