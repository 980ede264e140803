"""Awkward places of OpenStreetMap run in both engines, and everybody arrives."""

from __future__ import annotations

import pytest

from tests.experiments.osm_places import FOLDER, TITLES, run

pytestmark = [pytest.mark.long, pytest.mark.skipif(not FOLDER.is_dir(), reason=f"REAL DATA ABSENT: no folder {FOLDER}")]


@pytest.mark.parametrize("engine", ["ca", "queue"])
@pytest.mark.parametrize("place", TITLES)
def test_nobody_is_stuck(place: str, engine: str) -> None:
    tables = run(place, engine).tables
    row = tables["runs"].iloc[0]
    assert row["demanded"] > 100
    assert row["completed"] == row["demanded"]
    assert tables["events"]["gridlock"].isna().all()
