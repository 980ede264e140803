"""Licence holders over the years: beside a slow reference, nothing from nothing, and exact parts of the change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.cohort import EVER, crashes
from trafficsim.people.cohort import cohort_years
from trafficsim.people.licensing import LicenceEffect, cells_of
from trafficsim.people.novices import LearningCurve
from trafficsim.spec.population import PersonGroup, Population

SMALL = Population(people=100, groups=(
    PersonGroup(name="young", share=0.1, age_years=(17, 21), licence_months=(0, 12), trip_rate=0.5),
    PersonGroup(name="others", share=0.9, age_years=(20, 24), licence_months=(12, 60))))
EFFECTS = [
    LicenceEffect(0, 12, exposure=0.9, risk=0.8),
    LicenceEffect(3, 30, risk=0.9, until_age_years=20, new_only=False),
    LicenceEffect(0, 18, practice_km=1600.0),
]
effects = st.builds(
    LicenceEffect, begin_months=st.integers(0, 12).map(float), end_months=st.integers(13, 40).map(float),
    exposure=st.floats(0.0, 1.5), risk=st.floats(0.0, 1.5), practice_km=st.floats(0.0, 5000.0),
    until_age_years=st.integers(17, 30).map(float), new_only=st.booleans())


def test_beside_the_slow_reference() -> None:
    curve = LearningCurve(4.0, 21.5)
    found = cohort_years(SMALL, EFFECTS, 4, curve)
    for year in (1, 2, 4):
        months = [12 * (year - 1) + month + 0.5 for month in range(12)]
        with_reform = sum(crashes(SMALL, EFFECTS, month, *curve) for month in months)
        without = sum(crashes(SMALL, (), month, *curve) for month in months)
        assert float(found.crashes[year - 1]) == pytest.approx(with_reform / without, rel=1e-6)
    assert float(found.crashes[-1]) == pytest.approx(
        crashes(SMALL, EFFECTS, EVER, *curve) / crashes(SMALL, (), EVER, *curve), rel=1e-6)


@settings(max_examples=30)
@given(st.lists(effects, max_size=3))
def test_exposure_and_risk_add_up(some: list[LicenceEffect]) -> None:
    found = cohort_years(SMALL, some, 3)
    assert found.by_exposure + found.by_risk == pytest.approx(found.crashes - 1.0, abs=1e-12)
    assert found.novice_km * found.novice_risk == pytest.approx(found.novice_crashes, abs=1e-9)


def test_nothing_from_nothing() -> None:
    for some in ([], [LicenceEffect()]):
        found = cohort_years(SMALL, some, 2)
        assert (found.crashes == 1.0).all()
        assert (found.by_exposure == 0.0).all()
        assert (found.by_risk == 0.0).all()
        assert (found.reached == 0.0).all()


def test_a_reform_for_new_drivers_takes_its_time_and_one_for_all_does_not() -> None:
    later = cohort_years(Population(people=1), [LicenceEffect(0, 24, risk=0.8)], 4)
    at_once = cohort_years(Population(people=1), [LicenceEffect(0, 24, risk=0.8, new_only=False)], 4)
    assert (np.diff(later.crashes[:3]) < 0.0).all()
    assert later.crashes[2] == pytest.approx(later.crashes[3])
    assert at_once.crashes == pytest.approx(np.full(4, float(later.crashes[3])))
    assert at_once.reached == pytest.approx(np.ones(4))


def test_permuting_groups_changes_nothing() -> None:
    other = SMALL.model_copy(update={"groups": SMALL.groups[::-1]})
    assert cohort_years(other, EFFECTS, 2).crashes == pytest.approx(cohort_years(SMALL, EFFECTS, 2).crashes)


def test_a_population_without_novices_gains_nothing() -> None:
    old = Population(people=1, groups=(
        PersonGroup(name="all", share=1.0, licence_months=(60, 60), age_years=(40, 40)),))
    found = cohort_years(old, EFFECTS, 2)
    assert (found.crashes == 1.0).all()
    assert (found.novice_km == 1.0).all()


def test_cells_are_the_whole_population() -> None:
    cells = cells_of(SMALL, 24.0)
    assert float(cells.kilometres.sum()) == pytest.approx(1.0)
    assert float(cells.kilometres[cells.group == 0].sum()) == pytest.approx(0.05 / 0.95)
    assert set(cells.end_months - cells.begin_months) == {1.0, 36.0}
