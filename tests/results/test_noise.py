"""Source levels of links from tables: flows, speeds and the share of heavy vehicles of each run."""

from __future__ import annotations

import pandas as pd
import pytest

from trafficsim.outcomes.noise import source_level_db
from trafficsim.results.noise import noise_levels


def test_levels_by_link_and_run() -> None:
    runs = [{"scenario": "a", "alternative": one, "replication": 1, "engine": "ca"} for one in ("before", "after")]
    with_and_without = zip(runs, (250.0, 0.0), strict=True)
    trips = pd.DataFrame([{**run, "kind": kind, "distance_m": metres} for run, truck_m in with_and_without
                          for kind, metres in (("car", 750.0), ("truck", truck_m), ("car", None))])
    links = pd.DataFrame([{**run, "link": link, "begin_s": 0.0, "end_s": 300.0, "flow_veh_h": flow, "speed_kmh": speed}
                          for run in runs for link, flow, speed in (("x", 400.0, 50.0), ("y", 0.0, None))])
    table = noise_levels({"trips": trips, "links": links.convert_dtypes()})
    assert table["source_level_db"].isna().tolist() == [False, True, False, True]
    with_trucks, without = table["source_level_db"].dropna().tolist()
    assert with_trucks == pytest.approx(float(source_level_db(300.0, 100.0, 50.0)[0][0]))
    assert without == pytest.approx(float(source_level_db(400.0, 0.0, 50.0)[0][0]))
