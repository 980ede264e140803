"""The fit to measured points of a motorway lane: its parts with made-up points, and one check on the real ones."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments.calibrate_i880 import Driving, Points, by_flow, inverse, read_points, resampled, simulate


def points(flows: list[float], speeds: list[float]) -> Points:
    return Points(np.array(flows), np.array(speeds))


def test_statistics_are_read_where_they_mean_something() -> None:
    made = points([500.0, 900.0, 1500.0, 2000.0], [100.0, 98.0, 90.0, 20.0])
    assert made.free_speed_kmh == 99.0
    assert made.capacity_veh_h == pytest.approx(1500.0 + 0.97 * 500.0)


def test_a_parameter_is_found_between_those_simulated() -> None:
    gap = inverse((1.0, 1.5, 2.0), [2400.0, 2000.0, 1600.0], "capacity")
    assert gap(np.array([1800.0, 2000.0, 2400.0])).tolist() == [1.75, 1.5, 1.0]
    with pytest.raises(ValueError, match="capacity does not move one way"):
        inverse((1.0, 1.5, 2.0), [2400.0, 1600.0, 2000.0], "capacity")


def test_the_interval_of_a_mean_like_statistic_covers_as_theory_says() -> None:
    # Independent normal speeds: the median's standard error is 1.2533 sd / sqrt(n). 25 %: the density at the median,
    # which it depends on, is that of one sample of 1,000.
    random_draw = np.random.default_rng(5)
    made = Points(np.full(1000, 500.0), random_draw.normal(100.0, 5.0, 1000))
    again = resampled(made, count=500, block=1)[:, 0]
    assert again.std() == pytest.approx(1.2533 * 5.0 / np.sqrt(1000), rel=0.25)


def test_congested_points_are_left_out_of_the_free_branch() -> None:
    assert by_flow(points([500.0, 510.0, 520.0, 1500.0], [100.0, 102.0, 30.0, 90.0])) == {
        400.0: (2, 101.0), 1400.0: (1, 90.0)}


def test_simulated_points_at_low_flow_lie_on_the_measured_ones() -> None:
    measured = read_points()
    # Fitted with a narrow spread of desired speeds (docs/validation/tables/i880.md). 2 %: the standard error of a
    # median of six intervals of 15 vehicles each is about 0.5 km/h, and that of the fit 0.5 km/h.
    simulated = simulate(Driving(100.05, 0.03, 1.44), 5.0)
    assert np.median(simulated.speed_kmh) == pytest.approx(measured.free_speed_kmh, rel=0.02)
    assert len(measured.flow_veh_h) == 1318
