"""``optimise``: from a scenario file to a plan that a study takes, and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.support import Answer

SCENARIO = """
name = "road"
time = { warmup_s = 60, analysis_s = 300 }

[network.builder]
kind = "corridor"
arguments = { lengths_m = [200, 300, 200], signals = [1, 2], side_streets = [1, 2], cycle_s = 60 }

[demand]
flows = [{ id = "f", origin = "east1", destination = "east3", volume_veh_h = 500 }]
"""
STUDY = """
name = "check"
scenarios = ["road.toml"]
engines = ["queue"]
replications = 2

[alternatives]
"do nothing" = []
found = [{ kind = "signal_plan", file = "found/plan.add.xml" }]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "road.toml").write_text(SCENARIO)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def asked(folder: Path, *more: str) -> Answer:
    return Answer("optimise", str(folder / "road.toml"), "--days", "1", "--judge-days", "2", "--budget", "14", "--out",
                  str(folder / "found"), *more)


def test_a_scenario_becomes_a_plan_that_a_study_takes(folder: Path) -> None:
    answer = asked(folder, "--futures", "1,1.2")
    assert answer.status == 0, answer.stderr
    assert "robust: " in answer.stdout
    assert "Mean delay on 2 other days" in answer.stdout
    assert "Loss against the best plan of each future, on other days" in answer.stdout
    written = {path.name for path in (folder / "found").iterdir()}
    assert {"plan.add.xml", "plan_robust.add.xml", "plan_for_demand_1.2.add.xml", "history.csv", "regret.csv",
            "optimisation.json", "evaluations.jsonl", "judged"} <= written
    compared = Answer("compare", str(folder / "study.toml"), "--json")
    assert compared.status == 0, compared.stderr
    assert "found" in json.loads(compared.stdout)["results"]["road"]["queue"]
    again = asked(folder, "--futures", "1,1.2", "--resume", "--json")
    assert json.loads(again.stdout)["runs"] == 0
    assert (status := asked(folder, "--futures", "1,1.2")).status == 2
    assert "add --resume" in status.stderr


@pytest.mark.parametrize(("more", "says"), [
    (("--futures", "high"), "--futures: found 'high'; expected factors of demand"),
    (("--variables", "speed"), "variables: found 'speed'; expected some of offsets, splits"),
    (("--budget", "2"), "budget: found 2; expected at least"),
])
def test_what_makes_no_sense_is_one_message(folder: Path, more: tuple[str, ...], says: str) -> None:
    answer = asked(folder, *more)
    assert answer.status == 2
    assert says in answer.stderr
    assert answer.stderr.count("\n") == 1
