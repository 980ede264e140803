"""Enforcement in a single run: on which days and in which hours it is in force, and what the run then sees of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.policies.test_speed_camera import motorway, on
from trafficsim.base.errors import PolicyError
from trafficsim.people.duty import on_duty
from trafficsim.plan.arrays import UNAFFECTED
from trafficsim.plan.deploying import HOURS_IN_FORCE, RunDay, periods_in_force
from trafficsim.plan.lower import lower
from trafficsim.spec.behaviour import Response, SpeedCheck, Zone
from trafficsim.spec.calendar import WEEKDAYS, Hours, Schedule
from trafficsim.spec.enforcement import Deployment, Roster, Sanction
from trafficsim.spec.policy import REGISTRY, Builder, Policy, PolicyPhase

WORLD = on(motorway(a=2000.0))


class Deploys(Policy):
    """Puts deployments into force."""

    kind: ClassVar[str] = "test_deploys"
    phase: ClassVar[PolicyPhase] = "behaviour"
    what: tuple[Deployment, ...]

    def lower(self, builder: Builder) -> None:
        for one in self.what:
            builder.deploy(one)


REGISTRY.pop("test_deploys")  # no other test shall meet it


def post(name: str = "post", **more: Any) -> Deployment:
    check = SpeedCheck(name=name, role="camera", begin=("a", 975.0), end=("a", 1025.0), length_m=50.0,
                       citation_kmh=126.0)
    given: dict[str, Any] = {
        "kind": "mobile_camera", "along": ("a",), "link": "a", "response": Response(trait="t", margin_mean=-0.05),
        "zones": (Zone(link="a", begin_m=900.0, end_m=1100.0, strength=1.0),), "checks": (check,),
        "sanction": Sanction(), **more}
    return Deployment(name=name, **given)


def test_what_is_in_force_all_the_time_responds_and_checks() -> None:
    lowered = lower(WORLD, [Deploys(what=(post(),))])
    assert lowered.deployments == (post(),)
    assert [row.operation for row in lowered.ledger] == ["respond", "enforce"]
    assert (lowered.plan.behaviour.factor < UNAFFECTED).all()
    assert lowered.plan.sections.hours_s[-1] == ()


@pytest.mark.parametrize("schedule", [Schedule(first_day=2), Schedule(weekdays=("tue", "wed")),
                                      Schedule(hours=(Hours(begin_h=12, end_h=13),))])
def test_what_is_not_in_force_on_the_day_is_kept_for_other_days(schedule: Schedule) -> None:
    lowered = lower(WORLD, [Deploys(what=(post(schedule=schedule),))])
    assert len(lowered.deployments) == 1
    assert [(row.field, row.after) for row in lowered.ledger] == [(HOURS_IN_FORCE, (0.0,))]
    assert (lowered.plan.behaviour.factor.shape[0], len(lowered.plan.sections.name)) == (0, 0)


def test_the_day_of_the_study_and_its_weekday_decide() -> None:
    policies = [Deploys(what=(post(schedule=Schedule(first_day=2, weekdays=("wed",))),))]
    counts = [len(lower(WORLD, policies, day=(day, weekday)).plan.sections.name)
              for day, weekday in ((1, "wed"), (2, "tue"), (2, "wed"))]
    assert counts == [0, 0, 1]


def test_the_date_of_a_scenario_gives_the_weekday() -> None:
    policies = [Deploys(what=(post(schedule=Schedule(weekdays=("wed",))),))]
    scenario = WORLD.scenario.model_copy(update={"date": "2026-03-04"})
    assert scenario.weekday == "wed"
    world = type(WORLD)(scenario, WORLD.network, WORLD.demand, WORLD.vehicle_classes)
    assert len(lower(world, policies).plan.sections.name) == 1
    with pytest.raises(ValidationError, match="no date"):
        type(scenario).model_validate({**scenario.model_dump(), "date": "4 March"})


def test_drivers_respond_in_the_hours_in_force() -> None:
    whole = lower(WORLD, [Deploys(what=(post(),))]).plan
    early = Schedule(hours=(Hours(begin_h=0, end_h=0.05),))
    rules, run = lower(WORLD, [Deploys(what=(post(schedule=early),))]).plan.behaviour, (whole.start_s, whole.end_s)
    assert run[0] <= 0.0 < 180.0 < run[1]
    assert (rules.rule_begin_s.tolist(), rules.rule_end_s.tolist()) == ([max(run[0], 0.0)], [180.0])
    assert (rules.factor == whole.behaviour.factor).all()
    assert not np.isfinite([*whole.behaviour.rule_begin_s, *whole.behaviour.rule_end_s]).any()


def test_a_covert_deployment_checks_and_nobody_responds() -> None:
    plan = lower(WORLD, [Deploys(what=(post(noticed=0.0),))]).plan
    assert (plan.behaviour.factor == UNAFFECTED).all()
    assert plan.sections.name == ("post",)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_those_who_notice_are_nested(one: float, other: float) -> None:
    few, many = (lower(WORLD, [Deploys(what=(post(noticed=share),))]).plan.behaviour.factor[0]
                 for share in sorted((one, other)))
    assert (many[few < UNAFFECTED] == few[few < UNAFFECTED]).all()


@pytest.mark.parametrize(("what", "message"), [
    ((post(link="q"),), r"'post': found no link 'q'"),
    ((post(along=("a", "q")),), r"'post': found no link 'q'"),
    ((post(), post()), r"'post': found a second place of this name"),
    ((post(roster=Roster(name="team", officer_hours_per_day=8)),
      post("other", roster=Roster(name="team", officer_hours_per_day=9))),
     r"'other': found roster 'team' with 9 officer hours; expected 8 as for 'post'"),
])
def test_impossible_deployments_are_refused(what: tuple[Deployment, ...], message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        lower(WORLD, [Deploys(what=what)])


@pytest.mark.parametrize(("values", "message"), [
    ({"fine_eur": 90.0, "detection": 0.0}, "detection is 0: nobody is ever sanctioned"),
    ({"points": 1, "sanctioned": 0.0}, "sanctioned is 0: nobody is ever sanctioned"),
])
def test_a_fine_needs_detection(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Sanction(**values)


def test_a_response_needs_a_limit_and_a_place() -> None:
    with pytest.raises(ValidationError, match="a response without along"):
        post(along=())
    with pytest.raises(ValidationError, match="a response without link"):
        post(link=None)


HOURS = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] != pair[1] % 24).map(
    lambda pair: Hours(begin_h=pair[0], end_h=pair[1]))


@given(st.sets(st.sampled_from(WEEKDAYS), min_size=1), st.lists(HOURS, min_size=1, max_size=3), st.integers(1, 5),
       st.sampled_from(WEEKDAYS), st.floats(0.0, 40.0))
def test_periods_are_the_hours_of_the_days_on_which_they_begin(
    weekdays: set[Any], hours: list[Hours], day: int, weekday: Any, at_h: float
) -> None:
    schedule = Schedule(first_day=2, last_day=4, weekdays=tuple(weekdays), hours=tuple(hours))
    run = RunDay(day, weekday, 0.0, 40.0 * 3600.0)
    (periods,) = periods_in_force([post(schedule=schedule)], run, 7)
    assert all(begin < end for begin, end in periods)
    assert all(first[1] < second[0] for first, second in pairwise(periods))

    def holds(ahead: int, begin_h: float, length_h: float) -> bool:
        begins = ahead * 24.0 + begin_h
        there = WEEKDAYS[(WEEKDAYS.index(weekday) + ahead) % 7]
        return begins <= at_h < begins + length_h and schedule.on_day(max(day + ahead, 1), there)

    expected = any(holds(ahead, one.begin_h, one.length_h) for ahead in (-1, 0, 1) for one in hours)
    assert any(begin <= at_h * 3600.0 < end for begin, end in periods) == (expected and at_h < 40.0)


@given(st.lists(st.floats(0.5, 12.0), min_size=1, max_size=8), st.floats(0.0, 40.0), st.integers(1, 400),
       st.integers(0, 2**64 - 1))
def test_officer_hours_are_never_exceeded(needs_h: list[float], budget_h: float, day: int, key: int) -> None:
    team = Roster(name="team", officer_hours_per_day=budget_h)
    posts = [post(f"p{number}", roster=team, officer_hours_per_day=need_h) for number, need_h in enumerate(needs_h)]
    standing = on_duty(posts, day, "mon", key)
    used_h = sum(one.officer_hours_per_day for one, stands in zip(posts, standing, strict=True) if stands)
    assert used_h <= budget_h + 1e-9
    idle = [one for one, stands in zip(posts, standing, strict=True) if not stands]
    assert all(one.officer_hours_per_day > budget_h - used_h - 1e-9 for one in idle), "no hours are left over"


@given(st.integers(0, 6), st.integers(0, 6), st.integers(1, 400), st.permutations(range(6)))
def test_places_visited_by_few_are_visited_by_more(one: int, other: int, day: int, order: list[int]) -> None:
    def visited(teams: int, numbers: list[int]) -> set[str]:
        team = Roster(name="team", officer_hours_per_day=8.0 * teams)
        posts = [post(f"p{number}", roster=team, officer_hours_per_day=8.0) for number in numbers]
        return {each.name for each, stands in zip(posts, on_duty(posts, day, "mon", 5), strict=True) if stands}

    few, many = sorted((one, other))
    assert visited(few, list(range(6))) <= visited(many, list(range(6)))
    assert visited(many, order) == visited(many, list(range(6)))
    assert len(visited(many, order)) == many


def test_places_take_turns_over_the_days() -> None:
    team = Roster(name="team", officer_hours_per_day=8.0)
    posts = [post(f"p{number}", roster=team, officer_hours_per_day=8.0) for number in range(4)]
    days = np.array([on_duty(posts, day, "mon", 5) for day in range(1, 401)])
    assert (days.sum(axis=1) == 1).all()
    assert (np.abs(days.mean(axis=0) - 0.25) < 0.07).all()


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(1, 400))
def test_days_on_which_a_device_works_are_nested(one: float, other: float, day: int) -> None:
    few, many = (on_duty([post(present=share)], day, "mon", 5)[0] for share in sorted((one, other)))
    assert many or not few


def test_a_part_of_the_run_has_its_hours_and_its_halo() -> None:
    hours = Schedule(hours=(Hours(begin_h=0.25, end_h=0.5),))
    for halo_h, end_s in ((0.0, 1800.0), (0.25, 2700.0)):
        plan = lower(WORLD, [Deploys(what=(post(schedule=hours, halo_h=halo_h),))]).plan
        assert (plan.behaviour.rule_begin_s.tolist(), plan.behaviour.rule_end_s.tolist()) == ([900.0], [end_s])
        cited_s = ((900.0, 1800.0),)
        assert plan.sections.hours_s[-1] == plan.enforcement.hours_s[0] == cited_s, "nobody is cited after it"


def test_what_ended_shortly_before_the_run_is_still_felt() -> None:
    late = Schedule(hours=(Hours(begin_h=22, end_h=24),))
    lowered = lower(WORLD, [Deploys(what=(post(schedule=late, halo_h=0.5),))], day=(2, "tue"))
    assert lowered.plan.behaviour.rule_end_s.tolist() == [1800.0]
    assert lowered.plan.enforcement.hours_s == (((0.0, 0.0),),)
