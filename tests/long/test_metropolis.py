"""Whole towns in the queue engine, from files to tables: everybody is accounted for, no number is missing or absurd."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import trafficsim as ts
from tests.support.metropolis import TOWNS, write_town

pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", TOWNS)
def test_a_town_runs_to_the_end(name: str, real_data: Path, tmp_path: Path) -> None:
    tables = ts.run(write_town(name, real_data, tmp_path), engine="queue").tables
    trips, run = tables["trips"], tables["runs"].iloc[0]
    assert len(trips) == pytest.approx(TOWNS[name].departing, abs=5.0 * TOWNS[name].departing**0.5)
    assert run["demanded"] == len(trips) == run["completed"] + run["en_route"] + run["waiting"]
    assert (trips["status"] == "completed").sum() == run["completed"] > 0
    assert trips.loc[trips["status"] == "completed", "exit_s"].notna().all()
    left = tables["events"].query("event == 'left'")
    assert (left["vehicles"].sum() > 0) == (run["completed"] < len(trips))
    for table in tables.values():
        numbers = table.select_dtypes("number")
        assert all(np.isfinite(numbers[column].dropna().to_numpy(float)).all() for column in numbers)
