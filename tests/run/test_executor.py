"""Jobs give the same outcomes over any number of processes; the jobs of a lost worker are done again by another."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing import parent_process
from pathlib import Path

import pytest

from trafficsim.base.errors import InputError, MachineError
from trafficsim.run.executor import WorkerPool, execute, executor_named
from trafficsim.run.worker import _outcome, _unpickled

TIMEOUT_S = 60.0
"""Longest wait for another process; only a test that fails waits so long."""


def times(shared: int, job: int) -> int:
    return shared * job


def in_a_worker() -> bool:
    return parent_process() is not None


def note(folder: Path, what: str) -> int:
    """Leave a file that tells what happened, and say how often it has."""
    (folder / f"{what}-{os.getpid()}-{time.monotonic_ns()}").touch()
    return len(list(folder.glob(f"{what}-*")))


def wait_for(folder: Path, what: str, count: int) -> None:
    end = time.monotonic() + TIMEOUT_S
    while len(list(folder.glob(f"{what}-*"))) < count:
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not happen {count} times")
        time.sleep(0.01)


def where(folder: Path, job: int) -> str:
    """Jobs 0 and 1 are done in the parent, which waits in job 1 until a worker has done one."""
    if in_a_worker():
        note(folder, "there")
        return "there"
    if job == 1:
        wait_for(folder, "there", 1)
    return "here"


def die_twice(folder: Path, job: int) -> int:
    """Two workers die at job 2; the parent waits in job 1 until a third one has done it."""
    if in_a_worker():
        if job == 2 and note(folder, "death") < 3:
            os.kill(os.getpid(), signal.SIGKILL)
        note(folder, "done")
    elif job == 1:
        wait_for(folder, "done", 1)
    return 10 * job


def die_always(folder: Path, job: int) -> int:
    if in_a_worker():
        note(folder, "death")
        os.kill(os.getpid(), signal.SIGKILL)
    if job == 1:
        wait_for(folder, "death", 1)
    return job


def echo(folder: Path, job: bytes) -> bytes:
    """The parent waits in job 1 until a worker has done three jobs: by then it has been given one ahead."""
    if in_a_worker():
        note(folder, "there")
    elif job[0] == 1:
        wait_for(folder, "there", 3)
    return job


def complain(folder: Path, job: int) -> int:
    if in_a_worker():
        note(folder, "there")
        raise InputError("job", "a mistake", "none", "correct it")
    if job == 1:
        wait_for(folder, "there", 1)
    return job


def test_outcomes_do_not_depend_on_the_number_of_processes() -> None:
    serial, pooled = (sorted(execute(times, 7, range(50), workers)) for workers in (1, 3))
    assert serial == pooled == [(at, 7 * at) for at in range(50)]


def test_no_jobs_and_one_job() -> None:
    assert list(execute(times, 7, [], 2)) == []
    assert list(execute(times, 7, [3], 2)) == [(0, 21)]


def test_the_first_job_is_done_here_alone_and_then_all_help(tmp_path: Path) -> None:
    places = dict(execute(where, tmp_path, range(4), 2))
    assert places[0] == places[1] == "here"
    assert "there" in places.values()


def test_a_lost_worker_is_replaced_and_its_job_done_again(tmp_path: Path) -> None:
    assert sorted(execute(die_twice, tmp_path, range(4), 2)) == [(at, 10 * at) for at in range(4)]
    assert len(list(tmp_path.glob("death-*"))) == 3


def test_after_three_lost_workers_in_a_row_we_give_up(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="3 workers lost one after another"):
        list(execute(die_always, tmp_path, range(20), 2))
    assert len(list(tmp_path.glob("death-*"))) == 3


def test_what_a_job_raises_is_raised_here(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a mistake"):
        list(execute(complain, tmp_path, range(4), 2))


def test_jobs_that_workers_cannot_import_are_named() -> None:
    # A class of an interactive session is pickled by a name that no worker finds: c(module) name newline.
    unknown = b"c__main__\nPolicyOfANotebook\n."
    refused = _unpickled(unknown)
    assert isinstance(refused, InputError)
    assert "cannot import" in str(refused)
    assert "PolicyOfANotebook" in str(refused)
    assert _outcome(refused, 3) is refused


def test_jobs_that_cannot_be_sent_are_named() -> None:
    with pytest.raises(InputError, match=r"cannot be sent.*policies into a module"):
        list(execute(times, 2, [1, lambda: 2], 2))


def test_large_jobs_and_large_outcomes_do_not_block_each_other(tmp_path: Path) -> None:
    # far more than a pipe holds, in both directions
    jobs = [bytes([number]) * 1_000_000 for number in range(30)]
    assert dict(execute(echo, tmp_path, jobs, 2)) == dict(enumerate(jobs))


def test_a_worker_pool_that_gets_no_work_ends_at_once() -> None:
    with WorkerPool(3):
        pass


@pytest.mark.parametrize(("name", "workers", "says"), [
    ("local", 0, "workers"), ("local", -3, "workers"), ("elsewhere", 1, "executor"), ("tcp://nowhere", 1, "executor"),
    ("tcp://127.0.0.1:8786", 2, "workers"),
])
def test_wrong_executors_are_refused(name: str, workers: int, says: str) -> None:
    with pytest.raises(InputError, match=says):
        executor_named(name, workers)
