"""How enforcement wears off in the cases without traffic, with few people."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments.calibrate_deterrence import TARGETS, Target
from trafficsim.evidence.breath_testing import effect
from trafficsim.evidence.decays import (
    RURAL,
    camera_programme,
    checkpoint,
    drivers,
    even,
    half_life_days,
    patrol,
    points_law,
    section_control,
)
from trafficsim.evidence.patrol_halo import weeks_above
from trafficsim.spec.deterrence import Deterrence

FEW = 60
RATES = Deterrence()


def test_people_have_the_speeds_of_the_road() -> None:
    who = drivers(RURAL, 2000)
    assert (who.free_speed_kmh > who.limit_kmh).mean() == pytest.approx(0.40, abs=0.002)
    assert who.free_speed_kmh.std() / who.free_speed_kmh.mean() == pytest.approx(0.12, abs=0.001)
    assert np.diff(np.sort(even(100))) == pytest.approx(0.01, abs=0.01)


def test_a_checkpoint_is_forgotten_within_about_a_week() -> None:
    seen = checkpoint(RATES)
    assert seen.argmax() == 0
    assert (np.diff(seen) <= 0.0).all()
    assert 0.05 < seen[7] / seen[0] < 0.15


def test_six_weeks_leave_more_than_two_days() -> None:
    long, short = patrol(RATES, 42, 70, FEW), patrol(RATES, 2, 30, FEW)
    assert long[0] == short[0] == 0.0
    assert half_life_days(short[2:]) <= 2.0 < half_life_days(long[42:])


def test_a_law_fades_and_section_control_keeps_a_part() -> None:
    law, section = points_law(RATES, 500, FEW), section_control(RATES, FEW)
    assert 6.0 < half_life_days(law) / 30.4 < 14.0
    assert (np.diff(section[:4]) < 0.0).all(), "with few people chance decides between the last two half-years"
    assert 0.3 * section[0] < section[4] < section[2]
    assert section_control(RATES, FEW, 0.01)[4] < section[4]


def test_a_programme_is_gone_after_seven_years() -> None:
    seen = camera_programme(RATES, 5)
    assert seen[-365:].mean() < 0.03 * seen[1:31].mean()


def test_more_checkpoints_and_more_hearsay_lower_alcohol_crashes() -> None:
    few, more, told = (effect(RATES, passed, heard, 40)[-1] for passed, heard in ((0.01, 0.0), (0.1, 0.0), (0.01, 0.5)))
    assert 0.0 > few > more
    assert few > told


def test_half_lives_and_weeks_that_never_end_are_infinite() -> None:
    assert half_life_days(np.ones(5)) == np.inf
    assert weeks_above(np.ones(5), 0.5) == np.inf
    assert weeks_above(np.array([1.0, 0.9, 0.1]), 0.5) == pytest.approx(2.0 / 7.0)


def test_residuals_count_standard_deviations() -> None:
    target = Target("", "", 1.0, float(np.exp(-2.0)), float(np.exp(2.0)))
    assert target.residual(float(np.exp(1.5))) == pytest.approx(1.5)
    assert TARGETS["short"].residual(1.0) == 0.0
