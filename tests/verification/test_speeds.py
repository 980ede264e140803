"""Speeds of lone drivers, measured between two points, are those that were asked for."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.free_roads import two_point_speeds

DRIVERS, CV = 2000, 0.12


@pytest.mark.parametrize("above_limit", [-3.0, 0.0, 3.0])
@pytest.mark.parametrize("limit_kmh", [30.0, 50.0, 80.0, 100.0, 120.0, 130.0])
def test_mean_speed_and_share_above_the_limit(limit_kmh: float, above_limit: float) -> None:
    # Compared with the desired speeds of the very same drivers, so that nothing of the difference is sampling error.
    # One journey is off by up to 0.9 km/h (standard deviation 0.2); the mean of 2,000 by 0.005. A driver counts on the
    # wrong side of the limit only within 0.9 km/h of it, and as many on the one as on the other.
    mean = limit_kmh + above_limit
    speeds = two_point_speeds(mean, CV * mean, limit_kmh, DRIVERS, length_m=800.0)
    assert np.mean(speeds.measured_kmh) == pytest.approx(np.mean(speeds.desired_kmh), abs=0.2)
    measured, truth = ((one > limit_kmh).mean() for one in (speeds.measured_kmh, speeds.desired_kmh))
    assert measured == pytest.approx(truth, abs=0.01)
    assert speeds.measured_kmh.std() == pytest.approx(speeds.desired_kmh.std(), rel=0.01)


@pytest.mark.parametrize("speed_kmh", [30.0, 50.0, 80.0, 120.0])
def test_whole_cells_do_not_round_speeds(speed_kmh: float) -> None:
    # 1.8 km/h per cell and tick: 50 km/h is 27.8 cells per tick, and on average stays so
    speeds = two_point_speeds(speed_kmh, 0.0, speed_kmh, 300, length_m=800.0)
    assert speeds.measured_kmh.mean() == pytest.approx(speed_kmh, abs=0.05)
