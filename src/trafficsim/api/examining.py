"""Checks of scenarios, studies and network files, and the interactive map of what they hold and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os.path import isfile
from pathlib import Path

from trafficsim.api.reading import build, read_study
from trafficsim.base.errors import InputError
from trafficsim.base.findings import Finding
from trafficsim.base.repairs import as_errors
from trafficsim.io.formats import read
from trafficsim.io.imported import Imported
from trafficsim.io.load import naming, with_files
from trafficsim.io.toml import read_toml
from trafficsim.spec.check import check as check_network
from trafficsim.spec.check_world import check_world
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import DemandSource, Scenario
from trafficsim.spec.study import Study
from trafficsim.spec.world import World

NOT_DRAWN = ("duplicate-id", "missing-attribute", "bad-length", "bad-attribute")
"""Codes of findings after which a network cannot be drawn."""
Source = str | Path | Scenario | World | Study | Network | Imported


@dataclass(frozen=True)
class Examined:
    """What was found, in which worlds, or in which import; ``name`` is what messages call it."""

    name: str
    findings: tuple[Finding, ...]
    worlds: tuple[World, ...] = ()
    study: Study | None = None
    imported: Imported | None = None


def check(source: Source, *, strict: bool = False) -> tuple[Finding, ...]:
    """Report what prevents a run (errors), what was repaired or is doubtful (warnings), what is unusual (information).

    Of a study, every scenario is checked, and every alternative is lowered once.

    Parameters
    ----------
    source
        A scenario or study file, a network file of any format that :func:`trafficsim.read` knows, a scenario, a world,
        a study, a network, or an import.
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
    return examine(source, strict=strict).findings


def draw_map(source: Source, path: str | Path, *, language: str = "en") -> None:
    """Write an interactive map as one HTML file: the network, all that was found in it, and where everything is from.

    The file needs no other file and no network, and opens in any browser of 2023 or later.

    Parameters
    ----------
    source
        As for :func:`trafficsim.check`; of a study, its only scenario.
    path
        File to write.
    language
        ``"en"`` or ``"ar"``.

    Raises
    ------
    InputError
        If the source is wrong, a study with several scenarios, or there is no such language.
    MachineError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import trafficsim as ts
    >>> ts.draw_map(ts.grid(3, 3), Path(tempfile.mkdtemp()) / "town.html")
    """
    write_map(examine(source), path, language)


def examine(source: Source, *, strict: bool = False) -> Examined:
    """Check a source, and keep what was read for a map of it."""
    seen = _examined(source)
    return replace(seen, findings=as_errors(seen.findings)) if strict else seen


def _examined(source: Source) -> Examined:
    from trafficsim.run.trial import tried

    if isinstance(source, str | Path):
        file = Path(source)
        if file.suffix.lower() != ".toml" and isfile(file):
            return _network(read(file), file.name)
        if "alternatives" in read_toml(file):
            with naming(str(source)):
                return _study(read_study(source), file.parent)
    if isinstance(source, Network | Imported):
        return _network(Imported(source) if isinstance(source, Network) else source, "network")
    if isinstance(source, Study):
        return _study(with_files(source, Path()), Path())
    world = build(source)
    return Examined(world.scenario.name, tried(world, check_world(world)).findings, (world,))


def _network(found: Imported, name: str) -> Examined:
    demand = found.demand if found.demand.trips or found.demand.flows else None
    findings = (*found.findings, *found.network.findings, *check_network(found.network, demand))
    return Examined(name, tuple(dict.fromkeys(findings)), imported=found)


def _study(study: Study, folder: Path) -> Examined:
    from trafficsim.run.runner import load_worlds
    from trafficsim.run.trial import check_study

    worlds = load_worlds(study, folder)
    return Examined(study.name, check_study(study, worlds), tuple(worlds.values()), study)


def write_map(seen: Examined, path: str | Path, language: str = "en") -> None:
    """Write the interactive map of what was examined, errors and all, unless its links cannot even be told apart."""
    broken = next((one for one in seen.findings if one.code in NOT_DRAWN), None)
    if broken is not None:
        raise InputError(f"{seen.name}: map: {broken.where}", broken.message, "links that can be drawn", broken.remedy)
    from trafficsim.report.interactive.enforced import enforced
    from trafficsim.report.interactive.page import write_page
    from trafficsim.report.interactive.subject import Subject

    if seen.imported is not None:
        one = seen.imported
        subject = Subject(seen.name, one.network, seen.findings, one.demand, one.detectors, one.zones)
    else:
        world = _only(seen.worlds, seen.name)
        scenario = world.scenario
        zones = scenario.demand.zones if isinstance(scenario.demand, DemandSource) else ()
        subject = Subject(scenario.name, world.network, seen.findings, world.demand, scenario.detectors, zones,
                          _builder(scenario), () if seen.study is None else enforced(seen.study, world.network),
                          frozenset(program.id for program in scenario.signals))
    write_page(subject, path, language)


def _only(worlds: Sequence[World], name: str) -> World:
    if len(worlds) != 1:
        raise InputError(f"{name}: map", f"a study of {len(worlds)} scenarios", "a scenario, or a study of one",
                         "name one of its scenarios")
    return worlds[0]


def _builder(scenario: Scenario) -> str:
    made = getattr(scenario.network, "builder", None)
    return str(made.kind) if made is not None else ""
