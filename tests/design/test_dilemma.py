"""The dilemma zone: with the yellow of ITE nobody who keeps to its assumptions is forced to run red."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.design.timing.change_formulas import MOST_YELLOW_S, ite_yellow_s
from trafficsim.design.timing.dilemma import (
    DECELERATION_MS2,
    REACTION_S,
    clearing_distance_m,
    dilemma_zone_m,
    stopping_distance_m,
)

# Above this speed the longest yellow that MUTCD allows is shorter than the formula's.
FASTEST_MS = (MOST_YELLOW_S - REACTION_S) * 2 * DECELERATION_MS2


@given(design_kmh=st.floats(20, 105), share=st.floats(0.05, 1), reaction_s=st.floats(0.3, REACTION_S),
       deceleration_ms2=st.floats(DECELERATION_MS2, 8), distance=st.floats(0, 300), grade=st.floats(-8, 8))
def test_with_the_yellow_of_ite_nobody_is_forced_to_run_red(
    design_kmh: float, share: float, reaction_s: float, deceleration_ms2: float, distance: float, grade: float,
) -> None:
    yellow_s = ite_yellow_s(design_kmh / 3.6, REACTION_S, DECELERATION_MS2, grade)
    speed_ms = share * design_kmh / 3.6
    if yellow_s == MOST_YELLOW_S:
        return  # the formula asks for more than may be given
    can_stop = stopping_distance_m(speed_ms, reaction_s, deceleration_ms2, grade) <= distance
    can_go = clearing_distance_m(speed_ms, yellow_s) >= distance - 1e-9
    assert can_stop or can_go
    assert dilemma_zone_m(speed_ms, yellow_s, reaction_s, deceleration_ms2, grade) <= 1e-9


@given(speed_ms=st.floats(12.3, FASTEST_MS))
def test_both_distances_are_equal_at_the_design_speed(speed_ms: float) -> None:
    yellow_s = ite_yellow_s(speed_ms, REACTION_S, DECELERATION_MS2)
    assert clearing_distance_m(speed_ms, yellow_s) == pytest.approx(stopping_distance_m(speed_ms))


@pytest.mark.parametrize(("kmh", "yellow_s"), [(50, 3.3), (60, 3.7), (70, 4.2), (80, 4.6)])
def test_yellow_by_speed(kmh: float, yellow_s: float) -> None:
    assert round(ite_yellow_s(kmh / 3.6, 1.0, 3.05), 1) == yellow_s


def test_a_yellow_that_is_too_short_leaves_a_zone() -> None:
    # 70 km/h = 19.44 m/s: stops in 19.44 + 19.44^2 / 6.1 = 81.4 m, crosses from within 58.3 m in 3 s
    assert dilemma_zone_m(70 / 3.6, 3.0) == pytest.approx(81.42 - 58.33, abs=0.01)
