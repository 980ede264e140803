"""The bootstrap interval against an independent library, and where a sample is degenerate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trafficsim.results.bootstrap import RESAMPLES, bca_interval, resampled_means


def interval(values: object, confidence: float = 0.95) -> tuple[float, float]:
    found = bca_interval(values, confidence)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.mark.parametrize("confidence", [0.9, 0.99])
def test_ends_agree_with_scipy(confidence: float) -> None:
    # Both resample 9,999 times by draws of their own: an end at the 0.5 % point has a standard error of 0.05 standard
    # errors of the mean, their difference 0.07; 0.25 is 3.5 of those (at the 5 % point more than seven).
    sample = np.random.default_rng(11).lognormal(0.0, 1.0, 25)
    reference = stats.bootstrap((sample,), np.mean, n_resamples=RESAMPLES, confidence_level=confidence, method="BCa",
                                rng=np.random.default_rng(12)).confidence_interval
    error = sample.std(ddof=1) / 5.0
    assert interval(sample, confidence) == pytest.approx((reference.low, reference.high), abs=0.25 * error)


def test_the_same_values_give_the_same_bits_in_any_unit_and_place() -> None:
    sample = np.random.default_rng(13).normal(0.0, 1.0, 12)
    assert interval(sample) == interval(sample.copy())
    assert interval(1024.0 * sample) == tuple(1024.0 * end for end in interval(sample))
    assert interval(sample + 5.0) == pytest.approx([end + 5.0 for end in interval(sample)], rel=1e-12)


def test_a_skewed_sample_moves_the_interval_to_its_tail() -> None:
    low, high = interval([0.0] * 9 + [10.0])
    assert 0.0 <= low < 1.0 < high <= 10.0
    assert high - 1.0 > 1.0 - low
    mirrored = interval([0.0] * 9 + [-10.0])
    assert mirrored[0] + 1.0 < -(mirrored[1] + 1.0)


def test_degenerate_samples_are_defined() -> None:
    assert bca_interval([1.0, 2.0, 3.0, 4.0]) is None
    assert interval([0.1] * 7) == (0.1, 0.1)
    for sample in ([0.0] * 29 + [1.0], [1e100] + [-1e100] * 4, [0.0] * 4 + [1e-100], [5.0, 5.0, 5.0, 5.0, 5.0 + 1e-15]):
        low, high = interval(sample, 0.999999)
        assert min(sample) <= low <= high <= max(sample)


def test_resamples_have_the_variance_of_a_mean() -> None:
    # Variance of the resampled mean is that of the sample over n; with 9,999 draws its standard error is 1.4 %.
    sample = np.random.default_rng(14).normal(0.0, 1.0, 40)
    means = resampled_means(sample)
    assert len(means) == RESAMPLES
    assert means.var() == pytest.approx(sample.var() / 40, rel=0.05)


def test_long_samples_are_drawn_in_blocks() -> None:
    sample = np.random.default_rng(15).normal(0.0, 1.0, 2000)
    means = resampled_means(sample)
    assert len(means) == RESAMPLES
    assert len(np.unique(means)) == RESAMPLES
