"""Lines with columns, written as GeoJSON (RFC 7946) or GeoParquet 1.1; where they lie on the earth, if it is known."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from trafficsim.spec.plane import Plane

Line = Sequence[tuple[float, float]]
METRES = "metres of the network: no projection is known, so that these are no degrees"
LINE_STRING = 2
"""Code of a LineString in well-known binary (OGC Simple Features)."""


class Lines(NamedTuple):
    """A table with a line for each row.

    Attributes
    ----------
    table : columns; values that are missing are null
    lines : points in metres, as the network has them
    plane : projection from which degrees come; ``None`` where it is not known
    """

    table: pd.DataFrame
    lines: Sequence[Line]
    plane: Plane | None


def write_geojson(found: Lines, path: Path) -> None:
    """Write a FeatureCollection: longitude and latitude, or metres with a member ``coordinates`` that says so."""
    features = [{"type": "Feature", "properties": {name: _plain(value) for name, value in row.items()},
                 "geometry": {"type": "LineString", "coordinates": [list(point) for point in line]}}
                for row, line in zip(found.table.to_dict("records"), _places(found), strict=True)]
    content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if found.plane is None:
        content["coordinates"] = METRES
    path.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def write_geoparquet(found: Lines, path: Path) -> None:
    """Write a Parquet file with a column ``geometry`` of well-known binary and the metadata of GeoParquet 1.1.

    Coordinates are those of OGC:CRS84, the default of the format; where no projection is known they are metres and
    ``crs`` is null, which the format has for unknown systems.
    """
    places = _places(found)
    table = pa.Table.from_pandas(found.table, preserve_index=False)
    table = table.append_column("geometry", pa.array([well_known_binary(line) for line in places], pa.binary()))
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["LineString"] if places else []}
    if places:
        xs, ys = [x for line in places for x, _ in line], [y for line in places for _, y in line]
        column["bbox"] = [min(xs), min(ys), max(xs), max(ys)]
    if found.plane is None:
        column["crs"] = None
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), b"geo": json.dumps(geo).encode()}),
                   path)


def well_known_binary(line: Line) -> bytes:
    """Return a line as well-known binary, little-endian.

    Examples
    --------
    >>> well_known_binary([(0.0, 0.0), (1.0, 0.0)])[:9].hex()
    '010200000002000000'
    """
    head = struct.pack("<BII", 1, LINE_STRING, len(line))
    return head + b"".join(struct.pack("<dd", x, y) for x, y in line)


def _places(found: Lines) -> list[Line]:
    if found.plane is None:
        return [[(float(x), float(y)) for x, y in line] for line in found.lines]
    return [[found.plane.degrees(x, y) for x, y in line] for line in found.lines]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    return value.item() if hasattr(value, "item") else value
