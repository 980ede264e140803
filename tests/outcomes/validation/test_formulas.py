"""Formulas of validation against values by hand and against tables of the guidelines."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trafficsim.base.errors import InputError
from trafficsim.design.calibration.binned_moments import binned_moments
from trafficsim.outcomes.validation.days import (
    critical_intervals,
    day_variability,
    fhwa_2019,
    representative_day,
)
from trafficsim.outcomes.validation.flows import geh, r_squared, rmse, whole_hours, within_flow_bands
from trafficsim.outcomes.validation.guidelines import judge_flows, judge_screenlines, judge_travel_times
from trafficsim.outcomes.validation.speeds import distance_of_distributions, largest_distance

flows = st.floats(0.0, 5000.0)


def test_geh_of_the_tables() -> None:
    assert round(float(geh(1000.0, 850.0)), 2) == 4.93
    assert round(float(geh(1000.0, 840.0)), 2) == 5.28
    assert float(geh(0.0, 0.0)) == 0.0


@given(flows, flows)
def test_geh_is_symmetric_and_lies_between_both_errors(ours: float, seen: float) -> None:
    value = float(geh(ours, seen))
    assert value == float(geh(seen, ours))
    assert value <= abs(ours - seen) / math.sqrt(max(min(ours, seen), 1e-300)) + 1e-9


def test_geh_depends_on_the_length_of_the_interval() -> None:
    """Scaled up from a quarter of an hour, an error of the same share has twice the GEH of its count."""
    assert float(geh(4 * 250.0, 4 * 210.0)) == pytest.approx(2.0 * float(geh(250.0, 210.0)))


def test_bands_of_fhwa_2004() -> None:
    observed = [699.0, 699.0, 700.0, 700.0, 2700.0, 2700.0, 2701.0, 2701.0]
    off = [100.0, 101.0, 105.0, 106.0, 405.0, 406.0, 400.0, 401.0]
    simulated = np.add(observed, off)
    assert within_flow_bands(simulated, observed).tolist() == [True, False] * 4


def test_guidelines_count_what_passes() -> None:
    observed = np.full(20, 1000.0)
    simulated = np.append(np.full(17, 1000.0), np.full(3, 1200.0))
    by_criterion = {(one.guideline, one.criterion.partition(" ")[0]): one for one in judge_flows(simulated, observed)}
    bands = by_criterion["FHWA 2004", "flows"]
    assert (bands.value, bands.passed) == (0.85, False)  # more than 85 % are asked
    assert by_criterion["FHWA 2004", "sum"].value == pytest.approx(0.03)
    assert by_criterion["TxDOT", "GEH"].passed is False
    assert judge_flows([], []) == judge_screenlines([], []) == judge_travel_times([], []) == ()


def test_travel_times_within_15_percent_or_a_minute() -> None:
    judged = judge_travel_times([360.0, 690.0, 691.0], [300.0, 600.0, 600.0])
    assert [one.guideline for one in judged] == ["FHWA 2004", "TAG M3.1"]
    assert judged[0].value == pytest.approx(2.0 / 3.0)


def test_fhwa_2019_by_hand() -> None:
    """Three days, four intervals: bands, threshold and errors worked out on paper."""
    days = [[100.0, 200.0, 300.0, 200.0], [110.0, 210.0, 310.0, 210.0], [90.0, 190.0, 290.0, 190.0]]
    seen = day_variability(days)
    assert seen.representative == 0
    assert seen.sd.tolist() == [10.0] * 4
    assert seen.bdae_threshold == 10.0
    assert critical_intervals(seen.value) == (2, 0)
    one, two, three, four = fhwa_2019([109.0, 191.0, 300.0, 219.0], seen)
    assert (one.value, one.bound, one.passed) == (1.0, 0.75, True)  # 1.96 x 10 on either side; one of four may miss
    assert (two.value, two.passed) == (0.75, True)
    assert (three.value, three.bound, three.passed) == ((9.0 + 9.0 + 0.0 + 19.0) / 4.0, 10.0, True)
    assert four.value == pytest.approx(abs(-9.0 + 9.0 + 0.0 - 19.0) / 4.0)
    assert (four.bound, four.passed) == (pytest.approx(10.0 / 3.0), False)


def test_a_critical_interval_outside_fails_the_second_criterion() -> None:
    seen = day_variability([[100.0, 200.0, 300.0], [110.0, 210.0, 310.0], [90.0, 190.0, 290.0]])
    outside_the_peak = [100.0, 200.0, 311.0]
    assert not fhwa_2019(outside_the_peak, seen)[1].passed
    assert fhwa_2019(outside_the_peak, seen, critical=(0, 1))[1].passed


@given(arrays(np.float64, (4, 6), elements=st.floats(1.0, 1000.0)))
def test_the_representative_day_meets_all_criteria_where_days_differ(days: np.ndarray) -> None:
    seen = day_variability(days)
    assert seen.representative == representative_day(days)
    assert all(one.passed for one in fhwa_2019(seen.value, seen))


def test_one_day_has_no_variability() -> None:
    with pytest.raises(InputError, match="at least 2 days"):
        day_variability([[1.0, 2.0]])


def test_hours_are_made_of_intervals_without_gaps() -> None:
    begins = np.array([0.0, 1800.0, 3600.0, 5400.0, 9000.0, 10800.0])
    assert whole_hours(begins, begins + 1800.0) == [[0, 1], [2, 3], [4, 5]]
    assert whole_hours([0.0, 900.0, 2700.0], [900.0, 1800.0, 6300.0]) == [[0], [1], [2]]


def test_rmse_and_r_squared() -> None:
    assert rmse([3.0, 0.0], [0.0, 4.0]) == pytest.approx(math.sqrt(12.5))
    assert r_squared([1.0, 2.0], [2.0, 2.0]) is None
    assert r_squared([110.0, 190.0], [100.0, 200.0]) == pytest.approx(1.0 - 200.0 / 5000.0)


def test_moments_of_bins_are_those_of_the_values() -> None:
    values = np.random.default_rng(1).normal(50.0, 8.0, 200_000)
    edges = np.arange(0.0, 105.0, 5.0)
    seen = binned_moments(edges, np.histogram(values, edges)[0])
    assert seen.mean == pytest.approx(values.mean(), abs=0.02)
    assert seen.sd == pytest.approx(values.std(), abs=0.02)
    assert seen.p85 == pytest.approx(np.quantile(values, 0.85), abs=0.4)  # bins of 5 km/h, interpolated


def test_what_lies_in_a_single_bin_is_spread_over_it() -> None:
    assert binned_moments([40.0, 46.0], [7]).sd == pytest.approx(math.sqrt(3.0))


def test_distance_of_distributions_against_its_definition() -> None:
    rng = np.random.default_rng(2)
    values, other = rng.normal(50.0, 8.0, 4000), rng.normal(53.0, 8.0, 4000)
    edges = np.arange(0.0, 105.0, 5.0)
    counts = np.histogram(other, edges)[0]
    by_hand = max(abs((values < edge).mean() - (other < edge).mean()) for edge in edges)
    assert distance_of_distributions(values, edges, counts) == pytest.approx(by_hand)
    assert by_hand > largest_distance(4000, 4000)
    assert distance_of_distributions(other, edges, counts) == 0.0
