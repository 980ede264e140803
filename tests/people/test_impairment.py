"""Who drives impaired: the share of the period, nested, and some people more often than others."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.people.impairment import impaired, share_impaired
from trafficsim.spec.calendar import WEEKDAYS, Hours
from trafficsim.spec.population import AlcoholPeriod, default_alcohol

PERIODS = st.lists(st.builds(
    AlcoholPeriod, share=st.floats(0, 1), weekdays=st.lists(st.sampled_from(WEEKDAYS), min_size=1).map(tuple),
    hours=st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(lambda pair: pair[0] != pair[1]).map(
        lambda pair: Hours(begin_h=pair[0], end_h=pair[1]))), max_size=4)
DRAW = np.random.default_rng(1)
PEOPLE, TRIPS = DRAW.random(400), 200
KEYS = DRAW.integers(0, 2**63, (len(PEOPLE), TRIPS)).astype(np.uint64)


def expected(periods: list[AlcoholPeriod], weekday: int, clock_s: float) -> float:
    """Look at the periods one after the other; a night belongs to the weekday on which it begins."""
    hour, day = clock_s / 3600.0 % 24.0, (weekday + int(clock_s // 86400)) % 7
    for period in periods:
        begun = day if period.hours.begin_h < period.hours.end_h or hour >= period.hours.begin_h else (day - 1) % 7
        if period.hours.holds(hour) and WEEKDAYS[begun] in period.weekdays:
            return period.share
    return 0.0


@given(PERIODS, st.integers(0, 6), st.lists(st.floats(0, 6 * 86400), min_size=1, max_size=20))
def test_the_first_period_that_holds_counts(periods: list[AlcoholPeriod], weekday: int, clock_s: list[float]) -> None:
    assert share_impaired(periods, weekday, clock_s).tolist() == [expected(periods, weekday, one) for one in clock_s]


def drunk(share: float) -> np.ndarray:
    return impaired(np.repeat(PEOPLE, TRIPS), KEYS.ravel(), np.full(KEYS.size, share)).reshape(KEYS.shape)


@given(st.floats(0, 1), st.floats(0, 1))
def test_shares_are_nested(one: float, other: float) -> None:
    assert (drunk(min(one, other)) <= drunk(max(one, other))).all()


def test_the_share_is_kept_and_lies_with_some_people() -> None:
    # 400 people share half of the variance: the standard error of the mean is well under 0.02.
    found = drunk(0.1)
    assert abs(found.mean() - 0.1) < 0.02
    by_person = found.mean(axis=1)
    assert by_person.var() > 5 * 0.1 * 0.9 / TRIPS
    assert (by_person > 0).mean() > 0.5


def test_the_defaults_are_about_what_is_quoted_for_all_hours() -> None:
    # 1.5 to 2 % of all hours of the week.
    week = share_impaired(default_alcohol(), 0, np.arange(7 * 24) * 3600.0)
    assert 0.015 <= week.mean() <= 0.02
