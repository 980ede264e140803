"""``run`` and ``compare`` on the files of ``new``: the whole way from a file to a verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.support import Answer


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first") / "files"
    assert Answer("new", folder).status == 0
    return folder


def test_run_gives_one_object_of_the_contract(first: Path) -> None:
    answer = Answer("run", first / "scenario.toml", "--json")
    assert answer.status == 0, answer.stderr
    assert answer.stderr == ""
    result = json.loads(answer.stdout)
    assert set(result) == {
        "scenario", "engine", "seed", "replications", "version", "digest", "vehicles", "indicators", "not_computed",
        "performance", "status", "gridlocks", "left", "routes",
    }
    assert (result["status"], result["gridlocks"]) == ("complete", [])
    assert result["routes"] == {"rehearsals": 0, "relative_gap": None}  # one way only: nobody has a choice
    vehicles = result["vehicles"]
    assert vehicles["demanded"] == vehicles["waiting"] + vehicles["en_route"] + vehicles["completed"] > 100
    assert {"mean", "low", "high", "unit", "n"} <= set(result["indicators"]["mean_travel_time_s"])


def test_seed_changes_the_digest_and_repetition_does_not(first: Path) -> None:
    digests = [
        json.loads(Answer("run", first / "scenario.toml", "--json", *seed).stdout)["digest"]
        for seed in ((), (), ("--seed", "2"))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_run_shows_a_table_and_writes_parquet_and_csv(first: Path, tmp_path: Path) -> None:
    answer = Answer("run", first / "scenario.toml", "--out", tmp_path / "out", "--csv")
    assert answer.status == 0, answer.stderr
    assert "mean_travel_time_s" in answer.stdout
    assert "digest" in answer.stdout
    trips = pd.read_csv(tmp_path / "out" / "trips.csv")
    assert len(trips) > 100
    assert list((tmp_path / "out").glob("*.parquet"))


def test_compare_gives_the_contract_and_an_identical_arm_is_equivalent(first: Path) -> None:
    answer = Answer("compare", first / "study.toml", "--replications", "2", "--json")
    assert answer.status == 0, answer.stderr
    result = json.loads(answer.stdout)
    assert (result["study"], result["baseline"]) == ("first_study", "do nothing")
    arms = result["results"]["first"]["ca"]
    entry = arms["limit 30"]["mean_travel_time_s"]
    assert {"mean", "diff", "low", "high", "p", "p_adjusted", "verdict", "unit", "n", "origin"} <= set(entry)
    assert entry["diff"] > 0, "a lower limit cannot make this road faster"


@pytest.mark.parametrize("asked", [(), ("--all",)])
def test_compare_shows_primary_indicators_and_says_how_to_see_the_rest(first: Path, asked: tuple[str, ...]) -> None:
    answer = Answer("compare", first / "study.toml", "--replications", "2", *asked)
    assert answer.status == 0, answer.stderr
    assert "limit 30" in answer.stdout
    assert "mean_delay_s" in answer.stdout
    assert ("vehicle_km" in answer.stdout) == bool(asked)
    assert ("--all" in answer.stdout) != bool(asked)
    assert "limit 30 in first, who loses: " in answer.stdout
