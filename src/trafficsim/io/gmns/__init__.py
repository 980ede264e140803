"""Read networks in the General Modeling Network Specification (GMNS): roads, movements, signals, zones and trips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from trafficsim.base.errors import InputError, quoted
from trafficsim.base.repairs import REPAIRS
from trafficsim.design.inference.network import Given, assemble
from trafficsim.design.timing.ring_barrier import Served
from trafficsim.io.files import what_is_there
from trafficsim.io.gmns.day_plans import schedule_of
from trafficsim.io.gmns.detectors import read_detectors
from trafficsim.io.gmns.movements import Stated, highest_lanes, minor_links, read_movements, unsignalled
from trafficsim.io.gmns.own import is_own, read_own
from trafficsim.io.gmns.reacting import read_reacting
from trafficsim.io.gmns.roads import Read, leave_to_signals, read_roads
from trafficsim.io.gmns.signals import Signals, read_signals
from trafficsim.io.gmns.tables import Folder
from trafficsim.io.gmns.zones import Trips, one_file, read_trips
from trafficsim.io.imported import Imported
from trafficsim.io.ledger import Ledger
from trafficsim.io.ring_controls import with_controls
from trafficsim.io.ring_timing import with_programs
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.signal_schedule import SignalSchedule


def read_gmns(network: Path, demand: Sequence[Path] = (), signals: Sequence[Path] = ()) -> Imported:
    """Import a GMNS data set, with its signals and trips.

    Parameters
    ----------
    network
        The folder, or its ``node.csv`` or ``link.csv``; tables are CSV, plain or gzip. Units are those of ``config``,
        checked against the lines of the links.
    demand
        A matrix as rows: ``o_zone_id``, ``d_zone_id``, ``volume``; one file at most.
    signals
        A table of signals in another folder, where they do not stand beside the network; those beside it are read too.

    A folder that this program wrote is read as it was, and takes neither.

    Raises
    ------
    InputError
        If a table is missing, damaged or lacks a column, or holds a value that cannot be used; if there are further
        files beside a folder that this program wrote.
    NetworkError
        If two nodes or links have one name, or no link is left.
    DemandError
        If trips cannot be used.

    Examples
    --------
    >>> read_gmns(Path("nowhere"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere: found no such file; expected a folder with node.csv and link.csv. \
Remedy: correct the path.
    """
    ledger = Ledger("gmns")
    folder = Folder(_folder(Path(network)), ledger)
    file = one_file(demand, "demand")
    if is_own(folder):
        _require_alone(folder, demand, signals)
        return Imported(read_own(folder, ledger), counts=ledger.counts(), findings=ledger.findings(),
                        description=f"Made from the GMNS folder {folder.path.name}, which this program wrote.")
    rows = folder.table("movement")
    read = read_roads(folder, ledger, highest_lanes(rows), frozenset(row.key("node_id") for row in rows))
    stated = read_movements(rows, read, ledger)
    trips = Trips(None, (), ()) if file is None else read_trips(file, read, ledger)
    timing = _signals(folder, signals, stated, read, ledger)
    loops = folder.table("signal_detector")
    made = _network(read, stated, timing, ledger)
    made = with_controls(made, timing.timings, read_reacting(timing, loops, read, ledger), ledger)
    detectors = read_detectors(loops, read, made, ledger)
    folder.note_unread()
    findings = ledger.findings()
    repaired = tuple(one for one in findings if one.code in REPAIRS)
    return Imported(replace(made, findings=(*made.findings, *repaired)), findings=findings, counts=ledger.counts(),
                    detectors=detectors, matrix=trips.matrix, zones=trips.zones, unserved=trips.unserved,
                    description=f"Made from the GMNS folder {folder.path.name}.")


def _folder(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    if not path.is_dir() and what_is_there(path):
        raise InputError(str(path), what_is_there(path), "a folder with node.csv and link.csv", "correct the path")
    for name in ("node", "link"):
        if not any((folder / f"{name}{ending}").exists() for ending in (".csv", ".csv.gz")):
            raise InputError(str(folder), f"no {name}.csv", "a folder with node.csv and link.csv",
                             "give the folder of a GMNS data set")
    return folder


def _require_alone(folder: Folder, demand: Sequence[Path], signals: Sequence[Path]) -> None:
    for name, files in (("demand", demand), ("signals", signals)):
        if files:
            raise InputError(f"--{name}", quoted(str(files[0])), f"nothing beside {folder.path}, which this program "
                             "wrote with its signals and without zones",
                             f"leave --{name} out; demand goes into the scenario")


def _signals(folder: Folder, files: Sequence[Path], stated: Stated, read: Read, ledger: Ledger) -> Signals:
    file = one_file(files, "signals")
    where = folder if file is None else Folder(file if file.is_dir() else file.parent, ledger)
    return read_signals(where, stated, read, ledger)


def _network(read: Read, stated: Stated, signals: Signals, ledger: Ledger) -> Network:
    graph = read.roads.graph
    minor, bare = minor_links(stated), unsignalled(stated)
    for *_, head, data in graph.edges(data=True):
        if data["id"] in minor and graph.nodes[head].get("control") != "signal":
            data["priority"] = -1
    for node in signals.timings:
        graph.nodes[node]["control"] = "signal"
    leave_to_signals(read, ledger)
    network = assemble(graph, Given(groups=read.roads.groups(), movements=read.roads.movements))

    def served(_: str, one: Connection) -> Served | None:
        key = (one.from_link, one.from_lane, one.to_link, one.to_lane)
        found = signals.served.get(key)
        if found is None and key not in bare:
            ledger.repair("signal-off", f"connection from {one.from_link!r} to {one.to_link!r}: no phase serves it")
        return None if key in bare else found

    network = with_programs(network, signals.timings, served, ledger)
    limit = {data["id"]: data["speed_limit_kmh"] for *_, data in graph.edges(data=True)}
    network = replace(network, connections=tuple(_finished(stated, limit, one) for one in network.connections))
    return replace(network, schedules=tuple(_schedule(node, signals, network, ledger) for node in signals.plans
                                            if node in {program.id for program in network.signals}))


def _schedule(node: str, signals: Signals, network: Network, ledger: Ledger) -> SignalSchedule:
    letters = sorted((one for one in network.connections if one.signal == node), key=lambda one: one.signal_index or 0)
    served = [signals.served.get((one.from_link, one.from_lane, one.to_link, one.to_lane), Served()) for one in letters]
    return schedule_of(node, signals.plans[node], served, network, ledger)


def _finished(stated: Stated, limit: Mapping[str, float], one: Connection) -> Connection:
    """Take over stop signs, and speeds of turns as far as the two links allow them."""
    key = (one.from_link, one.from_lane, one.to_link, one.to_lane)
    changes: dict[str, object] = {}
    if stated.control.get(key) == "stop" and one.signal is None and one.yields_to:
        changes["must_stop"] = True
    if key in stated.speed_kmh:
        limits = limit[one.from_link], limit[one.to_link]
        changes["speed_limit_kmh"] = max(round(min(stated.speed_kmh[key], *limits), 3), 1.0)
    return one.model_copy(update=changes) if changes else one
