"""Effects have the same sign in both engines wherever both are sure of one: the arterial road, and ingolstadt7."""

from __future__ import annotations

from pathlib import Path

import pytest

from trafficsim import api

pytestmark = pytest.mark.long

SCENARIOS = Path(__file__).parents[2] / "scenarios"
REPLICATIONS = 5
DECIDED = ("mean_delay_s", "mean_travel_time_s", "mean_speed_kmh", "stops_per_trip", "vehicle_h")


@pytest.mark.parametrize("name", ["arterial", "ingolstadt7"])
def test_no_effect_has_another_sign(name: str, real_data: Path) -> None:
    study = api.read_study(SCENARIOS / name / "study.toml")
    both = study.model_copy(update={
        "engines": ("ca", "queue"), "replications": REPLICATIONS, "primary": DECIDED[:1],
        "scenarios": (str(SCENARIOS / name / "scenario.toml"),)})
    table = api.run(both).agreement(*DECIDED)
    assert (table["agreement"] == "agree").sum() >= 5
    against = table[table["agreement"] == "disagree"]
    assert against.empty, against[["alternative", "indicator", "diff", "other_diff", "reason"]].to_string()
