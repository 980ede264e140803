"""Policies of licensing, training and prevention: what they do to groups of people, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import trafficsim as ts
from trafficsim.base.errors import PolicyError
from trafficsim.people.novices import default_curve
from trafficsim.plan.lower import Lowered, lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies import (
    AccompaniedDriving,
    BeltWearing,
    Campaign,
    Fines,
    HazardPerception,
    Isa,
    PassengerLimit,
    PointsLimit,
    Probation,
    ReEducation,
    SecondPhaseTraining,
    SpeedCamera,
    SupervisedPractice,
    ZeroAlcohol,
)
from trafficsim.policies.speed_camera import CameraPlace
from trafficsim.spec.policy import Policy

GROUPS = (
    ts.PersonGroup(name="first year", share=0.01, age_years=(18, 20), licence_months=(0, 12)),
    ts.PersonGroup(name="second year", share=0.01, age_years=(19, 21), licence_months=(12, 24)),
    ts.PersonGroup(name="others", share=0.98, age_years=(40, 80), licence_months=(240, 480)),
)
CAMERA = SpeedCamera(at=(CameraPlace(link="east2", position_m=200.0),))


def world(population: ts.Population | None = None, **more: Any) -> ts.Scenario:
    people = ts.Population(people=5000, groups=GROUPS) if population is None else population
    flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=900)
    return ts.Scenario(name="road", network=ts.corridor([300, 400]), demand=ts.Demand(flows=(flow,)),
                       population=people, time=ts.Time(analysis_s=600), **more)


PREPARED = prepare(ts.build(world()))


def people(*policies: Policy, day: int = 1) -> Any:
    return lower(PREPARED, policies, day=(day, "mon")).plan.people


def lowered(*policies: Policy) -> Lowered:
    return lower(PREPARED, policies)


def of(values: np.ndarray) -> dict[str, float]:
    """By group, in the order in which groups are kept."""
    return dict(zip(("first year", "others", "second year"), values.tolist(), strict=True))


def test_accompanied_driving_changes_risk_and_exposure_of_the_first_year() -> None:
    found = people(AccompaniedDriving())
    assert of(found.novice_risk) == pytest.approx({"first year": 0.78, "others": 1.0, "second year": 1.0})
    assert of(found.exposure) == pytest.approx({"first year": 0.83 / 0.78, "others": 1.0, "second year": 1.0})


def test_a_share_takes_part_by_crashes_and_kilometres() -> None:
    found = people(AccompaniedDriving(share=0.5))
    km, risk = of(found.exposure)["first year"], of(found.novice_risk)["first year"]
    assert km == pytest.approx((1.0 + 0.83 / 0.78) / 2.0)
    assert km * risk == pytest.approx((1.0 + 0.83) / 2.0)


def test_a_group_of_two_years_gets_the_mean_over_its_crashes() -> None:
    novice = ts.PersonGroup(name="novice", share=1.0, age_years=(18, 20), licence_months=(0, 24))
    plan = lower(ts.build(world(ts.Population(people=100, groups=(novice,)))), (HazardPerception(),)).plan
    first, second = default_curve().mean_risk([0.0, 12.0], [12.0, 24.0])
    assert plan.people.novice_risk.tolist() == pytest.approx([(0.89 * first + second) / (first + second)])


def test_measures_hold_for_their_months_and_ages() -> None:
    assert of(people(SecondPhaseTraining()).novice_risk)["second year"] == pytest.approx(0.888)
    assert of(people(SecondPhaseTraining()).novice_risk)["first year"] > 0.888
    young = of(people(PassengerLimit(until_age_years=19.0)).novice_risk)
    assert young["first year"] == pytest.approx((0.91 + 1.0) / 2.0)
    assert young["second year"] == 1.0


def test_practice_counts_kilometres_and_nothing_else() -> None:
    found = people(SupervisedPractice(lessons=10, supervised_km=100.0))
    assert found.supervised_km.tolist() == [300.0] * 3
    assert found.novice_risk.tolist() == [1.0] * 3


def test_alcohol_belts_points_and_assistance() -> None:
    assert of(people(ZeroAlcohol()).alcohol_factor) == pytest.approx(
        {"first year": 0.85, "others": 1.0, "second year": 0.85})
    assert people(BeltWearing(share=1.0)).belt_share.tolist() == [1.0] * 3
    assert of(people(PointsLimit(limit=8, groups=("others",))).points_limit) == {
        "first year": 12.0, "others": 8.0, "second year": 12.0}
    assert of(people(Probation(limit=4)).novice_points_limit) == {"first year": 4.0, "others": 12.0, "second year": 4.0}
    assert people(ReEducation(points_back=3, share=0.5)).points_limit.tolist() == [13.5] * 3
    soft, hard = people(Isa(share=0.4)), people(Isa(year=2040.5, type="hard"))
    assert (soft.isa_share.tolist(), soft.isa_override_share.tolist()) == ([0.4] * 3, [0.3] * 3)
    assert (hard.isa_share.tolist(), hard.isa_override_share.tolist()) == ([1.0] * 3, [0.0] * 3)


def test_shares_of_assistance_are_nested() -> None:
    few, many = (lowered(Isa(share=share)).plan.trips.limit_factor for share in (0.2, 0.6))
    assert 0 < np.isfinite(few).sum() < np.isfinite(many).sum()
    assert np.isfinite(many[np.isfinite(few)]).all()


def test_a_campaign_runs_and_fades() -> None:
    drive = Campaign(theme="speed", violators=0.4, first_day=5, last_day=10, half_life_days=30.0)
    assert [people(drive, day=day).lawful_share[0] for day in (4, 5, 10, 40)] == pytest.approx([0.0, 0.4, 0.4, 0.2])
    assert people(Campaign(theme="alcohol", violators=0.1)).alcohol_factor.tolist() == pytest.approx([0.9] * 3)
    assert people(Campaign(theme="belts", violators=0.2)).belt_share.tolist() == pytest.approx([0.96] * 3)
    held = lowered(Campaign(theme="speed", violators=0.5)).plan.trips.limit_factor
    assert 0.3 < (held == 1.0).mean() < 0.7


def test_a_campaign_is_refused_beside_enforcement_of_the_same_offence() -> None:
    with pytest.raises(PolicyError, match=r"count twice.*publicity"):
        lowered(CAMERA, Campaign(theme="speed"))
    assert lowered(CAMERA, Campaign(theme="belts")).ledger


def test_fines_need_somebody_who_is_caught() -> None:
    with pytest.raises(PolicyError, match="nobody would be fined"):
        lowered(Fines(factor=1.5))
    with pytest.raises(PolicyError, match="no section control that detects"):
        lowered(CAMERA, Fines(factor=1.5, kinds=("section_control",)))
    plan = lowered(CAMERA, Fines(factor=1.5)).plan
    assert dict(zip(plan.people.enforcement, plan.people.fine_factor.tolist(), strict=True))["speed_camera"] == 1.5


def test_fines_weigh_by_detection_and_saturate() -> None:
    assert Fines(factor=1.1).violations(1.0) == pytest.approx(1.0 - 0.014)
    assert Fines(factor=1.1).violations(0.0001) == pytest.approx(1.0, abs=1e-5)
    assert Fines(factor=5.0).violations(1.0) == Fines(factor=2.0).violations(1.0) == pytest.approx(0.86)


NOTHING = [
    AccompaniedDriving(share=0.0), HazardPerception(risk_per_km=1.0), SupervisedPractice(), ZeroAlcohol(impaired=1.0),
    BeltWearing(share=0.95), Isa(share=0.0), Campaign(theme="speed", violators=0.0),
    ReEducation(points_back=0, share=1.0), PointsLimit(limit=12),
]


@pytest.mark.parametrize("policy", NOTHING, ids=lambda policy: policy.kind)
def test_no_effect_leaves_everything_as_it_is(policy: Policy) -> None:
    with_policy, without = lowered(policy), lowered()
    for name, values in without.plan.people._asdict().items():
        if isinstance(values, np.ndarray) and name != "isa_override_share":
            assert (getattr(with_policy.plan.people, name) == values).all(), name
    for arrays, others in ((with_policy.plan.trips, without.plan.trips),
                           (with_policy.plan.drivers, without.plan.drivers)):
        assert all(np.array_equal(one, other) for one, other in zip(arrays, others, strict=True))


PEOPLE_POLICIES = [
    AccompaniedDriving(groups=("nobody",)), SupervisedPractice(supervised_km=10.0, groups=("nobody",)),
    ZeroAlcohol(groups=("nobody",)), BeltWearing(share=0.9, groups=("nobody",)),
    Isa(share=0.9, groups=("nobody",)), Campaign(theme="alcohol", groups=("nobody",)),
    PointsLimit(limit=3, groups=("nobody",)), Probation(limit=3, groups=("nobody",)),
    ReEducation(points_back=1, share=0.1, groups=("nobody",)),
]


@pytest.mark.parametrize("policy", PEOPLE_POLICIES, ids=lambda policy: policy.kind)
def test_a_group_that_does_not_exist_is_refused(policy: Policy) -> None:
    with pytest.raises(PolicyError, match=r"no group 'nobody'.*some of first year, others, second year"):
        lowered(policy)


@pytest.mark.parametrize("policy", PEOPLE_POLICIES, ids=lambda policy: policy.kind)
def test_a_scenario_without_people_is_refused(policy: Policy) -> None:
    bare = ts.build(world().model_copy(update={"population": None}))
    with pytest.raises(PolicyError, match=r"without people.*\[population\]"):
        lower(bare, (policy.model_copy(update={"groups": ()}),))


def test_no_novices_are_refused() -> None:
    old = ts.Population(people=100, groups=(ts.PersonGroup(name="all", share=1.0, licence_months=(60, 400)),))
    for policy in (Probation(limit=3), ZeroAlcohol()):
        with pytest.raises(PolicyError, match="licence_months from below 24"):
            lower(ts.build(world(old)), (policy,))


@pytest.mark.parametrize(("kind", "values"), [
    (AccompaniedDriving, {"share": 1.2}), (AccompaniedDriving, {"risk_per_km": -0.1}),
    (SupervisedPractice, {"lessons": -1}), (SupervisedPractice, {"supervised_km": -10.0}), (Fines, {"factor": -0.5}),
    (BeltWearing, {"share": 1.01}), (Isa, {}), (Isa, {"share": 0.5, "year": 2030}),
    (Isa, {"share": -0.1}), (Campaign, {"theme": "speed", "first_day": 9, "last_day": 3}),
    (Campaign, {"theme": "noise"}), (Campaign, {"theme": "speed", "violators": 1.5}), (Probation, {"limit": 0}),
    (ReEducation, {"points_back": -3, "share": 0.5}), (PassengerLimit, {"for_months": 0.0}),
    (SecondPhaseTraining, {"begin_months": 30.0}),
])
def test_numbers_that_mean_nothing_are_refused(kind: type[Policy], values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        kind(**values)
