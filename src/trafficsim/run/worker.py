"""One spawned process that does jobs: what runs in it, and its handle here."""

from __future__ import annotations

import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from threading import Lock, Thread
from typing import Any

from trafficsim.base.errors import InputError
from trafficsim.base.isolation import safe_path, working_directory_last

_starting = Lock()
_Answer = Callable[[], Any]


class WorkerLost(Exception):
    """The process of a worker ended by itself, or was killed."""


class Worker:
    """Handle of a worker process; to be used by one thread, but for :meth:`end`.

    Attributes
    ----------
    in_hand : positions of the jobs given and not answered, the running one first
    """

    def __init__(self, module: str) -> None:
        context = get_context("spawn")
        self._connection, self._far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(self._far_end, module), daemon=True)
        self._ended = False
        self.in_hand: deque[int] = deque()

    def start(self) -> None:
        """Start the process and wait until it has imported what it needs.

        Raises
        ------
        WorkerLost
            If it ends before.
        """
        with _starting:
            if self._ended:
                raise WorkerLost
            with safe_path():
                self._guarded(self._process.start)
            self._far_end.close()
        self._guarded(self._connection.recv)

    def prepare(self, task: bytes) -> None:
        """Send the pickled (work, shared, jobs)."""
        self._guarded(lambda: self._connection.send_bytes(task))

    def give(self, position: int) -> None:
        """Name a job. A few bytes: were it the job itself, both ends could wait for each other with full pipes."""
        self.in_hand.append(position)
        self._guarded(lambda: self._connection.send(position))

    def receive(self) -> tuple[int, Any]:
        """Wait for the outcome of the job that was given first; an exception stands for what the job raised."""
        outcome = self._guarded(self._connection.recv)
        return self.in_hand.popleft(), outcome

    def end(self) -> None:
        """Kill the process; may be called by any thread, and twice."""
        with _starting:
            self._ended = True
            if self._process.pid is not None:
                self._process.kill()
                self._process.join()

    def _guarded(self, call: _Answer) -> Any:
        try:
            return call()
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise WorkerLost from error


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Hold Ctrl-C back in this thread and in the processes that it starts: the main thread alone decides what it means.

    Processes inherit the mask, so that a worker is not interrupted even while it still imports.
    """
    if not hasattr(signal, "pthread_sigmask"):  # not on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection[Any, Any], module: str) -> None:
    """Run in the worker: import, say so, take all jobs, then do each that is named."""
    working_directory_last()
    Thread(target=_end_with_parent, daemon=True).start()
    import_module(module)
    try:
        connection.send(None)
        task = _unpickled(connection.recv_bytes())
        while True:
            connection.send(_outcome(task, connection.recv()))
    except (EOFError, OSError):  # the parent has gone, or has no more to do
        return


def _outcome(task: Any, position: int) -> Any:
    """Do a job; what is raised here is raised again in the parent."""
    if isinstance(task, Exception):
        return task
    work, shared, jobs = task
    try:
        return work(shared, jobs[position])
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        return error


def _unpickled(content: bytes) -> Any:
    try:
        return pickle.loads(content)
    except Exception as error:  # noqa: BLE001 - classes of users may fail in any way
        return InputError("workers", f"something that a worker process cannot import ({error})",
                          "classes that live in a module", "move policies out of the notebook, or use one worker")


def _end_with_parent() -> None:
    """End at once when the parent is killed: its jobs are lost, and nobody is left to wait for them."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
