"""What plans are worth on days of design: runs over a number of processes, each plan simulated once and kept."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import current_process, get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from trafficsim.base.errors import InputError, MachineError, SimulationError
from trafficsim.base.isolation import safe_path
from trafficsim.design.timing.plan_variables import Programs
from trafficsim.engines.registry import engine_named
from trafficsim.plan.prepare import Prepared
from trafficsim.policies.signal_plan import SignalPlan
from trafficsim.results.frames import Labels
from trafficsim.results.indicators import indicators_table
from trafficsim.run.jobs import Job, check_conservation, lowered_for, reference_under_do_nothing

OBJECTIVE = "mean_delay_s"
"""Delay of all trips that are due, those that could not enter the network by the end of the run included."""
FIRST_DESIGN_DAY = 1_000_001
"""Replications that plans are designed on begin here: beyond those of any study (100,000 at most), so that what is
judged is never what was designed on."""
FILE = "evaluations.jsonl"


class Run(NamedTuple):
    """A plan on one day of one future; no programs: the start plan."""

    future: float
    day: int
    programs: Programs


@dataclass(frozen=True)
class Setting:
    """What all runs of a search share: worlds by factor of demand, engine, variation of demand from day to day."""

    worlds: Mapping[float, Prepared]
    engine: str
    demand_variation: float


def delay_of(setting: Setting, run: Run) -> float:
    """Return the objective of a run in s: mean delay per trip, waiting outside included.

    Raises
    ------
    PolicyError
        If the plan cannot run.
    SimulationError
        If vehicles were lost, or no trip was due.
    """
    prepared = setting.worlds[run.future]
    policies = (SignalPlan(programs=run.programs),) if run.programs else ()
    labels = Labels(prepared.world.scenario.name, "design", run.day, setting.engine)
    lowered = lowered_for(prepared, Job(labels, policies), setting.demand_variation)
    engine = engine_named(setting.engine)
    record = engine.run(lowered.plan, engine.settings_of(prepared.world))
    check_conservation(lowered.plan, record, labels)
    table = indicators_table(lowered.plan, record, labels, reference_under_do_nothing(lowered))
    found = table.loc[table["indicator"] == OBJECTIVE, "value"].iloc[0]
    if not np.isfinite(value := float(found)):
        raise SimulationError(f"run {labels}", "no trip due in the analysis period", "a mean delay",
                              "lengthen the analysis period, or give more demand")
    return value


_shared: dict[str, Setting] = {}


def _begin_worker(setting: Setting) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that was interrupted ends its workers
    _shared["setting"] = setting


def _work(run: Run) -> float:
    return delay_of(_shared["setting"], run)


class Evaluator:
    """Simulates plans on the days of design, in this process or in several, and remembers what each was worth.

    Parameters
    ----------
    setting
        Worlds, engine and variation of demand.
    days
        Number of days of design.
    path
        File of all evaluations; those that it holds are not simulated again. ``None`` keeps them in memory only.
    pool
        Processes beside this one; ``None``: runs are made here.
    """

    def __init__(self, setting: Setting, days: int, path: Path | None = None,
                 pool: ProcessPoolExecutor | None = None) -> None:
        self.setting, self.days, self._path, self._pool = setting, days, path, pool
        self._known = dict(_stored(path, days))
        self.runs = 0

    def delays_s(self, future: float, plans: Sequence[Programs]) -> list[float]:
        """Return the mean delay over the days of every plan in one future, in the order of the plans."""
        keys = [(future, plan_key(plan)) for plan in plans]
        new = {key: plan for key, plan in zip(keys, plans, strict=True) if key not in self._known}
        jobs = [Run(future, FIRST_DESIGN_DAY + day, plan) for plan in new.values() for day in range(self.days)]
        values = self._simulated(jobs)
        for key in new:
            self._keep(key, tuple(next(values) for _ in range(self.days)))
        return [float(np.mean(self._known[key])) for key in keys]

    def _simulated(self, jobs: list[Run]) -> Iterator[float]:
        here = jobs if self._pool is None else jobs[:1 if self.runs == 0 else 0]  # the first one compiles the kernels
        self.runs += len(jobs)
        yield from (delay_of(self.setting, job) for job in here)
        if self._pool is None or len(here) == len(jobs):
            return
        try:
            yield from self._pool.map(_work, jobs[len(here):])
        except BrokenProcessPool:
            raise MachineError("worker process", "a worker that was lost", "workers that stay alive",
                               "see whether memory ran out; use fewer workers, or one; with --out, plans that were "
                               "simulated are kept, and --resume goes on") from None

    def _keep(self, key: tuple[float, tuple[float, ...]], delays_s: tuple[float, ...]) -> None:
        self._known[key] = delays_s
        if self._path is None:
            return
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"future": key[0], "plan": key[1], "delay_s": delays_s}) + "\n")
        except OSError as error:
            raise MachineError(str(self._path), error.strerror or str(error), "a folder that can be written",
                               "free some space, or give another folder with --out") from error


def plan_key(plan: Programs) -> tuple[float, ...]:
    """All numbers of a plan: offset and durations, program by program."""
    return tuple(number for one in plan for number in (one.offset_s, *(phase.duration_s for phase in one.phases)))


def _stored(path: Path | None, days: int) -> Iterator[tuple[tuple[float, tuple[float, ...]], tuple[float, ...]]]:
    """Yield evaluations of an earlier search; a last line that was cut off is left out."""
    if path is None or not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row: dict[str, Any] = json.loads(line)
            values = tuple(float(value) for value in row["delay_s"])
            key = (float(row["future"]), tuple(float(number) for number in row["plan"]))
        except (ValueError, KeyError, TypeError):
            continue
        if len(values) == days:
            yield key, values


@contextmanager
def workers_of(setting: Setting, workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """Give processes that simulate, none for one worker.

    Raises
    ------
    InputError
        If there are fewer than one, or a script without a guard runs again in its workers.
    """
    if workers < 1:
        raise InputError("workers", str(workers), "a whole number >= 1", "use 1 or more")
    if workers == 1:
        yield None
        return
    if getattr(current_process(), "_inheriting", False):
        raise InputError("workers", "a script that runs again in each of its workers",
                         'a script whose code stands under if __name__ == "__main__":', "guard it so")
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_begin_worker, initargs=(setting,))
    try:
        with safe_path():
            yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
