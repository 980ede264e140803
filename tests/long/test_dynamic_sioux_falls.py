"""Dynamic equilibrium of Sioux Falls, side by side with what UXsim publishes for its demand (dynamic user optimum)."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts
from tests.support.point_networks import sioux_falls

pytestmark = pytest.mark.long
UXSIM = {"trips": 34690, "completed": 33287.75, "travel_time_s": 1743.93}
"""Means of 100 runs (UXsim, tests/test_verification_sioux_falls.py); its own test expects a run within 10 % of them."""


def test_sioux_falls_comes_to_equilibrium_within_ten_percent_of_uxsim(real_data: Path) -> None:
    found = ts.equilibrium(sioux_falls(real_data), iterations=25, gap=0.004, starts=2)
    assert found.converged
    told = found.as_json()
    assert told["trips"] == UXSIM["trips"]
    assert told["trips"] - told["unfinished"] == pytest.approx(UXSIM["completed"], rel=0.1)
    assert told["travel_time_s"] == pytest.approx(UXSIM["travel_time_s"], rel=0.1)
    assert found.volume_difference is not None
    assert found.volume_difference < 0.02
    best = ts.equilibrium(sioux_falls(real_data), objective="system_optimum", iterations=10).as_json()
    assert best["total_time_h"] < told["total_time_h"]
