"""The made-up town from free speeds and a crash history to casualties and money, with two days of demand."""

from __future__ import annotations

from pathlib import Path

import pytest

import trafficsim as ts

pytestmark = pytest.mark.long
STUDY = Path(__file__).parents[2] / "scenarios" / "speed_town" / "study.toml"
SPEEDS = ("30 km/h in the centre", "cameras on the ring", "section control on the approach",
          "30 km/h and section control")


def test_measures_of_speed_get_casualties_and_change_times_a_reason() -> None:
    results = ts.compare(STUDY, replications=2)
    table = results.comparison.table("ksi_per_year", "ksi_rel").set_index(["alternative", "indicator"])
    for name in SPEEDS:
        assert table.loc[(name, "ksi_rel"), "diff"] < 0.0
        assert table.loc[(name, "ksi_per_year"), "diff"] < 0.0
    both, zone, section = (table.loc[(name, "ksi_rel"), "diff"] for name in (SPEEDS[3], SPEEDS[0], SPEEDS[2]))
    assert both < zone < section
    assert both == pytest.approx(zone + section, abs=0.005)  # other links, so their effects add up
    assert "changes signals" in str(table.loc[("yellow by formula", "ksi_rel"), "reason"])
    assert results.appraisal is not None
    (worths,) = results.appraisal.worths.values()
    told = {one.alternative: one.as_json() for one in worths}
    assert set(told) == {*SPEEDS, "yellow by formula"}
    assert all(told[name]["casualties_avoided_per_year"]["serious_injuries"]["value"] > 0.0 for name in SPEEDS)
    assert told["yellow by formula"]["casualties_avoided_per_year"] == {}
