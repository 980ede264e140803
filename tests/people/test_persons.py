"""Who people are: nested shares, no one's attributes depend on others, trips go to groups by their rates."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trafficsim.base.draws import PeopleStream
from trafficsim.kernels.rng import Stream
from trafficsim.people.persons import group_of, groups_by_name, person_of_trip, persons
from trafficsim.spec.population import PersonGroup, Population

seeds = st.integers(0, 2**63 - 1)


def three(people: int = 2000) -> Population:
    groups = (PersonGroup(name="young", share=0.2, age_years=(18, 24), licence_months=(0, 24),
                          points={0: 0.5, 4: 0.5}),
              PersonGroup(name="fast", share=0.1, speed_score_mean=1.0, speed_score_sd=0.5, licensed_share=0.9),
              PersonGroup(name="others", share=0.7))
    return Population(people=people, groups=groups)


def same(one: object, other: object) -> bool:
    return all((np.asarray(a) == np.asarray(b)).all() for a, b in zip(one, other, strict=True))  # type: ignore[call-overload]


@given(seeds, st.integers(1, 60), st.integers(1, 60))
def test_nobody_depends_on_who_else_exists(seed: int, few: int, more: int) -> None:
    alone, among = persons(three(few), seed), persons(three(few + more), seed)
    assert same(alone, (column[:few] for column in among))


@given(seeds)
def test_people_asked_for_singly_are_the_same(seed: int) -> None:
    everybody, some = persons(three(50), seed), persons(three(50), seed, [7, 3, 7])
    assert same(some, (column[[7, 3, 7]] for column in everybody))


@given(seeds)
def test_the_order_in_which_groups_are_written_changes_nothing(seed: int) -> None:
    population = three(40)
    keys = np.arange(30, dtype=np.uint64)
    for groups in permutations(population.groups):
        other = population.model_copy(update={"groups": groups})
        assert same(persons(population, seed), persons(other, seed))
        rates = [group.trip_rate for group in groups_by_name(other)]
        assert (person_of_trip(population, seed, keys, rates) == person_of_trip(other, seed, keys, rates)).all()


def test_shares_and_attributes_are_those_of_the_groups() -> None:
    # Binomial shares of 100,000 people: within four standard errors.
    everybody = persons(three(100_000), 5)
    names = [group.name for group in groups_by_name(three())]
    assert names == ["fast", "others", "young"]
    share = np.bincount(everybody.group) / 100_000
    assert np.abs(share - [0.1, 0.7, 0.2]).max() < 4 * np.sqrt(0.25 / 100_000)
    young, fast = everybody.group == 2, everybody.group == 0
    assert stats.kstest(everybody.age_years[young], stats.uniform(18, 6).cdf).pvalue > 0.01
    assert everybody.licence_months[young].max() < 24 <= everybody.licence_months[~young].min()
    assert abs(everybody.speed_score[fast].mean() - 1.0) < 4 * 0.5 / np.sqrt(fast.sum())
    assert abs(everybody.speed_score[~fast].std() - 1.0) < 0.02
    assert abs(everybody.licensed[fast].mean() - 0.9) < 4 * 0.3 / np.sqrt(fast.sum())
    assert everybody.licensed[~fast].all()
    assert set(everybody.points.tolist()) == {0, 4}
    assert abs((everybody.points[young] == 4).mean() - 0.5) < 4 * 0.5 / np.sqrt(young.sum())


def test_nobody_holds_the_licence_for_longer_than_since_the_lowest_age() -> None:
    everybody = persons(Population(people=20_000), 3)
    experienced = everybody.group == 0
    most = np.maximum((everybody.age_years - 17.0) * 12.0, np.where(experienced, 24.0, 0.0))
    assert (everybody.licence_months <= most + 1e-9).all()


def test_trips_go_to_groups_by_share_times_rate() -> None:
    population = three(50_000)
    keys = np.arange(40_000, dtype=np.uint64)
    rate = np.array([4.0, 1.0, 0.25])
    person = person_of_trip(population, 9, keys, rate)
    found = np.bincount(group_of(population, 9, person), minlength=3) / len(keys)
    wanted = rate * [0.1, 0.7, 0.2] / (rate * [0.1, 0.7, 0.2]).sum()
    assert np.abs(found - wanted).max() < 4 * np.sqrt(0.25 / 40_000) + 0.003  # the shares of the people are drawn too
    assert person.min() >= 0
    assert person.max() < population.people


def test_a_lower_rate_moves_only_trips_of_that_group_away() -> None:
    population = three(5_000)
    keys = np.arange(5_000, dtype=np.uint64)
    before = person_of_trip(population, 2, keys, [1.0, 1.0, 1.0])
    after = person_of_trip(population, 2, keys, [1.0, 1.0, 0.5])
    moved = before != after
    assert moved.any()
    assert (group_of(population, 2, before[moved]) == 2).all()


def test_streams_of_people_are_not_those_of_vehicles() -> None:
    assert not {int(stream) for stream in PeopleStream} & {int(stream) for stream in Stream}
    assert min(PeopleStream) > max(Stream)
