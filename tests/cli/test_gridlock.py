"""A gridlock from the file to the page: status, links and vehicles in JSON, in words and in the report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import Answer
from tests.engines.test_gridlock import RING, ring_flows, ring_of_streets
from tests.report.html import Page
from trafficsim.io.network_file import write_network
from trafficsim.io.toml import dump_toml

STUDY = """
name = "locked"
scenarios = ["scenario.toml"]
replications = 2

[alternatives]
"do nothing" = []
limit = [{ kind = "speed_limit", on = { ids = ["r0"] }, limit_kmh = 30.0 }]
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locked")
    write_network(ring_of_streets(), folder / "ring.json")
    flows = [flow.model_dump(mode="json", exclude_defaults=True) for flow in ring_flows(900.0)]
    scenario = {"name": "ring", "time": {"analysis_s": 600.0, "clear_s": 300.0}, "network": {"file": "ring.json"},
                "demand": {"flows": flows}}
    (folder / "scenario.toml").write_text(dump_toml(scenario), encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return folder


def test_run_names_links_and_vehicles(files: Path) -> None:
    answer = Answer("run", files / "scenario.toml", "--json")
    assert answer.status == 0, answer.stderr
    result = json.loads(answer.stdout)
    assert result["status"] == "gridlock"
    (one,) = result["gridlocks"]
    assert set(one) == {"replication", "begin_s", "end_s", "links", "vehicles"}
    assert (one["links"], one["end_s"], len(one["vehicles"])) == (list(RING), None, 4)
    vehicles = result["vehicles"]
    assert vehicles["demanded"] == vehicles["waiting"] + vehicles["en_route"] + vehicles["completed"]
    assert vehicles["waiting"] > 0
    (left, *_) = result["left"]
    assert set(left) == {"replication", "vehicles", "waiting", "links", "since_s", "cause", "link", "vehicle"}
    assert left["cause"] == "gridlock"
    assert set(RING) <= set(left["links"])
    assert sum(group["waiting"] for group in result["left"]) == vehicles["waiting"]
    # Nobody who is left drops out: delay is above what those who got through had, and the share stands beside it.
    indicators = result["indicators"]
    assert indicators["completed_share"]["mean"] == pytest.approx(vehicles["completed"] / vehicles["demanded"])
    assert indicators["mean_entry_wait_s"]["mean"] > 200.0


def test_run_says_it_in_codes(files: Path) -> None:
    answer = Answer("run", files / "scenario.toml")
    assert "status: gridlock" in answer.stdout
    assert f"to the end of the run: {', '.join(RING)}" in answer.stdout
    assert "left in replication 1: " in answer.stdout
    assert "waiting to enter, since " in answer.stdout
    assert ": gridlock" in answer.stdout


def test_compare_and_the_report_show_it(files: Path) -> None:
    answer = Answer("compare", files / "study.toml", "--out", files / "out", "--json")
    assert answer.status == 0, answer.stderr
    result = json.loads(answer.stdout)
    ended = result["status"]["ring"]["ca"]
    assert ended["do nothing"] == {"gridlock": 2}
    assert [one["links"] for one in result["gridlocks"] if one["alternative"] == "do nothing"] == [list(RING)] * 2
    again = Answer("compare", files / "study.toml", "--out", files / "out", "--resume")
    told = "ring, ca, do nothing: vehicles left in the network at the end of 2 of 2 runs, see completed_share"
    assert told in again.stdout
    assert Answer("report", files / "out", "--out", files / "page.html").status == 0
    page = Page((files / "page.html").read_text(encoding="utf-8"))
    assert page.faults == []
    assert "Gridlocks: links whose first vehicles wait for each other in a cycle" in page.visible()
    assert "r0 , r1 , r2 , r3" in page.visible()
    assert "Vehicles left in the network at the end of a run" in page.visible()
    assert "blocking reason of the first vehicle" in page.visible()
    assert any(one["cause"] == "gridlock" and one["alternative"] == "do nothing" for one in result["left"])
