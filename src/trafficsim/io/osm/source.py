"""Files of OpenStreetMap in any encoding (XML, plain, gz or bz2; PBF): the roads, their nodes and their relations.

Read through the package osmium (libosmium). The encoding is told by the first bytes, not by the name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trafficsim.base.errors import InputError, shortened
from trafficsim.base.memory import require_memory
from trafficsim.io.files import what_is_there

Tags = Mapping[str, str]
ROAD, RELATIONS = "highway", ("restriction", "enforcement")
BYTES_PER_NODE = 400.0
"""Of a node that is kept, as it is in memory (measured)."""
MAGIC = ((b"\x1f\x8b", "osm.gz"), (b"BZh", "osm.bz2"), (b"<", "osm"), (b"\xef\xbb\xbf<", "osm"))


@dataclass(frozen=True, slots=True)
class Node:
    """A node with its place in degrees."""

    id: int
    longitude: float
    latitude: float
    tags: Tags


@dataclass(frozen=True, slots=True)
class Way:
    """A way: the ids of its nodes in its own direction."""

    id: int
    nodes: tuple[int, ...]
    tags: Tags


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a relation: ``n``, ``w`` or ``r``, its id and its role."""

    kind: str
    id: int
    role: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation and its members."""

    id: int
    members: tuple[Member, ...]
    tags: Tags


@dataclass
class OsmData:
    """What an extract holds about roads.

    Attributes
    ----------
    nodes : nodes of roads and of relations, and speed cameras, by id; only those with a valid place
    ways : ways with the tag ``highway``, each once
    relations : turn restrictions and enforcement
    repeated_ways : how many ways the file holds a second time
    """

    nodes: dict[int, Node] = field(default_factory=dict)
    ways: list[Way] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    repeated_ways: int = 0


def read_osm_data(path: Path) -> OsmData:
    """Read the roads of an extract.

    Raises
    ------
    InputError
        If osmium is not installed, or the file is missing, truncated, or not one of OpenStreetMap.
    MachineError
        If the memory does not hold its roads.

    Examples
    --------
    >>> read_osm_data(Path("nowhere.osm.pbf"))
    Traceback (most recent call last):
    ...
    trafficsim.base.errors.InputError: nowhere.osm.pbf: found no such file; expected a file that can be read. Remedy: \
correct the path or its permissions.
    """
    found = what_is_there(path)
    if found:
        raise InputError(str(path), found, "a file that can be read", "correct the path or its permissions")
    osmium = _osmium(path)
    with _damage_told(path, osmium):
        return _read(path, osmium)


def _read(path: Path, osmium: Any) -> OsmData:
    data = OsmData()
    kinds = osmium.osm
    for one in _objects(path, kinds.WAY | kinds.RELATION, osmium.filter.KeyFilter(ROAD, "type")):
        if one.is_way():
            _keep_way(data, one)
        elif one.tags.get("type", "").partition(":")[0] in RELATIONS:
            members = tuple(Member(member.type, member.ref, member.role) for member in one.members)
            data.relations.append(Relation(one.id, members, dict(one.tags)))
    wanted = _wanted_nodes(data)
    require_memory(str(path), f"{len(wanted):,} nodes of roads", BYTES_PER_NODE * len(wanted), "cut out a smaller area")
    _keep_nodes(data, _objects(path, kinds.NODE, osmium.filter.IdFilter(wanted)))
    _keep_nodes(data, _objects(path, kinds.NODE, osmium.filter.TagFilter((ROAD, "speed_camera"))))
    return data


def _osmium(path: Path) -> Any:
    try:
        import osmium
        import osmium.filter
    except ImportError:
        raise InputError(str(path), "a file of OpenStreetMap", "the package osmium, which reads it",
                         "pip install 'trafficsim[osm]'") from None
    return osmium


def _objects(path: Path, kinds: Any, wanted: Any) -> Iterator[Any]:
    osmium = _osmium(path)
    file = osmium.io.File(str(path), _encoding(path))
    yield from osmium.FileProcessor(file, kinds).with_filter(wanted)


@contextmanager
def _damage_told(path: Path, osmium: Any) -> Iterator[None]:
    """Say what is wrong with a file; osmium finds out while its objects are looked at."""
    try:
        yield
    except (RuntimeError, ValueError, OSError, OverflowError, TypeError, osmium.InvalidLocationError) as error:
        raise InputError(str(path), f"a file that cannot be read to its end ({shortened(str(error), 200)})",
                         "a complete file of OpenStreetMap (.osm, .osm.gz, .osm.bz2, .osm.pbf)",
                         "download or cut out the extract again") from None


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        beginning = file.read(4)
    if not beginning:
        raise InputError(str(path), "an empty file", "a file of OpenStreetMap (.osm, .osm.gz, .osm.bz2, .osm.pbf)",
                         "download or cut out the extract again")
    return next((name for magic, name in MAGIC if beginning.startswith(magic)), "pbf")


def _keep_way(data: OsmData, way: Any) -> None:
    if ROAD in way.tags:
        data.ways.append(Way(way.id, tuple(node.ref for node in way.nodes), dict(way.tags)))


def _wanted_nodes(data: OsmData) -> list[int]:
    once = {way.id: way for way in data.ways}  # of a way that is there twice, the last one is the newest
    data.repeated_ways = len(data.ways) - len(once)
    data.ways = list(once.values())
    nodes = {node for way in data.ways for node in way.nodes}
    nodes |= {member.id for one in data.relations for member in one.members if member.kind == "n"}
    return sorted(nodes)


def _keep_nodes(data: OsmData, nodes: Iterable[Any]) -> None:
    for node in nodes:
        if node.location.valid():
            data.nodes[node.id] = Node(node.id, node.location.lon, node.location.lat, dict(node.tags))
