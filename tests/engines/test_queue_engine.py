"""The queue engine through the command: it runs what it represents, and refuses the rest with a remedy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.cli.support import output_of
from tests.support.slower_study import assert_processes_change_nothing, slower_study

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = """name = "road"
[time]
warmup_s = 60
analysis_s = 600
clear_s = 900
[network.builder]
kind = "corridor"
arguments = { lengths_m = [400, 300, 500], signals = [1], side_streets = [1] }
[demand]
flows = [{ id = "east", route = ["east1", "east2", "east3"], volume_veh_h = 400 }]
"""
STUDY = slower_study("queue")


@pytest.fixture
def road(tmp_path: Path) -> Path:
    (tmp_path / "road.toml").write_text(SCENARIO)
    (tmp_path / "study.toml").write_text(STUDY)
    return tmp_path


def test_a_run_has_tables_and_a_digest(road: Path) -> None:
    told = json.loads(output_of("run", road / "road.toml", "--engine", "queue", "--json", "--out", road / "out"))
    again = json.loads(output_of("run", road / "road.toml", "--engine", "queue", "--json"))
    assert (told["engine"], told["status"]) == ("queue", "complete")
    assert told["digest"] == again["digest"]
    assert told["not_computed"]["fuel_l"] == "engine queue does not measure trajectories"
    for name in ("trips", "links", "movements", "signals_shown"):
        assert len(pd.read_parquet(next((road / "out").glob(f"{name}@*")))) > 0


def test_a_study_does_not_depend_on_processes(road: Path) -> None:
    assert_processes_change_nothing(road / "study.toml", "queue")


@pytest.mark.parametrize(("added", "said"), [
    ("trajectories = { share = 0.5 }\n", "does not measure trajectories"),
    ("drivers = { keep_clear_share = 0.5 }\n", "keep_clear_share = 1.0"),
])
def test_what_it_does_not_represent_is_refused(road: Path, added: str, said: str) -> None:
    (road / "road.toml").write_text(added + SCENARIO)
    answer = output_of("run", road / "road.toml", "--engine", "queue", status=2)
    assert said in " ".join(answer.split())
    assert "choose engine 'ca'" in " ".join(answer.split())


@pytest.mark.parametrize(("policy", "said"), [
    ('kind = "red_light_camera", on = { ids = ["east1"] }, hard_stop_share = 0.1', "does not measure events"),
    ('kind = "close_following", at = [{ link = "east1", position_m = 200 }]', "does not measure headways"),
])
def test_policies_below_its_resolution_are_refused(road: Path, policy: str, said: str) -> None:
    study = STUDY.split('"limit 30"')[0]
    (road / "study.toml").write_text(f'{study}"other" = [{{ {policy} }}]\n')
    assert said in output_of("compare", road / "study.toml", status=2)


def test_the_automaton_does_not_import_its_kernels() -> None:
    code = ("import sys; from trafficsim.engines.registry import engine_named; engine_named('queue'); "
            "import trafficsim.engines.ca.loop; "
            "print([name for name in sys.modules if name.startswith('trafficsim.kernels.queue')])")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"
