"""The behaviour of a day in the plan: who gives up how much of the excess, at places and at large; who stays home."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.over_days import CAMERA, road
from trafficsim.io.load import load_world
from trafficsim.plan.arrays import UNAFFECTED, Plan
from trafficsim.plan.desired_speed import desired_speed_ms
from trafficsim.plan.driving import Driving, complies_drawn, driven
from trafficsim.plan.lower import Lowered, lower, people_habits
from trafficsim.plan.meetings import drivers_on, meetings, roads_of
from trafficsim.plan.prepare import Prepared, prepare

PREPARED: Prepared = prepare(load_world(road()))
LOWERED: Lowered = lower(PREPARED, (CAMERA,), day=(1, "mon"), demand_day=1)
PEOPLE = 2000


def excess_m(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """Desired speed over the limit, summed over the route by length; and the desired speed itself, by trip."""
    trips = plan.trips
    trip = np.repeat(np.arange(len(trips.key)), np.diff(trips.route_start))
    speed = desired_speed_ms(plan.links, plan.classes, trips, trip, trips.route_link)
    length = plan.links.length_m[trips.route_link]
    over = np.maximum(speed - plan.links.speed_limit_ms[trips.route_link], 0.0)
    return np.bincount(trip, over * length), np.bincount(trip, speed * length)


def driving(at_large: float = 0.0, at_place: float = 0.0, suspended: np.ndarray | None = None,
            sober: float = 0.0) -> Driving:
    name = LOWERED.deployments[0].name
    home = np.zeros(PEOPLE, np.bool_) if suspended is None else suspended
    return Driving(np.full(PEOPLE, at_large), np.full(PEOPLE, sober), home,
                   {name: lambda who: np.full(len(who), at_place)})


def plan_of(how: Driving) -> Plan:
    return driven(LOWERED.plan, how, {one.name: one for one in LOWERED.deployments}, 3)


@given(st.floats(0.0, 1.0))
def test_who_complies_drives_at_the_limit_at_most_and_nobody_else_changes(degree: float) -> None:
    before, after = LOWERED.plan, plan_of(driving(at_large=degree))
    complies = complies_drawn(before) < degree
    assert (after.trips.limit_factor[complies] == 1.0).all()
    assert (after.trips.limit_factor[~complies] == before.trips.limit_factor[~complies]).all()
    assert abs(complies.mean() - degree) < 4.0 * np.sqrt(0.25 / len(complies))
    over, _ = excess_m(after)
    assert (over[complies] <= 1e-9).all()


def test_more_compliance_is_never_faster() -> None:
    speeds = [excess_m(plan_of(driving(at_large=degree)))[1] for degree in (0.0, 0.2, 0.5, 0.9)]
    assert all((slow <= fast + 1e-9).all() for fast, slow in pairwise(speeds))


def test_nobody_complies_and_nothing_changes() -> None:
    plan = plan_of(driving())
    assert plan.trips is LOWERED.plan.trips
    assert (plan.behaviour.factor == UNAFFECTED).all()


def test_at_a_place_as_many_comply_as_the_degree_says_and_those_in_full() -> None:
    none, half, full = (plan_of(driving(at_place=degree)).behaviour.factor[0] for degree in (0.0, 0.5, 1.0))
    passing = full < UNAFFECTED
    assert 0 < passing.sum() < len(full), "those who pass"
    assert (none == UNAFFECTED).all()
    some = half < UNAFFECTED
    assert (some <= passing).all()
    assert (half[some] == full[some]).all()
    assert abs(some[passing].mean() - 0.5) < 4.0 * np.sqrt(0.25 / passing.sum())


def test_suspended_people_do_not_drive_and_others_are_the_same() -> None:
    suspended = np.zeros(PEOPLE, np.bool_)
    suspended[LOWERED.plan.trips.person[::3]] = True
    plan, whole = plan_of(driving(suspended=suspended)), LOWERED.plan
    assert not suspended[plan.trips.person].any()
    kept = np.flatnonzero(~suspended[whole.trips.person])
    assert plan.trips.name == tuple(whole.trips.name[row] for row in kept.tolist())
    assert (plan.trips.key == whole.trips.key[kept]).all()
    assert (plan.drivers.age_years == whole.drivers.age_years[kept]).all()
    assert plan.behaviour.factor.shape[1] == len(kept)


def test_who_stays_sober_at_a_small_degree_does_at_a_larger_one() -> None:
    none, some, more = (plan_of(driving(sober=degree)).drivers for degree in (0.0, 0.4, 0.8))
    assert (none.impaired == LOWERED.plan.drivers.impaired).all()
    assert not (some.impaired & ~none.impaired).any()
    assert not (more.impaired & ~some.impaired).any()
    np.testing.assert_allclose(more.alcohol_share, 0.2 * none.alcohol_share)


def test_trips_are_made_by_people_whose_habit_they_are() -> None:
    habits, trips = people_habits(PREPARED), LOWERED.plan.trips
    first = habits.trips.route_link[habits.trips.route_start[:-1]][habits.of_person[trips.person]]
    last = habits.trips.route_link[habits.trips.route_start[1:] - 1][habits.of_person[trips.person]]
    assert (first == trips.route_link[trips.route_start[:-1]]).all()
    assert (last == trips.route_link[trips.route_start[1:] - 1]).all()
    other = lower(PREPARED, (CAMERA,), day=(2, "tue"), demand_day=2).plan.trips
    assert set(trips.person.tolist()) != set(other.person.tolist()), "other people of the relation on another day"


def test_people_drive_the_traffic_of_a_day() -> None:
    roads = roads_of(people_habits(PREPARED), LOWERED.plan, PREPARED.world.scenario, 10.0)
    drivers = drivers_on(roads)
    hours = 240.0 / 3600.0
    habits = people_habits(PREPARED)
    length = np.bincount(np.repeat(np.arange(len(habits.trips.key)), np.diff(habits.trips.route_start)),
                         LOWERED.plan.links.length_m[habits.trips.route_link])
    assert roads.minutes.sum() / 60.0 == pytest.approx(10.0)
    assert drivers.km_per_day.sum() == pytest.approx(length.sum() / 1000.0 / hours * 10.0, rel=0.05)
    met = meetings(roads, LOWERED.deployments, {})[0]
    who = met.exposure.encounters
    passes = -np.log1p(-who.probability).sum()
    through = (habits.trips.route_link == met_link(LOWERED.plan)).sum() / hours * 10.0
    assert passes == pytest.approx(through, rel=0.1)
    assert met.limit_kmh == pytest.approx(80.0)


def met_link(plan: Plan) -> int:
    return plan.link_id.index("east2")
