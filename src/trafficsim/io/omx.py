"""Matrices in the OMX format (Open Matrix, version 0.2): tables and zone numbers in an HDF5 file, read through h5py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import DemandError, InputError, quoted
from trafficsim.base.memory import require_memory
from trafficsim.spec.od_matrix import ODMatrix

BYTES_PER_PAIR = 40.0
"""Of a table and its copies."""
TABLES, MAPPINGS = "data", "lookup"
"""Groups of an OMX file: tables, and arrays of zone numbers, one per row and column."""


class OmxTable(NamedTuple):
    """A table of an OMX file.

    Attributes
    ----------
    matrix : trips by zone
    numbered : whether the file names no zones, so that rows are zones 1, 2, 3 ...
    missing : values marked as missing (attribute ``NA``), taken as no trips
    """

    matrix: ODMatrix
    numbered: bool
    missing: int


def read_omx(path: Path, table: str | None = None, mapping: str | None = None) -> OmxTable:
    """Read a table of an OMX file.

    Parameters
    ----------
    path
        The file.
    table
        Name of the table; may be left out where there is one only.
    mapping
        Name of the array of zone numbers; may be left out where there is one only. Without any, zones are numbered
        from 1.

    Raises
    ------
    InputError
        If h5py is not installed, the file cannot be read, or a table or mapping is not in it, or must be chosen.
    DemandError
        If a table is not square, a mapping has another length, a zone occurs twice, or trips cannot be used.

    Examples
    --------
    >>> read_omx(Path("nowhere.omx"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.omx: found a file that is no HDF5 file; expected a matrix in the format \
OMX. Remedy: write it again.
    """
    with _opened(path) as file:
        chosen = _chosen(path, file, TABLES, table)
        if chosen is None:
            raise InputError(f"{path}: /{TABLES}", "no table", "at least one table of trips", "write the tables again")
        trips, missing = _table(path, file[TABLES][chosen])
        named = _chosen(path, file, MAPPINGS, mapping)
        where = f"{path}: table {quoted(chosen)}"
        zones = _numbers_from_1(len(trips)) if named is None else _zones(path, named, file, len(trips))
    try:
        return OmxTable(ODMatrix(zones, trips), named is None, missing)
    except DemandError as error:
        raise DemandError(f"{where}: {error.where.removeprefix('matrix: ')}", error.found, error.expected,
                          error.remedy) from None


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        import h5py
    except ImportError:
        raise InputError(str(path), "a matrix in the format OMX (HDF5)", "the package h5py, which reads it",
                         "pip install 'trafficsim[omx]', or write the matrix as CSV with columns origin, destination, "
                         "trips") from None
    try:
        with h5py.File(path, "r") as file:
            yield file
    except (OSError, RuntimeError, KeyError, ValueError):
        raise InputError(str(path), "a file that is no HDF5 file", "a matrix in the format OMX",
                         "write it again") from None


def _chosen(path: Path, file: Any, group: str, asked: str | None) -> str | None:
    """Name of the array to read: the one that is asked for, or the only one; ``None`` where there is none."""
    what, key = ("table", "table") if group == TABLES else ("mapping", "mapping")
    names = sorted(file[group]) if group in file else []
    if asked is not None and asked not in names:
        raise InputError(f"{path}: /{group}", f"no {what} {quoted(asked)}", f"one of {_listed(names)}",
                         f"correct {key}")
    if asked is None and len(names) > 1:
        raise InputError(f"{path}: /{group}", f"{len(names)} {what}s ({_listed(names)})",
                         f"{key} = one of them", f"name the {key} to read")
    return asked or (names[0] if names else None)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names)) or "none"


def _table(path: Path, array: Any) -> tuple[NDArray[np.float64], int]:
    """Trips of a table; what the file marks as missing is no trip. Any other value that is no number is refused."""
    where = f"{path}: table {quoted(array.name.rpartition('/')[2])}"
    if len(array.shape) != 2 or array.shape[0] != array.shape[1]:
        raise DemandError(where, f"shape {array.shape}", "one row and one column per zone", "write a square table")
    require_memory(str(path), f"{len(array):,} zones", BYTES_PER_PAIR * len(array) ** 2, "merge zones")
    try:
        trips = np.asarray(array[()], np.float64)
    except (TypeError, ValueError):
        raise DemandError(where, "values that are no numbers", "numbers of trips", "write them as numbers") from None
    mark = array.attrs.get("NA")
    if mark is None:
        return trips, 0
    missing = np.isnan(trips) if _is_nan(mark) else trips == float(np.ravel(mark)[0])
    return np.where(missing, 0.0, trips), int(missing.sum())


def _is_nan(mark: Any) -> bool:
    try:
        return bool(np.isnan(np.ravel(mark)[0]))
    except TypeError:
        return True


def _zones(path: Path, name: str, file: Any, rows: int) -> tuple[str, ...]:
    values = file[MAPPINGS][name][()]
    if np.shape(values) != (rows,):
        raise DemandError(f"{path}: mapping {quoted(name)}", f"{np.size(values)} zones",
                          f"{rows}, one per row of the table", "write the zone numbers that belong to the table")
    return tuple(_name(value) for value in values.tolist())


def _name(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _numbers_from_1(rows: int) -> tuple[str, ...]:
    return tuple(str(row + 1) for row in range(rows))
