"""Policies of enforcement: kernels, who responds, when, what is checked, and zero effect that changes nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.policies.test_speed_camera import motorway, strength
from tests.support.worlds import link, make_network, make_world, through
from trafficsim.base.errors import PolicyError, UnreadField
from trafficsim.engines.ca import representation
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.arrays import UNAFFECTED, Plan
from trafficsim.plan.behaviour import driver_factor
from trafficsim.plan.lower import Lowered, lower
from trafficsim.plan.prepare import prepare
from trafficsim.plan.representation import check_representation
from trafficsim.policies.breath_test import BreathTest
from trafficsim.policies.close_following import CloseFollowing
from trafficsim.policies.enforcing import Place
from trafficsim.policies.feedback_sign import FeedbackSign
from trafficsim.policies.kernels import exponential, halving, linear
from trafficsim.policies.licence_check import LicenceCheck
from trafficsim.policies.mobile_camera import MobileCamera
from trafficsim.policies.patrol import Patrol
from trafficsim.policies.section_control import SectionControl
from trafficsim.policies.speed_camera import SpeedCamera
from trafficsim.results.frames import Labels
from trafficsim.run.jobs import Job, simulate
from trafficsim.spec.behaviour import Response
from trafficsim.spec.calendar import Hours, Schedule
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Time
from trafficsim.spec.selectors import Links
from trafficsim.spec.world import World

AT = (Place(link="a", position_m=1000.0),)
NEVER = Schedule(first_day=3)


def road(headway_spread: float | None = None, volume_veh_h: float = 1500.0, **more: Any) -> World:
    flow = Flow(id="f", route=("a", "b"), volume_veh_h=volume_veh_h)
    return make_world(motorway(a=2000.0, b=4000.0), flows=[flow],
                      drivers=Drivers(motorway=SpeedChoice(share_over_limit=0.4, cv=0.11)),
                      ca=CellularAutomaton(headway_spread=headway_spread), time=Time(analysis_s=300.0), **more)


WORLD = road()
ALL: dict[str, Policy] = {
    "speed_camera": SpeedCamera(at=AT), "section_control": SectionControl(on=Links(ids=("a",))),
    "mobile_camera": MobileCamera(at=AT), "patrol": Patrol(at=AT), "roving": Patrol(route=("a", "b")),
    "feedback_sign": FeedbackSign(at=AT), "close_following": CloseFollowing(at=AT),
    "breath_test": BreathTest(at=AT, offending_share=0.5), "licence_check": LicenceCheck(area=Links(ids=("a", "b"))),
}


def changed(policy: Policy, **values: Any) -> Policy:
    return type(policy).model_validate({**policy.model_dump(), **values})


@given(st.sampled_from([linear, exponential, halving]), st.floats(1.0, 1e4), st.lists(st.floats(0.0, 2e4), min_size=2))
def test_kernels_decay_monotonically_from_one(kernel: Any, length_m: float, places: list[float]) -> None:
    values = [kernel(length_m)(x) for x in (0.0, *sorted(places))]
    assert values[0] == 1.0
    assert all(near >= far >= 0.0 for near, far in pairwise(values))


@pytest.mark.parametrize("kind", ["speed_camera", "mobile_camera", "patrol", "feedback_sign"])
def test_the_response_decays_monotonically_on_both_sides(kind: str) -> None:
    plan = lower(WORLD, [ALL[kind]]).plan
    for direction in (-1.0, 1.0):
        felt = [strength(plan, *(("a", 1000.0 + x) if x < 1000.0 else ("b", x - 1000.0)))
                for x in (direction * np.arange(1.0, 990.0, 13.0)).tolist()]
        assert felt[0] == 1.0
        assert all(near >= far for near, far in pairwise(felt))


def test_the_numbers_of_the_kernels() -> None:
    camera = lower(WORLD, [ALL["mobile_camera"]]).plan
    assert [strength(camera, "a", at) for at in (940.0, 999.0)] == [0.0, 1.0], "nothing upstream, but where it measures"
    assert strength(camera, "b", 505.0) == 0.0, "gone 1,500 m beyond, on no urban road"
    assert strength(camera, "a", 1760.0) == pytest.approx(0.5, abs=0.04)
    patrol = lower(WORLD, [ALL["patrol"]]).plan
    assert strength(patrol, "a", 1000.0 + 900.0) == pytest.approx(0.5, abs=0.04)
    assert strength(patrol, "b", 800.0) == pytest.approx(0.25, abs=0.02)
    along = lower(WORLD, [ALL["roving"]]).plan
    np.testing.assert_allclose(along.behaviour.zone_strength, 900.0 / np.log(2.0) / 6000.0)


def test_margins_of_the_mobile_camera_give_what_was_measured() -> None:
    # 53 % over 100 km/h with a coefficient of variation of 0.12
    keys = np.random.default_rng(1).integers(0, 2**63, 200_000).astype(np.uint64)
    policy = MobileCamera(at=AT)
    response = Response(trait="t", margin_mean=policy.margin_mean, margin_sd=policy.margin_sd,
                        unaffected=policy.unaffected)
    own = 100.9 + 12.1 * np.random.default_rng(2).standard_normal(len(keys))
    driven = own - np.maximum(own - 100.0 * driver_factor(keys, response), 0.0)
    assert (own > 100.0).mean() == pytest.approx(0.53, abs=0.01)
    assert (driven - own).mean() == pytest.approx(-6.0, abs=0.1)
    assert (driven > 100.0).mean() == pytest.approx(0.16, abs=0.01)


@pytest.mark.parametrize(("policy", "noticed"), [
    (MobileCamera(at=AT, overt=False), 0.0), (Patrol(at=AT, marked=False), 0.0),
    (MobileCamera(at=AT, noticed=0.4), 0.4),
])
def test_who_does_not_notice_it_does_not_respond(policy: Policy, noticed: float) -> None:
    factor = lower(WORLD, [changed(policy, unaffected=0.0)]).plan.behaviour.factor
    assert (factor < UNAFFECTED).mean() == pytest.approx(noticed, abs=0.12)


@pytest.mark.parametrize("policy", ALL.values(), ids=ALL)
def test_out_of_force_it_leaves_the_plan_alone_and_is_kept(policy: Policy) -> None:
    lowered = lower(WORLD, [changed(policy, schedule=NEVER)])
    assert len(lowered.deployments) == 1
    assert [row.field for row in lowered.ledger] == ["deployment.hours"]
    assert lowered.plan.behaviour.rule_name == ()
    assert lowered.plan.enforcement.hours_s == (((0.0, 0.0),),)
    assert len(lowered.plan.sections.name) == len(lowered.baseline.sections.name)
    assert not lowered.plan.kept_gap_s.any()


@pytest.mark.parametrize("policy", ALL.values(), ids=ALL)
def test_every_deployment_says_what_it_needs_and_what_follows(policy: Policy) -> None:
    (one,) = lower(WORLD, [policy]).deployments
    assert (one.sanction is None) == isinstance(policy, FeedbackSign)
    assert one.devices or one.officer_hours_per_day
    assert one.along


def test_what_only_stops_vehicles_is_in_the_ledger_with_its_hours() -> None:
    hours = {row.field: row.after for row in lower(WORLD, [ALL["breath_test"]]).ledger}["deployment.hours"]
    assert hours[0] == pytest.approx((WORLD.scenario.time.analysis_s + WORLD.scenario.time.clear_s) / 3600.0)


def digest_of(world: World, *policies: Policy) -> str:
    return str(simulate(prepare(world), Job(Labels("s", "a", 1, "ca"), policies))["runs"]["digest"].iloc[0])


ZERO: dict[str, Policy] = {
    "camera nobody heeds": changed(ALL["mobile_camera"], unaffected=1.0),
    "covert camera": changed(ALL["mobile_camera"], overt=False),
    "patrol nobody notices": changed(ALL["patrol"], noticed=0.0),
    "patrol without hours": changed(ALL["patrol"], officer_hours_per_day=0.0),
    "patrol that is never present": changed(ALL["roving"], present=0.0),
    "sign nobody heeds": changed(ALL["feedback_sign"], unaffected=1.0),
    "gaps nobody keeps": changed(ALL["close_following"], unaffected=1.0),
    "gap check nobody notices": changed(ALL["close_following"], noticed=0.0),
    "breath test without detection": changed(ALL["breath_test"], detection=0.0),
    "breath test": ALL["breath_test"], "licence check": ALL["licence_check"],
    **{f"{name} out of force": changed(policy, schedule=NEVER) for name, policy in ALL.items()},
}


@pytest.fixture(scope="module")
def plain() -> str:
    return digest_of(road(0.45))


@pytest.mark.parametrize("policy", ZERO.values(), ids=ZERO)
def test_zero_effect_gives_the_digest_of_doing_nothing(policy: Policy, plain: str) -> None:
    assert digest_of(road(0.45), policy) == plain


def test_kept_gaps_are_no_shorter_and_nested_in_the_share() -> None:
    def kept(unaffected: float) -> np.ndarray:
        return lower(WORLD, [changed(ALL["close_following"], unaffected=unaffected)]).plan.kept_gap_s > 0.0

    few, many = kept(0.9), kept(0.5)
    assert 0 < few.sum() < many.sum()
    assert many[few].all()


def test_short_gaps_become_fewer_where_they_are_enforced() -> None:
    world = road(0.45, volume_veh_h=1900.0)
    never = changed(ALL["close_following"], unaffected=1.0)
    everybody = changed(ALL["close_following"], unaffected=0.0)

    def short(policy: Policy) -> float:
        indicators = simulate(prepare(world), Job(Labels("s", "a", 1, "ca"), (policy,)))["indicators"]
        return float(indicators.set_index("indicator").loc["sanctions", "value"])

    before, after = short(never), short(everybody)
    assert before > 10.0
    assert after < 0.25 * before


def test_other_rules_have_no_gaps_of_drivers() -> None:
    lowered = lower(WORLD, [ALL["close_following"]])
    with pytest.raises(UnreadField, match=r"driver\.kept_gap_s"):
        checked(lowered, CellularAutomaton(rule="nasch"))
    checked(lowered, CellularAutomaton())


def checked(lowered: Lowered, settings: CellularAutomaton) -> None:
    check_representation(lowered.baseline, lowered.plan, lowered.ledger, representation(settings))


def test_a_sign_fades_over_days() -> None:
    def strongest(day: int) -> float:
        plan: Plan = lower(WORLD, [ALL["feedback_sign"]], day=(day, "mon")).plan
        return float(plan.behaviour.zone_strength.max())

    assert [strongest(day) for day in (1, 91, 181)] == [1.0, 0.5, 0.25]
    assert strongest(400) < strongest(300)


def test_random_visits_stay_within_the_officer_hours() -> None:
    places = tuple(Place(link=name, position_m=at) for name in ("a", "b") for at in (500.0, 1000.0, 1500.0))
    work = Schedule(hours=(Hours(begin_h=0, end_h=8),))
    policy = Patrol(at=places, schedule=work, officer_hours_per_day=40.0)
    visited = []
    for day in range(1, 15):
        lowered = lower(WORLD, [policy], day=(day, "mon"))
        assert len(lowered.deployments) == 6
        enforced = lowered.plan.enforcement
        standing = tuple(name for name, hours in zip(enforced.name, enforced.hours_s, strict=True) if hours == ())
        assert 16.0 * len(standing) <= 40.0
        visited.append(standing)
    assert len(set(visited)) > 3, "other places on other days"


@pytest.mark.parametrize(("kind", "values", "message"), [
    ("mobile_camera", {"at": ()}, "at"),
    ("patrol", {"at": ()}, "no place: give at, route, or both"),
    ("patrol", {"at": (), "officer_hours_per_day": 8.0}, "a random schedule without places"),
    ("patrol", {"officer_hours_per_day": 8.0}, "no place would ever be visited"),
    ("patrol", {"fine_eur": 50.0, "detection": 0.0}, "detection is 0: nobody is ever sanctioned"),
    ("breath_test", {"points": 3, "sanctioned": 0.0}, "sanctioned is 0: nobody is ever sanctioned"),
    ("breath_test", {"at": ()}, "no place: give at, area, or both"),
    ("close_following", {"kept_gap_s": 0.5}, "who responds would still offend"),
    ("feedback_sign", {"schedule": {"weekdays": ("noday",)}}, "schedule"),
    ("feedback_sign", {"schedule": {"first_day": 9, "last_day": 3}}, "the schedule ends before it begins"),
    ("feedback_sign", {"half_life_days": 0.0}, "half_life_days"),
])
def test_impossible_values_are_refused(kind: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        changed(ALL[kind], **values)


@pytest.mark.parametrize(("policy", "message"), [
    (MobileCamera(at=(Place(link="q", position_m=1.0),)), r"policy mobile_camera: q 1 m: found no link 'q'"),
    (Patrol(at=(Place(link="a", position_m=2001.0),)), r"found position 2001 m; expected a position on link 'a'"),
    (Patrol(route=("b", "a")), r"found link 'a' after 'b'; expected links that follow each other"),
    (Patrol(route=("a", "q")), r"found no link 'q'"),
    (CloseFollowing(at=(Place(link="q", position_m=1.0),)), r"policy close_following: q 1 m: found no link 'q'"),
    (BreathTest(area=Links(ids=("q",))), r"link 'q'"),
])
def test_impossible_places_are_refused(policy: Policy, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        lower(WORLD, [policy])


def test_a_patrol_drives_along_one_limit() -> None:
    rows = [link("a", 500.0, speed_limit_kmh=50.0), link("b", 500.0, speed_limit_kmh=70.0)]
    network = make_network(rows, through("a", "b"))
    flow = Flow(id="f", route=("a", "b"), volume_veh_h=100.0)
    with pytest.raises(PolicyError, match="limits of 50 and 70 km/h"):
        lower(make_world(network, flows=[flow]), [Patrol(route=("a", "b"))])
