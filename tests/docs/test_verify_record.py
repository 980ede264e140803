"""The record of ``make verify``: one row for each step, kept until the step runs again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.experiments import verify
from tests.experiments.verify import STEPS, Outcome, Step, carry_out, row, write


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(verify, "RECORD", tmp_path / "last_run.md")
    return tmp_path / "last_run.md"


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_names_command_result_and_times() -> None:
    shown = cells(row("long", STEPS["long"], Outcome(1, ("1 failed, 2 passed",), 90.0, 150.0)))
    assert len(shown) == len(cells(verify.HEADER))
    assert (shown[0], shown[4], shown[5], shown[6]) == ("long", "status 1; 1 failed, 2 passed", "1.5", "2.5")
    assert "empty kernel cache" in row("test", STEPS["test"], Outcome(0, (), 1.0, 1.0))


def test_steps_that_are_not_run_keep_their_rows_in_order(record: Path) -> None:
    write({"tables": "| tables | old |"})
    write({"test": "| test | new |"})
    write({"tables": "| tables | new |"})
    assert record.read_text(encoding="utf-8").splitlines()[4:] == ["| test | new |", "| tables | new |"]


def test_counts_of_tests_and_the_status_are_read_from_the_command(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("print('= 1 failed, 2879 passed, 1 skipped in 1496.73s (0:24:56) =')\nraise SystemExit(3)")
    outcome = carry_out(Step(f"python {script}"))
    assert (outcome.status, outcome.counts) == (3, ("1 failed, 2879 passed, 1 skipped",))
    assert outcome.wall_s > 0.0
