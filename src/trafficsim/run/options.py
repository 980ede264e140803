"""Where and how to run a study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from trafficsim.results.frames import Labels
from trafficsim.run.executor import Executor, WorkerPool

Progress = Callable[[int, int, Labels], None]
"""Called after each run with the number of runs done, the number of all, and the labels of this one; over days, after
each chain of days."""


@dataclass(frozen=True)
class Options:
    """Where and how to run a study.

    Attributes
    ----------
    out : folder for the tables, one Parquet file per run and table; ``None`` keeps them in memory only
    resume : take runs that are complete in ``out`` from there; else a folder that has some is refused
    executor : who does the jobs, as a context that has been entered; the results do not depend on it
    progress : called after each run
    cache : folder in which learnt routes are kept for the next time; ``None`` remembers them only
    """

    out: Path | None = None
    resume: bool = False
    executor: Executor = field(default_factory=WorkerPool)
    progress: Progress | None = None
    cache: Path | None = None
