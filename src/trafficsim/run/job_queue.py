"""The job queue: which jobs wait, which were lost with a worker, and when to give up.

All threads of a pool share it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from threading import Condition
from typing import Protocol

from trafficsim.base.errors import MachineError

MOST_LOSSES = 3
"""Workers lost in a row without one job finished by a worker, or with one and the same job, after which we give up."""


class Endable(Protocol):
    """A worker, as far as the queue knows it."""

    def end(self) -> None:
        """Stop it at once."""


class JobQueue:
    """Jobs by position: position 0 is the first job, which is done before the queue opens."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._task: bytes | None = None
        self._waiting: deque[int] = deque()
        self._lost_jobs: deque[int] = deque()
        self._there: set[int] = set()
        self._losses_of: Counter[int] = Counter()
        self._losses_in_a_row = 0
        self._closed = False
        self._workers: list[Endable] = []

    def open(self, task: bytes, jobs: int) -> None:
        """Let the jobs after the first one be taken; ``task`` is what every worker needs for them."""
        with self._changed:
            self._task = task
            self._waiting.extend(range(1, jobs))
            self._changed.notify_all()

    def close(self) -> None:
        """Let nothing more be taken, and stop all workers."""
        with self._changed:
            self._closed = True
            workers, self._workers = self._workers, []
            self._changed.notify_all()
        for worker in workers:
            worker.end()

    def register(self, worker: Endable) -> bool:
        """Note a worker that closing has to stop; whether the queue is still open to it."""
        with self._changed:
            self._workers.append(worker)
            return not self._closed

    def unregister(self, worker: Endable) -> None:
        """Forget a worker that has ended."""
        with self._changed:
            if worker in self._workers:
                self._workers.remove(worker)

    def needs_workers(self) -> bool:
        """Whether a worker may still get a job."""
        with self._changed:
            return not self._closed and (self._task is None or self._unfinished())

    def task(self) -> bytes | None:
        """Wait for the queue to open; ``None`` if it is closed before."""
        with self._changed:
            self._changed.wait_for(lambda: self._task is not None or self._closed)
            return None if self._closed else self._task

    def take_here(self) -> int | None:
        """Take a job for this process: one that no worker was lost with."""
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    def take_there(self, *, wait: bool) -> int | None:
        """Take a job for a worker; if it is to wait, until there is one or none can come back from other workers."""
        with self._changed:
            if wait:
                self._changed.wait_for(lambda: self._takeable() or not self._there or self._closed)
            if self._closed or not self._takeable():
                return None
            # A worker that has a job does not hoard the last ones.
            if not wait and len(self._waiting) < 2 * len(self._workers):
                return None
            position = self._lost_jobs.popleft() if self._lost_jobs else self._waiting.popleft()
            self._there.add(position)
            return position

    def delivered(self, position: int) -> None:
        """Note a job that a worker has finished."""
        with self._changed:
            self._there.discard(position)
            self._losses_in_a_row = 0
            self._changed.notify_all()

    def lost(self, in_hand: Sequence[int]) -> None:
        """Note a worker that was lost with these jobs in hand, the first of them running; they will be done again.

        Raises
        ------
        MachineError
            If this has happened too often.
        """
        with self._changed:
            if self._closed:
                return
            self._lost_jobs.extendleft(reversed(in_hand))
            self._there.difference_update(in_hand)
            self._losses_in_a_row += 1
            self._losses_of.update(in_hand[:1])
            self._changed.notify_all()
            if max(self._losses_in_a_row, *self._losses_of.values(), 0) >= MOST_LOSSES:
                raise MachineError(
                    "worker process", f"{MOST_LOSSES} workers lost one after another", "workers that stay alive",
                    'see whether memory ran out; use fewer workers, or one; guard a script\'s code with if __name__ == '
                    '"__main__"; with --out, finished runs are kept, and --resume goes on',
                )

    def _takeable(self) -> bool:
        return bool(self._waiting or self._lost_jobs)

    def _unfinished(self) -> bool:
        return bool(self._waiting or self._lost_jobs or self._there)
