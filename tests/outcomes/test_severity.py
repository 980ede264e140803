"""Severity and response against published points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trafficsim.base.errors import InputError
from trafficsim.base.units import KM_PER_MILE
from trafficsim.outcomes.severity import (
    casualties_by_belts,
    deaths_by_response,
    pedestrian_risk,
    risk_ratio,
)


def test_german_curve_gives_the_published_percentages() -> None:
    assert 100.0 * pedestrian_risk([30.0, 40.0, 50.0, 60.0]) == pytest.approx([1.5, 3.6, 8.3, 18.0], abs=0.25)
    # "more than twice as high at 50 as at 40, more than five times as high as at 30"
    assert 1.0 / risk_ratio(50.0, 40.0) > 2.0
    assert 1.0 / risk_ratio(50.0, 30.0) > 5.0


@pytest.mark.parametrize(("harm", "mph"), [
    ("death", (24.1, 32.5, 40.6, 48.0, 54.6)), ("severe", (17.1, 24.9, 33.0, 40.8, 48.1))])
def test_american_curve_goes_through_the_published_points(harm: Any, mph: tuple[float, ...]) -> None:
    risk = pedestrian_risk(np.array(mph) * KM_PER_MILE, "us_tefft", harm)
    assert risk == pytest.approx([0.10, 0.25, 0.50, 0.75, 0.90])


def test_seventy_is_like_thirty_struck_faster() -> None:
    old = pedestrian_risk(30.0 * KM_PER_MILE, "us_tefft", age=70.0)
    assert old == pytest.approx(pedestrian_risk(41.8 * KM_PER_MILE, "us_tefft", age=30.0))


@pytest.mark.parametrize("curve", ["eu_gidas", "us_tefft"])
def test_risk_rises_with_speed(curve: Any) -> None:
    risk = pedestrian_risk(np.linspace(0.0, 77.0, 200), curve)
    assert (np.diff(risk) > 0.0).all()
    assert (risk >= 0.0).all()
    assert (risk <= 1.0).all()


def test_death_is_severe() -> None:
    speed = np.linspace(0.0, 100.0, 101)
    assert (pedestrian_risk(speed, "us_tefft", "severe") > pedestrian_risk(speed, "us_tefft", "death")).all()


def test_ten_minutes_less_are_a_third_fewer_deaths() -> None:
    assert float(deaths_by_response(25.0, 15.0)) == pytest.approx(2.0 / 3.0, abs=1e-3)
    assert float(deaths_by_response(20.0, 19.0)) == pytest.approx(0.960, abs=1e-3)  # -4.0 % a minute
    assert float(deaths_by_response(12.0, 12.0)) == 1.0


def test_belts_by_hand() -> None:
    assert casualties_by_belts(0.0, 1.0) == pytest.approx(0.40)
    assert casualties_by_belts(0.0, 1.0, "rear") == pytest.approx(0.56)
    assert casualties_by_belts(0.8, 0.8) == 1.0


@pytest.mark.parametrize(("call", "told"), [
    (lambda: pedestrian_risk(80.0), "77"), (lambda: pedestrian_risk(-1.0), "77"),
    (lambda: pedestrian_risk(float("nan")), "77"), (lambda: pedestrian_risk(50.0, harm="severe"), "us_tefft"),
    (lambda: pedestrian_risk(50.0, age=8.0), "15 years"), (lambda: deaths_by_response(40.0, 10.0), "5 to 30 min"),
    (lambda: casualties_by_belts(0.5, 1.2), "0 to 1"),
])
def test_beyond_what_was_observed_is_refused(call: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        call()
