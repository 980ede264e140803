"""Jobs give the same outcomes over processes as in one, and a lost worker is one clear error."""

from __future__ import annotations

import os
from multiprocessing import parent_process

import pytest

from trafficsim.base.errors import InputError, MachineError
from trafficsim.run.executor import execute


def times(shared: int, job: int) -> int:
    return shared * job


def whereabouts(shared: None, job: int) -> bool:
    return parent_process() is None


def die_in_a_worker(shared: None, job: int) -> int:
    if parent_process() is not None:
        os._exit(1)
    return job


def test_outcomes_do_not_depend_on_the_number_of_processes() -> None:
    serial, pooled = (sorted(execute(times, 7, range(5), workers)) for workers in (1, 2))
    assert serial == pooled == [(at, 7 * at) for at in range(5)]


def test_the_first_job_runs_here_so_that_kernels_are_compiled_once() -> None:
    assert sorted(execute(whereabouts, None, range(3), 2)) == [(0, True), (1, False), (2, False)]


def test_a_lost_worker_is_a_machine_error() -> None:
    with pytest.raises(MachineError, match="worker"):
        list(execute(die_in_a_worker, None, range(3), 2))


def test_no_workers_is_refused() -> None:
    with pytest.raises(InputError, match="workers"):
        list(execute(times, 7, [1], 0))
