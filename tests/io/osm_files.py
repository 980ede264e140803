"""Small files of OpenStreetMap for tests."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

from trafficsim.io.imported import Imported
from trafficsim.io.osm.reading import read_osm

Tags = Mapping[str, str]
DEGREE_M = 111_267.0
"""Metres per degree of latitude about latitude 52."""


def osm_text(
    nodes: Mapping[int, tuple[float, float]], ways: Mapping[int, tuple[Sequence[int], Tags]],
    relations: Mapping[int, tuple[Sequence[tuple[str, int, str]], Tags]] | None = None,
    tagged: Mapping[int, Tags] | None = None,
) -> str:
    """Return an extract near Hanover: places of nodes in metres east and north, members as (type, id, role)."""
    rows = ['<?xml version="1.0"?>', '<osm version="0.6">']
    for node, (x, y) in nodes.items():
        place = f'lat="{52.0 + y / DEGREE_M:.7f}" lon="{9.7 + x / (DEGREE_M * 0.6165):.7f}"'
        rows.append(f'<node id="{node}" version="1" {place}>{_tags((tagged or {}).get(node, {}))}</node>')
    for way, (members, tags) in ways.items():
        refs = "".join(f'<nd ref="{node}"/>' for node in members)
        rows.append(f'<way id="{way}" version="1">{refs}{_tags(tags)}</way>')
    for relation, (parts, tags) in (relations or {}).items():
        refs = "".join(f'<member type="{kind}" ref="{one}" role="{role}"/>' for kind, one, role in parts)
        rows.append(f'<relation id="{relation}" version="1">{refs}{_tags(tags)}</relation>')
    return "\n".join([*rows, "</osm>"])


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


def write_osm(path: Path, text: str) -> Path:
    """Write an extract in the encoding that its name says."""
    packed = {".gz": gzip.compress, ".bz2": bz2.compress}.get(path.suffix, bytes)
    path.write_bytes(packed(text.encode()))
    return path


def imported(folder: Path, text: str, **choices: str) -> Imported:
    """Read an extract, without demand unless it is asked for."""
    return read_osm(write_osm(folder / "town.osm", text), **{"demand": "none", **choices})


CROSS = {1: (-200.0, 0.0), 2: (0.0, 0.0), 3: (200.0, 0.0), 4: (0.0, -200.0), 5: (0.0, 200.0)}
"""Nodes of a crossing of two roads: 1-2-3 from west to east, 4-2-5 from south to north."""


def cross(major: Tags | None = None, minor: Tags | None = None, **more: Mapping[int, object]) -> str:
    """Return a crossing of a primary road (way 10) and a residential one (way 20)."""
    roads = {10: ((1, 2, 3), {"highway": "primary", **(major or {})}),
             20: ((4, 2, 5), {"highway": "residential", **(minor or {})})}
    return osm_text(CROSS, roads, **more)  # type: ignore[arg-type]
