"""The distributed executor: jobs on the workers of a Dask scheduler, the same results bit for bit."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Self, TypeVar

from trafficsim.base.errors import InputError, MachineError

Shared = TypeVar("Shared")
Job = TypeVar("Job")
Outcome = TypeVar("Outcome")

TIMEOUT_S = 5
"""How long we wait for an answer of the scheduler, and for its first worker."""


class Cluster:
    """Workers that a Dask scheduler has; they need this version of the package, not our files.

    Parameters
    ----------
    address
        Of the scheduler, ``tcp://HOST:PORT``.

    Raises
    ------
    InputError
        If the address has another form, or the package ``distributed`` is not installed.
    """

    shares_disk = False

    def __init__(self, address: str) -> None:
        if not re.fullmatch(r"tcp://[^\s:/]+:\d{1,5}", address):
            raise InputError("executor", repr(address), "local, or the address of a Dask scheduler: tcp://HOST:PORT",
                             "correct it")
        try:
            self._distributed: Any = import_module("distributed")
        except ImportError:
            raise InputError("executor", f"{address}, but the package 'distributed' is not installed",
                             "Dask to talk to a scheduler", "pip install 'trafficsim[distributed]'") from None
        self._address = address
        self._client: Any = None
        # What it logs, with tracebacks, when a scheduler is lost is reported here in one message.
        self._log = logging.getLogger("distributed.client")
        self._log_level = self._log.level

    def __enter__(self) -> Self:
        """Connect.

        Raises
        ------
        MachineError
            If nobody answers, or the scheduler has no worker.
        """
        self._log.setLevel(logging.CRITICAL)
        with self._trouble():
            self._client = self._distributed.Client(self._address, timeout=TIMEOUT_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=TIMEOUT_S)
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close(timeout=TIMEOUT_S)
        self._log.setLevel(self._log_level)

    def execute(
        self, work: Callable[[Shared, Job], Outcome], shared: Shared, jobs: Sequence[Job]
    ) -> Iterator[tuple[int, Outcome]]:
        """Do all jobs; give back (position of the job, outcome) as they finish.

        The first job goes alone: it compiles the kernels for all workers of one machine.

        Raises
        ------
        MachineError
            If the scheduler, or worker after worker, is lost.
        """
        client = self._client
        if not jobs:
            return
        with self._trouble():
            everywhere = client.scatter(shared, broadcast=True)
            yield 0, client.submit(work, everywhere, jobs[0], pure=False).result()
            waiting = {client.submit(work, everywhere, job, pure=False): position
                       for position, job in enumerate(jobs[1:], start=1)}
            for future in self._distributed.as_completed(list(waiting), loop=client.loop):
                position, outcome = waiting.pop(future), future.result()
                future.release()
                yield position, outcome

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """Tell in one message what goes wrong with the cluster."""
        lost = (OSError, TimeoutError, CancelledError, self._distributed.KilledWorker)
        try:
            yield
        except lost as error:
            raise MachineError(f"executor {self._address}", " ".join(f"{type(error).__name__}: {error}".split()),
                               "a Dask scheduler with at least one worker that stays alive",
                               "look at the address, the scheduler and its workers") from error
