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
SHOWN = 5


class Trips(NamedTuple):
    """A matrix with the zones of its trips, and what of it no link serves."""

    matrix: ODMatrix | None
    zones: tuple[Zone, ...]
    unserved: tuple[Unserved, ...]


def read_zones(read: Read, ledger: Ledger) -> tuple[Zone, ...]:
    """Return the zones that nodes name, with the links that leave and reach those nodes."""
    origins: dict[str, list[str]] = defaultdict(list)
    destinations: dict[str, list[str]] = defaultdict(list)
    zone_of = {name: row.key("zone_id") for name, row in read.nodes.items() if row.key("zone_id")}
    for link, pieces in read.roads.pieces.items():
        tail, head = read.ends[link.removeprefix("-") if link not in read.ends else link]
        if tail in zone_of:
            origins[zone_of[tail]].append(pieces[0].id)
        if head in zone_of:
            destinations[zone_of[head]].append(pieces[-1].id)
    names = [name for name in dict.fromkeys(zone_of.values()) if name in origins or name in destinations]
    if names:
        ledger.note("read", "zone", f"zone {names[0]}", times=len(names))
    return tuple(Zone(id=name, origins=tuple(origins[name]), destinations=tuple(destinations[name]),
                      connectors="least_cost") for name in names)


def read_trips(path: Path, zones: tuple[Zone, ...], ledger: Ledger) -> Trips:
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
    known = {zone.id for zone in zones}
    served, unserved = [], []
    for row in rows:
        origin, destination, trips = _trips(row)
        strange = [zone for zone in (origin, destination) if zone not in known]
        if strange:
            unserved.append(Unserved(f"{origin}>{destination}", "flow", "car", None,
                                     f"zone {strange[0]!r} is at no node", trips))
        else:
            served.append((origin, destination, trips))
    if not served:
        raise DemandError(str(path), f"no trips between zones of the network, such as {quoted(unserved[0].name)}",
                          "zones that the table node names in zone_id", "give the matrix that belongs to the network")
    for one in unserved[:SHOWN]:
        ledger.repair("trip-unserved", f"{path}: {one.name} ({one.reason})")
    if len(unserved) > SHOWN:
        ledger.note("repaired", "trip-unserved", str(path), times=len(unserved) - SHOWN)
    ledger.note("read", "pair of zones with trips", str(path), times=len(served))
    return Trips(matrix_of(served, [zone.id for zone in zones]), zones, tuple(unserved))


def _trips(row: Row) -> tuple[str, str, float]:
    origin, destination, trips = row.key(*ORIGINS), row.key(*DESTINATIONS), row.number(*TRIPS)
    if not origin or not destination or trips is None or trips < 0:
        raise DemandError(row.where, quoted(", ".join(row.values.values())), "a zone, a zone and a number of trips >= 0",
                          "correct the row")
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
