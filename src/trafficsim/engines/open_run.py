"""A run that goes on step by step: as far as it is told to, from a checkpoint again, and to its record."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.control.observation import Observation
from trafficsim.control.python import Requests
from trafficsim.engines.memento import Memento
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Performance, Record


class Loop(NamedTuple):
    """What is called for the loop of a run, while nothing is done outside it.

    Attributes
    ----------
    kernel, arguments : the loop, and what it is given before begin and end
    type_of : says of which type an argument is
    every : time after which a second kernel looks at the run
    look, looks : that, and what it is given before the time
    """

    kernel: Any
    arguments: tuple[Any, ...]
    type_of: Callable[[Any], Any]
    every: int = 1 << 40
    look: Any = None
    looks: tuple[Any, ...] = ()


class Running(Protocol):
    """What an engine gives: a run at some time, in its own units since the start."""

    plan: Plan
    requests: Requests
    now: int
    last: int
    closed: Record | None
    quiet: int

    @property
    def counted(self) -> np.ndarray:
        """Trips that have arrived, shape (1,): the counter itself."""

    @property
    def completed(self) -> int:
        """Trips that have arrived."""

    @property
    def ended(self) -> bool:
        """Whether it is at its end, or everybody has arrived."""

    def advance(self, until: int) -> None:
        """Run up to a time, or to the end."""

    def open(self) -> None:
        """Do what is to be done outside the loop now, and find out up to when nothing is."""

    def close(self) -> None:
        """Take out of the loop what has happened since it was opened."""

    def loop(self) -> Loop | None:
        """Return what is called for the loop while nothing is done outside it; None where that changes."""

    def record(self, performance: Performance) -> Record:
        """Check the run, and return its record."""


class OpenRun:
    """A run of any engine, in clock time.

    Parameters
    ----------
    running
        The engine's side.
    units_per_s
        Of its time.
    setup_s, compile_s
        What it took to begin.
    """

    def __init__(self, running: Running, units_per_s: float, setup_s: float, compile_s: float) -> None:
        self.running, self.units_per_s = running, units_per_s
        self._start_s = running.plan.start_s
        self._setup_s, self._compile_s, self._loop_s = setup_s, compile_s, 0.0

    @property
    def plan(self) -> Plan:
        """What is run."""
        return self.running.plan

    @property
    def requests(self) -> Requests:
        """Where stages are asked for."""
        return self.running.requests

    def observe(self) -> Observation:
        """Return what is seen of all signals that react."""
        return self.running.requests.observe_at(self.time_s)

    @property
    def time_s(self) -> float:
        """Clock time at which the run is."""
        return self._start_s + self.running.now / self.units_per_s

    @property
    def ended(self) -> bool:
        """Whether the run is at its end, or everybody has arrived."""
        return self.running.ended

    def advance(self, to_s: float) -> None:
        """Go on to a clock time (the nearest tick), or to the end of the run.

        Raises
        ------
        InputError
            If the run is closed, and not at its end.
        """
        self.check_open()
        began = time.perf_counter()
        with np.errstate(over="ignore"):  # hashes wrap on purpose; without JIT NumPy would warn of it
            self.running.advance(round((to_s - self._start_s) * self.units_per_s))
        self._loop_s += time.perf_counter() - began

    def check_open(self) -> None:
        """Refuse to go on where results have been taken."""
        if self.running.closed is not None and not self.ended:
            raise InputError(f"run at {self.time_s:g} s", "closed: its results have been taken", "an open run",
                             "take a checkpoint first and go back to it, or begin another run")

    def times_after(self, step_s: float, steps: int) -> NDArray[np.float64]:
        """Return the clock times now and after each of some steps."""
        found, time_s = [self.time_s], self.time_s
        for _ in range(steps):
            unit = min(round((time_s + step_s - self._start_s) * self.units_per_s), self.running.last)
            time_s = self._start_s + unit / self.units_per_s
            found.append(time_s)
        return np.array(found)

    @property
    def completed(self) -> int:
        """Trips that have arrived."""
        return self.running.completed

    def to_end(self) -> Record:
        """Run to the end, and return the record."""
        self.advance(self.running.plan.end_s)
        return self.finish()

    def checkpoint(self) -> Memento:
        """Keep all that the run can change, as it is now."""
        return Memento(self.running)

    def finish(self) -> Record:
        """Close the run where it is and return its record, the same one as often as asked."""
        if self.running.closed is None:
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
            self.running.closed = self.running.record(Performance(
                loop_s=self._loop_s, compile_s=self._compile_s, setup_s=self._setup_s, peak_mb=peak_mb))
        return self.running.closed
