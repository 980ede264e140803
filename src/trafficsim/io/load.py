"""Scenario and study files to models, and scenarios to worlds: every file read, every builder run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from trafficsim.base.errors import DemandError, InputError, NetworkError, TrafficsimError, quoted
from trafficsim.design.inference.greens import resolved
from trafficsim.io.candidates import read_candidates
from trafficsim.io.formats import FORMATS, Format
from trafficsim.io.formats import read as read_any
from trafficsim.io.imported import Imported
from trafficsim.io.matrix_demand import MatrixDemand, read_matrix_demand
from trafficsim.io.mistakes import did_you_mean
from trafficsim.io.observations import anchored_files, read_observations
from trafficsim.io.paths import PACKAGE_PREFIX, at_home, resolve_path
from trafficsim.io.signal_files import SignalFiles
from trafficsim.io.signal_switches import by_time_of_day
from trafficsim.io.stage_tables import anchored_table, controls_of
from trafficsim.io.toml import read_toml, validate
from trafficsim.io.trips import read_trips
from trafficsim.outcomes.economics.valuation import BUILT_IN
from trafficsim.spec.control import SignalControl
from trafficsim.spec.crashes import History
from trafficsim.spec.demand import Demand
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.economics import Economics, ValueTable
from trafficsim.spec.network import Network
from trafficsim.spec.network_source import NetworkSource
from trafficsim.spec.policy import REGISTRY, Policy
from trafficsim.spec.rollout import Rollout
from trafficsim.spec.scenario import DemandSource, Scenario
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.study import Study
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass
from trafficsim.spec.world import World


def load_scenario(path: str | Path) -> Scenario:
    """Read a scenario file. Files that it names are not read yet: :func:`load_world` does that.

    Raises
    ------
    InputError
        Naming file, key, what was found, what was expected and the remedy.
    """
    path = Path(path)
    data = read_toml(path)
    if "alternatives" in data and "network" not in data:
        raise InputError(str(path), "a study (it has alternatives)", "a scenario", f"use: trafficsim compare {path}")
    return validate(Scenario, data, path)


def load_study(path: str | Path) -> Study:
    """Read a study file; scenarios in it stay paths, relative to the file.

    The kinds of policies that it names must have been registered, by importing the modules that define them.

    Raises
    ------
    InputError
        Naming file, key, what was found, what was expected and the remedy.
    """
    path = Path(path)
    data = read_toml(path)
    if "network" in data and "alternatives" not in data:
        raise InputError(str(path), "a scenario (it has a network)", "a study", f"use: trafficsim run {path}")
    policies = _policies(path, data.get("alternatives"))
    plain = validate(Study, {**data, "alternatives": _without_policies(data)} if policies else data, path)
    with naming(str(path)):
        return with_files(plain.model_copy(update={"alternatives": policies}), path.parent)


def with_files(study: Study, folder: Path) -> Study:
    """Return the study with the files read that its policies and economics name; relative paths start from a folder.

    Raises
    ------
    InputError
        If a file is missing, or cannot be read.
    """
    alternatives = {}
    for name, policies in study.alternatives.items():
        with naming(f"alternative {name!r}"):
            alternatives[name] = policies_with_files(policies, folder)
    history = None if study.history is None else _found_files(study.history, folder)
    rollout = tuple(_with_candidates(one, folder) for one in study.rollout)
    return study.model_copy(update={"alternatives": alternatives, "history": history, "rollout": rollout,
                                    "economics": _with_values(study.economics, folder)})


def _with_values(economics: Economics | None, folder: Path) -> Economics | None:
    """Read the table of unit values that a file holds."""
    if economics is None or isinstance(economics.values, ValueTable) or economics.values in BUILT_IN:
        return economics
    if not economics.values.endswith(".toml"):
        raise InputError("economics.values", quoted(economics.values), f"one of {', '.join(BUILT_IN)}, or a TOML file",
                         did_you_mean(economics.values, BUILT_IN))
    path = resolve_path(economics.values, folder, "economics.values")
    return economics.model_copy(update={"values": validate(ValueTable, read_toml(path), path)})


def _with_candidates(rollout: Rollout, folder: Path) -> Rollout:
    """Read the candidates that a file holds."""
    if not isinstance(rollout.candidates, str):
        return rollout
    where = f"rollout {quoted(rollout.name)}: candidates"
    with naming(where):
        places = read_candidates(resolve_path(rollout.candidates, folder, where))
    return rollout.model_copy(update={"candidates": places})


def _found_files(history: History, folder: Path) -> History:
    """Return a crash history with absolute paths of files that exist."""
    named = {name: text for name in ("crashes", "aadt") if (text := getattr(history, name)) is not None}
    return history.model_copy(update={name: str(resolve_path(text, folder, f"history.{name}").absolute())
                                      for name, text in named.items()})


def policies_with_files(policies: Sequence[Policy], folder: Path) -> tuple[Policy, ...]:
    """Return policies with the files read that they name; relative paths start from a folder.

    Raises
    ------
    InputError
        If a file is missing, or cannot be read.
    """
    return tuple(policy.with_files(SignalFiles(folder)) for policy in policies)


def load_world(source: str | Path | Scenario, base_dir: str | Path | None = None) -> World:
    """Resolve a scenario: read every file that it names and run its network builder.

    Parameters
    ----------
    source
        A scenario file, or a scenario.
    base_dir
        Folder that relative paths of a scenario model start from; the file's own folder, or the working directory.

    Raises
    ------
    InputError
        Naming the file, the key, link or vehicle, and the remedy.
    """
    if isinstance(source, Scenario):
        label, scenario, folder = f"scenario {source.name!r}", source, Path(base_dir or ".")
    else:
        label, scenario, folder = str(source), load_scenario(source), Path(base_dir or Path(source).parent)
    with naming(label):
        return _world(scenario, folder)


def anchored(scenario: Scenario, folder: Path) -> Scenario:
    """Return the scenario with absolute paths, so that it means the same wherever it is used."""
    network, demand = scenario.network, scenario.demand
    if isinstance(network, NetworkSource) and network.file is not None:
        network = network.model_copy(update={"file": _absolute(network.file, folder)})
    if isinstance(network, NetworkSource):
        network = network.model_copy(update={form.name: _anchored_files(form, files, folder)
                                             for form, files in _named_files(network)})
    tables = tuple(one.model_copy(update={"file": _absolute(one.file, folder),
                                          "programs": tuple(_absolute(text, folder) for text in one.programs)})
                   for one in scenario.switch_tables)
    stages = tuple(anchored_table(one, lambda text: _absolute(text, folder)) for one in scenario.stage_tables)
    if not isinstance(demand, Demand):
        matrices = tuple(one.model_copy(update={"file": _absolute(one.file, folder)}) for one in demand.matrices)
        file = None if demand.file is None else _absolute(demand.file, folder)
        demand = demand.model_copy(update={"file": file, "matrices": matrices})
    held, drivers = scenario.validation, scenario.drivers
    if drivers.file is not None:
        drivers = drivers.model_copy(update={"file": _absolute(drivers.file, folder)})
    if held is not None:
        held = anchored_files(held, lambda one: _absolute(one, folder))
    return scenario.model_copy(update={"network": network, "demand": demand, "drivers": drivers, "validation": held,
                                       "switch_tables": tables, "stage_tables": stages})


def _anchored_files(form: Format, named: Any, folder: Path) -> Any:
    paths: dict[str, Any] = {"network": _absolute(named.network, folder)}
    paths |= {name: tuple(_absolute(text, folder) for text in getattr(named, name)) for name in form.files}
    return named.model_copy(update=paths)


@contextmanager
def naming(label: str) -> Iterator[None]:
    """Put the file or scenario in front of the place that an error names, unless the error names it already."""
    try:
        yield
    except TrafficsimError as error:
        if error.where.startswith(label):
            raise
        raise type(error)(f"{label}: {error.where}", error.found, error.expected, error.remedy) from None


def _world(scenario: Scenario, folder: Path) -> World:
    imported = _import_network(scenario.network, folder)
    # Signals of the scenario itself are not resolved: conflicting greens there are a mistake of whoever wrote them.
    network = _with_signals(resolved(_with_names(imported.network, scenario.network)), scenario.signals)
    controls = (*controls_of(scenario.stage_tables, network, folder), *scenario.controls)
    network = by_time_of_day(_with_controls(network, controls), scenario, folder)
    found = _of_matrices(scenario.demand, folder)
    brought = imported.demand.model_copy(update={"flows": (*imported.demand.flows, *found.flows)})
    demand = _all_demand(scenario, brought, folder)
    classes = _classes(DEFAULT_CLASSES, imported.vehicle_classes, scenario.vehicle_classes)
    _check_classes(demand, {one.name for one in classes})
    detectors = (*imported.detectors, *scenario.detectors)
    scenario = scenario.model_copy(update={"detectors": detectors, "drivers": _drivers(scenario, imported, folder)})
    observations = read_observations(scenario, network, folder)
    return World(
        scenario=scenario,
        network=network, demand=demand,
        vehicle_classes=classes,
        findings=tuple(dict.fromkeys((*imported.findings, *network.findings, *found.findings, *observations.findings))),
        unserved=(*imported.unserved, *found.unserved), connectors=found.connectors, observations=observations,
        written=frozenset(flow.id for flow in scenario.demand.flows),
    )


def _drivers(scenario: Scenario, imported: Imported, folder: Path) -> Drivers:
    """Drivers of the scenario; what it does not say is given by the files."""
    own = _drivers_with_file(scenario.drivers, folder)
    return imported.drivers.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


def _drivers_with_file(drivers: Drivers, folder: Path) -> Drivers:
    """Read the file of drivers; what stands in the scenario goes before it."""
    if drivers.file is None:
        return drivers
    path = resolve_path(drivers.file, folder, "drivers.file")
    read = validate(Drivers, read_toml(path), path)
    if read.file is not None:
        raise InputError(f"{path}: file", "a file of drivers that names another", "the drivers themselves",
                         "name that file in the scenario")
    own = {name: getattr(drivers, name) for name in drivers.model_fields_set - {"file"}}
    return Drivers(**{**{name: getattr(read, name) for name in read.model_fields_set}, **own})


def _import_network(source: NetworkSource | Network, folder: Path) -> Imported:
    if isinstance(source, Network):
        return Imported(source)
    if source.file is not None:
        return read_any(resolve_path(source.file, folder, "network.file"))
    for form, files in _named_files(source):
        return _import_files(form, files, folder)
    from trafficsim.design.synthetic import network_from_source

    return Imported(network_from_source(source))


def _named_files(source: NetworkSource) -> Iterator[tuple[Format, Any]]:
    """Formats that a source has a table for, each with that table: its network, further files and choices."""
    for name, form in FORMATS.items():
        files = getattr(source, name, None)
        if files is not None:
            yield form, files


def _import_files(form: Format, named: Any, folder: Path) -> Imported:
    key = f"network.{form.name}"
    network = resolve_path(named.network, folder, f"{key}.network")
    more: dict[str, Any] = {name: tuple(resolve_path(text, folder, f"{key}.{name}[{index}]")
                                              for index, text in enumerate(getattr(named, name)))
                            for name in form.files}
    return form.read(network, **more, **{name: getattr(named, name) for name in form.choices})


def _with_names(network: Network, source: NetworkSource | Network) -> Network:
    if isinstance(source, Network):
        return network
    links = network.links
    for key, sets in (("groups", source.groups), ("paths", source.paths)):
        for name, members in sets.items():
            for index, link in enumerate(members):
                if link not in links:
                    raise NetworkError(f"network.{key}.{name}[{index}]", f"an unknown link {link!r}",
                                       "the id of a link", f"correct it; {did_you_mean(link, links).rstrip('?')}")
    return replace(network, groups={**network.groups, **source.groups}, paths={**network.paths, **source.paths})


def _with_signals(network: Network, programs: tuple[SignalProgram, ...]) -> Network:
    present = {program.id: program for program in network.signals}
    widths = _signal_widths(network)
    for index, program in enumerate(programs):
        where = f"signals[{index}]"
        if program.id not in widths and program.id not in present:
            known = {*present, *widths}
            raise NetworkError(f"{where}.id", f"an unknown signal {program.id!r}", "the id of a signal of the network",
                               f"correct it; {did_you_mean(program.id, known).rstrip('?')}")
        width, needed = len(program.phases[0].state), widths.get(program.id, 0)
        if width < needed:
            raise NetworkError(f"{where}.phases", f"{width} states in signal {program.id!r}",
                               f"{needed}, one for each signal index", "write one letter per signal index")
        present[program.id] = program
    return replace(network, signals=tuple(present.values()))


def _with_controls(network: Network, controls: tuple[SignalControl, ...]) -> Network:
    """A controller of the scenario replaces that of its signal in the network."""
    own = {one.id for one in controls}
    return replace(network, controls=(*(one for one in network.controls if one.id not in own), *controls))


def _signal_widths(network: Network) -> dict[str, int]:
    widths: dict[str, int] = {}
    for connection in network.connections:
        if connection.signal is not None:
            widths[connection.signal] = max(widths.get(connection.signal, 0), (connection.signal_index or 0) + 1)
    return widths


def _of_matrices(demand: Demand | DemandSource, folder: Path) -> MatrixDemand:
    return MatrixDemand() if isinstance(demand, Demand) or not demand.matrices else read_matrix_demand(demand, folder)


def _all_demand(scenario: Scenario, imported: Demand, folder: Path) -> Demand:
    own = scenario.demand
    rows = () if isinstance(own, Demand) or own.file is None else (
        read_trips(resolve_path(own.file, folder, "demand.file")))
    demand = Demand(flows=(*imported.flows, *own.flows), trips=(*imported.trips, *own.trips, *rows),
                    mixes={**imported.mixes, **own.mixes}, routes=own.routes)
    seen: set[str] = set()
    for kind, name in (*(("trip", one.id) for one in demand.trips), *(("flow", one.id) for one in demand.flows)):
        if name in seen:
            raise DemandError(f"demand: {kind} {name!r}", "this id a second time", "unique ids of trips and flows",
                              f"rename one {kind}")
        seen.add(name)
    return demand


def _classes(*layers: tuple[VehicleClass, ...]) -> tuple[VehicleClass, ...]:
    return tuple({one.name: one for layer in layers for one in layer}.values())


def _check_classes(demand: Demand, classes: set[str]) -> None:
    able = {*classes, *demand.mixes}
    named = [(f"demand: trip {trip.id!r}: vehicle_class", trip.vehicle_class, able)
             for trip in demand.trips if trip.vehicle_class not in able]
    named += [(f"demand: flow {flow.id!r}: vehicle_classes", name, able)
              for flow in demand.flows for name in flow.vehicle_classes if name not in able]
    named += [(f"demand.mixes.{mix}", name, classes) for mix, shares in demand.mixes.items() for name in shares]
    for where, name, known in named:
        if name not in known:
            hint = did_you_mean(name, known).rstrip("?")
            raise DemandError(where, f"an unknown vehicle class {name!r}", "a vehicle class of the scenario",
                              f"define it under [[vehicle_classes]], or correct it; {hint}")


def _policies(path: Path, alternatives: Any) -> dict[str, tuple[Policy, ...]]:
    if not isinstance(alternatives, Mapping):
        return {}
    return {name: tuple(_policy(path, ("alternatives", name, index), entry) for index, entry in enumerate(entries))
            for name, entries in alternatives.items() if isinstance(entries, list)}


def _policy(path: Path, location: tuple[str | int, ...], entry: Any) -> Policy:
    where = f"{path}: alternatives.\"{location[1]}\"[{location[2]}]"
    if not isinstance(entry, Mapping) or "kind" not in entry:
        raise InputError(f"{where}.kind", "nothing", "a table with the key 'kind'",
                         f"add kind = one of {', '.join(sorted(REGISTRY)) or 'the policies'}")
    kind = entry["kind"]
    if not isinstance(kind, str) or kind not in REGISTRY:
        raise InputError(f"{where}.kind", f"an unknown policy kind {quoted(kind)}", "the kind of a policy",
                         f"correct it; {did_you_mean(str(kind), REGISTRY).rstrip('?')}")
    return validate(REGISTRY[kind], {key: value for key, value in entry.items() if key != "kind"}, path, location)


def _without_policies(data: Mapping[str, Any]) -> dict[str, Any]:
    # Policies were validated one by one; the study still judges the names of the alternatives and the baseline.
    baseline = data.get("baseline", "do nothing")
    if data["alternatives"].get(baseline):
        return dict(data["alternatives"])
    return {name: [] if isinstance(entries, list) else entries for name, entries in data["alternatives"].items()}


def _absolute(text: str, folder: Path) -> str:
    return text if text.startswith(PACKAGE_PREFIX) else str((folder / at_home(text, "path")).absolute())
