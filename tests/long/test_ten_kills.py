"""A study killed ten times at random moments, each time after it has finished something, ends as a quiet one does."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.cli.test_killed import RUNS, finished, start, wait_for_end, wait_until, workers_of
from tests.support.same_tables import assert_same_tables
from trafficsim.results.store import check_readable, read_tables, stored_runs

KILLS = 10
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds worker processes through /proc"),
]


def test_ten_kills(tmp_path: Path) -> None:
    rng = random.Random(46)
    (tmp_path / "scenario.toml").write_text(SCENARIO)
    study = tmp_path / "study.toml"
    study.write_text(edited(STUDY, "replications = 2", f"replications = {RUNS // 2}"))
    quiet = Answer("compare", study, "--out", tmp_path / "quiet", "--json")
    assert quiet.status == 0, quiet.stderr
    out = tmp_path / "out"
    for kill in range(1, KILLS + 1):
        least = kill * (RUNS - 10) // KILLS - rng.randrange(4)
        process = start(study, out, *(["--resume"] if kill > 1 else []))
        wait_until(process, lambda least=least: finished(out) >= least)  # type: ignore[misc]
        time.sleep(rng.uniform(0.0, 0.2))
        orphans = workers_of(process.pid)
        process.kill()
        assert process.wait() == -9, "it was killed, and not done before"
        process.communicate()
        wait_for_end(orphans)
        for files in stored_runs(out).values():
            check_readable(files)
    assert finished(out) < RUNS
    answer = Answer("compare", study, "--out", out, "--resume", "--json")
    assert (answer.status, answer.stderr, answer.stdout) == (0, "", quiet.stdout)
    assert_same_tables(read_tables(out), read_tables(tmp_path / "quiet"))
    assert [path.name for path in out.glob(".*")] == [".gitignore"], "nothing half written is left"
