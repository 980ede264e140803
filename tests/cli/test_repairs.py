"""What was repaired is given by import, check and run; ``--strict`` refuses it.

Unserved trips are rows with reasons.
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.support import Answer
from tests.io.sumo_files import signal_net
from trafficsim.io.toml import dump_toml

TRIPS = """<routes>
<vehicle id="there" depart="0"><route edges="w_in e_out"/></vehicle>
<vehicle id="gap" depart="1"><route edges="w_in s_out"/></vehicle>
<vehicle id="nowhere" depart="2"><route edges="w_in gone"/></vehicle>
<vehicle id="late" depart="9000"><route edges="w_in e_out"/></vehicle>
</routes>"""
REPAIRED = {"signal-taken-as-fixed": 1, "departure-outside": 1, "trip-unserved": 2}


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A signal that reacts to delay; a trip that can be served, one that no way serves, one to nowhere and one late."""
    (tmp_path / "a.net.xml").write_text(signal_net().replace('type="static"', 'type="delay_based"'))
    (tmp_path / "a.rou.xml").write_text(TRIPS)
    file = tmp_path / "a.toml"
    file.write_text(dump_toml({
        "name": "a", "network": {"sumo": {"network": "a.net.xml", "routes": ["a.rou.xml"]}},
        "time": {"analysis_s": 60.0, "clear_s": 300.0},
    }))
    return file


def test_check_names_each_repair_with_code_rule_count_and_places(scenario: Path) -> None:
    answer = Answer("check", scenario, "--json")
    findings = [one for one in json.loads(answer.stdout)["findings"] if one["code"] in REPAIRED]
    assert answer.status == 0
    assert {one["code"] for one in findings} == set(REPAIRED)
    assert all(one["level"] == "warning" and one["message"].startswith("repaired 1 x: ") for one in findings)
    places = " ".join(one["where"] for one in findings)
    assert all(part in places for part in ("tlLogic 'T' (type delay_based)", "'nowhere'", "'gap'", "'late'"))


def test_run_goes_on_without_what_cannot_be_served(scenario: Path, tmp_path: Path) -> None:
    answer = Answer("run", scenario, "--json", "--out", tmp_path / "out")
    result = json.loads(answer.stdout)
    assert answer.status == 0
    assert result["vehicles"] == {"demanded": 1, "waiting": 0, "en_route": 0, "completed": 1}
    assert result["repairs"] == REPAIRED
    assert (result["unserved"]["trips"], result["unserved"]["vehicles"]) == (2, 2.0)
    (file,) = [path for path in (tmp_path / "out").rglob("*.parquet") if "unserved" in path.name]
    table = pd.read_parquet(file).set_index("name")
    assert set(table.index) == {"gap", "nowhere"}
    assert table.loc["gap", "reason"] == "no route leads from 'w_in' to 's_out' for vehicles of kind 'car'"
    assert "no such edge" in table.loc["nowhere", "reason"]
    assert table["depart_s"].tolist() == [2.0, 1.0]


def test_people_are_told_too(scenario: Path) -> None:
    said = Answer("run", scenario).stdout
    assert "unserved: 2 trips and 0 flows, 2 vehicles; 1 x " in said
    assert "repaired: 1 signal-taken-as-fixed, 1 departure-outside, 2 trip-unserved" in said


def test_a_study_says_by_scenario_who_was_not_served(scenario: Path) -> None:
    study = scenario.parent / "study.toml"
    study.write_text('name = "s"\nscenarios = ["a.toml"]\nreplications = 2\n[alternatives]\n"do nothing" = []\n'
                     '"slow" = [{ kind = "speed_limit", on = { ids = ["w_in"] }, limit_kmh = 30 }]\n')
    result = json.loads(Answer("compare", study, "--json").stdout)
    assert (result["unserved"]["a"]["trips"], result["unserved"]["a"]["vehicles"]) == (2, 2.0)
    assert "a: unserved: 2 trips and 0 flows" in Answer("compare", study).stdout


@pytest.mark.parametrize("command", ["check", "run"])
def test_strict_refuses_repairs(command: str, scenario: Path) -> None:
    answer = Answer(command, scenario, "--strict")
    assert answer.status == 2
    assert "signal-taken-as-fixed" in answer.stderr
    assert "Remedy:" in answer.stderr


def test_strict_says_nothing_about_a_sound_scenario(scenario: Path) -> None:
    (scenario.parent / "a.net.xml").write_text(signal_net())
    (scenario.parent / "a.rou.xml").write_text(TRIPS.split("\n")[0] + TRIPS.split("\n")[1] + "</routes>")
    for command in ("check", "run"):
        assert Answer(command, scenario, "--strict").status == 0


def test_import_says_what_was_repaired_and_writes_what_can_be_served(scenario: Path) -> None:
    folder = scenario.parent
    words = ("import", "sumo", folder / "a.net.xml", "--routes", folder / "a.rou.xml", "--out", folder / "b.toml")
    refused = Answer(*words, "--strict")
    assert (refused.status, sorted(path.name for path in folder.glob("b*"))) == (2, [])
    answer = Answer(*words)
    assert answer.status == 0
    assert "warning: signal-taken-as-fixed: " in answer.stderr
    assert "warning: trip-unserved: trip 'gap': no route leads from 'w_in' to 's_out'" in answer.stderr
    result = json.loads(Answer("run", folder / "b.toml", "--json").stdout)
    assert result["vehicles"]["demanded"] == 2
    assert result["repairs"] == {"signal-taken-as-fixed": 1, "trip-unserved": 2}
    assert Answer("run", folder / "b.toml", "--strict").status == 2
