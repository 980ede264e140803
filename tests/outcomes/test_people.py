"""Casualties by who drives: by hand, exact parts, and nothing from nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.base.errors import InputError
from trafficsim.outcomes.casualties import Models, SpeedChange
from trafficsim.outcomes.economics.speed_casualties import SpeedCasualties
from trafficsim.outcomes.people import (
    ALCOHOL_SCALE,
    Drivers,
    PeopleChange,
    best,
    drawn_numbers,
    relative_by_part,
    relative_people,
)
from trafficsim.people.alcohol import impaired_risk
from trafficsim.people.novices import PAIR, default_curve

ROWS = 3


def drivers(**columns: list[float]) -> Drivers:
    """Novices, sober others and impaired others."""
    default = Drivers(
        np.array([10.0, 180.0, 10.0]), np.array([0.0, 600.0, 600.0]), np.array([12.0, 600.0, 600.0]),
        np.array([0.0, 0.0, 1.0]), np.ones(ROWS), np.ones(ROWS), np.zeros(ROWS), np.full(ROWS, 0.9))
    return default._replace(**{name: np.array(values) for name, values in columns.items()})


TODAY = drivers()
R_NOVICE, R_IMPAIRED = float(default_curve().mean_risk(0.0, 12.0)), float(impaired_risk())
CRASHES = 10.0 * R_NOVICE + 180.0 + 10.0 * R_IMPAIRED


def parts(after: Drivers, outcome: str = "ksi") -> dict[str, float]:
    found = relative_by_part(PeopleChange(TODAY, after), outcome, best())  # type: ignore[arg-type]
    return {name: float(value[0]) for name, value in found.items()}


def test_risk_by_hand() -> None:
    assert parts(drivers(risk=[0.8, 1.0, 1.0])) == pytest.approx(
        {"exposure": 0.0, "risk": -0.2 * 10.0 * R_NOVICE / CRASHES, "severity": 0.0}, abs=1e-12)


def test_exposure_by_hand_whether_on_the_road_or_in_the_account() -> None:
    want = {"exposure": -5.0 * R_NOVICE / CRASHES, "risk": 0.0, "severity": 0.0}
    assert parts(drivers(vehicle_km=[5.0, 180.0, 10.0])) == pytest.approx(want, abs=1e-12)
    assert parts(drivers(exposure=[0.5, 1.0, 1.0])) == pytest.approx(want, abs=1e-12)


def test_belts_act_on_severity_and_never_on_crashes() -> None:
    found = parts(drivers(belt_share=[1.0] * ROWS))
    assert found == pytest.approx({"exposure": 0.0, "risk": 0.0, "severity": 0.40 / 0.46 - 1.0}, abs=1e-12)
    assert parts(drivers(belt_share=[1.0] * ROWS), "injury_crashes") == {"exposure": 0.0, "risk": 0.0, "severity": 0.0}


def test_practice_moves_along_the_curve() -> None:
    later = float(default_curve().mean_risk(4.0, 16.0))
    assert parts(drivers(practice_km=[3200.0, 0.0, 0.0]))["risk"] == pytest.approx(10.0 * (later - R_NOVICE) / CRASHES)


def test_who_is_sober_instead_drives_on_at_less_risk() -> None:
    assert parts(drivers(impaired_share=[0.0, 0.0, 0.5])) == pytest.approx(
        {"exposure": 0.0, "risk": 5.0 * (1.0 - R_IMPAIRED) / CRASHES, "severity": 0.0}, abs=1e-12)


@given(st.lists(st.floats(0.0, 3.0), min_size=12, max_size=12), st.floats(0.3, 1.5))
def test_parts_add_up_with_speed_too(values: list[float], speed: float) -> None:
    after = drivers(vehicle_km=values[:3], exposure=values[3:6], risk=values[6:9],
                    belt_share=[value / 3.0 for value in values[9:]])
    change, models = PeopleChange(TODAY, after), Models(number=1000)
    numbers = drawn_numbers(models)
    people = relative_people(change, "ksi", numbers)
    found = relative_by_part(change, "ksi", numbers, np.full(1000, speed))
    assert sum(found.values()) == pytest.approx(speed * people - 1.0, abs=1e-9)
    assert set(found) == {"speed", "exposure", "risk", "severity"}


def test_nothing_from_nothing_in_every_draw() -> None:
    numbers = drawn_numbers(Models(number=1000))
    found = relative_by_part(PeopleChange(TODAY, TODAY), "ksi", numbers, np.ones(1000))
    assert all((part == 0.0).all() for part in found.values())


def test_the_interval_is_that_of_the_curve_and_of_alcohol() -> None:
    drawn = relative_people(PeopleChange(TODAY, drivers(risk=[0.8, 1.0, 1.0])), "ksi", drawn_numbers(Models()))
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert low < float(relative_people(PeopleChange(TODAY, drivers(risk=[0.8, 1.0, 1.0])), "ksi", best())[0]) < high
    assert 0.001 < high - low < 0.05


def test_nobody_under_the_baseline_is_refused() -> None:
    nobody = drivers(vehicle_km=[0.0] * ROWS)
    with pytest.raises(InputError, match="nobody drove"):
        relative_by_part(PeopleChange(nobody, TODAY), "ksi", best())


def test_in_money_people_multiply_what_speeds_give() -> None:
    speeds = SpeedChange(np.array([50.0]), np.array([45.0]), np.ones(1), np.array([True]))
    change = PeopleChange(TODAY, drivers(risk=[0.8, 1.0, 1.0], belt_share=[1.0] * ROWS))
    alone, both = (SpeedCasualties("x", (speeds,), Models(), people) for people in ((), (change,)))
    one = np.ones(1)
    for severity, outcome in (("deaths", "deaths"), ("slight_injuries", "slightly_injured")):
        by_people = relative_people(change, outcome, best())  # type: ignore[arg-type]
        assert both.relative(severity, {}, one) == pytest.approx(alone.relative(severity, {}, one) * by_people)
    named = {one.name: one.quantile(np.linspace(0.05, 0.95, 50)) for one in both.inputs}
    assert set(named) - {one.name for one in alone.inputs} == {PAIR, ALCOHOL_SCALE.name}
    drawn = both.relative("deaths", {PAIR: named[PAIR]}, np.ones(50))
    assert drawn.shape == (50,)
    assert drawn.std() > 0.0
