"""Crash risk by blood alcohol: the table's points, between them, and shares of crashes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trafficsim.people.alcohol import impaired_risk, parameters, relative_risk, share_of_crashes


def test_the_points_of_the_table_are_met() -> None:
    table = parameters()["risk"]
    assert relative_risk(table["bac_g_l"]) == pytest.approx(np.array(table["relative"]))


def test_between_points_the_logarithm_is_linear() -> None:
    assert float(relative_risk(0.65)) == pytest.approx(np.sqrt(1.38 * 2.69))
    assert float(relative_risk(1.75)) == pytest.approx(np.sqrt(22.1 * 81.8))
    assert float(relative_risk(4.0)) == pytest.approx(81.8)


@given(st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.floats(0.5, 1.5))
def test_more_alcohol_is_never_less_risk(one: float, other: float, scale: float) -> None:
    low, high = sorted((one, other))
    assert float(relative_risk(low, scale)) <= float(relative_risk(high, scale)) * (1.0 + 1e-12)


def test_bands_of_impaired_drivers_by_hand() -> None:
    assert sum(parameters()["impaired"]["share"]) == pytest.approx(1.0)
    by_hand = 0.45 * relative_risk(0.65) + 0.30 * relative_risk(1.0) + 0.25 * relative_risk(1.5)
    assert float(impaired_risk()) == pytest.approx(float(by_hand))
    assert impaired_risk(np.array([0.0, 1.0])).tolist() == pytest.approx([1.0, float(by_hand)])


def test_share_of_crashes_of_the_evidence_base() -> None:
    assert float(share_of_crashes(0.02, 2.5)) == pytest.approx(0.0485, abs=5e-5)


@pytest.mark.parametrize("level", [-0.1, np.nan, np.inf])
def test_levels_that_mean_nothing_are_refused(level: float) -> None:
    with pytest.raises(ValueError, match="blood alcohol"):
        relative_risk(level)
