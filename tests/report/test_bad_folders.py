"""Folders that hold no results, damaged ones, files that cannot be written: one clear message, nothing half written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from trafficsim.cli import app

RUNNER = CliRunner()


def report(*arguments: object) -> tuple[int, str, str]:
    answer = RUNNER.invoke(app, ["report", *map(str, arguments)])
    return answer.exit_code, answer.stdout, answer.stderr


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def refused(status: int, words: str, *arguments: object) -> None:
    code, out, told = report(*arguments)
    assert code == status
    assert out == ""
    assert words in told
    assert told.count("\n") == 1
    assert "Remedy:" in told
    assert "Traceback" not in told
    assert "defect" not in told


def test_a_report_is_written_into_its_folder(copy: Path) -> None:
    code, out, told = report(copy)
    assert (code, out, told) == (0, f"{copy / 'report.html'}\n", "")
    assert (copy / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_no_such_folder(tmp_path: Path) -> None:
    refused(2, "no such folder", tmp_path / "none")


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text")
    refused(2, "no such folder", tmp_path / "a.txt")


def test_a_folder_without_runs(tmp_path: Path) -> None:
    refused(2, "no complete run", tmp_path)


def test_a_folder_without_its_manifest(copy: Path) -> None:
    (copy / "study.json").unlink()
    refused(2, "study.json: found no such file", copy)


@pytest.mark.parametrize("text", ["{", "[]", '{"scenarios": 3}'])
def test_a_damaged_manifest(copy: Path, text: str) -> None:
    (copy / "study.json").write_text(text)
    refused(2, "study.json", copy)


@pytest.mark.parametrize("text", ["{", "{}", '{"baseline": "do nothing", "alternatives": 3}',
                                  '{"baseline": "no", "alternatives": []}',
                                  '{"baseline": "do nothing", "primary": ["speed"], "alternatives": []}'])
def test_a_damaged_question(copy: Path, text: str) -> None:
    (copy / "question.json").write_text(text)
    code, out, told = report(copy)
    assert (code, out) == (2, "")
    assert told.count("\n") == 1
    assert "defect" not in told


@pytest.mark.parametrize("table", ["indicators", "movements", "ledger", "runs"])
def test_a_damaged_table(copy: Path, table: str) -> None:
    path = next(copy.glob(f"{table}@*@2@ca.parquet"))
    path.write_bytes(path.read_bytes()[:200])
    refused(2, f"{path.name}: found a damaged file", copy)


def test_a_damaged_network_leaves_the_map_out_and_says_why(copy: Path) -> None:
    path = next(copy.glob("network@*"))
    path.write_bytes(path.read_bytes()[:100])
    assert report(copy)[0] == 0
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert "the geometry of this scenario is not available" in page
    assert "truncated or damaged gz file" in page


def test_a_folder_of_an_older_version_says_what_is_assumed(copy: Path) -> None:
    (copy / "question.json").unlink()
    next(copy.glob("network@*")).unlink()
    for kind in ("trajectories", "speed_counts"):
        for path in copy.glob(f"{kind}@*"):
            path.unlink()
    assert report(copy)[0] == 0
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert "The folder has no question.json" in page
    assert "the folder has no table speed_counts" in page
    assert "the folder has no trajectories on named routes" in page
    assert "Map of the network." in page  # rebuilt from what the scenario says


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\x00"])
def test_a_damaged_audit(copy: Path, text: str) -> None:
    path = next(copy.glob("timing_audit@*.csv"))
    path.write_text(text)
    refused(2, path.name, copy)


def test_an_unknown_language(folder: Path) -> None:
    refused(2, "language 'tlh'", folder, "--lang", "tlh")


@pytest.mark.parametrize("language", ["../en", "en.toml", ""])
def test_a_language_is_no_path(folder: Path, language: str) -> None:
    refused(2, "no catalogue of it", folder, "--lang", language)


def test_an_out_file_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    refused(1, "a file that can be written", folder, "--out", tmp_path / "none" / "report.html")
    refused(1, "a file that can be written", folder, "--out", tmp_path)
