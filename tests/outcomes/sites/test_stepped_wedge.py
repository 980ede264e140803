"""Stepped wedge: the power is that of generalised least squares, and the evaluation finds what was put in."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.stepped_wedge import (
    Evaluation,
    evaluate_wedge,
    wedge,
    wedge_power,
    wedge_variance,
)

TRUE_RATIO = 0.75


def variance_by_regression(design: np.ndarray, within: float, between: float) -> float:
    """The slow obvious way: invert the whole covariance of all counts."""
    sites, periods = design.shape
    rows = [[design[site, period], *np.eye(periods)[period]] for site in range(sites) for period in range(periods)]
    block = within * np.eye(periods) + between * np.ones((periods, periods))
    covariance = np.kron(np.eye(sites), block)
    x = np.array(rows)
    return float(np.linalg.inv(x.T @ np.linalg.inv(covariance) @ x)[0, 0])


@given(st.integers(2, 5), st.integers(1, 4), st.floats(0.1, 5.0), st.floats(0.0, 5.0), st.integers(0, 2**31))
def test_variance_is_that_of_generalised_least_squares(
    periods: int, per_step: int, within: float, between: float, seed: int,
) -> None:
    step = np.random.default_rng(seed).integers(1, periods, max(periods - 1, 2) * per_step)
    if len(set(step.tolist())) < 2:
        step[:2] = [1, periods]  # the second never gets it
    design = wedge(step, periods)
    assert wedge_variance(design, within, between) == pytest.approx(variance_by_regression(design, within, between))


def test_power_grows_with_sites_crashes_and_effect() -> None:
    few, many = (wedge(np.repeat([1, 2, 3, 4], size), 5) for size in (5, 20))
    base = wedge_power(few, 3.0, 0.4, 0.2)
    for better in (wedge_power(many, 3.0, 0.4, 0.2), wedge_power(few, 9.0, 0.4, 0.2), wedge_power(few, 3.0, 0.4, 0.4)):
        assert better.power > base.power
    at_bar = wedge_power(few, 3.0, 0.4, min(base.detectable, 0.99))
    assert at_bar.power == pytest.approx(0.8, abs=0.005)


@cache
def programmes() -> tuple[list[Evaluation], np.ndarray]:
    """Three hundred programmes of 40 sites in 5 years with one true effect; years and sites differ."""
    generator = np.random.default_rng(4)
    design = wedge(np.repeat([1, 2, 3, 4], 10), 5)
    found = []
    for _ in range(300):
        site, year = generator.gamma(2.5, 0.4, (40, 1)), np.exp(generator.normal(0.0, 0.1, (1, 5)))
        counts = generator.poisson(8.0 * site * year * np.where(design > 0.0, TRUE_RATIO, 1.0))
        found.append(evaluate_wedge(counts, design))
    return found, design


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    found, _ = programmes()
    held = np.mean([one.low <= TRUE_RATIO <= one.high for one in found])
    # 95 % of 300, within three standard errors of a share
    assert 0.95 - 3.0 * np.sqrt(0.05 * 0.95 / 300) <= held <= 1.0
    assert np.log([one.ratio for one in found]).mean() == pytest.approx(np.log(TRUE_RATIO), abs=0.02)


def test_as_many_are_significant_as_the_power_says() -> None:
    found, design = programmes()
    significant = np.mean([one.high < 1.0 for one in found])
    assert significant == pytest.approx(wedge_power(design, 8.0, 0.4, 1.0 - TRUE_RATIO).power, abs=0.06)


def test_without_effect_one_in_twenty_is_significant() -> None:
    generator, design = np.random.default_rng(7), wedge(np.repeat([1, 2, 3], 8), 4)
    found = [evaluate_wedge(generator.poisson(4.0 * generator.gamma(2.5, 0.4, (24, 1)), (24, 4)), design)
             for _ in range(300)]
    wrong = np.mean([not one.low <= 1.0 <= one.high for one in found])
    assert wrong <= 0.05 + 3.0 * np.sqrt(0.05 * 0.95 / 300)


def test_chosen_sites_are_not_flattered() -> None:
    """Sites chosen for their count regress to the mean; a wedge among them sees no effect where there is none."""
    generator, design = np.random.default_rng(8), wedge(np.repeat([1, 2, 3], 10), 4)
    naive, fair = [], []
    for _ in range(100):
        rate = 4.0 * generator.gamma(2.5, 0.4, 300)
        before = generator.poisson(rate)
        chosen = generator.permutation(np.argsort(-before)[:30])
        later = generator.poisson(rate[chosen][:, np.newaxis] * np.ones(4))
        naive.append(later[:, -1].sum() / before[chosen].sum())
        fair.append(np.log(evaluate_wedge(later, design).ratio))
    assert np.mean(naive) < 0.85
    assert np.mean(fair) == pytest.approx(0.0, abs=3.0 * np.std(fair) / 10.0)


def test_exposure_is_taken_out() -> None:
    generator, design = np.random.default_rng(9), wedge(np.repeat([1, 2, 3], 20), 4)
    traffic = np.exp(generator.normal(0.0, 0.3, design.shape))
    counts = generator.poisson(50.0 * traffic * np.where(design > 0.0, 0.5, 1.0))
    assert evaluate_wedge(counts, design, traffic).ratio == pytest.approx(0.5, abs=0.02)


def test_sites_without_a_crash_say_nothing() -> None:
    generator, design = np.random.default_rng(10), wedge(np.repeat([1, 2, 3], 4), 4)
    counts = generator.poisson(6.0, design.shape)
    more = np.concatenate([counts, np.zeros((2, 4))]), np.concatenate([design, wedge([1, 2], 4)])
    assert evaluate_wedge(*more) == evaluate_wedge(counts, design)


@pytest.mark.parametrize(("counts", "treated", "message"), [
    (np.ones((6, 3)), np.zeros((6, 2)), "one shape"), (-np.ones((6, 3)), np.zeros((6, 3)), "counts from 0"),
    (np.ones((2, 3)), wedge([1, 2], 3), "at least 4"), (np.ones((6, 3)), np.ones((6, 3)), "cannot be told"),
    (np.ones((6, 3)), wedge([1] * 6, 3), "cannot be told"),
])
def test_what_cannot_be_evaluated_is_refused(counts: np.ndarray, treated: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        evaluate_wedge(counts, treated)


def test_a_programme_that_starts_everywhere_at_once_has_no_power() -> None:
    with pytest.raises(InputError, match="all sites get the measure at once"):
        wedge_power(wedge([1, 1, 1], 3), 3.0, 0.4, 0.2)
    with pytest.raises(InputError, match="an effect between 0 and 1"):
        wedge_power(wedge([1, 2, 1], 3), 3.0, 0.4, 1.2)
