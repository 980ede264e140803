"""Made-up demand of an extract: marked as such, between the ends of main roads, and carried by both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import trafficsim as ts
from tests.io.osm_files import CROSS, cross, imported, osm_text, write_osm
from trafficsim.cli import app

TOWN = cross({"lanes": "4"}, {"highway": "secondary"}, tagged={2: {"highway": "traffic_signals"}})


def test_every_end_of_a_main_road_sends_what_its_class_says_to_other_ends(tmp_path: Path) -> None:
    flows = imported(tmp_path, TOWN, demand="boundary").demand.flows
    volumes: dict[str | None, float] = {}
    for flow in flows:
        volumes[flow.origin] = volumes.get(flow.origin, 0.0) + flow.volume_veh_h
    assert volumes == pytest.approx({"10@1": 600.0, "-10@3": 600.0, "20@4": 200.0, "-20@5": 200.0}, abs=0.01)
    assert not any(flow.origin == "10@1" and flow.destination == "-10@2" for flow in flows)


def test_local_roads_are_turning_places_and_send_nothing(tmp_path: Path) -> None:
    found = imported(tmp_path, cross(), demand="boundary")
    assert {flow.origin for flow in found.demand.flows} == {"10@1", "-10@3"}
    assert [found.network.graph.nodes[node]["control"] for node in ("1", "4")] == ["dead_end", "priority"]


def test_nobody_is_sent_where_no_road_leads(tmp_path: Path) -> None:
    one_way = {"highway": "primary", "oneway": "yes"}
    found = imported(tmp_path, osm_text({**CROSS, 6: (900.0, 0.0), 7: (900.0, 90.0)},
                                        {10: ((1, 2, 3), one_way), 20: ((6, 7), one_way)}), demand="boundary")
    assert len(found.network.links) == 2, "a road that only goes on is one link"
    assert all(flow.origin == flow.destination for flow in found.demand.flows)


@pytest.mark.parametrize("engine", ["ca", "queue"])
def test_the_scenario_says_that_its_traffic_is_made_up_and_runs(tmp_path: Path, engine: str) -> None:
    file, out = write_osm(tmp_path / "town.osm", TOWN), tmp_path / "city.toml"
    assert CliRunner().invoke(app, ["import", "osm", str(file), "--out", str(out)]).exit_code == 0
    scenario = ts.load(out)
    assert "traffic is made up" in scenario.description
    assert "Nobody counted it" in (tmp_path / "city-demand.txt").read_text()
    assert any(one.code == "osm-demand-made-up" for one in ts.read(tmp_path / "city-network.json").network.findings)
    short = scenario.model_copy(update={"time": scenario.time.model_copy(update={"analysis_s": 300.0})})
    trips = ts.run(short, engine=engine).tables["trips"]
    assert len(trips) > 50
    assert set(trips["status"]) == {"completed"}
