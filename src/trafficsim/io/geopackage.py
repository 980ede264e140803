"""Points of a GeoPackage by the standard library: SQLite, and well-known binary within (OGC 12-128r18)."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from trafficsim.base.errors import InputError, quoted

MAGIC = b"GP"
ENVELOPE_BYTES = (0, 32, 48, 48, 64)
"""Bytes of the bounding box before the geometry, by its code in the header."""
FIXED_BYTES = 8
POINT, DIMENSIONS = 1, 1000
"""Type of a point in well-known binary; with Z 1001, with M 2001, with both 3001."""
MULTIPOINT = 4
EWKB_FLAGS = 0x0FFFFFFF
REMEDY = "export the crashes as points from a geographic information system, or as CSV with x_m and y_m"


def read_points(path: Path, layer: str | None = None) -> pd.DataFrame:
    """Read a layer of points: its columns, and ``x_m`` and ``y_m`` from the geometry; the index are its keys.

    Parameters
    ----------
    path
        GeoPackage.
    layer
        Name of the layer; needed where there are several.

    Raises
    ------
    InputError
        If the file is no GeoPackage, has no such layer, its coordinates are degrees, or a geometry is no point.
    """
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)) as database:
            name, column, srs = _layer(path, database, layer)
            _refuse_degrees(path, database, srs)
            cursor = database.execute(f'SELECT rowid, * FROM "{name}"')
            head = [one[0] for one in cursor.description][1:]
            rows = cursor.fetchall()
    except sqlite3.Error as error:
        raise InputError(str(path), f"a file that cannot be read ({error})", "a GeoPackage", REMEDY) from None
    table = pd.DataFrame([row[1:] for row in rows], columns=head, index=[row[0] for row in rows], dtype=object)
    return _with_coordinates(path, table, column)


def _layer(path: Path, database: sqlite3.Connection, wanted: str | None) -> tuple[str, str, int]:
    """Name, geometry column and reference system of the layer."""
    found = database.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns").fetchall()
    layers = {str(one[0]): one for one in found}
    if not layers:
        raise InputError(str(path), "no layer with a geometry", "a layer of points", REMEDY)
    if wanted is None and len(layers) > 1:
        raise InputError(str(path), f"several layers: {', '.join(layers)}", "the layer that holds the crashes",
                         "name it with layer under [history]")
    name = wanted if wanted is not None else next(iter(layers))
    if name not in layers:
        raise InputError(f"{path}: layer", quoted(name), f"one of {', '.join(layers)}", "correct the name")
    _, column, srs = layers[name]
    if '"' in name:
        raise InputError(f"{path}: layer", quoted(name), "a name without quotes", "rename the layer")
    return name, str(column), int(srs)


def _refuse_degrees(path: Path, database: sqlite3.Connection, srs: int) -> None:
    row = database.execute("SELECT definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs,)).fetchone()
    if row is not None and str(row[0]).lstrip().upper().startswith(("GEOGCS", "GEOGCRS", "GEODCRS")):
        raise InputError(f"{path}: coordinates", f"degrees (reference system {srs})",
                         "metres in the network's own system", "reproject the layer to the system of the network "
                         "(offset_x_m and offset_y_m if its origin is shifted)")


def _with_coordinates(path: Path, table: pd.DataFrame, column: str) -> pd.DataFrame:
    if column not in table:
        raise InputError(str(path), f"no column {column!r}", "the geometry of the layer", REMEDY)
    points, wrong = [], []
    for key, blob in zip(table.index, table[column], strict=True):
        point = _point(blob)
        points.append(point or (0.0, 0.0))
        if point is None:
            wrong.append(str(key))
    if wrong:
        raise InputError(str(path), f"no point in row{'s' * (len(wrong) > 1)} {_some(wrong)}", "a point in every row",
                         REMEDY)
    return table.drop(columns=column).assign(x_m=[one[0] for one in points], y_m=[one[1] for one in points])


def _some(rows: Sequence[str]) -> str:
    return ", ".join(rows[:5]) + (f" and {len(rows) - 5:,} more" if len(rows) > 5 else "")


def _point(blob: Any) -> tuple[float, float] | None:
    """Coordinates of a geometry: a point, or a multipoint of one; ``None`` for anything else.

    Examples
    --------
    >>> _point(b"GP" + bytes([0, 1]) + struct.pack("<i", 25832) + struct.pack("<BIdd", 1, 1, 3.0, 4.0))
    (3.0, 4.0)
    """
    if not isinstance(blob, bytes) or len(blob) < FIXED_BYTES or blob[:2] != MAGIC:
        return None
    envelope = blob[3] >> 1 & 0b111
    if envelope >= len(ENVELOPE_BYTES):
        return None
    try:
        return _well_known(blob, FIXED_BYTES + ENVELOPE_BYTES[envelope])
    except struct.error:
        return None


def _well_known(blob: bytes, at: int) -> tuple[float, float] | None:
    order = "<" if blob[at : at + 1] == b"\x01" else ">"
    (code,) = struct.unpack_from(f"{order}I", blob, at + 1)
    kind = (code & EWKB_FLAGS) % DIMENSIONS
    if kind == MULTIPOINT:
        (number,) = struct.unpack_from(f"{order}I", blob, at + 5)
        return _well_known(blob, at + 9) if number == 1 else None
    if kind != POINT:
        return None
    x, y = struct.unpack_from(f"{order}dd", blob, at + 5)
    return (x, y) if x == x and y == y else None
