"""The runner: a scenario's replications, or a study's alternatives in pairs, from worlds to results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.base.repairs import refuse_repairs, repairs_by_code
from trafficsim.engines.registry import DEFAULT_ENGINE, check_engine
from trafficsim.io.load import load_world, naming, with_files
from trafficsim.io.paths import resolve_path
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.results.asked import write_asked
from trafficsim.results.casualties import KEY as CASUALTIES
from trafficsim.results.frames import Labels, concatenate
from trafficsim.results.rollout import write_programmes
from trafficsim.results.scope import write_warnings
from trafficsim.results.sites import write_histories
from trafficsim.results.store import DONE, StoredTables, check_file_names, check_readable, remove_parts, stored_runs
from trafficsim.run.alternatives import equilibria, with_baseline_routes
from trafficsim.run.behaviour_scope import warnings_of
from trafficsim.run.chain import Chain
from trafficsim.run.crash_history import read_histories
from trafficsim.run.days import check_days, run_chains
from trafficsim.run.effects import check_policies, without_effect
from trafficsim.run.executor import WorkerPool
from trafficsim.run.free_speeds import measuring_free_speeds
from trafficsim.run.jobs import Job, Outcome, Setting, do_job, stored
from trafficsim.run.manifest import scenario_content, study_content, take_folder, write_networks
from trafficsim.run.options import Options, Progress
from trafficsim.run.question import check_named, check_question
from trafficsim.run.rehearsal import rehearsed, rehearsed_worlds
from trafficsim.run.result import RunResult, StudyResult, question_of
from trafficsim.run.siting.rollout import plan_rollouts
from trafficsim.spec.policy import Policy
from trafficsim.spec.study import MOST_VARIATION, Study
from trafficsim.spec.world import World

__all__ = ["Options", "Progress", "load_worlds", "prepare_worlds", "run_scenario", "run_study"]

DO_NOTHING, WITH_POLICIES = "do nothing", "controlled"


def run_scenario(  # noqa: PLR0913 - the options of a run are named one by one for those who call it
    world: World, *, engine: str = DEFAULT_ENGINE, replications: int = 1, seed: int | None = None, workers: int = 1,
    demand_variation: float = 0.0, out: Path | None = None, progress: Progress | None = None,
    findings: Sequence[Finding] = (), strict: bool = False, cache: Path | None = None,
    policies: Sequence[Policy] = (),
) -> RunResult:
    """Run replications 1 to R of a scenario, without any policy unless some are given.

    Parameters
    ----------
    world
        The resolved scenario.
    engine
        Name of the engine.
    replications
        Number of replications.
    seed
        Replaces the seed of the scenario.
    workers
        Number of processes; the results do not depend on it.
    demand_variation
        Coefficient of variation of demand from one replication to another.
    out
        Folder for the tables, one Parquet file per run and table; ``None`` keeps them in memory only.
    progress
        Called after each run.
    findings
        What checking the world found; repairs among them are counted in the result.
    strict
        Refuse a world that has to be repaired.
    cache
        Folder in which learnt routes are kept for the next time; ``None`` remembers them only.
    policies
        Under which it runs.

    Raises
    ------
    InputError
        If an argument or the scenario is wrong.
    MachineError
        If the folder cannot be written or workers are lost.
    SimulationError
        If every replication failed.
    """
    _check_count("replications", replications)
    check_engine(engine)
    _check_variation(demand_variation)
    if seed is not None:
        world = replace(world, scenario=world.scenario.model_copy(update={"seed": seed}))
    name = world.scenario.name
    alternative = WITH_POLICIES if policies else DO_NOTHING
    jobs = [Job(Labels(name, alternative, number, engine), tuple(policies)) for number in range(1, replications + 1)]
    with WorkerPool(workers) as pool:
        prepared = prepare(world)
        found = dict.fromkeys((*world.findings, *findings, *prepared.findings))
        if strict:
            refuse_repairs(found)
        prepared = rehearsed(prepared, engine, cache)
        content = {"engine": engine, "demand_variation": demand_variation,
                   "scenarios": {name: scenario_content(prepared, (engine,))}}
        if policies:
            content["policies"] = [{"kind": one.kind, **one.model_dump(mode="json")} for one in policies]
        out = None if out is None else Path(out)
        check_file_names(out, (job.labels for job in jobs))
        take_folder(out, content, resume=True)
        options = Options(out, executor=pool, progress=progress)
        tables = _run_jobs(Setting({name: prepared}, demand_variation, out), jobs, options)
    return RunResult(name, engine, world.scenario.seed, replications, tables, repairs_by_code(found))


def run_study(
    study: Study, worlds: Mapping[str, Prepared] | None = None, *, replications: int | None = None,
    options: Options | None = None,
) -> StudyResult:
    """Run every alternative of a study on the same replications.

    Parameters
    ----------
    study
        Scenarios, alternatives, engines and the indicators to compare.
    worlds
        Its scenarios by name, as :func:`prepare_worlds` gives them; left out, they are loaded.
    replications
        Replaces the number given in the study.
    options
        Folder, resume, executor, progress.

    Raises
    ------
    InputError
        If the study, a scenario or a policy is wrong.
    MachineError
        If the folder cannot be written or workers are lost.
    SimulationError
        If every run failed.
    """
    options = options or Options()
    study = with_files(study, Path())
    count = study.replications if replications is None else replications
    _check_count("replications", count)
    check_question(study)
    prepared = prepare_worlds(load_worlds(study, Path())) if worlds is None else worlds
    given = {name: one.world for name, one in prepared.items()}
    check_named(study, given)
    check_days(study, given)
    histories = read_histories(study, given)
    effects = check_policies(study, prepared)
    without_effect(effects)
    routes = equilibria(study, prepared, options.cache)
    prepared = with_baseline_routes(study, prepared, routes) if routes else \
        rehearsed_worlds(prepared, study.engines[0], options.cache)
    programmes = plan_rollouts(study, prepared, histories)
    warnings = warnings_of(study, prepared)
    if CASUALTIES in question_of(study).outcomes:
        prepared = measuring_free_speeds(study, prepared)
    runs = _runs_of(study, prepared, count)
    last = None if study.days is None else study.days.number
    check_file_names(options.out, (labels._replace(day=last) for labels, _ in runs))
    take_folder(options.out, study_content(study, prepared), resume=options.resume)
    write_asked(options.out, study, count)
    write_networks(options.out, prepared)
    write_histories(options.out, histories)
    write_programmes(options.out, programmes)
    write_warnings(options.out, warnings)
    setting = Setting(prepared, study.demand_variation, options.out, routes)
    tables = _tables_of(study, setting, runs, options)
    return StudyResult(study, tables, effects, histories, programmes, warnings, given)


def _runs_of(study: Study, worlds: Iterable[str], replications: int) -> list[tuple[Labels, tuple[Policy, ...]]]:
    """Name the runs of a study, those of one replication next to each other, with their policies."""
    return [
        (Labels(name, alternative, number, engine), policies)
        for engine in study.engines
        for name in worlds
        for number in range(1, replications + 1)
        for alternative, policies in study.alternatives.items()
    ]


def _tables_of(study: Study, setting: Setting, runs: Sequence[tuple[Labels, tuple[Policy, ...]]],
               options: Options) -> Mapping[str, pd.DataFrame]:
    """Run chains of days, or single runs."""
    if study.days is not None:
        return run_chains(setting, [Chain(*one, study.days) for one in runs], options)
    jobs = [Job(labels, policies, trace_paths=labels.replication == 1) for labels, policies in runs]
    return _run_jobs(setting, jobs, options)


def prepare_worlds(worlds: Mapping[str, World]) -> dict[str, Prepared]:
    """Prepare the scenarios of a study, each once.

    Raises
    ------
    InputError
        Naming the scenario, if something of it cannot be lowered.
    """
    prepared = {}
    for name, world in worlds.items():
        with naming(f"scenario {name!r}"):
            prepared[name] = prepare(world)
    return prepared


def _run_jobs(setting: Setting, jobs: Sequence[Job], options: Options) -> Mapping[str, pd.DataFrame]:
    """Run what is not there yet; the tables of all jobs, stacked in their order, whoever finished first."""
    there = _finished(jobs, options)
    missing = [job for job in jobs if job.labels not in there]
    outcomes: list[Outcome | None] = [None] * len(missing)
    sent = setting if options.executor.shares_disk else replace(setting, out=None)
    for done, (position, outcome) in enumerate(options.executor.execute(do_job, sent, missing), start=len(there) + 1):
        kept = stored(outcome, options.out) if options.out is not None and outcome.tables else outcome
        outcomes[position] = kept
        if options.progress is not None:
            options.progress(done, len(jobs), kept.labels)
    ended = [outcome for outcome in outcomes if outcome is not None]
    failures = [outcome.failure for outcome in ended if outcome.failure is not None]
    if len(failures) == len(jobs):
        raise failures[0]
    return concatenate([one.tables for one in ended]) if options.out is None else _from_files(options.out, jobs)


def _finished(jobs: Sequence[Job], options: Options) -> set[Labels]:
    """Runs that need not be done again."""
    if options.out is None or not options.resume:
        return set()
    runs = stored_runs(options.out)
    done = [job.labels for job in jobs if DONE in runs.get(job.labels, ())]
    for labels in done:
        check_readable(runs[labels])
    return set(done)


def _from_files(out: Path, jobs: Sequence[Job]) -> StoredTables:
    """Tables of the jobs, read when they are asked for; those that every comparison needs at once."""
    remove_parts(out)
    runs = stored_runs(out)
    tables = StoredTables({job.labels: runs[job.labels] for job in jobs})
    for name in ("runs", "indicators"):
        tables.get(name)
    return tables


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


def _check_variation(demand_variation: float) -> None:
    if not 0.0 <= demand_variation <= MOST_VARIATION:
        raise InputError("demand_variation", f"{demand_variation:g}", f"a number from 0 to {MOST_VARIATION:g}",
                         "give the coefficient of variation: 0.1 is 10 %")


def _check_count(what: str, count: int) -> None:
    if count < 1:
        raise InputError(what, str(count), "a whole number >= 1", "use 1 or more")
