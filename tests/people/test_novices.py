"""The learning curve of new drivers: its fit to a cohort, closed forms, and what is known of it together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.experiments.calibrate_novices import QUOTED, level
from trafficsim.people.novices import (
    LearningCurve,
    consistent_pairs,
    default_curve,
    drawn_pairs,
    fitted,
    parameters,
    shares_with_crash,
)

COHORT = np.array([0.18, 0.13, 0.10])


def test_the_stored_curve_is_the_one_that_the_fit_gives() -> None:
    curve, _ = fitted(COHORT)
    assert parameters()["fit"]["share_with_crash"] == COHORT.tolist()
    assert default_curve().r0 == pytest.approx(curve.r0, abs=0.01)
    assert default_curve().tau_months == pytest.approx(curve.tau_months, abs=0.05)


def test_the_stored_curve_gives_the_cohort_and_the_quoted_one_does_not() -> None:
    def worst_miss(curve: LearningCurve) -> float:
        return float(abs(shares_with_crash(curve, level(curve, COHORT)) - COHORT).max())
    assert worst_miss(default_curve()) < 0.0005
    assert worst_miss(LearningCurve(3.9, 21.0)) < 0.0005
    assert worst_miss(QUOTED) > 0.01


@given(st.floats(1.5, 6.0), st.floats(4.0, 40.0), st.floats(0.01, 0.1))
def test_the_fit_gives_back_what_it_was_made_from(r0: float, tau: float, base: float) -> None:
    curve, found = fitted(shares_with_crash(LearningCurve(r0, tau), base))
    assert curve.r0 == pytest.approx(r0, rel=1e-5)
    assert curve.tau_months == pytest.approx(tau, rel=1e-5)
    assert found == pytest.approx(base, rel=1e-5)


@given(st.floats(1.0, 8.0), st.floats(1.0, 60.0), st.floats(0.0, 100.0), st.floats(0.01, 50.0))
def test_the_mean_is_that_of_many_points(r0: float, tau: float, begin: float, length: float) -> None:
    points = begin + length * (np.arange(20000) + 0.5) / 20000
    curve = LearningCurve(r0, tau)
    assert float(curve.mean_risk(begin, begin + length)) == pytest.approx(float(curve.risk(points).mean()), rel=1e-6)
    assert float(curve.mean_risk(begin, begin)) == pytest.approx(float(curve.risk(begin)))


@pytest.mark.parametrize("shares", [[0.1, 0.13, 0.18], [0.18, 0.13, 0.07], [0.18, 0.13, 0.085], [0.1, 0.1, 0.1]])
def test_shares_that_no_curve_gives_are_refused(shares: list[float]) -> None:
    with pytest.raises(ValueError, match="give"):
        fitted(shares)


def test_r0_and_tau_are_drawn_together_among_those_that_fit() -> None:
    r0, tau = drawn_pairs(2000, 7)
    assert {*zip(r0.tolist(), tau.tolist(), strict=True)} <= {
        *zip(*(part.tolist() for part in consistent_pairs()), strict=True)}
    assert np.corrcoef(r0, tau)[0, 1] > 0.7
    again = drawn_pairs(100, 7)
    assert (again[0] == r0[:100]).all()
    assert (drawn_pairs(2000, 8)[0] != r0).any()
    misses = [abs(shares_with_crash(LearningCurve(*pair), level(LearningCurve(*pair), COHORT)) - COHORT).max()
              for pair in zip(r0[:50].tolist(), tau[:50].tolist(), strict=True)]
    assert max(misses) < 0.0075  # the least squares level is not the one that keeps the worst miss within half a point
