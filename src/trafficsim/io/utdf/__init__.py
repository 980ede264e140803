"""Read Synchro's Universal Traffic Data Format (UTDF): roads, turning volumes and ring-barrier timing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from trafficsim.base.repairs import REPAIRS
from trafficsim.design.inference.network import Given, assemble
from trafficsim.design.timing.ring_barrier import Served
from trafficsim.io.imported import Imported
from trafficsim.io.ledger import Ledger
from trafficsim.io.ring_controls import with_controls
from trafficsim.io.ring_timing import with_programs
from trafficsim.io.utdf.reacting import RECORDS, read_reacting
from trafficsim.io.utdf.roads import STOP, Read, read_roads
from trafficsim.io.utdf.sections import Utdf, read_utdf_sections
from trafficsim.io.utdf.timing import phases_of, read_timing
from trafficsim.io.utdf.volumes import read_volumes
from trafficsim.spec.network import Connection, Network

READ = {
    "up id", "lanes", "name", "distance", "speed", "curve pt x", "curve pt y", "up node", "dest node", "shared",
    "storage", "stlanes", "phase1", "phase2", "phase3", "phase4", "permphase1", "permphase2", "permphase3",
    "permphase4", "idealflow", "satflow", "allow rtor", "volume", "phf", "growth", "heavyvehicles", "sign control",
    "turning speed", "control type", "cycle length", "referenced to", "reference phase", "offset", "brp", "mingreen",
    "maxgreen", "vehext", "yellow", "allred", "recall", "walk", "dontwalk", "start", *RECORDS,
}


def read_utdf(network: Path, volumes: Literal["counted", "adjusted"] = "counted") -> Imported:
    """Import a combined UTDF file of Synchro.

    Parameters
    ----------
    network
        The file; feet and miles per hour, or metres and km/h, as ``Metric`` says.
    volumes
        ``"counted"``: turning volumes as they stand; ``"adjusted"``: multiplied by growth and divided by the peak
        hour factor.

    Raises
    ------
    InputError
        If the file is missing, damaged or of another kind, or holds a value that cannot be used.
    NetworkError
        If nodes or links are missing, or a node cannot be used.

    Examples
    --------
    >>> read_utdf(Path("nowhere.csv"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.csv: found no such file; expected a file that can be read. \
Remedy: correct the path or its permissions.
    """
    ledger = Ledger("utdf")
    utdf = read_utdf_sections(Path(network), ledger)
    read = read_roads(utdf, ledger)
    made = _network(utdf, read, ledger)
    demand = read_volumes(utdf, read, volumes == "adjusted", ledger)
    _note_unread(utdf, ledger)
    findings = ledger.findings()
    repaired = tuple(one for one in findings if one.code in REPAIRS)
    return Imported(replace(made, findings=(*made.findings, *repaired)), demand, findings=findings,
                    counts=ledger.counts(), description=f"Made from {Path(network).name}, {volumes} turning volumes.")


def _network(utdf: Utdf, read: Read, ledger: Ledger) -> Network:
    timings = read_timing(utdf, read, ledger)
    graph = read.roads.graph
    for node in timings:
        graph.nodes[node]["control"] = "signal"
    network = assemble(graph, Given(groups=read.roads.groups(), movements=read.roads.movements))

    def served(node: str, one: Connection) -> Served | None:
        groups = read.served.get(_key(one))
        found = None if groups is None else phases_of(utdf, read, groups, timings[node])
        if found is None or not (found.protected or found.permitted):
            ledger.repair("signal-off", f"connection from {one.from_link!r} to {one.to_link!r}: no phase serves it")
            return None
        return found

    network = with_programs(network, timings, served, ledger)
    network = with_controls(network, timings, read_reacting(utdf, read, timings), ledger)
    limit = {data["id"]: data["speed_limit_kmh"] for *_, data in graph.edges(data=True)}
    return replace(network, connections=tuple(_finished(utdf, read, limit, one) for one in network.connections))


def _finished(utdf: Utdf, read: Read, limit: Mapping[str, float], one: Connection) -> Connection:
    """Take over the turning speed, and stop signs."""
    groups = read.served.get(_key(one), [])
    changes: dict[str, object] = {}
    speeds = [speed for group in groups
              if (speed := utdf.lanes.number(group.node, "Turning Speed", group.column, least=0))]
    if speeds:
        limits = limit[one.from_link], limit[one.to_link]
        changes["speed_limit_kmh"] = max(round(min(speeds[0] * read.kmh, *limits), 3), 1.0)
    signs = [utdf.lanes.whole(group.node, "Sign Control", group.column) for group in groups]
    if STOP in signs and one.signal is None and one.yields_to:
        changes["must_stop"] = True
    return one.model_copy(update=changes) if changes else one


def _key(one: Connection) -> tuple[str, int, str, int]:
    return one.from_link, one.from_lane, one.to_link, one.to_lane


def _note_unread(utdf: Utdf, ledger: Ledger) -> None:
    for section in (utdf.links, utdf.lanes, utdf.timeplans, utdf.phases):
        for records in section.records.values():
            for record, values in records.items():
                if record not in READ and any(values.values()):
                    ledger.note("ignored", f"record {record}", section.where)
