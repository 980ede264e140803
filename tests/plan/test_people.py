"""Trips belong to people: the same in every alternative, another one on another day, and the speed is theirs."""

from __future__ import annotations

import numpy as np

from tests.plan.small import diamond, flow
from tests.support.worlds import make_world
from trafficsim.people.persons import group_of, persons
from trafficsim.plan.lower import lower
from trafficsim.policies.speed_limit import SpeedLimit
from trafficsim.spec.population import PersonGroup, Population
from trafficsim.spec.selectors import links
from trafficsim.spec.world import World

TOWN = Population(people=500, groups=(
    PersonGroup(name="calm", share=0.5, speed_score_mean=-1.0, speed_score_sd=0.2),
    PersonGroup(name="fast", share=0.5, speed_score_mean=1.0, speed_score_sd=0.2, trip_rate=3.0)))


def town(population: Population | None = TOWN, seed: int = 1, volume_veh_h: float = 3600.0) -> World:
    one = flow(volume_veh_h=volume_veh_h, vehicle_classes={"car": 1.0})
    return make_world(diamond(), [one], seed=seed, **({} if population is None else {"population": population}))


def test_the_score_of_a_trip_is_that_of_its_person() -> None:
    trips = lower(town()).plan.trips
    assert (trips.z == persons(TOWN, 1, trips.person).speed_score).all()
    fast = group_of(TOWN, 1, trips.person) == 1
    assert abs(fast.mean() - 0.75) < 4 * np.sqrt(0.75 * 0.25 / len(fast)) + 0.03
    assert trips.z[fast].mean() > 0.8 > -0.8 > trips.z[~fast].mean()


def test_a_trip_has_one_person_in_every_alternative_and_another_on_another_day() -> None:
    alternative = lower(town(), [SpeedLimit(on=links("b"), limit_kmh=50)])
    assert (alternative.plan.trips.person == alternative.baseline.trips.person).all()
    first, second = (dict(zip(plan.trips.name, plan.trips.person.tolist(), strict=True))
                     for plan in (lower(town(), replication=one).plan for one in (1, 2)))
    both = first.keys() & second.keys()
    assert sum(first[name] == second[name] for name in both) < 0.05 * len(both)


def test_more_traffic_leaves_trips_their_people() -> None:
    few, many = (dict(zip(trips.name, trips.person.tolist(), strict=True)) for trips in (
        lower(town(volume_veh_h=volume)).plan.trips for volume in (600.0, 900.0)))
    assert few.items() <= many.items()


def test_without_a_population_nobody_is_known_and_nothing_changes() -> None:
    without, with_ = (lower(town(population)).plan.trips for population in (None, TOWN))
    assert (without.person == -1).all()
    assert np.isinf(without.limit_factor).all()
    assert (without.key == with_.key).all()
    assert (without.depart_s == with_.depart_s).all()
