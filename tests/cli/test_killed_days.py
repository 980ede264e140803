"""A study over days that is killed in the middle of its chains goes on, and ends with the tables of a quiet one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import Answer
from tests.cli.test_bad_days import PEOPLE, with_days
from tests.cli.test_killed import finished, start, wait_for_end, wait_until, workers_of
from tests.support.same_tables import assert_same_tables
from trafficsim.results.store import read_tables, stored_runs

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds worker processes through /proc")
DAYS = "number = 24\nsample = 12\n[[days.events]]\nalternative = \"limit 30\"\npolicy = \"speed_limit\"\nbegin_day = 6"
RUNS = 2 * (12 + 13)


def test_killed_in_the_middle_of_chains(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(PEOPLE)
    file, out, quiet = tmp_path / "study.toml", tmp_path / "out", tmp_path / "quiet"
    file.write_text(with_days(DAYS))
    process = start(file, out)
    wait_until(process, lambda: finished(out) >= 17)
    orphans = workers_of(process.pid)
    process.kill()
    process.communicate()
    wait_for_end(orphans)
    kept = stored_runs(out)
    assert 17 <= len(kept) < RUNS, "killed before the end"
    whole = {labels._replace(day=None) for labels in kept if labels.day == 24}
    assert {labels._replace(day=None) for labels in kept} - whole, "a chain was cut short"
    before = {path: path.stat().st_mtime_ns for files in kept.values() for path in files.values()}
    answer = Answer("compare", file, "--out", out, "--resume", "--json")
    assert (answer.status, answer.stderr) == (0, "")
    assert answer.stdout == Answer("compare", file, "--out", quiet, "--json").stdout
    assert_same_tables(read_tables(out), read_tables(quiet))
    assert finished(out) == RUNS
    assert all(path.stat().st_mtime_ns == time for path, time in before.items()), "simulated days are taken from there"
