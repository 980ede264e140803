"""Tests, corrections and measures agree with worked examples and with an independent library."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from trafficsim.results.statistics import equivalence_p, holm, paired_p, pairing, sign_p, t_interval


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
    assert equivalence_p([0.0] * 3, 0.0) == 0.0


def test_the_sign_test_is_the_binomial() -> None:
    for n in (2, 5, 10):
        assert sign_p(n) == pytest.approx(stats.binomtest(n, n).pvalue, rel=1e-12)


def test_pairing_is_variance_and_correlation() -> None:
    shared, own = np.random.default_rng(3).normal(0.0, 1.0, (2, 12))
    a, b = shared, 0.8 * shared + 0.6 * own
    gain = pairing(a, b)
    assert gain.correlation == pytest.approx(float(np.corrcoef(a, b)[0, 1]), rel=1e-10)
    assert gain.variance_ratio == pytest.approx((a - b).var(ddof=1) / (a.var(ddof=1) + b.var(ddof=1)), rel=1e-10)
    assert pairing(a, [0.1] * 12).variance_ratio == pytest.approx(1.0)
    assert pairing(a, [0.1] * 12).correlation is None
