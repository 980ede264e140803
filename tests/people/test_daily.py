"""The loop over days: equal to its reference model to the bit, and what never happens in it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.daily_loop import Reference
from tests.people.villages import LAXER, exposures, population, village
from trafficsim.base.errors import InputError
from trafficsim.people.daily import DailyLoop, Day
from trafficsim.people.exposure import DriverArrays, Exposure
from trafficsim.people.points import suspended
from trafficsim.spec.calendar import WEEKDAYS
from trafficsim.spec.deterrence import Deterrence

KEY = 11


def days_of(loop: DailyLoop, number: int) -> list[Day]:
    found, state = [], loop.start()
    for day in range(1, number + 1):
        found.append(loop.day(state, day, WEEKDAYS[(day - 1) % 7]))
        state = found[-1].state
    return found


def loop_of(drivers: DriverArrays, met: list[Exposure], key: int = KEY, deterrence: Deterrence = LAXER) -> DailyLoop:
    return DailyLoop(drivers, met, population(len(drivers.number), deterrence), 3, key)


def same(one: object, other: object) -> bool:
    """Whether two nested tuples of arrays have the same bits."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))
    return np.asarray(one).tobytes() == np.asarray(other).tobytes()


def test_fifty_people_and_sixty_days_are_equal_to_the_reference_to_the_bit() -> None:
    drivers = village(50)
    met = exposures(drivers)
    loop, reference = loop_of(drivers, met), Reference(drivers, met, population(50), KEY)
    days = days_of(loop, 60)
    for day in range(1, 61):
        reference.day(day)
    end = days[-1].state
    for row, person in enumerate(reference.people):
        assert (end.record.points[row], end.record.back_on[row]) == (person.points, person.back_on)
        for kind, name in enumerate(loop.ordered.kinds):
            mind = person.minds[name]
            assert tuple(part[kind, row] for part in end.memory) == (mind.alert, mind.belief, mind.novelty)
        assert [day.behaviour.free_speed_kmh[row] for day in days] == [morning[0] for morning in person.history]
    assert sum(day.totals.citations.sum() for day in days) == sum(person.citations for person in reference.people)
    assert sum(day.totals.fines_eur.sum() for day in days) == sum(person.fines_eur for person in reference.people)


def test_the_village_sees_all_that_can_happen() -> None:
    drivers = village(50)
    days = days_of(loop_of(drivers, exposures(drivers)), 60)
    assert sum(day.totals.suspended.sum() for day in days) > 0
    assert (sum(day.totals.citations.sum(axis=1) for day in days) > 0).tolist() == [True, False, True, True, True]
    means = [day.totals.speed_km.sum() / day.totals.km.sum() for day in days]
    assert means[-1] < means[0]


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**63))
@settings(max_examples=15, deadline=None)
def test_draws_do_not_depend_on_who_else_exists(people: int, more: int, key: int) -> None:
    alone = Deterrence(word_of_mouth=0.0)
    few, many = village(people), village(people + more)
    small, large = (days_of(loop_of(who, exposures(who), key, alone), 25)[-1].state for who in (few, many))
    assert same(small.record, tuple(part[:people] for part in large.record))
    assert same(small.memory, tuple(part[:, :people] for part in large.memory))


@given(st.permutations(range(6)), st.permutations(range(3)))
@settings(max_examples=10, deadline=None)
def test_the_order_of_deployments_and_groups_changes_nothing(order: list[int], groups: list[int]) -> None:
    drivers = village(30)
    met = exposures(drivers)
    other = drivers._replace(group=np.array(groups)[drivers.group])
    one, two = days_of(loop_of(drivers, met), 30), days_of(loop_of(other, [met[place] for place in order]), 30)
    assert all(same(a.state, b.state) for a, b in zip(one, two, strict=True))
    assert all(same(a.totals.km, b.totals.km[groups]) for a, b in zip(one, two, strict=True))
    assert all(same(a.totals.risk, b.totals.risk[:, groups]) for a, b in zip(one, two, strict=True))


@given(st.integers(0, 2**63), st.integers(5, 40))
@settings(max_examples=15, deadline=None)
def test_points_are_never_negative_and_suspended_people_do_not_drive(key: int, people: int) -> None:
    drivers = village(people)
    loop = loop_of(drivers, exposures(drivers), key)
    state = loop.start()
    for number, day in enumerate(days_of(loop, 40), start=1):
        banned = suspended(state.record, number)
        km = np.bincount(drivers.group, weights=np.where(banned, 0.0, drivers.km_per_day), minlength=3)
        assert (day.totals.km == km).all()
        assert day.totals.suspended.sum() == banned.sum()
        assert (day.state.record.points >= 0).all()
        assert (day.state.record.points[banned] <= state.record.points[banned]).all()
        assert all(((part >= 0.0) & (part <= 1.0)).all() for part in (*day.state.memory, *day.behaviour[:4]))
        state = day.state


def test_without_deployments_nothing_ever_changes() -> None:
    drivers = village(40)._replace(points=np.zeros(40, np.int64))
    days = days_of(loop_of(drivers, []), 20)
    assert all(same(day.behaviour.free_speed_kmh, drivers.free_speed_kmh) for day in days)
    assert all(same(day.totals.km, days[0].totals.km) for day in days)


def test_a_deployment_that_is_never_in_force_or_that_nobody_meets_moves_no_speed() -> None:
    drivers = village(40)
    absent = [one._replace(deployment=one.deployment.model_copy(update={"present": 0.0, "publicity": 0.0}))
              for one in exposures(drivers) if one.fine_today_eur == 0.0]
    days = days_of(loop_of(drivers, absent, deterrence=Deterrence(point_weight=0.0)), 20)
    assert all(same(day.behaviour.free_speed_kmh, drivers.free_speed_kmh) for day in days)
    assert all((day.behaviour.general == 0.0).all() for day in days)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@settings(max_examples=15, deadline=None)
def test_who_passes_at_a_low_share_passes_at_a_higher_one(one: float, other: float) -> None:
    drivers = village(40)
    low, high = sorted((one, other))
    camera = exposures(drivers, number=1)[0]
    first = [days_of(loop_of(drivers, [camera._replace(deployment=camera.deployment.model_copy(
        update={"present": present}))]), 1)[0].state.memory.alert > 0.0 for present in (low, high)]
    assert (first[0] <= first[1]).all()


def test_a_declared_half_life_does_not_wear_off_twice() -> None:
    drivers = village(30)
    camera = exposures(drivers, number=1)[0]
    patrol = camera._replace(deployment=camera.deployment.model_copy(update={"kind": "patrol"}))
    own = patrol._replace(deployment=patrol.deployment.model_copy(update={"half_life_days": 30.0}))
    usual, declared, fixed = (days_of(loop_of(drivers, [one]), 20)[-1].behaviour.in_sight
                              for one in (patrol, own, camera))
    assert (declared == 1.0).all()
    assert usual.min() < 1.0
    assert (fixed == 1.0).all(), "sight of fixed cameras does not wear off"


def test_two_deployments_of_one_name_are_refused() -> None:
    drivers = village(5)
    met = exposures(drivers, number=1)
    with pytest.raises(InputError, match="two of this name"):
        loop_of(drivers, met * 2)


def test_one_kind_enforces_one_offence() -> None:
    drivers = village(5)
    first, second = exposures(drivers, number=2)
    odd = second._replace(deployment=second.deployment.model_copy(update={"kind": first.deployment.kind, "sanction":
        second.deployment.sanction.model_copy(update={"offence": "red_running"})}))  # type: ignore[union-attr]
    with pytest.raises(InputError, match="one offence per kind"):
        loop_of(drivers, [first, odd])
