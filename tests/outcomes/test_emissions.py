"""Fuel and emissions against hand-computed values of the publications' tables, and the ranges of the models."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.outcomes.emissions import average_speed, int_panis, vt_micro
from trafficsim.outcomes.emissions.traces import smoothed
from trafficsim.spec.emission_factors import EmissionFactor

S_PER_H = 3600.0


def fuel_l_100km(speed_kmh: float) -> float:
    return float(vt_micro.fuel_rate_l_s(speed_kmh, 0.0)) * S_PER_H / speed_kmh * 100.0


def test_vt_micro_at_steady_speeds() -> None:
    assert float(vt_micro.fuel_rate_l_s(0.0, 0.0)) * S_PER_H == pytest.approx(1.57, abs=0.005)
    assert [round(fuel_l_100km(speed), 1) for speed in (50.0, 80.0, 120.0)] == [8.4, 7.8, 10.0]


def test_vt_micro_polynomials_term_by_term() -> None:
    # s = 36 km/h; a = 1 m/s2 = 3.6 km/h/s, and -3.6
    s = 36.0
    for a, rows in ((3.6, vt_micro.SPEEDING_UP), (-3.6, vt_micro.SLOWING_DOWN)):
        exponent = 0.0
        for i in range(4):
            for j in range(4):
                exponent += float(rows[i][j]) * s**i * a**j
        assert float(vt_micro.fuel_rate_l_s(s, a / 3.6)) == pytest.approx(math.exp(exponent), rel=1e-12)


def test_vt_micro_outside_its_range() -> None:
    hard = vt_micro.fuel_rate_l_s(30.0, [-9.0, 9.0])
    assert hard.tolist() == vt_micro.fuel_rate_l_s(30.0, [-5.0 / 3.6, 13.0 / 3.6]).tolist()
    fast = vt_micro.fuel_l(np.append(np.full(98, 100.0), [130.0, 130.0]), np.zeros(100))
    assert fast.value is None
    assert "2.0 % of the vehicle-time is faster" in str(fast.reason)
    assert vt_micro.fuel_l(np.append(np.full(99, 100.0), 130.0), np.zeros(100)).value is not None


@pytest.mark.parametrize(("speed_kmh", "petrol", "diesel"), [
    (30, 203, 166), (50, 161, 178), (80, 122, 211), (100, 101, 235), (120, 81, 261)])
def test_int_panis_carbon_dioxide_per_km(speed_kmh: float, petrol: int, diesel: int) -> None:
    per_km = [float(int_panis.rate_g_s(speed_kmh, 0.0, fuel, "co2")) * S_PER_H / speed_kmh
              for fuel in ("petrol", "diesel")]
    assert per_km == pytest.approx([petrol, diesel], abs=0.51)  # the table is rounded to whole grams


def test_int_panis_by_hand() -> None:
    # v = 10 m/s, a = 1 m/s2, petrol NOx: 6.19e-4 + 8e-4 - 4.03e-4 - 4.13e-4 + 3.8e-4 + 1.77e-3
    assert float(int_panis.rate_g_s(36.0, 1.0, "petrol", "nox")) == pytest.approx(2.753e-3, rel=1e-9)
    # a = -1 m/s2, diesel NOx, braking: 1.68e-3 - 6.62e-4 + 9e-4 - 2.5e-4 + 2.91e-4 - 1.2e-3
    assert float(int_panis.rate_g_s(36.0, -1.0, "diesel", "nox")) == pytest.approx(7.59e-4, rel=1e-9)
    # exactly -0.5 m/s2 is not yet braking; a strong polynomial below zero emits nothing
    assert float(int_panis.rate_g_s(0.0, -0.5, "petrol", "nox")) == pytest.approx(9.205e-4, rel=1e-9)
    assert float(int_panis.rate_g_s(108.0, -3.0, "petrol", "co2")) == 0.0


def test_int_panis_says_nothing_of_fast_roads() -> None:
    assert "covers 0 to 70 km/h" in str(int_panis.emission_g(np.full(10, 90.0), np.zeros(10), 0.5, "nox").reason)


@given(share=st.floats(0.0, 1.0), speed_kmh=st.floats(0.0, 70.0), acceleration_ms2=st.floats(-3.0, 3.0))
def test_diesel_share_mixes(share: float, speed_kmh: float, acceleration_ms2: float) -> None:
    mixed, petrol, diesel = (
        int_panis.emission_g(np.array([speed_kmh]), np.array([acceleration_ms2]), one, "nox").value
        for one in (share, 0.0, 1.0))
    assert petrol is not None
    assert diesel is not None
    assert mixed == pytest.approx((1.0 - share) * petrol + share * diesel, rel=1e-9, abs=1e-15)


def test_average_speed_by_hand() -> None:
    # (0.01 x 2500 + 2 x 50 + 300 + 1000 / 50) / (0.001 x 2500 - 0.05 x 50 + 5) x 0.8 = 445 / 5 x 0.8
    row = EmissionFactor(pollutant="co2", alpha=0.01, beta=2.0, gamma=300.0, delta=1000.0, epsilon=0.001, zeta=-0.05,
                         eta=5.0, reduction=0.2, least_kmh=20.0, most_kmh=100.0)
    assert average_speed.g_per_km(row, np.array([50.0])).tolist() == pytest.approx([71.2])
    assert average_speed.emission_g(row, np.array([50.0]), np.array([10.0])).value == pytest.approx(712.0)
    slow = average_speed.emission_g(row, np.array([50.0, 10.0]), np.array([9.0, 1.0]))
    assert slow.value is None
    assert "10.0 % of the distance" in str(slow.reason)


def test_smoothing_keeps_trips_apart_and_steady_speeds() -> None:
    trip = np.repeat([7, 3], 10)
    time_s = np.tile(np.arange(10.0), 2)
    speed_ms = np.repeat([10.0, 20.0], 10)
    order = np.random.default_rng(1).permutation(20)
    motion = smoothed(trip[order], time_s[order], speed_ms[order])
    assert motion.trip.tolist() == [3] * 10 + [7] * 10
    assert motion.speed_kmh.tolist() == pytest.approx([72.0] * 10 + [36.0] * 10)
    assert np.abs(motion.acceleration_ms2).max() == pytest.approx(0.0, abs=1e-12)


def test_smoothing_against_its_formula() -> None:
    rng = np.random.default_rng(2)
    speed = rng.uniform(0.0, 20.0, 12)
    time_s = np.array([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15], float)  # a gap of five seconds
    motion = smoothed(np.zeros(12, np.int64), time_s, speed)
    expected = []
    for here in range(12):
        piece = range(6) if here < 6 else range(6, 12)
        weights = {at: math.exp(-abs(at - here)) for at in piece if abs(at - here) <= 3}
        expected.append(sum(weights[at] * speed[at] for at in weights) / sum(weights.values()))
    assert motion.speed_kmh.tolist() == pytest.approx([3.6 * one for one in expected])
    assert motion.acceleration_ms2[3] == pytest.approx((expected[4] - expected[2]) / 2.0)
    assert motion.acceleration_ms2[5] == pytest.approx(expected[5] - expected[4])
    assert motion.acceleration_ms2[6] == pytest.approx(expected[7] - expected[6])


def test_smoothing_takes_out_what_no_car_does() -> None:
    # An engine with whole cells and dawdling jumps by 0.5 m/s back and forth: no fuel is burnt for that.
    steady = vt_micro.fuel_rate_l_s(np.full(100, 50.0), np.zeros(100)).sum()
    jumps = 50.0 / 3.6 + 0.25 * np.tile([1.0, -1.0], 50)
    raw = vt_micro.fuel_rate_l_s(jumps * 3.6, np.gradient(jumps) + 0.5 * np.tile([1.0, -1.0], 50)).sum()
    motion = smoothed(np.zeros(100, np.int64), np.arange(100.0), jumps)
    calm = vt_micro.fuel_rate_l_s(motion.speed_kmh, motion.acceleration_ms2).sum()
    assert abs(calm / steady - 1.0) < 0.01 < raw / steady - 1.0
