"""Read networks, matrices and nodes in the TNTP format of the repository Transportation Networks for Research."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from trafficsim.base.errors import DemandError, InputError
from trafficsim.base.repairs import REPAIRS
from trafficsim.io.imported import Imported
from trafficsim.io.ledger import Ledger
from trafficsim.io.tntp.matrix import read_tntp_trips, stated_total
from trafficsim.io.tntp.network import Columns, read_columns
from trafficsim.io.tntp.nodes import read_tntp_nodes
from trafficsim.io.tntp.roads import JAM_DENSITY_VEH_KM, metres_of, roads_of
from trafficsim.io.tntp.text import read_tntp_text
from trafficsim.spec.od_matrix import ODMatrix


def read_tntp(network: Path, trips: Sequence[Path] = (), nodes: Sequence[Path] = ()) -> Imported:
    """Import a TNTP network, with its matrix and the coordinates of its nodes.

    Parameters
    ----------
    network
        ``_net.tntp``, plain or gzip. Lanes are capacity / 1,800 veh/h, rounded up; the jam density is 150 veh/km per
        lane; speed limits are length / free-flow time.
    trips
        ``_trips.tntp``: one matrix at most.
    nodes
        ``_node.tntp``: one file at most. Degrees, feet or metres are told by the lengths of links.

    Raises
    ------
    InputError
        If a file is missing, damaged or of the wrong kind, or two are given of one kind.
    NetworkError
        If a node does not exist, or a capacity, time or coefficient cannot be used.
    DemandError
        If a zone does not exist, or trips cannot be used.

    Examples
    --------
    >>> read_tntp(Path("nowhere_net.tntp"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere_net.tntp: found no such file; expected a file that can be read. \
Remedy: correct the path.
    """
    ledger = Ledger("tntp")
    columns = read_columns(Path(network))
    _note(columns, ledger, str(network))
    node_file, matrix_file = _one(nodes, "nodes"), _one(trips, "trips")
    static = columns.network
    places = {} if node_file is None else read_tntp_nodes(node_file, static, ledger, metres_of(static))
    matrix = None if matrix_file is None else _matrix(matrix_file, static.zones, ledger)
    roads = roads_of(static, places, ledger)
    findings = ledger.findings()
    repaired = tuple(one for one in findings if one.code in REPAIRS)
    return Imported(
        replace(roads.network, findings=(*roads.network.findings, *repaired)), findings=findings,
        counts=ledger.counts(), static=static, matrix=matrix, zones=roads.zones,
        description=f"Made from {Path(network).name}: lanes from capacities of 1,800 veh/h each, "
                    f"{JAM_DENSITY_VEH_KM:g} veh/km per lane in queues; nodes have no right of way.")


def _one(files: Sequence[Path], name: str) -> Path | None:
    if len(files) > 1:
        raise InputError(f"--{name}", f"{len(files)} files", "one file at most", "give the file of this network")
    return Path(files[0]) if files else None


def _note(columns: Columns, ledger: Ledger, where: str) -> None:
    static = columns.network
    ledger.note("read", "link", where, times=len(static.link))
    ledger.note("read", "zone", where, times=len(static.zones))
    if static.no_through:
        ledger.note("read", "zone that is not passed through", where, times=len(static.no_through))
    for name, unit in (("length", static.length_unit), ("time", static.time_unit)):
        stated = name in columns.stated_units
        ledger.note("read" if stated else "inferred", f"unit of {name}: {unit}" if stated else
                    f"unit of {name}: {unit}, not stated in the file", where)
    ledger.note("ignored", "columns speed and link type", where)
    if columns.announced_links != len(static.link):
        ledger.warn("tntp-links", where, f"{len(static.link):,} links, where <NUMBER OF LINKS> says "
                    f"{columns.announced_links:,}", "check that the file is complete")


def _matrix(path: Path, zones: tuple[str, ...], ledger: Ledger) -> ODMatrix:
    matrix = read_tntp_trips(path)
    if matrix.zones != zones:
        raise DemandError(f"{path}: <NUMBER OF ZONES>", f"{len(matrix.zones)}", f"{len(zones)}, as in the network",
                          "give the matrix that belongs to the network")
    ledger.note("read", "pair of zones with trips", str(path), times=int((matrix.trips > 0).sum()))
    if matrix.within_zones:
        ledger.warn("tntp-within", str(path), f"{matrix.within_zones:,.6g} of {matrix.total:,.6g} trips are within "
                    "zones and use no link", "")
    told = stated_total(read_tntp_text(path), matrix)
    if told:
        ledger.warn("tntp-total", str(path), told, "check that the file is complete")
    return matrix
