"""Commands that cannot do what they are asked say so once, with a remedy, and write nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.broken_commands import COMMANDS, Command
from tests.cli.broken_enforcement import ENFORCEMENT
from tests.cli.support import Answer


@pytest.mark.parametrize("command", [*COMMANDS, *ENFORCEMENT], ids=lambda command: command.name)
def test_broken_command(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command.files(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    answer = Answer(*command.words)
    assert answer.status == command.status, answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    assert "defect" not in answer.stderr
    lines = answer.stderr.splitlines()
    usage = lines[0].startswith("Usage:")  # words that are no command or option are refused with the usage in front
    assert usage or (len(lines) == 1 and lines[0].startswith("trafficsim: ") and "Remedy:" in lines[0]), answer.stderr
    assert [part for part in command.says if part not in answer.stderr] == [], answer.stderr
    assert sorted(tmp_path.rglob("*")) == before, "nothing is written"
