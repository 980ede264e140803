"""The oracle of delay at signals is itself held against published values."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.fixed_cycle_queue import FixedCycle, crossings, hcm_delay_s


@pytest.mark.parametrize(
    ("x", "d1", "d2"), [(0.5, 17.9, 2.2), (0.7, 20.2, 5.1), (0.85, 22.3, 11.0), (0.95, 24.0, 21.7), (1.1, 25.0, 62.7)]
)
def test_hcm_reference_values(x: float, d1: float, d2: float) -> None:
    # C = 90 s, g = 40 s, s = 1,800 veh/h: values to one decimal
    assert hcm_delay_s(90.0, 40.0, 800.0, x) == pytest.approx((d1, d2), abs=0.06)


def test_worked_example_of_the_highway_capacity_manual() -> None:
    assert sum(hcm_delay_s(90.0, 36.0, 720.0, 600 / 720)) == pytest.approx(35.21, abs=0.005)


def test_a_queue_by_hand() -> None:
    signal = FixedCycle(cycle_s=60.0, headway_s=2.0, lost_s=2.0, per_cycle=3.0)
    # two wait and leave at 4 and 6; the third comes into the moving queue; the fourth waits for the next green
    assert crossings([0.0, 1.0, 7.5, 30.0], signal, seed=1).tolist() == [4.0, 6.0, 8.0, 64.0]


def test_regular_arrivals_have_the_uniform_delay() -> None:
    # Many cycles of evenly spaced arrivals at X = 0.5; the fluid formula d1 differs from whole vehicles by a headway
    signal = FixedCycle(cycle_s=90.0, headway_s=2.0, lost_s=0.0, per_cycle=20.0)
    arrivals = np.arange(0.0, 90.0 * 400, 9.0 + 1e-3)
    delay = (crossings(arrivals, signal, seed=1) - arrivals).mean()
    assert delay == pytest.approx(hcm_delay_s(90.0, 40.0, 800.0, 0.5)[0], abs=2.0)
