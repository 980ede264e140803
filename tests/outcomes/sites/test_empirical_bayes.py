"""Empirical Bayes and calibration: between prior and count, and what simulated sites really have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.base.errors import InputError
from trafficsim.outcomes.sites.calibration import calibration
from trafficsim.outcomes.sites.empirical_bayes import empirical_bayes
from trafficsim.outcomes.sites.under_reporting import not_corrected, reporting_factors
from trafficsim.spec.crashes import UnderReporting


@given(prior=st.floats(1e-3, 500.0), count=st.integers(0, 500), k=st.floats(0.01, 5.0))
def test_between_prior_and_count(prior: float, count: int, k: float) -> None:
    found = empirical_bayes(prior, count, k)
    low, high = min(prior, count), max(prior, count)
    assert low * (1.0 - 1e-12) <= found.mean[0] <= high * (1.0 + 1e-12)
    assert 0.0 < found.weight[0] < 1.0
    assert found.mean[0] == pytest.approx(found.shape_parameter[0] / found.rate[0], rel=1e-9)  # that of the gamma
    begin, end = found.interval()
    assert begin[0] < found.mean[0] < end[0]


@given(prior=st.floats(0.1, 50.0), count=st.integers(0, 50), k=st.floats(0.05, 3.0))
def test_a_longer_history_trusts_the_count_more(prior: float, count: int, k: float) -> None:
    short, long = empirical_bayes(prior, count, k), empirical_bayes(10.0 * prior, 10 * count, k)
    assert long.weight[0] < short.weight[0]


def test_what_sites_with_a_count_really_have() -> None:
    generator = np.random.default_rng(5)
    prior, k = 4.0, 0.5
    mean = generator.gamma(1.0 / k, k * prior, 500_000)
    chosen = mean[generator.poisson(mean) == 9]
    found = empirical_bayes(prior, 9, k)
    low, high = found.interval()
    error = chosen.std() / np.sqrt(len(chosen))
    assert abs(chosen.mean() - found.mean[0]) < 3.0 * error
    assert chosen.var() == pytest.approx(found.variance[0], rel=0.05)
    assert ((chosen >= low[0]) & (chosen <= high[0])).mean() == pytest.approx(0.95, abs=0.006)


@pytest.mark.parametrize(("prior", "count", "k"), [(0.0, 1, 0.4), (1.0, -1, 0.4), (1.0, 1, 0.0), (np.nan, 1, 0.4)])
def test_what_is_refused(prior: float, count: float, k: float) -> None:
    with pytest.raises(InputError):
        empirical_bayes(prior, count, k)


def test_standard_error_of_calibration_covers_its_truth() -> None:
    generator = np.random.default_rng(2)
    predicted, k, truth = generator.uniform(1.0, 8.0, 80), 0.4, 1.7
    found = [calibration(generator.poisson(generator.gamma(1.0 / k, k * truth * predicted)), predicted, k)
             for _ in range(2000)]
    factors, errors = (np.array([getattr(one, name) for one in found]) for name in ("factor", "standard_error"))
    assert factors.mean() == pytest.approx(truth, rel=0.01)
    assert factors.std() == pytest.approx(errors.mean(), rel=0.05)


def test_calibration_by_hand_and_thin() -> None:
    found = calibration([4, 6, 2], [2.0, 2.0, 2.0], 0.4)
    assert found.factor == 2.0
    assert found.standard_error == pytest.approx(np.sqrt(3 * (4.0 + 0.4 * 16.0)) / 6.0)
    assert found.is_thin(1.0)
    with pytest.raises(InputError, match="no observed crash"):
        calibration([0, 0], [1.0, 1.0], 0.4)
    with pytest.raises(InputError, match="predicted"):
        calibration([1], [0.0], 0.4)


def test_under_reporting_of_another_country_is_not_taken() -> None:
    one = UnderReporting(country="NL", severity="serious_injuries", factor=2.0, low=1.5, high=2.6, source="an example")
    assert reporting_factors("NL", [one])["serious_injuries"].quantile(0.975) == pytest.approx(2.6)
    assert reporting_factors("DE", [one])["serious_injuries"].value == 1.0
    told = not_corrected("NL", [one])
    assert told is not None
    assert "deaths, slight_injuries" in told.message
    full = [one.model_copy(update={"severity": name}) for name in ("deaths", "serious_injuries", "slight_injuries")]
    assert not_corrected("NL", full) is None
