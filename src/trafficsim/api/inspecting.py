"""What would ruin a run, what an alternative changes, what a network looks like: everything short of running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from trafficsim.api.reading import Place, build, place_of, read_study
from trafficsim.base.errors import InputError
from trafficsim.io.load import naming, with_files
from trafficsim.io.toml import read_toml
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

if TYPE_CHECKING:
    import pandas as pd

    from trafficsim.plan.prepare import Prepared


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


def explain(study: str | Path | Study, alternative: str) -> pd.DataFrame:
    """Return what an alternative changes: the ledger, one row per scenario, policy, field and value changed.

    Each row has the value ``before`` (without any policy) and ``after`` (with all policies of the alternative).

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


def _rehearsed(study: Study, place: Place) -> dict[str, Prepared]:
    """The scenarios of a study with the routes that its runs would take."""
    from trafficsim.run.rehearsal import rehearsed_worlds
    from trafficsim.run.runner import load_worlds, prepare_worlds

    return rehearsed_worlds(prepare_worlds(load_worlds(study, place.folder)), study.engines[0], place.cache)


def _with_alternative(study: str | Path | Study, alternative: str) -> tuple[Place, Study]:
    place = place_of(study)
    with naming(place.label):
        plan = with_files(study, Path()) if isinstance(study, Study) else read_study(study)
    if alternative not in plan.alternatives:
        raise InputError(f"{place.label}: alternatives", f"no alternative {alternative!r}",
                         f"one of {sorted(plan.alternatives)}", "correct the name")
    return place, plan


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
