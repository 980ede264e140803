"""A study over days that asks too much of the model of behaviour is told so by the check."""

from __future__ import annotations

import trafficsim as ts
from tests.support.over_days import CAMERA, study
from trafficsim.spec.calendar import Days

OVER = ("decay-not-fitted", "horizon-beyond-evidence", "fine-beyond-evidence")


def told(days: Days | None, *policies: ts.Policy) -> list[str]:
    return [one.code for one in ts.check(study(days, {"camera": policies})) if one.code in OVER]


def test_a_camera_over_days_has_no_fitted_decay_and_a_long_study_no_evidence() -> None:
    assert told(Days(number=10, sample=1), CAMERA) == ["decay-not-fitted"]
    assert told(Days(number=1000, sample=1), CAMERA) == ["horizon-beyond-evidence", "decay-not-fitted"]


def test_without_days_nothing_is_said() -> None:
    assert told(None, CAMERA) == []


def test_three_times_the_fine_is_beyond_the_evidence() -> None:
    patrol = ts.policies.Patrol(at=(ts.policies.Place(link="east2", position_m=700.0),), fine_eur=100.0)
    days = Days(number=10, sample=1)
    assert told(days, patrol, ts.policies.Fines(factor=3.0)) == ["fine-beyond-evidence"]
    assert told(days, patrol, ts.policies.Fines(factor=2.0)) == []
