"""Learning, choice and points against closed forms, and the parameters against the fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.experiments.calibrate_deterrence import severity
from trafficsim.people.choice import Cost, compliance, cost_of_sanction, fine_elasticity, inclination, offending
from trafficsim.people.learning import (
    Meeting,
    Memory,
    after_last_meeting,
    alert_of_daily_meetings,
    learned,
    perceived_risk,
    unmet,
)
from trafficsim.people.points import expired, first_record, limit_of, sanctioned, suspended
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.population import Licence

RATES = Deterrence()
SHARE = st.floats(0.0, 1.0)


def after(meetings: list[Meeting], rates: Deterrence = RATES) -> Memory:
    memory = unmet(1)
    for met in meetings:
        memory = learned(memory, np.array([met], np.int8), rates)
    return memory


@given(st.integers(0, 60), SHARE)
def test_daily_meetings_have_a_closed_form(days: int, rate: float) -> None:
    rates = Deterrence(learn_seen=rate, habituate=0.0)
    assert after([Meeting.SEEN] * days, rates).alert[0] == pytest.approx(alert_of_daily_meetings(days, rate, 1.0))


@given(st.integers(0, 60), st.floats(0.01, 0.9), st.floats(0.01, 0.9), SHARE, SHARE)
def test_forgetting_has_a_closed_form(days: int, forget: float, consolidate: float, alert: float,
                                      belief: float) -> None:
    rates = Deterrence(forget=forget, consolidate=consolidate)
    memory = Memory(np.array([alert]), np.array([belief]), np.ones(1))
    for _ in range(days):
        memory = learned(memory, np.zeros(1, np.int8), rates)
    wanted = after_last_meeting(alert, belief, days, rates)
    assert memory.alert[0] == pytest.approx(float(wanted[0]), abs=1e-12)
    assert memory.belief[0] == pytest.approx(float(wanted[1]), rel=1e-6, abs=1e-12)


def test_equal_rates_have_their_own_closed_form() -> None:
    rates = Deterrence(forget=0.25, consolidate=0.25)
    memory = after([Meeting.SEEN, *[Meeting.NOTHING] * 9], rates)
    first = after([Meeting.SEEN], rates)
    wanted = after_last_meeting(float(first.alert[0]), float(first.belief[0]), 9, rates)
    assert [memory.alert[0], memory.belief[0]] == pytest.approx([float(part) for part in wanted])


@given(st.lists(st.sampled_from(Meeting), max_size=40))
def test_memory_stays_within_zero_and_one_and_risk_above_the_initial(meetings: list[Meeting]) -> None:
    memory = after(meetings)
    assert all(0.0 <= part[0] <= 1.0 for part in memory)
    assert RATES.initial_risk <= perceived_risk(memory, RATES)[0] <= 1.0


@given(st.lists(st.sampled_from(Meeting), max_size=20))
def test_who_has_met_nothing_thinks_of_nothing(meetings: list[Meeting]) -> None:
    nothing = after([Meeting.NOTHING] * len(meetings))
    assert [part[0] for part in nothing] == [0.0, 0.0, 1.0]


def test_being_caught_counts_most_and_makes_it_new_again() -> None:
    risks = [float(perceived_risk(after([met]), RATES)[0]) for met in Meeting]
    assert risks[Meeting.NOTHING] < risks[Meeting.HEARD] < risks[Meeting.SEEN] <= risks[Meeting.CAUGHT]
    worn = after([Meeting.SEEN] * 500)
    woken = learned(worn, np.array([Meeting.CAUGHT], np.int8), RATES)
    assert worn.novelty[0] < 0.3 < 0.6 < woken.novelty[0]


def test_a_kernel_of_forgetting_falls_every_day() -> None:
    alert, _ = after_last_meeting(0.5, 0.1, np.arange(60), RATES)
    assert (np.diff(alert) < 0.0).all()


def test_elasticity_of_the_fine_is_the_published_one_where_detection_is_certain() -> None:
    assert fine_elasticity(1.0, Cost(1.0, 0), RATES) == pytest.approx(-0.14, abs=0.002)
    assert abs(fine_elasticity(0.01, Cost(1.0, 0), RATES)) < 0.002
    assert fine_elasticity(1.0, Cost(2.0, 0), RATES) == 0.0


def test_elasticity_is_that_of_the_choice_itself() -> None:
    inclined, step = inclination(0.0, RATES), 1e-6
    rise = [float(offending(inclined, (1.0 - RATES.initial_risk) * cost_of_sanction(Cost(fine, 0), 0, 12, RATES)))
            for fine in (1.0, 1.0 + step)]
    found = np.log(rise[1] / rise[0]) / step
    assert found == pytest.approx(fine_elasticity(1.0, Cost(1.0, 0), RATES), rel=0.02)


def test_certain_detection_lowers_violations_by_the_published_share() -> None:
    cost = float(cost_of_sanction(Cost(1.0, 0), 0, 12, RATES))
    fallen = compliance(inclination(0.0, RATES), (1.0 - RATES.initial_risk) * cost)
    assert float(fallen) == pytest.approx(0.71, abs=0.005)


def test_severity_of_the_file_is_that_of_the_closed_form() -> None:
    assert {name: round(value, 2 if name == "certainty" else 3) for name, value in severity().items()} == {
        "certainty": RATES.certainty, "fine_weight": RATES.fine_weight}


@given(st.integers(0, 11), st.integers(1, 6))
def test_points_cost_more_near_the_limit(held: int, points: int) -> None:
    cost = [float(cost_of_sanction(Cost(1.0, points), number, 12, RATES)) for number in (held, held + 1)]
    assert cost[0] <= cost[1]
    steps = np.diff(cost_of_sanction(Cost(1.0, 1), np.arange(12), 12, RATES))
    assert (np.diff(steps) > 0.0).all()


@given(st.lists(st.floats(-3.0, 3.0), min_size=2, max_size=5), st.lists(st.floats(0.0, 5.0), min_size=2, max_size=9))
def test_compliance_rises_with_risk_and_falls_with_inclination(scores: list[float], added: list[float]) -> None:
    degrees = compliance(inclination(np.sort(scores)[:, np.newaxis], RATES), np.sort(added))
    assert (np.diff(degrees, axis=1) >= 0.0).all()
    assert (np.diff(degrees, axis=0) <= 1e-12).all()


def test_points_expire_and_the_licence_comes_back() -> None:
    rules = Licence(limit=6, suspended_days=5, expire_days=100)
    limit = limit_of(np.full(2, 60.0), 1, rules)
    record = sanctioned(first_record([0, 4], limit, rules), np.array([3, 3]), limit, 10, rules)
    assert record.points.tolist() == [3, 0]
    assert [suspended(record, day).tolist() for day in (11, 15, 16)] == [[False, True], [False, True], [False, False]]
    assert expired(record, 109, rules).points.tolist() == [3, 0]
    assert expired(record, 110, rules).points.tolist() == [0, 0]


def test_limits_of_each_person_and_probation() -> None:
    months, rules = np.array([6.0, 60.0]), Licence(limit=12, novice_limit=6, novice_months=24)
    assert limit_of(months, 1, rules).tolist() == [6.0, 12.0]
    assert limit_of(months, 600, rules).tolist() == [12.0, 12.0]
    assert limit_of(months, 1, rules, np.array([8.0, 9.0]), np.array([3.0, 4.0])).tolist() == [3.0, 9.0]
