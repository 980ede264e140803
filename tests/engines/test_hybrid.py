"""The hybrid engine: one run in two engines, between which nobody is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trafficsim.cli import app

SCENARIO = """name = "road"
[time]
warmup_s = 60
analysis_s = 900
clear_s = 900
[network.builder]
kind = "corridor"
arguments = { lengths_m = [400, 300, 500, 400], signals = [1, 2], side_streets = [1, 2] }
[demand]
flows = [{ id = "east", route = ["east1", "east2", "east3", "east4"], volume_veh_h = 400 }]
[hybrid]
"""
MIDDLE = 'ca = { ids = ["east2", "south2_in", "north2_in"] }\n'


def call(*words: str | Path, status: int = 0) -> str:
    answer = CliRunner().invoke(app, [str(word) for word in words])
    assert answer.exit_code == status, answer.output
    return answer.stdout if status == 0 else " ".join(answer.output.split())


@pytest.fixture
def road(tmp_path: Path) -> Path:
    (tmp_path / "road.toml").write_text(SCENARIO + MIDDLE)
    return tmp_path / "road.toml"


def test_a_run_has_one_table_of_both_engines(road: Path) -> None:
    told = json.loads(call("run", road, "--engine", "hybrid", "--json"))
    again = json.loads(call("run", road, "--engine", "hybrid", "--json"))
    assert (told["engine"], told["status"], told["digest"]) == ("hybrid", "complete", again["digest"])
    assert told["not_computed"]["max_queue_m"] == "engine hybrid does not measure queues"


@pytest.mark.parametrize(("table", "said"), [
    ("", "add a table [hybrid] with ca"),
    ('ca = { ids = ["east2"] }', "junction 'j2': found a border inside it: link 'east2' before it is selected, "
     "'south2_in', 'north2_in' not"),
    ('ca = { ids = ["east2"] }', "add 'south2_in', 'north2_in' to the selector"),
    ('ca = { group = "centre" }', "group 'centre': found no such group"),
])
def test_what_cannot_be_divided_is_refused(road: Path, table: str, said: str) -> None:
    road.write_text(SCENARIO + table)
    assert said in call("run", road, "--engine", "hybrid", status=2)
