"""Studies that cannot be run: one message, the right exit status, and nothing that was finished is lost."""

from __future__ import annotations

import errno
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.broken_studies import CASES, Case, Desk, answer_to
from tests.cli.support import Answer
from tests.support.same_tables import assert_same_tables
from trafficsim.results import store
from trafficsim.results.store import read_tables, stored_runs


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    Desk(folder).finish()
    return folder


def assert_one_message(answer: Answer, status: int, says: tuple[str, ...]) -> None:
    assert answer.status == status, answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    assert "defect" not in answer.stderr
    lines = answer.stderr.splitlines()
    usage = lines[0].startswith("Usage:")  # options that are no numbers are refused with the usage in front
    assert usage or (len(lines) == 1 and lines[0].startswith("trafficsim: ") and "Remedy:" in lines[0]), answer.stderr
    assert [part for part in says if part not in answer.stderr] == [], answer.stderr


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_broken_study(case: Case, sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(sound, folder)
    desk = Desk(folder)
    case.breaks(desk)
    results = folder / "out"
    before = {path: path.read_bytes() for path in results.iterdir()}
    again = Case(case.name, case.says, options=case.options)
    assert_one_message(answer_to(again, desk), case.status, case.says)
    assert {path: path.read_bytes() for path in results.iterdir()} == before, "nothing is touched"


def test_the_sound_study_goes_on(sound: Path, tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    shutil.copytree(sound, folder)
    answer = Desk(folder).compare("--resume", "--replications", "3")
    assert (answer.status, answer.stderr) == (0, "")
    assert len(stored_runs(folder / "out")) == 6


def test_a_disk_that_fills_up_keeps_what_is_finished(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def full_after_25(content: bytes, path: Path) -> None:
        written.append(path)
        path.write_bytes(content[:9] if len(written) > 25 else content)
        if len(written) > 25:
            raise OSError(errno.ENOSPC, "No space left on device")

    desk = Desk(tmp_path)
    monkeypatch.setattr(store, "_write_bytes", full_after_25)
    assert_one_message(desk.compare(), 1, ("No space left on device", "free some space"))
    monkeypatch.undo()
    kept = stored_runs(desk.out)
    assert len(kept) == 25 // len(read_tables(sound / "out")) > 0
    assert [path.name for path in desk.out.glob(".*")] == [".gitignore"], "no half file stays on a full disk"
    assert desk.compare("--resume").status == 0
    assert_same_tables(read_tables(desk.out), read_tables(sound / "out"))


def test_a_small_disk(sound: Path, tmp_path: Path) -> None:
    """The same on a file system that really is too small, with two processes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("file systems may not be mounted here")
    desk = Desk(tmp_path)
    desk.out = disk / "out"
    try:
        assert_one_message(desk.compare("--replications", "9", "--workers", "2"), 1, ("No space left on device",))
        assert 0 < len(stored_runs(desk.out)) < 18
        shutil.copytree(desk.out, tmp_path / "larger")
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
    desk.out = tmp_path / "larger"
    assert desk.compare("--resume").status == 0
    assert_same_tables(
        {name: table[table["replication"] <= 2].reset_index(drop=True)
         for name, table in read_tables(desk.out).items()}, read_tables(sound / "out"))
