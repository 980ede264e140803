"""The statistics of comparisons keep their promises: coverage, false calls, power, what pairing gains, never NaN."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import ndtri

from tests.support.replications import Planted, Retime, false_call_share, town_comparison, town_values
from trafficsim.results.bootstrap import bca_interval
from trafficsim.results.compare import Comparison, Question, compare
from trafficsim.results.formats import comparison_view
from trafficsim.results.statistics import t_interval

EXPERIMENTS = 20_000
PRIMARY = ("mean_delay_s", "stops_per_trip")


def coverage(low: np.ndarray, high: np.ndarray, truth: float) -> float:
    return float(np.mean((low <= truth) & (truth <= high)))


@pytest.mark.parametrize("n", [5, 10, 20])
def test_the_t_interval_covers_95_percent(n: int) -> None:
    # 20,000 experiments: the standard error of the coverage is 0.15 points, so 94-96 % is more than six of them.
    sample = np.random.default_rng(20_240_501 + n).normal(3.0, 2.0, (EXPERIMENTS, n))
    _, low, high = t_interval(sample)
    assert 0.94 <= coverage(low, high, 3.0) <= 0.96


def test_the_normal_value_in_place_of_t_would_cover_too_little() -> None:
    # 2 P(T(19) < 1.96) - 1 = 93.5 %; 0.5 points are three standard errors. The bound of the test above would see it.
    sample = np.random.default_rng(20_240_521).normal(3.0, 2.0, (EXPERIMENTS, 20))
    half = ndtri(0.975) * sample.std(axis=1, ddof=1) / np.sqrt(20)
    found = coverage(sample.mean(axis=1) - half, sample.mean(axis=1) + half, 3.0)
    assert found == pytest.approx(0.935, abs=0.005)
    assert found < 0.94


@pytest.mark.long
def test_differences_of_rare_counts_are_covered_by_t_and_not_by_the_bootstrap() -> None:
    # Mean 0.3 in both arms, ten pairs. t: 20,000 experiments, 94-97.5 % is the range of a discrete distribution around
    # 95 %. Bootstrap: 1,000 experiments (standard error 1 point); below 92.5 % it is two points short or more.
    random = np.random.default_rng(31)
    counts = random.poisson(0.3, (2, EXPERIMENTS, 10)).astype(np.float64)
    differences = counts[0] - counts[1]
    _, low, high = t_interval(differences)
    assert 0.94 <= coverage(low, high, 0.0) <= 0.975
    ends = np.array([bca_interval(row) for row in differences[:1000]])
    assert 0.85 <= coverage(ends[:, 0], ends[:, 1], 0.0) <= 0.925


@pytest.mark.long
def test_the_bootstrap_covers_normal_differences_once_there_are_enough() -> None:
    # 30 pairs: it takes z, not t, and the variance over n, not n - 1, so that of normal differences about
    # 2 P(T(29) < 1.96 sqrt(29/30)) - 1 = 93.6 % are covered. 1,000 experiments: standard error 0.8, three are 2.4.
    sample = np.random.default_rng(32).normal(3.0, 2.0, (1000, 30))
    ends = np.array([bca_interval(row) for row in sample])
    assert coverage(ends[:, 0], ends[:, 1], 3.0) == pytest.approx(0.936, abs=0.024)


@pytest.fixture(scope="module")
def pool() -> np.ndarray:
    """Two primary indicators of 400 independent runs of a small town; shape (2, 400)."""
    return town_values(400, *PRIMARY)


@pytest.fixture(scope="module")
def retimed() -> Comparison:
    """The same town with one signal 2 s and 20 s later, on common random numbers."""
    return town_comparison({"2 s later": (Retime(),), "20 s later": (Retime(by_s=20.0),)}, 40)


def correlations(comparison: Comparison) -> dict[str, float]:
    return {one.alternative: one.correlation or 0.0 for one in comparison.chosen("mean_delay_s")}


@pytest.mark.long
def test_false_calls_between_equal_alternatives(pool: np.ndarray) -> None:
    # 1,000 studies of four alternatives, two primary indicators and ten replications, all drawn from runs of one and
    # the same alternative. At 5 % the standard error is 0.7 points: 6.5 % is two of them above.
    wrong = false_call_share(dict(zip(PRIMARY, pool, strict=True)), studies=1000)
    assert 0.01 <= wrong <= 0.065


@pytest.mark.long
@pytest.mark.parametrize("alternative", ["2 s later", "20 s later"])
def test_a_planted_effect_of_3_percent_is_found(pool: np.ndarray, retimed: Comparison, alternative: str) -> None:
    # The number of replications is the one recommended for a half-width of 2 % of the mean, two thirds of the effect:
    # the effect is then 1.5 t standard errors, and is found in 84 % (normal) or more (few replications, larger t).
    # The correlation of the pairs is that of the town on common random numbers (0.98 and 0.64). 1,000 studies: standard
    # error 1.2 points.
    measured = correlations(retimed)[alternative]
    planted = Planted(pool[0], measured)
    assert planted.found_share(planted.recommended(0.02), studies=1000) >= 0.80


@pytest.mark.long
def test_common_random_numbers_take_most_of_the_variance_of_a_retiming(retimed: Comparison) -> None:
    # At most 0.3 is required. The ratio of 40 pairs has a relative standard error of some 30 %, and lies far below.
    gain = {one.indicator: one.variance_ratio for one in retimed.chosen() if one.alternative == "2 s later"}
    for name in ("mean_delay_s", "mean_travel_time_s", "mean_speed_kmh", "stops_per_trip", "vehicle_h", "max_queue_m"):
        ratio = gain[name]
        assert ratio is not None
        assert 0.0 < ratio <= 0.3, name


NAMES = ("mean_delay_s", "mean_speed_kmh", "red_violations", "vehicle_km")
VALUE = st.none() | st.sampled_from([0.0, 1.0, 1e100, -1e100, 1e-320]) | st.floats(-1e100, 1e100) | st.floats(0, 50)
SERIES = st.lists(VALUE, min_size=7, max_size=7) | VALUE.map(lambda value: [value] * 7)
SHARES = st.dictionaries(st.sampled_from(NAMES), st.floats(1e-300, 1e300), max_size=2)


@given(arms=st.lists(st.dictionaries(st.sampled_from(NAMES), SERIES, min_size=1), min_size=1, max_size=3),
       replications=st.integers(1, 7), margins=SHARES, precision=SHARES, confidence=st.floats(0.51, 0.999999))
@example(arms=[{"mean_delay_s": [0.0] * 7}], replications=5, margins={}, precision={}, confidence=0.95)
@example(arms=[{"mean_delay_s": [1e-320] * 6 + [1.0]}], replications=6, margins={}, precision={}, confidence=0.95)
def test_whatever_the_values_a_comparison_is_finite(
    arms: list[dict[str, list[float | None]]], replications: int, margins: dict[str, float],
    precision: dict[str, float], confidence: float,
) -> None:
    rows = [("s", f"plan {at}" if at else "do nothing", number, "ca", name, value) for at, arm in enumerate(arms)
            for name, values in arm.items() for number, value in enumerate(values[:replications], start=1)]
    columns = ["scenario", "alternative", "replication", "engine", "indicator", "value"]
    table = pd.DataFrame(rows, columns=columns).astype({"value": "Float64"})
    question = Question(primary=NAMES[:2], confidence=confidence, margins=margins, precision=precision)
    comparison = compare(table, question)
    json.dumps(comparison.as_json(), allow_nan=False)
    comparison_view(comparison)
    numbers = comparison.table().select_dtypes("Float64")
    assert np.isfinite(numbers.to_numpy(np.float64, na_value=0.0)).all()
    for one in comparison.differences:
        assert one.n + len(one.left_out) == replications
        assert one.n < 2 or None not in (one.mean, one.diff, one.low, one.high, one.p, one.half_width)
        assert one.low is None or (one.high is not None and one.diff is not None and one.low <= one.diff <= one.high)
        assert one.p is None or (one.p_adjusted or 1.0) >= one.p >= 0.0
        assert None not in (one.mean, one.low, one.bootstrap_low, one.relative_half_width) or one.reason
        assert one.replications_needed is None or one.replications_needed >= 2
