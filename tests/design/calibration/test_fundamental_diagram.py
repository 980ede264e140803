"""Fits of fundamental diagrams: parameters that are known, intervals that cover them, and points of Interstate 880."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.support.real_data import data_folder, require_data
from trafficsim.base.errors import InputError
from trafficsim.base.units import KM_PER_MILE
from trafficsim.design.calibration.fundamental_diagram import Shape, fit_fundamental_diagram

TRUE = {"free_speed_kmh": 100.0, "capacity_veh_h": 2000.0, "jam_density_veh_km": 140.0}


def points(rng: np.random.Generator, congested: float = 0.3, noise: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Points about a triangle: speeds that vary, a share of them congested."""
    number = 1200
    density = np.where(rng.random(number) < congested, rng.uniform(20.0, 110.0, number), rng.uniform(2.0, 20.0, number))
    flow = np.minimum(100.0 * density, 2000.0 * (140.0 - density) / 120.0)
    speed = flow / density * (1.0 + noise * rng.standard_normal(number))
    return density * speed, speed


def test_intervals_cover_what_is_true() -> None:
    covered = dict.fromkeys(TRUE, 0)
    for seed in range(12):
        fit = fit_fundamental_diagram(*points(np.random.default_rng(seed)), draws=40, seed=seed)
        for name, true in TRUE.items():
            covered[name] += fit.estimates[name].low <= true <= fit.estimates[name].high
        assert fit.not_identified == ()
    assert min(covered.values()) >= 9  # of 12 intervals of 95 %; 8 or fewer have a probability below 0.001


def test_without_congestion_its_branch_is_not_identified() -> None:
    fit = fit_fundamental_diagram(*points(np.random.default_rng(1), congested=0.03), draws=60)
    assert fit.estimates["free_speed_kmh"].identified
    assert {"jam_density_veh_km", "backward_wave_kmh"} <= set(fit.not_identified)


@pytest.mark.parametrize("shape", ["triangular", "parabolic_linear"])
def test_flow_of_the_fit_is_that_of_the_points(shape: Shape) -> None:
    flow, speed = points(np.random.default_rng(3), noise=0.0)
    fit = fit_fundamental_diagram(flow, speed, shape, draws=5)
    assert fit.flow_veh_h(flow / speed) == pytest.approx(flow, abs=25.0)
    assert fit.rmse_veh_h < 10.0


def test_interstate_880() -> None:
    """Free speed and capacity of lane 2; 59 of 1,318 points lie below 40 mph, too few for the congested branch."""
    path = data_folder() / "fd_i880_hdrcde" / "lane2.csv"
    require_data(path)
    table = pd.read_csv(path)
    flow, speed = table["flow"].to_numpy(), table["speed"].to_numpy() * KM_PER_MILE
    assert int((table["speed"] < 40.0).sum()) == 59
    fit = fit_fundamental_diagram(flow, speed, draws=60)
    assert fit.estimates["free_speed_kmh"].identified
    assert 57.0 < fit.estimates["free_speed_kmh"].value / KM_PER_MILE < 62.0
    assert "backward_wave_kmh" in fit.not_identified
    assert "jam_density_veh_km" in fit.not_identified


@pytest.mark.parametrize(("flow", "speed", "message"), [
    ([1.0] * 5, [1.0] * 5, "at least 30"), ([1.0, np.nan], [1.0, 1.0], "a value that is none"),
    ([1.0, 2.0], [1.0], "2 flows, 1 speeds"),
])
def test_what_cannot_be_fitted(flow: list[float], speed: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        fit_fundamental_diagram(flow, speed)
