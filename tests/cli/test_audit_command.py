"""The command ``audit``: breaches in words, as JSON and as a table; a file that is not there ends with one message."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from trafficsim.cli import app

ROOT = Path(__file__).resolve().parents[2]


def test_a_scenario_is_audited(tmp_path: Path) -> None:
    file, table = ROOT / "scenarios" / "arterial" / "scenario.toml", tmp_path / "breaches.csv"
    shown = CliRunner().invoke(app, ["audit", str(file), "--guideline", "ite", "--table", str(table)])
    assert shown.exit_code == 0, shown.output
    assert "yellow-too-short: phase" in shown.output
    found = json.loads(CliRunner().invoke(app, ["audit", str(file), "--guideline", "ite", "--json"]).output)
    assert len(found["breaches"]) == len(table.read_text(encoding="utf-8").splitlines()) - 1
    assert {one["source"] for one in found["breaches"] if one["code"] == "yellow-too-short"} == {"ITE 2020"}
    assert len(found["capacity"]) == found["signals"]


def test_a_file_that_is_not_there() -> None:
    result = CliRunner().invoke(app, ["audit", "nowhere.net.xml"])
    assert result.exit_code == 2
