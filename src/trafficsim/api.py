"""Joins the rooms for Python users: load, build, check, run, compare, explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.base.repairs import as_errors
from trafficsim.io.load import (
    anchored,
    load_scenario,
    load_study,
    load_world,
    naming,
    policies_with_files,
    with_files,
)
from trafficsim.io.toml import read_toml
from trafficsim.spec.check_world import check_world, require_sound
from trafficsim.spec.policy import Policy
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

if TYPE_CHECKING:
    import pandas as pd

    from trafficsim.plan.prepare import Prepared
    from trafficsim.results.trace import Trace
    from trafficsim.run.runner import Progress, RunResult, StudyResult


CACHE = ".trafficsim"
"""Folder beside a scenario or study for what need not be worked out twice."""


@dataclass(frozen=True)
class _Place:
    """What a message calls a subject, and where relative paths in it start from."""

    label: str
    folder: Path
    cache: Path | None = None
    """Folder for what drivers learnt; only beside files."""


def load(path: str | Path) -> Scenario | Study:
    r"""Read a scenario or study file; paths in it become absolute, so that the result means the same everywhere.

    Parameters
    ----------
    path
        TOML file.

    Raises
    ------
    InputError
        Naming file, key, what was found, what was expected and the remedy.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> file = Path(mkdtemp()) / "town.toml"
    >>> _ = file.write_text('name = "town"\n[network.builder]\nkind = "grid"\narguments = { rows = 2, columns = 3 }')
    >>> load(file).name
    'town'
    """
    path = Path(path)
    if "alternatives" not in read_toml(path):
        return anchored(load_scenario(path), path.parent)
    study = read_study(path)
    scenarios = tuple(_scenario(one, index, path) for index, one in enumerate(study.scenarios))
    return study.model_copy(update={"scenarios": scenarios})


def read_study(path: str | Path) -> Study:
    """Read a study file with all known policies registered.

    Raises
    ------
    InputError
        Naming file, key, what was found, what was expected and the remedy.
    """
    from trafficsim.policies import load_policies

    load_policies()
    return load_study(path)


def build(source: str | Path | Scenario | World) -> World:
    """Resolve a scenario: read every file that it names and run its network builder.

    Parameters
    ----------
    source
        A scenario file, a scenario, or a world, which is returned as it is.

    Raises
    ------
    InputError
        Naming the file, the key, link or vehicle, and the remedy.

    Examples
    --------
    >>> import trafficsim as ts
    >>> maker = ts.BuilderSpec(kind="grid", arguments={"rows": 2, "columns": 2})
    >>> len(ts.build(ts.Scenario(name="town", network=ts.NetworkSource(builder=maker))).network.links) > 4
    True
    """
    return source if isinstance(source, World) else load_world(source)


def check(source: str | Path | Scenario | World | Study, *, strict: bool = False) -> tuple[Finding, ...]:
    """Say what would ruin a run (errors), what was repaired or is doubtful (warnings), what is unusual (information).

    Of a study, every scenario is checked, and every alternative is lowered once.

    Parameters
    ----------
    source
        A file, a scenario, a world, or a study.
    strict
        Report repairs as errors.

    Raises
    ------
    InputError
        If the scenario or study cannot be built at all.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> [finding.level for finding in ts.check(road) if finding.level != "info"]
    []
    """
    found = _found(source)
    return as_errors(found) if strict else found


def _found(source: str | Path | Scenario | World | Study) -> tuple[Finding, ...]:
    from trafficsim.run.trial import check_study, tried

    if isinstance(source, str | Path) and "alternatives" in read_toml(Path(source)):
        with naming(str(source)):
            return check_study(read_study(source), Path(source).parent)
    if isinstance(source, Study):
        return check_study(with_files(source, Path()), Path())
    world = build(source)
    return tried(world, check_world(world)).findings


def draw(source: str | Path | Scenario | World, path: str | Path) -> None:
    """Write a picture of a scenario's network as PNG: links as wide as they have lanes, signals, groups.

    Parameters
    ----------
    source
        A scenario file, a scenario or a world.
    path
        File to write.

    Raises
    ------
    InputError
        If the scenario is wrong, or the source is a study.
    MachineError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from trafficsim import BuilderSpec, NetworkSource, Scenario
    >>> maker = BuilderSpec(kind="grid", arguments={"rows": 2, "columns": 2})
    >>> town = Scenario(name="town", network=NetworkSource(builder=maker))
    >>> draw(town, Path(tempfile.mkdtemp()) / "town.png")
    """
    from trafficsim.report.network_map import network_map

    if isinstance(source, str | Path) and "alternatives" in read_toml(Path(source)):
        raise InputError(f"{source}: picture", "a study", "a scenario: a study may have several networks",
                         "name one of its scenarios")
    world = build(source)
    network_map(world.network, path, world.scenario.name)


@overload
def run(subject: str | Path | Scenario | World, **options: Any) -> RunResult: ...
@overload
def run(subject: Study, **options: Any) -> StudyResult: ...
def run(subject: str | Path | Scenario | World | Study, **options: Any) -> RunResult | StudyResult:
    """Run a scenario, or all scenarios and alternatives of a study.

    Parameters
    ----------
    subject
        A scenario file, a scenario, a world, or a study.
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
        return compare(subject, **options)
    from trafficsim.run.runner import run_scenario

    world, place = build(subject), _place(subject)
    with naming(place.label):
        return run_scenario(world, findings=require_sound(world), cache=place.cache, **options)


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
        Takes the place of the study's number.
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

    place = _place(study)
    plan = study if isinstance(study, Study) else read_study(study)
    # Workers begin to import while this process does.
    with naming(place.label), executor_named(executor, workers) as crew:
        from trafficsim.run.rehearsal import rehearsed_worlds
        from trafficsim.run.runner import Options, load_worlds, prepare_worlds, run_study

        worlds = load_worlds(plan, place.folder)
        for name, world in worlds.items():
            with naming(f"scenario {name!r}"):
                require_sound(world)
        options = Options(None if out is None else Path(out), resume, crew, progress, place.cache)
        prepared = prepare_worlds(worlds)
        result = run_study(plan, prepared, replications=replications, options=options)
        if options.out is not None:
            from trafficsim.report.timing_files import write_timing

            write_timing(options.out, plan, rehearsed_worlds(prepared, plan.engines[0], place.cache))
        return result


def explain(study: str | Path | Study, alternative: str) -> pd.DataFrame:
    """Say what exactly an alternative changes: the ledger, one row per scenario, policy, field and cell.

    Printed, it shows ``before`` (without any policy) and ``after`` (with all of the alternative) of each cell.

    Parameters
    ----------
    study
        A study file, or a study.
    alternative
        Name of one of its alternatives.

    Raises
    ------
    InputError
        If the alternative is unknown, or a policy of it is wrong.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east2", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", time=ts.Time(analysis_s=60), network=ts.corridor([300, 200]),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> slower = ts.policies.SpeedLimit(on=ts.links("east2"), limit_kmh=30)
    >>> study = ts.Study(scenarios=[road], alternatives={"do nothing": [], "limit 30": [slower]}, replications=2)
    >>> ts.explain(study, "limit 30")["field"].tolist()
    ['link.speed_limit_ms', 'link.free_speed_mean_ms', 'link.factor_speed_ms']
    """
    import pandas as pd

    from trafficsim.plan.lower import explain as ledger
    from trafficsim.results.ledger import Explanation

    place, plan = _with_alternative(study, alternative)
    with naming(place.label):
        worlds = _rehearsed(plan, place)
        tables = [ledger(world, plan.alternatives[alternative]).assign(scenario=name) for name, world in worlds.items()]
    return Explanation(pd.concat(tables, ignore_index=True))


def timing(study: str | Path | Study, alternative: str) -> pd.DataFrame:
    """Say what an alternative does to the signals: stages, greens, splits, cycles and offsets before and after.

    Parameters
    ----------
    study
        A study file, or a study.
    alternative
        Name of one of its alternatives.

    Returns
    -------
    The columns of :func:`trafficsim.results.timing.timing_table`, after ``scenario``.

    Raises
    ------
    InputError
        If the alternative is unknown, or a policy of it is wrong.

    Examples
    --------
    >>> import trafficsim as ts
    >>> flow = ts.Flow(id="f", origin="east1", destination="east3", volume_veh_h=600)
    >>> road = ts.Scenario(name="road", network=ts.corridor([300, 200, 300], signals=[1, 2], side_streets=[1, 2]),
    ...                    demand=ts.Demand(flows=(flow,)))
    >>> plans = {"do nothing": [], "webster": [ts.policies.Webster()]}
    >>> sorted(ts.timing(ts.Study(scenarios=[road], alternatives=plans), "webster")["program"].unique())
    ['j1', 'j2']
    """
    import pandas as pd

    from trafficsim.plan.lower import DESIGN_DAY, lower
    from trafficsim.results.timing import timing_table

    place, plan = _with_alternative(study, alternative)
    tables = []
    with naming(place.label):
        for name, prepared in _rehearsed(plan, place).items():
            lowered = lower(prepared, plan.alternatives[alternative], DESIGN_DAY)
            tables.append(timing_table(prepared.world.network, lowered.baseline.signals, lowered.plan.signals))
            tables[-1].insert(0, "scenario", name)
    return pd.concat(tables, ignore_index=True)


def _rehearsed(study: Study, place: _Place) -> dict[str, Prepared]:
    """The scenarios of a study with the routes that its runs would take."""
    from trafficsim.run.rehearsal import rehearsed_worlds
    from trafficsim.run.runner import load_worlds, prepare_worlds

    return rehearsed_worlds(prepare_worlds(load_worlds(study, place.folder)), study.engines[0], place.cache)


def _with_alternative(study: str | Path | Study, alternative: str) -> tuple[_Place, Study]:
    place = _place(study)
    with naming(place.label):
        plan = with_files(study, Path()) if isinstance(study, Study) else read_study(study)
    if alternative not in plan.alternatives:
        raise InputError(f"{place.label}: alternatives", f"no alternative {alternative!r}",
                         f"one of {sorted(plan.alternatives)}", "correct the name")
    return place, plan


def trace(
    subject: str | Path | Scenario | World, links: str | Sequence[str], *, policies: Sequence[Policy] = (),
    replication: int = 1, window_s: tuple[float, float] | None = None,
) -> Trace:
    """Run one replication and keep the traces of all vehicles along a way, for a time-space diagram.

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
    >>> trace(world, links=["east2"], window_s=(0.0, 120.0)).way
    ('east2',)
    """
    from trafficsim.plan.prepare import prepare
    from trafficsim.run.rehearsal import rehearsed
    from trafficsim.run.tracing import trace_way

    world, place = build(subject), _place(subject)
    with naming(place.label):
        require_sound(world)
        paths = world.network.paths
        if isinstance(links, str) and links not in paths:
            raise InputError(f"trace: path {links!r}", "no such path", f"one of {sorted(paths)}, or a list of links",
                             "correct the name, or give links as a list")
        way = paths[links] if isinstance(links, str) else tuple(links)
        if not way:
            raise InputError("trace: links", "none", "at least one link, in driving order", "name the links")
        learnt = rehearsed(prepare(world), cache=place.cache)
        return trace_way(learnt, tuple(way), policies_with_files(policies, Path()), replication, window_s)


def policy_catalogue(kind: str | None = None) -> dict[str, dict[str, Any]]:
    """Say what each policy does, on what evidence and within what limits, and where its numbers come from.

    Parameters
    ----------
    kind
        One kind; all without it.

    Raises
    ------
    InputError
        If there is no policy of this kind.
    """
    from trafficsim.policies import load_policies
    from trafficsim.policies.catalogue import catalogue

    return catalogue(load_policies(), kind)


def _place(subject: str | Path | Scenario | World | Study) -> _Place:
    if isinstance(subject, str | Path):
        return _Place(str(subject), Path(subject).parent, Path(subject).parent / CACHE)
    if isinstance(subject, Study):
        return _Place(f"study {subject.name!r}", Path())
    scenario = subject.scenario if isinstance(subject, World) else subject
    return _Place(f"scenario {scenario.name!r}", Path())


def _scenario(source: str | Scenario, index: int, study: Path) -> Scenario:
    if isinstance(source, Scenario):
        return anchored(source, study.parent)
    from trafficsim.io.paths import resolve_path

    path = resolve_path(source, study.parent, f"{study}: scenarios[{index}]")
    return anchored(load_scenario(path), path.parent)
