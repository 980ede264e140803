"""Shares of variance and values of information against closed forms and another implementation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from SALib.analyze import sobol as peer_analysis
from SALib.sample import sobol as peer_sample
from scipy.special import ndtri

from trafficsim.outcomes.uncertainty import (
    Draws,
    Uncertain,
    sample,
    turning_point,
    value_of_information,
    value_of_perfect_information,
    variance_shares,
)

NAMES = ("x1", "x2", "x3")


def angle(level: np.ndarray) -> np.ndarray:
    return np.asarray((2.0 * level - 1.0) * math.pi)


def ishigami(draws: Draws) -> np.ndarray:
    """Ishigami & Homma 1990, a = 7, b = 0.1: shares 0.3139, 0.4424, 0 and 0.5576, 0.4424, 0.2437."""
    x1, x2, x3 = (draws[name] for name in NAMES)
    return np.asarray(np.sin(x1) + 7.0 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1))


def test_ishigami_in_closed_form() -> None:
    drawn = sample([Uncertain(name, name, angle) for name in NAMES], 8192, 3)
    shares = variance_shares(drawn, ishigami)
    # 8,192 quasi-random draws: standard errors below 0.01
    assert [shares[name].first for name in NAMES] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert [shares[name].total for name in NAMES] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_shares_agree_with_another_implementation() -> None:
    problem = {"num_vars": 3, "names": list(NAMES), "bounds": [[-math.pi, math.pi]] * 3}
    points = peer_sample.sample(problem, 8192, calc_second_order=False, seed=1)
    peer = peer_analysis.analyze(problem, ishigami(dict(zip(NAMES, points.T, strict=True))), calc_second_order=False,
                                 seed=1)
    shares = variance_shares(sample([Uncertain(name, name, angle) for name in NAMES], 8192, 3), ishigami)
    assert [shares[name].first for name in NAMES] == pytest.approx(list(peer["S1"]), abs=0.03)
    assert [shares[name].total for name in NAMES] == pytest.approx(list(peer["ST"]), abs=0.03)


def test_groups_hold_the_inputs_together() -> None:
    inputs = [Uncertain("x1", "both", angle), Uncertain("x2", "second", angle), Uncertain("x3", "both", angle)]
    shares = variance_shares(sample(inputs, 8192, 3), ishigami)
    # x1 and x3 together: all but the share of x2
    assert shares["both"].first == pytest.approx(1.0 - 0.4424, abs=0.03)
    assert shares["both"].total == pytest.approx(1.0 - 0.4424, abs=0.03)


@given(weights=st.lists(st.floats(0.1, 10.0), min_size=2, max_size=5), product=st.floats(0.0, 2.0))
def test_first_order_sums_to_at_most_one_and_total_to_at_least_one(weights: list[float], product: float) -> None:
    inputs = [Uncertain(str(row), str(row), ndtri) for row in range(len(weights))]

    def model(draws: Draws) -> np.ndarray:
        linear = sum(weight * draws[str(row)] for row, weight in enumerate(weights))
        return np.asarray(linear + product * draws["0"] * draws["1"])

    shares = variance_shares(sample(inputs, 4096, 5), model)
    assert sum(one.first for one in shares.values()) <= 1.05
    assert sum(one.total for one in shares.values()) >= 0.95


def test_what_is_certain_has_no_shares() -> None:
    drawn = sample([Uncertain("x", "x", ndtri)], 64, 1)
    assert variance_shares(drawn, lambda draws: np.full(64, 3.0e9)) == {}


def test_value_of_information_in_closed_form() -> None:
    # NB = m + s z against nothing: E max(0, NB) - max(0, m) = s phi(m/s) - |m| Phi(-|m|/s)
    drawn = sample([Uncertain("x", "x", ndtri), Uncertain("y", "y", ndtri)], 2**14, 1)
    mean, own, other = 0.5, 2.0, 1.0
    benefit = mean + own * drawn.first["x"] + other * drawn.first["y"]
    choices = np.stack([np.zeros(len(benefit)), benefit], axis=1)

    def loss(spread: float) -> float:
        u = mean / spread
        return spread * math.exp(-u * u / 2.0) / math.sqrt(2.0 * math.pi) - mean * 0.5 * math.erfc(u / math.sqrt(2.0))

    found = value_of_information(drawn, choices)
    assert found["x"] == pytest.approx(loss(own), rel=0.02)
    assert found["y"] == pytest.approx(loss(other), rel=0.03)
    assert value_of_perfect_information(choices) == pytest.approx(loss(math.hypot(own, other)), rel=0.02)


def test_turning_points() -> None:
    assert turning_point(lambda x: (x - 2.0) * (x - 9.0), 8.0, 0.0, 80.0) == pytest.approx(9.0)
    assert turning_point(lambda x: x + 1.0, 1.0, 0.0, 10.0) is None


def test_samples_are_the_same_for_the_same_seed_and_both_halves_independent() -> None:
    inputs = [Uncertain("x", "x", ndtri), Uncertain("y", "y", ndtri)]
    one, again, other = sample(inputs, 4096, 1), sample(inputs, 4096, 1), sample(inputs, 4096, 2)
    assert (one.first["x"] == again.first["x"]).all()
    assert not (one.first["x"] == other.first["x"]).all()
    assert abs(float(np.corrcoef(one.first["x"], one.second["x"])[0, 1])) < 0.05
    assert np.isfinite(one.first["y"]).all()


@pytest.mark.parametrize("seed", range(4))
def test_no_source_is_worth_more_than_everything(seed: int) -> None:
    drawn = sample([Uncertain("x", "x", ndtri)], 1024, seed)
    x = drawn.first["x"]
    benefit = np.stack([np.zeros(1024), np.exp(-2.0 * x) - 0.01], axis=1)  # the fit is negative where nothing is
    worth = value_of_information(drawn, benefit)["x"]
    assert 0.0 < worth <= value_of_perfect_information(benefit)
