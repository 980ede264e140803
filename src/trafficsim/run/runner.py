"""The runner: a scenario's replications, or a study's alternatives in pairs, from worlds to results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from trafficsim import __version__
from trafficsim.base.errors import InputError
from trafficsim.engines.registry import check_engine
from trafficsim.io.load import load_world
from trafficsim.io.paths import resolve_path
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.results.compare import Comparison, Question, compare
from trafficsim.results.frames import Labels, concatenate
from trafficsim.results.store import is_done, read_run, write_tables
from trafficsim.results.summary import summarise
from trafficsim.run.executor import execute
from trafficsim.run.jobs import Job, Outcome, do_job
from trafficsim.run.manifest import claim_folder, scenario_content, study_content
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

DO_NOTHING = "do nothing"
Progress = Callable[[int, int, Labels], None]
"""Called after each run with the number of runs done, the number of all, and the labels of this one."""


@dataclass(frozen=True)
class Options:
    """Where and how to run.

    Attributes
    ----------
    workers : number of processes; the results do not depend on it
    out : folder for the tables, one Parquet file per run and table; ``None`` keeps them in memory only
    resume : take runs that are complete in ``out`` from there
    progress : called after each run
    """

    workers: int = 1
    out: Path | None = None
    resume: bool = False
    progress: Progress | None = None


@dataclass(frozen=True)
class RunResult:
    """Replications of one scenario under do nothing: labelled tables and their sums."""

    scenario: str
    engine: str
    seed: int
    replications: int
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def summary(self) -> dict[str, Any]:
        """Digest, vehicles, indicators with t-intervals, reasons and performance over the replications."""
        return summarise(self.tables)

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``run --json``."""
        head = {"scenario": self.scenario, "engine": self.engine, "seed": self.seed, "replications": self.replications}
        return {**head, "version": __version__, **self.summary}


@dataclass(frozen=True)
class StudyResult:
    """All runs of a study: labelled tables and the comparison with the baseline."""

    study: Study
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def comparison(self) -> Comparison:
        """Every alternative against the baseline, replication by replication."""
        return compare(self.tables["indicators"], question_of(self.study), self.tables["runs"])

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``compare --json``; ``failed`` lists runs that broke off, when there are any."""
        head = {"study": self.study.name, "baseline": self.study.baseline, "version": __version__}
        runs = self.tables["runs"]
        broken = runs[runs["status"] == "failed"]
        shown = broken[[*Labels._fields, "reason"]].to_dict("records")
        return {**head, "results": self.comparison.as_json(), **({"failed": shown} if shown else {})}


def run_scenario(  # noqa: PLR0913 - the options of a run are named one by one for those who call it
    world: World, *, engine: str = "ca", replications: int = 1, seed: int | None = None,
    workers: int = 1, out: Path | None = None, progress: Progress | None = None,
) -> RunResult:
    """Run replications 1 to R of a scenario without any policy.

    Parameters
    ----------
    world
        The resolved scenario.
    engine
        Name of the engine.
    replications
        Number of realisations.
    seed
        Takes the place of the scenario's seed.
    workers
        Number of processes; the results do not depend on it.
    out
        Folder for the tables, one Parquet file per run and table; ``None`` keeps them in memory only.
    progress
        Called after each run.

    Raises
    ------
    InputError
        If an argument or the scenario is wrong.
    MachineError
        If the folder cannot be written or a worker is lost.
    SimulationError
        If every replication failed.
    """
    _check_count("replications", replications)
    check_engine(engine)
    if seed is not None:
        world = replace(world, scenario=world.scenario.model_copy(update={"seed": seed}))
    name = world.scenario.name
    jobs = [Job(Labels(name, DO_NOTHING, number, engine)) for number in range(1, replications + 1)]
    prepared = prepare(world)
    claim_folder(out, {"engine": engine, "scenarios": {name: scenario_content(world)}})
    tables = _run_jobs({name: prepared}, jobs, Options(workers, out, progress=progress))
    return RunResult(name, engine, world.scenario.seed, replications, tables)


def run_study(
    study: Study, base_dir: Path | str = ".", *, replications: int | None = None, options: Options = Options()
) -> StudyResult:
    """Run every alternative of a study on the same replications.

    Parameters
    ----------
    study
        Scenarios, alternatives, engines and the indicators to compare.
    base_dir
        Folder that paths of scenarios start from.
    replications
        Takes the place of the study's number.
    options
        Workers, folder, resume, progress.

    Raises
    ------
    InputError
        If the study, a scenario or a policy is wrong.
    MachineError
        If the folder cannot be written or a worker is lost.
    SimulationError
        If every run failed.
    """
    count = study.replications if replications is None else replications
    _check_count("replications", count)
    question_of(study).check()
    named = load_worlds(study, Path(base_dir))
    prepared = {name: prepare(world) for name, world in named.items()}
    jobs = [
        Job(Labels(name, alternative, number, engine), policies)
        for engine in study.engines
        for name in named
        for number in range(1, count + 1)
        for alternative, policies in study.alternatives.items()
    ]
    claim_folder(options.out, study_content(study, list(named.values())))
    return StudyResult(study, _run_jobs(prepared, jobs, options))


def question_of(study: Study) -> Question:
    """What the study wants compared."""
    return Question(study.baseline, study.primary, study.confidence, study.equivalence_margins, study.precision)


def _run_jobs(worlds: Mapping[str, Prepared], jobs: Sequence[Job], options: Options) -> dict[str, pd.DataFrame]:
    """Run or read all jobs; their tables stacked in the order of the jobs, whoever finished first."""
    outcomes: list[Outcome | None] = [_stored(job, options) for job in jobs]
    missing = [position for position, outcome in enumerate(outcomes) if outcome is None]
    done = len(jobs) - len(missing)
    for position, outcome in execute(do_job, worlds, [jobs[position] for position in missing], options.workers):
        outcomes[missing[position]] = outcome
        done += 1
        if options.out is not None and outcome.failure is None:
            write_tables(options.out, outcome.labels, outcome.tables)
        if options.progress is not None:
            options.progress(done, len(jobs), outcome.labels)
    return _stacked([outcome for outcome in outcomes if outcome is not None])


def _stored(job: Job, options: Options) -> Outcome | None:
    if options.out is None or not options.resume or not is_done(options.out, job.labels):
        return None
    return Outcome(job.labels, read_run(options.out, job.labels))


def _stacked(outcomes: Sequence[Outcome]) -> dict[str, pd.DataFrame]:
    failures = [outcome.failure for outcome in outcomes if outcome.failure is not None]
    if len(failures) == len(outcomes):
        raise failures[0]
    return concatenate([outcome.tables for outcome in outcomes])


def load_worlds(study: Study, base_dir: Path) -> dict[str, World]:
    """Resolve the scenarios of a study, by name.

    Raises
    ------
    InputError
        If a scenario is wrong, or two have the same name.
    """
    worlds: dict[str, World] = {}
    for number, source in enumerate(study.scenarios):
        where = f"study: scenarios[{number}]"
        path = resolve_path(source, base_dir, where) if isinstance(source, str) else None
        world = load_world(path) if path is not None else load_world(source, base_dir)
        if world.scenario.name in worlds:
            raise InputError(where, f"a second scenario named {world.scenario.name!r}", "a name of its own for each",
                             "rename a scenario")
        worlds[world.scenario.name] = world
    return worlds


def _check_count(what: str, count: int) -> None:
    if count < 1:
        raise InputError(what, str(count), "a whole number >= 1", "use 1 or more")
