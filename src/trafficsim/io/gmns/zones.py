"""Zones of GMNS, and the trips between them: the matrix of DTALite and of its relatives, a CSV file of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from trafficsim.base.errors import DemandError, InputError, quoted
from trafficsim.io.gmns.roads import Read
from trafficsim.io.gmns.tables import Row, read_rows
from trafficsim.io.ledger import Ledger
from trafficsim.spec.demand import Unserved
from trafficsim.spec.od_matrix import ODMatrix, matrix_of
from trafficsim.spec.zones import Zone

ORIGINS = ("o_zone_id", "orig_taz", "origin", "from_zone_id", "from_zone", "o_zone", "orig")
DESTINATIONS = ("d_zone_id", "dest_taz", "destination", "to_zone_id", "to_zone", "d_zone", "dest")
TRIPS = ("volume", "total", "trips", "demand", "value")


class Trips(NamedTuple):
    """A matrix with the zones of its trips, and what of it no link serves."""

    matrix: ODMatrix | None
    zones: tuple[Zone, ...]
    unserved: tuple[Unserved, ...]


NO_ZONE = ("", "0")


def read_zones(read: Read, wanted: frozenset[str], ledger: Ledger) -> tuple[Zone, ...]:
    """Return the zones, with the links that leave and reach their nodes.

    A zone is at the node of its name, as centroids are; else at all nodes that name it. Zones of ``wanted``, those of
    a matrix, may be at the node of their name even if it names no zone.
    """
    named: dict[str, list[str]] = defaultdict(list)
    for node, row in read.nodes.items():
        if row.key("zone_id") not in NO_ZONE:
            named[row.key("zone_id")].append(node)
    for zone in sorted(wanted - named.keys()):
        if zone in read.nodes:
            named[zone] = [zone]
            ledger.note("inferred", "zone at the node of its name, which names no zone", f"zone {zone}")
    outs, ins = defaultdict(list), defaultdict(list)
    for link, (tail, head) in read.ends.items():
        outs[tail].append(read.roads.pieces[link][0].id)
        ins[head].append(read.roads.pieces[link][-1].id)
    found = []
    for zone, nodes in named.items():
        places = [zone] if zone in nodes else nodes
        ends = [tuple(link for node in places for link in table[node]) for table in (outs, ins)]
        if any(ends):
            found.append(Zone(id=zone, origins=ends[0], destinations=ends[1], connectors="least_cost"))
    if found:
        ledger.note("read", "zone", f"zone {found[0].id}", times=len(found))
    return tuple(found)


def read_trips(path: Path, read: Read, ledger: Ledger) -> Trips:
    """Read a matrix: one row per pair of zones, with columns as DTALite or others call them.

    Trips of a zone that no node names are not in the matrix but told as unserved.

    Raises
    ------
    InputError
        If the file cannot be read, or lacks a column.
    DemandError
        If a number of trips is negative or missing, or nobody knows any zone.
    """
    rows = read_rows(path, ("|".join(ORIGINS), "|".join(DESTINATIONS), "|".join(TRIPS)), ledger)
    if not rows:
        raise InputError(str(path), "no row", "rows of trips between zones", "give a complete file")
    pairs = [_trips(row) for row in rows]
    zones = read_zones(read, frozenset(zone for pair in pairs for zone in pair[:2]), ledger)
    known = {zone.id for zone in zones}
    served, unserved = [], []
    for origin, destination, trips in pairs:
        strange = [zone for zone in (origin, destination) if zone not in known]
        if strange:
            unserved.append(Unserved(f"{origin}>{destination}", "flow", "car", None,
                                     f"zone {strange[0]!r} is at no node", trips))
        else:
            served.append((origin, destination, trips))
    if not served:
        raise DemandError(str(path), f"no trips between zones of the network, such as {quoted(unserved[0].name)}",
                          "zones that the table node names in zone_id", "give the matrix that belongs to the network")
    for one in unserved:
        ledger.repair("trip-unserved", f"{path}: {one.name} ({one.reason})")
    ledger.note("read", "pair of zones with trips", str(path), times=len(served))
    return Trips(matrix_of(served, [zone.id for zone in zones]), zones, tuple(unserved))


def _trips(row: Row) -> tuple[str, str, float]:
    origin, destination, trips = row.key(*ORIGINS), row.key(*DESTINATIONS), row.number(*TRIPS)
    if not origin or not destination or trips is None or trips < 0:
        raise DemandError(row.where, quoted(", ".join(row.values.values())),
                          "a zone, a zone and a number of trips >= 0", "correct the row")
    return origin, destination, trips


def one_file(files: Sequence[Path], name: str) -> Path | None:
    """Return the one file of a list; none if there is none.

    Raises
    ------
    InputError
        If there are several.
    """
    if len(files) > 1:
        raise InputError(f"--{name}", f"{len(files)} files", "one file at most", "give the file of this network")
    return Path(files[0]) if files else None
