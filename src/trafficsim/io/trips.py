"""Trips as a CSV file: one row per vehicle."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from trafficsim.base.errors import DemandError, quoted
from trafficsim.base.memory import require_memory
from trafficsim.io.files import MEBIBYTE
from trafficsim.io.mistakes import did_you_mean
from trafficsim.io.paths import require_file
from trafficsim.io.toml import read_text
from trafficsim.spec.demand import Trip

BLOCK_BYTES = 1 << 20
TRIPS_BUDGET = (4096 * MEBIBYTE, 1.0)
BYTES_PER_TRIP = 2200.0
"""Memory that a row of a file takes until the end of a run, measured with 200,000 rows."""
COLUMNS = ("id", "depart_s", "route", "origin", "destination", "via", "class", "depart_position_m", "depart_lane")


def read_trips(path: Path) -> tuple[Trip, ...]:
    """Read trips from a CSV file with a header.

    Columns: ``id``, ``depart_s`` (clock time), ``route`` (link ids separated by spaces) or ``origin`` and
    ``destination`` (link ids), and optionally ``via`` (links to pass, separated by spaces), ``class`` (vehicle class),
    ``depart_position_m`` and ``depart_lane``.

    Raises
    ------
    DemandError
        With file and line, if a column is missing or unknown, an id occurs twice, or a value is wrong.
    MachineError
        If the file has more trips than the memory holds.
    """
    require_file(path, str(path))
    rows = _count_lines(path)
    require_memory(str(path), f"{rows:,} lines of trips", BYTES_PER_TRIP * rows,
                   "split the file by time or area, or describe the demand as [[demand.flows]]")
    lines = read_text(path, TRIPS_BUDGET).splitlines()
    reader = csv.DictReader(lines, restkey="")
    trips: dict[str, Trip] = {}
    for row in _rows(path, reader):
        trip = _trip(f"{path}:{reader.line_num}", row)
        if trip.id in trips:
            raise DemandError(f"{path}:{reader.line_num}: id", f"the id {quoted(trip.id)} a second time", "unique ids",
                              "rename one of the trips")
        trips[trip.id] = trip
    return tuple(trips.values())


def _rows(path: Path, reader: csv.DictReader[str]) -> Iterator[dict[str, Any]]:
    """Give the rows below a header that is right."""
    try:
        _check_header(path, reader.fieldnames or ())
        yield from reader
    except csv.Error as error:
        raise DemandError(f"{path}:{reader.line_num}", f"a line that cannot be read ({error})",
                          "values separated by commas, short texts in quotes", "correct that line") from None


def _count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK_BYTES), b""))


def write_trips(path: Path, trips: Iterable[Trip]) -> None:
    """Write trips as :func:`read_trips` reads them; trips with stops do not fit into a row and are refused."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for trip in trips:
            if trip.stops:
                raise DemandError(f"{path}: trip {trip.id!r}", f"{len(trip.stops)} stops", "a trip without stops",
                                  "write it in the scenario, as [[demand.trips]] with [[demand.trips.stops]]")
            writer.writerow(_row(trip))


def _row(trip: Trip) -> list[object]:
    optional = (trip.origin, trip.destination, " ".join(trip.via), trip.vehicle_class, trip.depart_position_m,
                trip.depart_lane)
    return [trip.id, repr(trip.depart_s), " ".join(trip.route), *("" if value is None else value for value in optional)]


def _check_header(path: Path, header: Iterable[str]) -> None:
    present = list(header)
    for name in present:
        if name not in COLUMNS:
            raise DemandError(f"{path}:1: header", f"an unknown column {quoted(name)}", f"columns {', '.join(COLUMNS)}",
                              f"rename or remove it; {did_you_mean(name, COLUMNS).rstrip('?')}")
    missing = [name for name in ("id", "depart_s") if name not in present]
    if not {"route"} & set(present) and not {"origin", "destination"} <= set(present):
        missing.append("route (or origin and destination)")
    if missing:
        raise DemandError(f"{path}:1: header", f"no column {', '.join(missing)}", f"columns {', '.join(COLUMNS)}",
                          "add the missing columns")


def _trip(where: str, row: dict[str, Any]) -> Trip:
    if "" in row:
        raise DemandError(where, "more values than columns", "one value per column",
                          "remove the extra commas, or put text that holds a comma in quotes")
    values = {name: value.strip() for name, value in row.items() if value is not None and value.strip()}
    depart_s = _number(where, values, "depart_s")
    if depart_s is None or "id" not in values:
        column = "id" if depart_s is not None else "depart_s"
        raise DemandError(f"{where}: {column}", "nothing", "a value in every row", f"fill in {column}")
    lane = _number(where, values, "depart_lane")
    try:
        return Trip(
            id=values["id"], depart_s=depart_s, route=tuple(values.get("route", "").split()),
            origin=values.get("origin"), destination=values.get("destination"),
            via=tuple(values.get("via", "").split()),
            vehicle_class=values.get("class", "car"), depart_position_m=_number(where, values, "depart_position_m"),
            depart_lane=None if lane is None else int(lane),
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = str(first["loc"][0]) if first["loc"] else "route"
        raise DemandError(f"{where}: {column}", quoted(values.get(column, "nothing")),
                          str(first["msg"]).removeprefix("Value error, ").removeprefix("Input should be "),
                          f"correct the column {column}") from None


def _number(where: str, values: dict[str, str], column: str) -> float | None:
    text = values.get(column)
    if text is None:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or (column == "depart_lane" and number != int(number)):
        raise DemandError(f"{where}: {column}", quoted(text), "a finite number" if column != "depart_lane" else
                          "a whole number", "write a number without a unit")
    return number
