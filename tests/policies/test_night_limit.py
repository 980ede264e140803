"""A night limit for new drivers: whose trips are not made, when, and that nobody else's change."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

import trafficsim as ts
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import prepare
from trafficsim.policies import NightLimit
from trafficsim.spec.calendar import Hours

GROUPS = (ts.PersonGroup(name="new", share=0.4, age_years=(18, 20), licence_months=(0, 24)),
          ts.PersonGroup(name="old", share=0.6, age_years=(40, 60), licence_months=(200, 300)))
DAY = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=100)
PREPARED = prepare(ts.build(ts.Scenario(
    name="road", network=ts.corridor([300, 400]), demand=ts.Demand(flows=(DAY,)), time=ts.Time(analysis_s=86400),
    population=ts.Population(people=5000, groups=GROUPS))))
BEFORE = lower(PREPARED).plan


def dropped(*policies: NightLimit) -> np.ndarray:
    left = set(lower(PREPARED, policies).plan.trips.name)
    return np.array([name not in left for name in BEFORE.trips.name])


def at_night(plan: Plan, hours: Hours) -> np.ndarray:
    return np.array([hours.holds(time / 3600.0) for time in plan.trips.depart_s.tolist()])


def test_all_trips_of_whom_it_holds_for_and_no_others() -> None:
    gone = dropped(NightLimit(compliance=1.0, for_months=24.0))
    concerned = at_night(BEFORE, Hours(begin_h=22, end_h=5)) & (BEFORE.drivers.group == 0)
    assert concerned.sum() > 50
    assert (gone == concerned).all()


def test_smaller_compliance_is_nested_and_half_a_group_is_half() -> None:
    few, many = dropped(NightLimit(compliance=0.3)), dropped(NightLimit(compliance=0.9))
    assert 0 < few.sum() < many.sum()
    assert (few <= many).all()
    everybody, first_year = (dropped(NightLimit(compliance=1.0, for_months=months)).sum() for months in (24.0, 12.0))
    assert first_year / everybody == pytest.approx(0.5, abs=0.1)


def test_who_stays_is_as_before() -> None:
    after = lower(PREPARED, (NightLimit(),)).plan
    kept = ~dropped(NightLimit())
    assert (after.trips.person == BEFORE.trips.person[kept]).all()
    assert (after.trips.depart_s == BEFORE.trips.depart_s[kept]).all()
    assert (after.trips.z == BEFORE.trips.z[kept]).all()


def test_no_compliance_changes_nothing() -> None:
    after = lower(PREPARED, (NightLimit(compliance=0.0),)).plan
    assert after.trips.name == BEFORE.trips.name
    assert (after.drivers.alcohol_share == BEFORE.drivers.alcohol_share).all()


def test_exchanged_hours_are_refused_and_a_night_past_midnight_is_not() -> None:
    with pytest.raises(ValidationError, match="exchange the two"):
        NightLimit(hours=Hours(begin_h=5, end_h=22))
    with pytest.raises(ValidationError, match="exchange the two"):
        NightLimit(hours=Hours(begin_h=14, end_h=10))
    assert NightLimit(hours=Hours(begin_h=21, end_h=6)).hours.length_h == 9.0


def test_in_the_cohort_it_is_exposure_alone_and_reaches_everybody_at_once() -> None:
    limit = NightLimit(compliance=1.0, night_share=0.1, for_months=24.0)
    table = ts.cohort(ts.Population(people=1000), [limit], years=2)
    assert table["novice_km"].to_numpy() == pytest.approx([0.9, 0.9])
    assert table["novice_risk"].to_numpy() == pytest.approx([1.0, 1.0])
    assert (table["by_risk"] == 0.0).all()
    assert table["reached"].to_numpy() == pytest.approx([1.0, 1.0])
