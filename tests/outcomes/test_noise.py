"""Source level of traffic against CNOSSOS-EU by hand, and what it must obey."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.outcomes.noise import A_WEIGHTING_DB, source_level_db, vehicle_level_db


def test_one_vehicle_by_hand() -> None:
    # 1 kHz, light, 50 km/h: rolling 100.1 + 32.5 lg(50 / 70), propulsion 84.7 - 8 x 20 / 70
    rolling, propulsion = 100.1 + 32.5 * math.log10(50.0 / 70.0), 84.7 - 8.0 * 20.0 / 70.0
    by_hand = 10.0 * math.log10(10.0 ** (rolling / 10.0) + 10.0 ** (propulsion / 10.0))
    assert float(vehicle_level_db([50.0], "light")[0, 4]) == pytest.approx(by_hand, abs=1e-9)


def test_traffic_by_hand() -> None:
    # at the reference speed both terms are their constants; 700 light and 70 heavy vehicles an hour
    total = 0.0
    for category, flow in (("light", 700.0), ("heavy", 70.0)):
        for level, weighting in zip(vehicle_level_db([70.0], category)[0], A_WEIGHTING_DB, strict=True):
            total += 10.0 ** ((level + weighting + 10.0 * math.log10(flow / (1000.0 * 70.0))) / 10.0)
    level, known = source_level_db([700.0], [70.0], [70.0])
    assert known.all()
    assert level[0] == pytest.approx(10.0 * math.log10(total), abs=1e-9)


@given(speed_kmh=st.floats(20.0, 125.0), step=st.floats(1.0, 5.0), flow=st.floats(1.0, 5000.0))
def test_a_light_vehicle_is_louder_when_faster_and_a_heavy_one_louder_than_a_light_one(
    speed_kmh: float, step: float, flow: float
) -> None:
    slow, fast = (vehicle_level_db([one], "light")[0] + A_WEIGHTING_DB for one in (speed_kmh, speed_kmh + step))
    assert (10.0 ** (fast / 10.0)).sum() > (10.0 ** (slow / 10.0)).sum()
    light, heavy = source_level_db([flow], [0.0], [speed_kmh])[0], source_level_db([0.0], [flow], [speed_kmh])[0]
    assert heavy[0] > light[0]


def test_ranges() -> None:
    level, known = source_level_db([100.0, 100.0, 100.0], [0.0, 0.0, 0.0], [10.0, 20.0, 140.0])
    assert level[0] == level[1]
    assert known.tolist() == [True, True, False]
    assert np.isfinite(level).all()
