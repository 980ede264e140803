"""Run a scenario or a study, or follow the vehicles of one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from trafficsim.api.reading import build, place_of, read_study
from trafficsim.base.errors import InputError
from trafficsim.io.load import naming, policies_with_files
from trafficsim.spec.check_world import require_sound
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

if TYPE_CHECKING:
    from trafficsim.results.trace import Trace
    from trafficsim.run.result import RunResult, StudyResult
    from trafficsim.run.runner import Progress


@overload
def run(subject: str | Path | Scenario | World, **options: Any) -> RunResult: ...
@overload
def run(subject: Study, **options: Any) -> StudyResult: ...
def run(subject: str | Path | Scenario | World | Study, *, controllers: Mapping[str, Any] | None = None,
        **options: Any) -> RunResult | StudyResult:
    """Run a scenario, or all scenarios and alternatives of a study.

    Parameters
    ----------
    subject
        A scenario file, a scenario, a world, or a study.
    controllers
        Controllers in Python by the name of their signal: objects with ``decide(observation)``; not of a study, where
        :class:`trafficsim.policies.Controlled` makes an alternative of them.
    options
        ``engine``, ``replications``, ``seed``, ``workers``, ``out``, ``progress`` and ``strict`` of
        :func:`trafficsim.run.runner.run_scenario`; for a study, those of :func:`compare`.

    Raises
    ------
    InputError
        If the scenario, or a policy on it, is wrong.
    MachineError
        If a worker or the disk fails.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> result = ts.run(road, replications=2)
    >>> result.as_json()["vehicles"]["en_route"], len(result.trips["replication"].unique())
    (0, 2)
    """
    if isinstance(subject, Study):
        if controllers:
            raise InputError("run: controllers", "controllers of a study", "a scenario, or an alternative with them",
                             "use trafficsim.policies.Controlled in an alternative")
        return compare(subject, **options)
    from trafficsim.policies.controlled import controlled_by
    from trafficsim.run.runner import run_scenario

    world, place = build(subject), place_of(subject)
    with naming(place.label):
        acting = controlled_by(controllers) if controllers else ()
        return run_scenario(world, findings=require_sound(world), cache=place.cache, policies=acting, **options)


def compare(  # noqa: PLR0913 - the options of a study are named one by one for those who call it
    study: str | Path | Study, *, replications: int | None = None, workers: int = 1, executor: str = "local",
    out: str | Path | None = None, resume: bool = True, progress: Progress | None = None,
) -> StudyResult:
    """Run all alternatives of a study on the same replications and compare them to its baseline.

    Parameters
    ----------
    study
        A study file, or a study; relative paths in a study start from the working directory.
    replications
        Replaces the number given in the study.
    workers
        Number of processes; the results do not depend on it.
    executor
        ``"local"``, or the address of a Dask scheduler (``"tcp://HOST:PORT"``), which has workers of its own.
    out
        Folder for the tables, and for the timing plans of alternatives that change signals; ``None`` keeps the tables
        in memory only.
    resume
        Take runs of this study that are finished in ``out`` from there; else a folder that has some is refused.
    progress
        Called after each run.

    Raises
    ------
    InputError
        If the study, one of its scenarios, or a policy on it, is wrong.
    MachineError
        If workers or the disk fail.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> slower = ts.policies.SpeedLimit(on=ts.links("east2"), limit_kmh=30)
    >>> study = ts.Study(scenarios=[road], alternatives={"do nothing": [], "limit 30": [slower]}, replications=2)
    >>> results = ts.compare(study)
    >>> results.compare(to="do nothing").table("mean_travel_time_s")["n"].tolist()
    [2]
    """
    from trafficsim.run.executor import executor_named

    place = place_of(study)
    plan = study if isinstance(study, Study) else read_study(study)
    # Workers begin to import while this process does.
    with naming(place.label), executor_named(executor, workers) as pool:
        from trafficsim.run.rehearsal import rehearsed_worlds
        from trafficsim.run.runner import Options, load_worlds, prepare_worlds, run_study

        worlds = load_worlds(plan, place.folder)
        for name, world in worlds.items():
            with naming(f"scenario {name!r}"):
                require_sound(world)
        options = Options(None if out is None else Path(out), resume, pool, progress, place.cache)
        prepared = prepare_worlds(worlds)
        result = run_study(plan, prepared, replications=replications, options=options)
        if options.out is not None:
            from trafficsim.report.timing_files import write_timing
            from trafficsim.report.transfer_file import write_transfer

            write_transfer(options.out, plan)
            write_timing(options.out, plan, rehearsed_worlds(prepared, plan.engines[0], place.cache))
        return result


def trace(
    subject: str | Path | Scenario | World, links: str | Sequence[str], *, policies: Sequence[Policy] = (),
    replication: int = 1, window_s: tuple[float, float] | None = None,
) -> Trace:
    """Run one replication and keep the trajectories of all vehicles on a route, for a time-space diagram.

    Parameters
    ----------
    subject
        A scenario file, a scenario or a world.
    links
        Links in driving order, or the name of a path of the network.
    policies
        The alternative; nothing is changed without them.
    replication
        Number of the realisation.
    window_s
        Clock times between which traces are kept; the analysis period without it.

    Raises
    ------
    InputError
        If the scenario, a link or path, or a policy is wrong.

    Examples
    --------
    >>> from trafficsim import Demand, Flow, Scenario, corridor
    >>> road = corridor([300.0, 300.0])
    >>> demand = Demand(flows=(Flow(id="f", origin="east1", destination="east2", volume_veh_h=300.0),))
    >>> world = Scenario(name="road", network=road, demand=demand)
    >>> trace(world, links=["east2"], window_s=(0.0, 120.0)).route
    ('east2',)
    """
    from trafficsim.plan.prepare import prepare
    from trafficsim.run.rehearsal import rehearsed
    from trafficsim.run.tracing import trace_route

    world, place = build(subject), place_of(subject)
    with naming(place.label):
        require_sound(world)
        paths = world.network.paths
        if isinstance(links, str) and links not in paths:
            raise InputError(f"trace: path {links!r}", "no such path", f"one of {sorted(paths)}, or a list of links",
                             "correct the name, or give links as a list")
        route = paths[links] if isinstance(links, str) else tuple(links)
        if not route:
            raise InputError("trace: links", "none", "at least one link, in driving order", "name the links")
        learnt = rehearsed(prepare(world), cache=place.cache)
        return trace_route(learnt, tuple(route), policies_with_files(policies, Path()), replication, window_s)
