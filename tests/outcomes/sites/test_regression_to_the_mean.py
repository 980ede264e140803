"""Regression to the mean: the naive comparison errs as theory says, empirical Bayes does not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.experiments.regression_to_the_mean import Assumed, programmes
from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.regression_to_the_mean import before_after, naive_ratio_of_no_effect


def test_a_thousand_programmes_without_effect() -> None:
    found = programmes()
    assert found.bias < -0.05
    assert found.bias == pytest.approx(found.bias_of_theory, rel=0.10)
    assert 0.93 <= found.coverage <= 0.97
    assert found.empirical_bayes == pytest.approx(1.0, abs=0.01)
    assert found.naive_coverage < 0.5  # of intervals that should hold in 95 of 100


def test_a_function_calibrated_to_the_place_does_as_well() -> None:
    found = programmes(Assumed(prediction_factor=0.7, calibrated=True))
    assert 0.93 <= found.coverage <= 0.97


def test_theory_by_simulation() -> None:
    generator = np.random.default_rng(3)
    prior, k, least = 5.0, 0.5, 9
    mean = generator.gamma(1.0 / k, k * prior, 400_000)
    before, after = generator.poisson(mean), generator.poisson(mean)
    chosen = before >= least
    simulated = after[chosen].sum() / before[chosen].sum()
    assert naive_ratio_of_no_effect(prior, k, least) == pytest.approx(simulated, abs=0.005)
    assert naive_ratio_of_no_effect(prior, k, 0) == pytest.approx(1.0)  # nothing chosen, no bias


def test_both_periods_and_their_traffic() -> None:
    judged = before_after([6, 6], [12, 12], ([6.0, 6.0], [12.0, 12.0]), 0.4)  # twice as long
    assert judged.naive.expected == 24.0
    assert judged.empirical_bayes.expected == 24.0
    assert judged.regression_to_the_mean == 0.0
    assert judged.empirical_bayes.low < 1.0 < judged.empirical_bayes.high
    with pytest.raises(InputError, match="crashes in both periods"):
        before_after([0], [1], ([1.0], [1.0]), 0.4)
