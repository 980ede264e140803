"""Commands that work: what they print, what they write, and their exit status."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

import trafficsim as ts
from tests.cli.support import Answer
from trafficsim import __version__, api
from trafficsim.base.errors import MachineError
from trafficsim.io.network_file import write_network
from trafficsim.spec.network_source import NetworkSource
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study

COMMANDS = ["assign", "audit", "bench", "calibrate", "check", "compare", "equilibrium", "evidence", "export", "fit",
            "import", "new", "optimise", "place", "policies", "report", "rollout", "run", "schema", "speeds",
            "validate"]


def test_help_lists_what_is_built_and_nothing_else() -> None:
    listed = Answer("--help").stdout.partition("Commands:")[2]
    assert sorted(re.findall(r"^  (\w+) ", listed, re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    answer = Answer(command, "--help")
    assert answer.status == 0
    assert "Usage:" in answer.stdout


def test_options_that_are_built_are_shown_and_no_others() -> None:
    shown = Answer("run", "--help").stdout + Answer("compare", "--help").stdout
    options = set(re.findall(r"--[a-z]+", shown))
    assert not options & {"--counts", "--hold"}
    assert {"--executor", "--resume", "--workers", "--out", "--replications", "--json"} <= options


def test_check_draws_the_network(tmp_path: Path) -> None:
    assert Answer("new", tmp_path / "first").status == 0
    picture = tmp_path / "network.png"
    assert Answer("check", tmp_path / "first/scenario.toml", "--picture", picture).status == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    refused = Answer("check", tmp_path / "first/study.toml", "--picture", tmp_path / "other.png")
    assert refused.status == 2
    assert "name one of its scenarios" in refused.stderr
    assert not (tmp_path / "other.png").exists()
    assert Answer("check", tmp_path / "first/scenario.toml", "--picture", tmp_path / "absent/x.png").status == 1


def test_check_writes_an_interactive_map(tmp_path: Path) -> None:
    assert Answer("new", tmp_path / "first").status == 0
    scenario, study, out = tmp_path / "first/scenario.toml", tmp_path / "first/study.toml", tmp_path / "map.html"
    assert Answer("check", scenario, "--map", out, "--lang", "ar").status == 0
    assert 'dir="rtl"' in out.read_text(encoding="utf-8")
    assert Answer("check", study, "--map", out).status == 0  # a study of one scenario
    assert Answer("check", scenario, "--map", tmp_path / "absent/x.html").status == 1
    refused = Answer("check", scenario, "--map", tmp_path / "other.html", "--lang", "xx")
    assert refused.status == 2
    assert "no catalogue of it" in refused.stderr
    assert not (tmp_path / "other.html").exists()


def test_a_map_shows_errors_too(tmp_path: Path) -> None:
    assert Answer("new", tmp_path / "first").status == 0
    scenario = tmp_path / "first/scenario.toml"
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text + '\n[[detectors]]\nid = "d"\nlink = "nowhere"\nposition_m = 1\n', encoding="utf-8")
    answer = Answer("check", scenario, "--map", tmp_path / "map.html", "--json")
    assert answer.status == 2
    assert not json.loads(answer.stdout)["ok"]
    assert (tmp_path / "map.html").exists()


def test_network_files_are_checked_too(tmp_path: Path) -> None:
    write_network(ts.grid(2, 2), tmp_path / "town.json")
    answer = Answer("check", tmp_path / "town.json", "--map", tmp_path / "map.html", "--json")
    assert answer.status == 0
    assert json.loads(answer.stdout)["ok"]
    assert "town.json" in (tmp_path / "map.html").read_text(encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert Answer("check", tmp_path / "broken.json", "--map", tmp_path / "map.html").status == 2


def test_version() -> None:
    assert Answer("--version").stdout.strip() == __version__


def test_python_m_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trafficsim", "check", "missing.toml"], capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("trafficsim: missing.toml: found no such file")


@pytest.mark.parametrize("subject", ["scenario", "study", "network", "fixes"])
def test_schema_is_one_json_object_without_loose_ends(subject: str) -> None:
    text = Answer("schema", subject).stdout
    schema = json.loads(text)
    assert schema["$schema"].startswith("https://json-schema.org/")
    references = set(re.findall(r'"#/\$defs/([^"]+)"', text))
    assert references <= set(schema.get("$defs", {}))


def test_schema_of_studies_knows_policies_and_their_keys() -> None:
    schema = json.loads(Answer("schema", "study").stdout)
    policy = schema["$defs"]["SpeedLimit"]
    assert policy["properties"]["kind"] == {"const": "speed_limit"}
    assert {"kind", "on", "limit_kmh"} <= set(policy["required"])


def test_new_writes_sound_files_and_overwrites_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "first"
    assert Answer("new", folder).status == 0
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert sorted(before) == ["scenario.toml", "study.toml"]
    for name in before:
        assert tomllib.loads(before[name])["name"]
        answer = Answer("check", folder / name, "--json")
        assert answer.status == 0, answer.stdout
        assert json.loads(answer.stdout)["ok"] is True
    again = Answer("new", folder)
    assert (again.status, again.stderr.count("\n")) == (2, 1)
    assert "exists already" in again.stderr
    assert {path.name: path.read_text() for path in folder.iterdir()} == before


def test_new_mixes_nothing_with_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    answer = Answer("new", tmp_path)
    assert (answer.status, answer.stdout) == (2, "")
    assert "holds notes.txt" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
    blocks_conflict = Answer("new", tmp_path / "notes.txt")
    assert (blocks_conflict.status, blocks_conflict.stdout) == (2, "")
    assert "a file that exists already" in blocks_conflict.stderr


def test_new_into_a_folder_that_cannot_be_written() -> None:
    answer = Answer("new", "/proc/trafficsim")
    assert (answer.status, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    assert "/proc/trafficsim" in answer.stderr


def test_the_first_study_of_new_has_alternatives_a_path_and_a_detector(tmp_path: Path) -> None:
    assert Answer("new", tmp_path / "first").status == 0
    study = api.load(tmp_path / "first" / "study.toml")
    assert isinstance(study, Study)
    assert len([policies for policies in study.alternatives.values() if policies]) >= 2
    scenario = study.scenarios[0]
    assert isinstance(scenario, Scenario)
    assert isinstance(scenario.network, NetworkSource)
    assert scenario.network.paths
    assert scenario.detectors


def _raise(error: BaseException) -> Any:
    def run(*arguments: Any, **options: Any) -> None:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (MachineError("worker 2", "a lost worker", "workers that stay", "use fewer workers"), 1, "fewer workers"),
        (OSError(28, "No space left on device", "/disk/a.parquet"), 1, "free some space"),
        (MemoryError(), 1, "memory"),
        (ZeroDivisionError("division by zero"), 1, "a defect of trafficsim itself"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_exit_status(error: BaseException, status: int, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "run", _raise(error))
    answer = Answer("run", "any.toml", "--json")
    assert (answer.status, answer.stdout, answer.stderr.count("\n")) == (status, "", 1)
    assert says in answer.stderr
    assert "Traceback" not in answer.stderr


def test_csv_needs_a_folder() -> None:
    answer = Answer("run", "any.toml", "--csv")
    assert answer.status == 2
    assert "--out" in answer.stderr
