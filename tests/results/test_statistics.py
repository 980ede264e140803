"""Intervals cover what they promise; tests and corrections agree with worked examples."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trafficsim.results.statistics import equivalence_p, holm, paired_p, t_interval


@pytest.mark.parametrize("n", [5, 10, 20])
def test_the_95_percent_interval_covers_95_percent(n: int) -> None:
    # 20,000 experiments: the standard error of the coverage is 0.15 points, so 94-96 % is more than six of them.
    sample = np.random.default_rng(20_240_501 + n).normal(3.0, 2.0, (20_000, n))
    _, low, high = t_interval(sample)
    assert 0.94 <= np.mean((low <= 3.0) & (high >= 3.0)) <= 0.96


def test_the_paired_test_is_students() -> None:
    differences = np.random.default_rng(1).normal(0.5, 1.0, 12)
    reference = stats.ttest_1samp(differences, 0.0)
    assert paired_p(differences.tolist()) == pytest.approx(reference.pvalue, rel=1e-10)
    interval = reference.confidence_interval(0.9)
    _, low, high = t_interval(differences, 0.9)
    assert (float(low), float(high)) == pytest.approx((interval.low, interval.high), rel=1e-10)


def test_equivalence_is_the_larger_of_two_one_sided_tests() -> None:
    differences = np.random.default_rng(2).normal(0.2, 1.0, 15)
    below = stats.ttest_1samp(differences, 1.0, alternative="less").pvalue
    above = stats.ttest_1samp(differences, -1.0, alternative="greater").pvalue
    assert equivalence_p(differences.tolist(), 1.0) == pytest.approx(max(below, above), rel=1e-10)


def test_holm_by_hand() -> None:
    # Sorted 0.005 0.01 0.03 0.04 times 4 3 2 1 = 0.02 0.03 0.06 0.04, made monotone: 0.02 0.03 0.06 0.06.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_no_variance_has_a_defined_output() -> None:
    # 0.1 + 0.1 + 0.1 is not 0.3: a constant must not leave a tiny variance by rounding.
    assert [float(part) for part in t_interval([0.1, 0.1, 0.1])] == [0.1, 0.1, 0.1]
    assert paired_p([0.1] * 3) == 0.0
    assert paired_p([0.0] * 3) == 1.0
    assert equivalence_p([0.1] * 3, 0.2) == 0.0
    assert equivalence_p([0.3] * 3, 0.2) == 1.0
