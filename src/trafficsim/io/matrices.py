"""Origin-destination matrices from files: CSV, TNTP and OMX."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

import numpy as np

from trafficsim.base.errors import DemandError, InputError, quoted
from trafficsim.io.csv_rows import Faults, numbers, read_rows, texts
from trafficsim.io.omx import read_omx
from trafficsim.io.paths import require_file
from trafficsim.io.tntp.matrix import read_tntp_trips
from trafficsim.spec.od_matrix import ODMatrix, matrix_of

COLUMNS = ("origin", "destination", "trips")
MOST_DIGITS = 18
HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"


class MatrixFile(NamedTuple):
    """A matrix, and what its reader took for granted.

    Attributes
    ----------
    matrix : trips by zone
    numbered : whether the file names no zones, so that rows are zones 1, 2, 3 ...
    missing : pairs marked as missing, taken as no trips
    """

    matrix: ODMatrix
    numbered: bool = False
    missing: int = 0


def read_matrix(path: str | Path, table: str | None = None, mapping: str | None = None) -> ODMatrix:
    """Read a matrix: a CSV file with columns ``origin``, ``destination``, ``trips``, a TNTP file, or an OMX file.

    Parameters
    ----------
    path
        The file.
    table, mapping
        Table and mapping of zone numbers of an OMX file; needed where it has several.

    Raises
    ------
    InputError
        If the file is missing, of no known format, has other columns, or h5py is missing for an OMX file.
    DemandError
        If a value or a zone cannot be used, or a pair of zones occurs twice.
    """
    return read_matrix_file(path, table, mapping).matrix


def read_matrix_file(path: str | Path, table: str | None = None, mapping: str | None = None) -> MatrixFile:
    """Read a matrix as :func:`read_matrix` does, with what was taken for granted."""
    path = Path(path)
    require_file(path, str(path))
    name = path.name.lower()
    if name.endswith(".omx") or _begins_like_hdf5(path):
        return MatrixFile(*read_omx(path, table, mapping))
    if table is not None or mapping is not None:
        raise InputError(str(path), f"table {quoted(table)}, mapping {quoted(mapping)} of a file that is no OMX file",
                         "neither of them", "leave them out: the file holds one matrix")
    if name.endswith((".tntp", ".tntp.gz")):
        return MatrixFile(read_tntp_trips(path))
    if name.endswith((".csv", ".csv.gz")):
        return MatrixFile(_read_csv(path))
    raise InputError(str(path), "a file of no known format", "a matrix (.csv, .tntp, .omx)",
                     "give it the ending of its format, or convert it")


def write_matrix(path: Path, matrix: ODMatrix) -> None:
    """Write a matrix as :func:`read_matrix` reads it from CSV: one row per pair of zones with trips."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row, column in np.argwhere(matrix.trips > 0).tolist():
            writer.writerow((matrix.zones[row], matrix.zones[column], repr(float(matrix.trips[row, column]))))


def _read_csv(path: Path) -> ODMatrix:
    table, lines = read_rows(path)
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise InputError(f"{path}:1: header", f"no column {quoted(missing[0])}", f"columns {', '.join(COLUMNS)}",
                         "add or rename the column")
    faults = Faults(path, lines)
    origin, destination = texts(table, "origin"), texts(table, "destination")
    for column, values in (("origin", origin), ("destination", destination)):
        faults.add(column, values, values == "", "")
    trips = numbers(table["trips"], "trips", faults, lambda number: number >= 0)
    faults.tell("a zone, a zone and a number of trips >= 0 in every row", "correct these rows")
    pairs = list(zip(origin, destination, strict=True))
    if len(set(pairs)) < len(pairs):
        first = {pair: row for row, pair in reversed(list(enumerate(pairs)))}
        row = next(row for row, pair in enumerate(pairs) if first[pair] < row)
        raise DemandError(f"{path}:{lines[row]}", f"the pair {quoted(pairs[row])} a second time",
                          "every pair of zones once", "remove one of the rows, or add them up")
    zones = sorted({*origin, *destination}, key=_by_number)
    return matrix_of(((*pair, float(number)) for pair, number in zip(pairs, trips, strict=True)), zones)


def _by_number(zone: str) -> tuple[bool, int, str]:
    """Sort numbers as numbers; what is longer than any number of a zone is a text."""
    is_number = zone.isascii() and zone.isdigit() and len(zone) <= MOST_DIGITS
    return not is_number, int(zone) if is_number else 0, zone


def _begins_like_hdf5(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(HDF5_MAGIC)) == HDF5_MAGIC
    except OSError:
        return False
