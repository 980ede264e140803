"""Read SUMO networks, signal programs, demand, bus stops and detectors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from trafficsim.base.errors import InputError
from trafficsim.base.repairs import REPAIRS
from trafficsim.design.inference.greens import resolve_greens
from trafficsim.io.imported import Imported
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.control import read_controls
from trafficsim.io.sumo.crossings import read_crossings
from trafficsim.io.sumo.demand import PASSENGERS, DemandReader
from trafficsim.io.sumo.loops import AREAS, zones
from trafficsim.io.sumo.net import Net, build_graph, read_net
from trafficsim.io.sumo.right_of_way import build_connections
from trafficsim.io.sumo.routes import RouteBook
from trafficsim.io.sumo.signals import RAIL, attach_signals, read_signals
from trafficsim.io.sumo.stops import DETECTORS, STOPPING_PLACES, read_detectors, read_stopping_places
from trafficsim.io.sumo.switching import WAUT_TAGS, all_programs, reacting_logics, read_schedules
from trafficsim.io.sumo.vtypes import read_types
from trafficsim.io.sumo.xml import Element, read_xml
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Network
from trafficsim.spec.network_source import DriversOf
from trafficsim.spec.signals import SignalProgram

# Root elements as they occur in practice; SUMO itself accepts any.
DEMAND_ROOTS = ("routes", "additional", "add", "additionals", "trips", "flows", "vehicles")
ADDITIONAL_ROOTS = (*DEMAND_ROOTS, "tlLogics", "detectors")
WHOSE: dict[DriversOf, str] = {
    "file": "vehicle classes accelerate and follow as the vehicle types of the SUMO files say",
    "own": "vehicle classes accelerate and follow as our car, van, truck and bus",
}
_READ_TAGS = {"vType", "vTypeDistribution", "route", "routeDistribution", "vehicle", "trip", "flow", "tlLogic",
              *WAUT_TAGS, *STOPPING_PLACES, *DETECTORS, *AREAS, *PASSENGERS}


def read_sumo(network: Path, routes: Sequence[Path] = (), additional: Sequence[Path] = (),
              drivers: DriversOf = "file") -> Imported:
    """Import a SUMO network with its demand.

    Parameters
    ----------
    network
        ``.net.xml``, plain or gzip. Lengths in m; speeds are converted from m/s to km/h.
    routes
        Route files: vehicles, trips, flows, routes, vehicle types.
    additional
        Additional files: signal programs (the last loaded of a controller wins) and tables of switches between them,
        bus stops, detectors, vehicle types.
    drivers
        ``"file"``: vehicles accelerate and follow as the files' types say; ``"own"``: as our class of their kind.

    Raises
    ------
    InputError
        If a file is missing, damaged, hostile or of the wrong kind, or holds a value that cannot be used.
    NetworkError
        If two edges have one name, or lanes cannot be told apart.
    DemandError
        If two vehicles have one name.

    Examples
    --------
    >>> read_sumo(Path("nowhere.net.xml"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.net.xml: found no such file; expected a file that can be read. \
Remedy: correct the path or its permissions.
    """
    ledger = Ledger("sumo")
    root = read_xml(Path(network), ("net",))
    net = read_net(root, ledger)
    elements = [*_elements(additional, ADDITIONAL_ROOTS), *_elements(routes, DEMAND_ROOTS)]
    by_tag: dict[str, list[Element]] = {}
    for element in elements:
        by_tag.setdefault(element.tag, []).append(element)
    made = _network(net, by_tag.get("tlLogic", []), ledger)
    made = _switched(made, net, elements, ledger)
    every = [*net.root.all("tlLogic"), *by_tag.get("tlLogic", [])]
    scheduled = {one.id for one in made.schedules}
    logics = {one.get("id"): one for one in every if one.get("id") not in scheduled}
    logics |= reacting_logics(every, made.schedules, ledger)
    made = replace(made, controls=read_controls(logics, made, zones(elements, made), ledger),
                   crossings=read_crossings(net, made, ledger))
    types = read_types(elements, ledger, drivers)
    links = made.links
    places = read_stopping_places((each for tag in STOPPING_PLACES for each in by_tag.get(tag, [])), links, ledger)
    detectors = read_detectors((each for tag in DETECTORS for each in by_tag.get(tag, [])), links, ledger)
    reader = DemandReader(types, RouteBook(links, _absent(net), ledger), places, ledger)
    for element in elements:
        if element.tag in ("route", "routeDistribution"):
            reader.routes.read(element)
    demand = reader.read(elements)
    _note_unread(elements, ledger)
    findings = ledger.findings()
    # Kept with the network, so that a file written from it still tells what was repaired.
    made = replace(made, findings=tuple(finding for finding in findings if finding.code in REPAIRS))
    return Imported(
        made, demand, tuple(types.classes.values()), detectors,
        drivers=Drivers(at_yellow="if_possible") if drivers == "file" else Drivers(),
        unserved=tuple(reader.unserved), findings=findings, counts=ledger.counts(),
        description=f"Made from {Path(network).name}, drivers = \"{drivers}\": {WHOSE[drivers]}.",
    )


def read_programs(path: Path, program_id: str | None = None) -> tuple[SignalProgram, ...]:
    """Read the signal programs of a SUMO additional file or network; of several for one signal the last one.

    Parameters
    ----------
    path
        ``.add.xml``, ``.tll.xml`` or ``.net.xml``, plain or gzip.
    program_id
        Take programs of this name (``programID``) alone.

    Raises
    ------
    InputError
        If the file is missing, damaged or of the wrong kind, has no such program, or one that cannot be used.
    """
    logics = list(read_xml(Path(path), (*ADDITIONAL_ROOTS, "net")).all("tlLogic"))
    names = list(dict.fromkeys(element.get("programID", "0") for element in logics))
    if program_id is not None:
        logics = [element for element in logics if element.get("programID", "0") == program_id]
    if not logics:
        found = f"no program {program_id!r}" if names else "no signal program"
        raise InputError(str(path), found, f"one of {', '.join(names[:8])}" if names else "elements tlLogic",
                         "correct program" if names else "give the file that holds the signal programs")
    return tuple(read_signals(logics, Ledger("sumo")).values())


def read_all_programs(path: Path) -> tuple[SignalProgram, ...]:
    """Read all signal programs of a SUMO additional file or network, several for one signal too.

    Raises
    ------
    InputError
        If the file is missing, damaged or of the wrong kind, or has a program that cannot be used.
    """
    logics = read_xml(Path(path), (*ADDITIONAL_ROOTS, "net")).all("tlLogic")
    return tuple(program for named in all_programs(logics, Ledger("sumo")).values() for program in named.values())


def _switched(made: Network, net: Net, elements: Sequence[Element], ledger: Ledger) -> Network:
    """Keep the switch tables of the files with the network."""
    tables = [element for element in elements if element.tag in WAUT_TAGS]
    if not tables:
        return made
    logics = [*net.root.all("tlLogic"), *(element for element in elements if element.tag == "tlLogic")]
    used = {program.id for program in made.signals}
    schedules = read_schedules(tables, all_programs(logics, Ledger("sumo")), ledger)
    return replace(made, schedules=tuple(one for one in schedules if one.id in used))


def _elements(paths: Iterable[Path], roots: Sequence[str]) -> Iterable[Element]:
    for path in paths:
        yield from read_xml(Path(path), roots).children


def _network(net: Net, programs: Sequence[Element], ledger: Ledger) -> Network:
    graph = build_graph(net, ledger)
    connections = build_connections(net, ledger)
    rail = {name for name, junction in net.junctions.items() if junction.get("type") in RAIL}
    rail |= {element.get("id") for element in net.root.all("tlLogic") if element.get("type") in RAIL}
    signals = read_signals((*net.root.all("tlLogic"), *programs), ledger)
    connections, used = attach_signals(connections, signals, rail, ledger)
    left_hand = net.root.get("lefthand", "false") in ("true", "1")
    made, places = resolve_greens(Network(graph, connections, used, left_hand_traffic=left_hand))
    for place in places:
        ledger.repair("conflicting-greens", place)
    return made


def _absent(net: Net) -> dict[str, str]:
    """Edges of the file that are not in the network, each with the reason."""
    return {**dict.fromkeys(net.dropped, "an edge that no car, van, truck or bus may use"), **net.left_out}


def _note_unread(elements: Iterable[Element], ledger: Ledger) -> None:
    unread = [element for element in elements if element.tag not in _READ_TAGS]
    first = {element.tag: element for element in reversed(unread)}
    for tag, times in Counter(element.tag for element in unread).items():
        ledger.note("ignored", f"element {tag}", first[tag].where, times=times)
