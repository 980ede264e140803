"""How many replications: the published formula, and the one that is consistent with itself."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from trafficsim.results.precision import COUNTLESS, published_replications, replications_needed


def test_the_published_example() -> None:
    number = published_replications(mean=100.0, sd=10.0, n=10, relative_error=0.05)
    assert number == pytest.approx(20.47, abs=0.01)
    assert math.ceil(number) == 21


@pytest.mark.parametrize(("sd", "half_width", "confidence"), [
    (10.0, 5.0, 0.95), (1.0, 5.0, 0.95), (10.0, 0.3, 0.95), (1.0, 1.0, 0.999), (3.0, 2.0, 0.6), (1.0, 1e-4, 0.95),
])
def test_the_number_is_the_smallest_that_is_narrow_enough(sd: float, half_width: float, confidence: float) -> None:
    def half(number: int) -> float:
        return float(stats.t.ppf(0.5 + confidence / 2.0, number - 1)) * sd / math.sqrt(number)

    number = replications_needed(sd, half_width, confidence)
    assert number is not None
    assert half(number) <= half_width * (1.0 + 1e-9)
    assert number == 2 or half(number - 1) > half_width


def test_what_cannot_be_given() -> None:
    assert replications_needed(0.0, 1.0) is None
    assert replications_needed(1.0, 0.0) is None
    assert replications_needed(1e100, 1e-300) is None
    assert replications_needed(1.0, 1e-12) == COUNTLESS
