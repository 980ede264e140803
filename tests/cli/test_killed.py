"""A study whose worker and parent are killed at any moment goes on, and ends with the tables of a quiet one."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.support import SCENARIO, STUDY, Answer, edited
from tests.support.same_tables import assert_same_tables
from trafficsim.results.store import read_tables, stored_runs

REPLICATIONS = 40
RUNS = 2 * REPLICATIONS
TIMEOUT_S = 120.0

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds worker processes through /proc")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("killed")
    (folder / "scenario.toml").write_text(SCENARIO)
    (folder / "study.toml").write_text(edited(STUDY, "replications = 2", f"replications = {REPLICATIONS}"))
    return folder / "study.toml"


@pytest.fixture(scope="module")
def quiet(study: Path) -> Path:
    """Folder of the study that nobody disturbed, done by one process."""
    out = study.with_name("quiet")
    answer = Answer("compare", study, "--out", out)
    assert answer.status == 0, answer.stderr
    return out


def heed_interrupts() -> None:
    """What a shell starts in the background inherits that interrupts are ignored; a study of a user does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(study: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "trafficsim", "compare", str(study), "--workers", "2", "--out", str(out), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            preexec_fn=heed_interrupts)


def finished(out: Path) -> int:
    return len(list(out.glob("runs@*")))


def workers_of(parent: int) -> list[int]:
    """Spawned workers of a process; the tracker of the standard library is none."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            ppid = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if ppid == parent and b"spawn_main" in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def wait_until(process: subprocess.Popen[str], happened: Callable[[], object]) -> None:
    """Wait for something, or for the end of the process: it may be done before; the tables must be the same anyhow."""
    end = time.monotonic() + TIMEOUT_S
    while process.poll() is None and not happened():
        assert time.monotonic() < end, "the study stands still"
        time.sleep(0.002)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_killed_worker_and_killed_parent(seed: int, study: Path, quiet: Path, tmp_path: Path) -> None:
    rng = random.Random(seed)
    first, second = sorted(rng.sample(range(2, RUNS - 10), 2))
    out = tmp_path / "out"
    process = start(study, out)
    wait_until(process, lambda: finished(out) >= first and workers_of(process.pid))
    for worker in workers_of(process.pid)[:1]:
        os.kill(worker, signal.SIGKILL)
    wait_until(process, lambda: finished(out) >= second)
    orphans = workers_of(process.pid)
    process.kill()
    process.communicate()
    kept = finished(out)
    answer = Answer("compare", study, "--out", out, "--resume", "--json")
    assert answer.status == 0, answer.stderr
    assert answer.stderr == ""
    assert kept >= 2
    assert_same_tables(read_tables(out), read_tables(quiet))
    assert [path.name for path in out.glob(".*")] == [".gitignore"], "nothing half written is left"
    wait_for_end(orphans)
    assert answer.stdout == Answer("compare", study, "--out", quiet, "--resume", "--json").stdout


def wait_for_end(processes: list[int]) -> None:
    """Workers end with their parent, even when it is killed."""
    end = time.monotonic() + TIMEOUT_S
    while any(Path(f"/proc/{pid}/cmdline").exists() and running(pid) for pid in processes):
        assert time.monotonic() < end, "a worker outlives its parent"
        time.sleep(0.01)


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_interrupt_keeps_what_is_finished(study: Path, quiet: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = start(study, out)
    wait_until(process, lambda: finished(out) >= 5)
    assert process.poll() is None, "the study is long enough to be interrupted"
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert (stdout, stderr.count("\n")) == ("", 1)
    assert "finished replications are kept" in stderr
    kept = len(stored_runs(out))
    assert 5 <= kept < RUNS
    answer = Answer("compare", study, "--out", out, "--resume", "--workers", "2")
    assert answer.status == 0, answer.stderr
    assert_same_tables(read_tables(out), read_tables(quiet))
