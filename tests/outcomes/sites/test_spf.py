"""Safety performance functions: hand-computed values, parts that add up, ranges that are kept."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.cmf import junction_factor
from trafficsim.outcomes.sites.hsm import JUNCTIONS, SEGMENTS
from trafficsim.outcomes.sites.spf import (
    junction_crashes,
    outside_range,
    pedestrian_crashes,
    pooled_overdispersion,
    segment_crashes,
)


def test_published_check_value() -> None:
    crashes = junction_crashes("4SG", 20_000, 8_000)
    assert crashes.several[0] == pytest.approx(5.33, abs=0.005)
    assert crashes.single[0] == pytest.approx(0.35, abs=0.005)


@pytest.mark.parametrize(("kind", "a", "b", "c", "single_a", "single_b", "single_c"), [
    ("3ST", -13.36, 1.11, 0.41, -6.81, 0.16, 0.51), ("3SG", -12.13, 1.11, 0.26, -9.02, 0.42, 0.40),
    ("4ST", -8.90, 0.82, 0.25, -5.33, 0.33, 0.12), ("4SG", -10.99, 1.07, 0.23, -10.21, 0.68, 0.27),
])
def test_junctions_by_hand(kind: str, a: float, b: float, c: float, single_a: float, single_b: float,
                           single_c: float) -> None:
    crashes = junction_crashes(kind, 12_000, 3_000)
    assert crashes.several[0] == pytest.approx(math.exp(a + b * math.log(12_000) + c * math.log(3_000)))
    assert crashes.single[0] == pytest.approx(
        math.exp(single_a + single_b * math.log(12_000) + single_c * math.log(3_000)))


def test_a_segment_by_hand_in_miles() -> None:
    mile = segment_crashes("2U", 10_000, 1609.344)
    assert mile.several[0] == pytest.approx(math.exp(-15.22 + 1.68 * math.log(10_000)))
    assert mile.single[0] == pytest.approx(math.exp(-5.47 + 0.56 * math.log(10_000)))
    kilometre = segment_crashes("2U", 10_000, 1000.0)
    assert kilometre.per_year[0] == pytest.approx(mile.per_year[0] / 1.609344)


def test_injury_crashes_by_hand() -> None:
    several = 5.33232285
    hurt, unhurt = (math.exp(a + b * math.log(20_000) + c * math.log(8_000))
                    for a, b, c in ((-13.14, 1.18, 0.22), (-11.02, 1.02, 0.24)))
    found = junction_crashes("4SG", 20_000, 8_000, "injury")
    assert found.several[0] == pytest.approx(several * hurt / (hurt + unhurt))
    at_stop = junction_crashes("3ST", 12_000, 3_000, "injury")
    assert at_stop.single[0] == pytest.approx(0.31 * junction_crashes("3ST", 12_000, 3_000).single[0])


@given(kind=st.sampled_from(sorted(JUNCTIONS)), major=st.floats(100, 45_000), share=st.floats(0.01, 1.0))
def test_severities_add_up_and_traffic_brings_crashes(kind: str, major: float, share: float) -> None:
    minor = min(share * major, JUNCTIONS[kind].minor_most or 0.0)
    total, injury, damage = (junction_crashes(kind, major, minor, one).per_year[0]  # type: ignore[arg-type]
                             for one in ("total", "injury", "damage"))
    assert injury + damage == pytest.approx(total)
    assert 0.0 < injury < total
    assert junction_crashes(kind, major * 1.01, minor).per_year[0] > total


@given(kind=st.sampled_from(sorted(SEGMENTS)), aadt=st.floats(100, 32_000), length_m=st.floats(5.0, 5000.0))
def test_segments_are_proportional_to_their_length(kind: str, aadt: float, length_m: float) -> None:
    one, two = (segment_crashes(kind, aadt, length, "injury").per_year[0] for length in (length_m, 2.0 * length_m))
    assert two == pytest.approx(2.0 * one)


@pytest.mark.parametrize(("kind", "major", "minor"), [
    ("4SG", 67_701, 8_000), ("4SG", 20_000, 33_401), ("4ST", 10_000, 5_901), ("3SG", 58_101, 100), ("3ST", 0, 100),
    ("3ST", 10_000, -1), ("3ST", math.nan, 100),
])
def test_outside_the_range(kind: str, major: float, minor: float) -> None:
    with pytest.raises(InputError, match="range that the function was fitted to"):
        junction_crashes(kind, major, minor)


def test_segments_outside_the_range() -> None:
    with pytest.raises(InputError, match="32,600"):
        segment_crashes("2U", 32_601, 100.0)
    with pytest.raises(InputError, match="length"):
        segment_crashes("2U", 1000, 0.0)
    with pytest.raises(InputError, match="unknown type"):
        segment_crashes("6D", 1000, 100.0)
    assert outside_range("4SG", 20_000, 40_000) == "40,000 veh/day are above the 33,400 of 4SG"
    assert outside_range("2U", 0.0) == "0 veh/day: no traffic"


def test_pooled_overdispersion_is_that_of_simulated_counts() -> None:
    generator = np.random.default_rng(1)
    means, k = np.array([3.0, 1.0]), np.array([0.4, 0.9])
    counts = generator.poisson(generator.gamma(1.0 / k, k * means, (400_000, 2))).sum(axis=1)
    pooled = pooled_overdispersion([means[:1], means[1:]], [0.4, 0.9])[0]
    assert counts.var() == pytest.approx(4.0 + pooled * 16.0, rel=0.02)  # three standard errors of the variance


def test_pedestrians() -> None:
    expected = math.exp(-9.53 + 0.40 * math.log(28_000) + 0.26 * math.log(0.4) + 0.45 * math.log(500) + 0.04 * 4)
    assert pedestrian_crashes("4SG", 20_000, 8_000, 500, 4) == pytest.approx(expected)
    vehicles = junction_crashes("4ST", 9_000, 2_000).per_year[0]
    assert pedestrian_crashes("4ST", 9_000, 2_000) == pytest.approx(0.022 * vehicles)
    with pytest.raises(InputError, match="pedestrians_day"):
        pedestrian_crashes("4SG", 20_000, 8_000, 40_000, 4)
    with pytest.raises(InputError, match="lanes"):
        pedestrian_crashes("4SG", 20_000, 8_000, 500)


def test_modification_factors() -> None:
    assert junction_factor("4ST", {"left_turn_lane": 2, "right_turn_lane": 1}) == pytest.approx(0.73**2 * 0.86)
    assert junction_factor("3SG") == 1.0
    for wrong in ({"left_turn_lane": 5}, {"u_turn_lane": 1}):
        with pytest.raises(InputError, match=next(iter(wrong))):
            junction_factor("4SG", wrong)
    with pytest.raises(InputError, match="at most 3"):
        junction_factor("4SG", {"left_turn_lane": 1, "right_turn_lane": 1, "protected_left": 1}, lighting=True)
