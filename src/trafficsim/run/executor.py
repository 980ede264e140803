"""The local executor: jobs one after another, or over a pool of spawned processes; the same results either way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

from trafficsim.base.errors import InputError, MachineError

Shared = TypeVar("Shared")
Job = TypeVar("Job")
Outcome = TypeVar("Outcome")

_shared: Any = None


def execute(
    work: Callable[[Shared, Job], Outcome], shared: Shared, jobs: Sequence[Job], workers: int = 1
) -> Iterator[tuple[int, Outcome]]:
    """Do all jobs; give back (position of the job, outcome) as they finish.

    The first job always runs in this process: it compiles the kernels and fills the cache on disk, which the workers
    then find (processes that compile at once can damage a shared cache). Workers are spawned, not forked, so a script
    that calls this with ``workers > 1`` needs ``if __name__ == "__main__":``.

    Parameters
    ----------
    work
        Module-level function of (shared, job).
    shared
        What all jobs read; sent once to each worker.
    jobs
        Small, picklable descriptions.
    workers
        Number of processes; 1 runs everything in this one.

    Raises
    ------
    InputError
        If ``workers`` is below 1.
    MachineError
        If a worker is lost.

    Examples
    --------
    >>> list(execute(lambda base, job: base + job, 10, [1, 2]))
    [(0, 11), (1, 12)]
    """
    if workers < 1:
        raise InputError("workers", str(workers), "a whole number >= 1", "use 1 or more")
    serial = len(jobs) if workers == 1 else 1
    for position, job in enumerate(jobs[:serial]):
        yield position, work(shared, job)
    if serial < len(jobs):
        yield from _over_processes(work, shared, list(enumerate(jobs))[serial:], workers)


def _over_processes(
    work: Callable[[Shared, Job], Outcome], shared: Shared, jobs: Sequence[tuple[int, Job]], workers: int
) -> Iterator[tuple[int, Outcome]]:
    pool = ProcessPoolExecutor(min(workers, len(jobs)), get_context("spawn"), _receive, (shared,))
    try:
        futures = {pool.submit(_do, work, job): position for position, job in jobs}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BrokenProcessPool as error:
        raise MachineError("worker process", "a worker that was lost", "workers that stay alive",
                           "see whether memory ran out; use fewer workers, or one; guard a script's code with "
                           'if __name__ == "__main__"') from error
    finally:
        pool.shutdown(cancel_futures=True)


def _receive(shared: Any) -> None:
    global _shared
    _shared = shared


def _do(work: Callable[[Any, Any], Outcome], job: Any) -> Outcome:
    return work(_shared, job)
