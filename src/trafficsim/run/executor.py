"""The local executor: jobs in this process and in spawned ones beside it; the same results for any number of them."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import current_process
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol, Self, TypeVar

from trafficsim.base.errors import InputError
from trafficsim.run.job_queue import JobQueue
from trafficsim.run.worker import Worker, WorkerLost, interrupts_deferred

Shared = TypeVar("Shared")
Job = TypeVar("Job")
Outcome = TypeVar("Outcome")

LOCAL = "local"
JOBS_MODULE = "trafficsim.run.jobs"
"""What workers import while they wait for their first job."""


class Executor(Protocol):
    """Does jobs somewhere, as a context."""

    shares_disk: bool
    """Whether a folder means the same where the jobs are done as it does here."""

    def __enter__(self) -> Self:
        """Begin to make ready."""

    def __exit__(self, *_: object) -> None:
        """Give everything back."""

    def execute(
        self, work: Callable[[Shared, Job], Outcome], shared: Shared, jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Outcome]]:
        """Do all jobs; give back (position of the job, outcome) as they finish."""


class WorkerPool:
    """The local executor: this process and ``workers - 1`` spawned ones beside it, which all do jobs.

    Entering the context starts the processes, which import what they need while this one still reads its files. Workers
    are spawned, not forked, so a script that uses more than one needs ``if __name__ == "__main__":``.

    Parameters
    ----------
    workers
        Number of processes, this one included.

    Raises
    ------
    InputError
        If ``workers`` is below 1.
    """

    shares_disk = True

    def __init__(self, workers: int = 1) -> None:
        if workers < 1:
            raise InputError("workers", str(workers), "a whole number >= 1", "use 1 or more")
        self._queue = JobQueue()
        self._outcomes: SimpleQueue[tuple[int, Any] | BaseException] = SimpleQueue()
        self._threads = [Thread(target=self._keep_a_worker_busy, daemon=True) for _ in range(workers - 1)]

    def __enter__(self) -> Self:
        # A worker imports the script that started it; if that script is not guarded, it would start workers again.
        if self._threads and getattr(current_process(), "_inheriting", False):
            raise InputError("workers", "a script that runs again in each of its workers",
                             'a script whose code stands under if __name__ == "__main__":', "guard it so")
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.close()
        for thread in self._threads:
            thread.join()

    def execute(
        self, work: Callable[[Shared, Job], Outcome], shared: Shared, jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Outcome]]:
        """Do all jobs; give back (position of the job, outcome) as they finish. To be called once.

        The first job is done here, alone: it compiles the kernels and fills the cache on disk, which the workers then
        find. A job whose worker is lost is given to a new worker, never to this process.

        Parameters
        ----------
        work
            Module-level function of (shared, job).
        shared
            What all jobs read; sent once to each worker.
        jobs
            Picklable descriptions; all are sent once to each worker.

        Raises
        ------
        InputError
            If they cannot be sent.
        MachineError
            If workers are lost again and again.
        """
        if not jobs:
            return
        yield 0, work(shared, jobs[0])
        self._queue.open(_pickled((work, shared, jobs)) if self._threads else b"", len(jobs))
        left = len(jobs) - 1
        while left:
            position = self._queue.take_here()
            if position is not None:
                self._outcomes.put((position, work(shared, jobs[position])))
            for outcome in self._finished():
                left -= 1
                yield outcome

    def _finished(self) -> Iterator[tuple[int, Any]]:
        """Give what has finished; wait for the first one."""
        waits = True
        while waits or not self._outcomes.empty():
            item = self._outcomes.get()
            waits = False
            if isinstance(item, BaseException):
                raise item
            yield item

    def _keep_a_worker_busy(self) -> None:
        """Run in a thread: start a worker, give it jobs, and start another when it is lost."""
        with interrupts_deferred():
            try:
                while self._queue.needs_workers():
                    self._one_worker()
            except BaseException as error:  # noqa: BLE001 - a thread has nobody to raise to
                self._outcomes.put(error)

    def _one_worker(self) -> None:
        worker = Worker(JOBS_MODULE)
        try:
            if self._queue.register(worker):
                worker.start()
                self._serve(worker)
        except WorkerLost:
            self._queue.lost(list(worker.in_hand))
        finally:
            worker.end()
            self._queue.unregister(worker)

    def _serve(self, worker: Worker) -> None:
        """Keep one job ahead, so that the worker need not wait for this process to look up from its own job."""
        task = self._queue.task()
        if task is not None:
            worker.prepare(task)
        while True:
            while len(worker.in_hand) < 2 and (job := self._queue.take_there(wait=not worker.in_hand)) is not None:
                worker.give(job)
            if not worker.in_hand:
                return
            position, outcome = worker.receive()
            self._queue.delivered(position)
            self._outcomes.put(outcome if isinstance(outcome, BaseException) else (position, outcome))


def _pickled(task: object) -> bytes:
    """Pickle what is sent to workers; classes made inside functions cannot be."""
    try:
        return pickle.dumps(task)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise InputError("workers", f"something that cannot be sent to a worker process ({error})",
                         "classes that live in a module", "move policies into a module, or use one worker") from error


def executor_named(name: str, workers: int) -> Executor:
    """Choose who does the jobs: ``"local"`` with a number of processes, or the Dask scheduler at ``tcp://HOST:PORT``.

    Raises
    ------
    InputError
        If the name means neither, or a number of workers is given for a scheduler, which has its own.

    Examples
    --------
    >>> executor_named("local", 1).shares_disk
    True
    """
    if name == LOCAL:
        return WorkerPool(workers)
    if workers != 1:
        raise InputError("workers", f"{workers} with the executor {name}", "the workers of the scheduler",
                         "leave --workers out, and start workers with: dask worker ADDRESS")
    from trafficsim.run.cluster import Cluster

    return Cluster(name)


def execute(
    work: Callable[[Shared, Job], Outcome], shared: Shared, jobs: Sequence[Job], workers: int = 1
) -> Iterator[tuple[int, Outcome]]:
    """Do all jobs over a number of processes (see :class:`WorkerPool`).

    Examples
    --------
    >>> list(execute(lambda base, job: base + job, 10, [1, 2]))
    [(0, 11), (1, 12)]
    """
    with WorkerPool(workers) as pool:
        yield from pool.execute(work, shared, jobs)
