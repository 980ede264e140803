"""Graphs with the names that OSMnx and OpenStreetMap use: read into ours, each reading and each guess noted.

Where an attribute of ours is given, it stands. Tags: OpenStreetMap wiki, Key:highway, Key:maxspeed, Key:lanes.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from numbers import Real
from typing import Any

import networkx as nx

from trafficsim.base.errors import MOST_QUOTED, NetworkError, quoted, shortened
from trafficsim.design.inference.notes import Notebook
from trafficsim.design.inference.osm_coordinates import plane_of
from trafficsim.design.inference.osm_tags import (
    LANES_DEFAULT,
    ROUNDABOUT,
    ROUNDABOUT_RANK,
    boolean_of,
    lanes_of,
    limit_of,
    number_of,
    rank_of,
    road_class_of,
    values_of,
)
from trafficsim.spec.plane import PROJECTION, Plane

CENTRE_LENGTH = "between_centres_m"
"""Attribute of a link: its length from the middle of one junction to that of the next."""
POINT = re.compile(r"(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s+(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)", re.IGNORECASE)
_NODE_NAMES, _EDGE_NAMES = ("x", "y"), ("length", "maxspeed", "speed_kph", "highway", "junction")


def with_osm_names(
    graph: nx.DiGraph[Any], names: Mapping[Hashable, Hashable], notes: Notebook
) -> nx.DiGraph[Any]:
    """Return the graph with our attributes beside those of OSMnx; a graph without any of these is returned as it is.

    Parameters
    ----------
    graph
        It is not changed.
    names
        What nodes are called in messages.
    notes
        Where every reading and guess is noted.

    Raises
    ------
    NetworkError
        If a value cannot be read, or nobody says whether coordinates are degrees or metres.
    """
    if not _has_osm_names(graph):
        return graph
    made: nx.MultiDiGraph[Any] = nx.MultiDiGraph(graph)  # copies the dictionaries of attributes
    if "crs" in graph.graph:
        made.graph["crs"] = str(graph.graph["crs"])  # a file cannot hold the object
    _drop_gaps(made)
    plane = plane_of(made, notes)
    if plane is not None and plane.is_projected:
        made.graph[PROJECTION] = plane.as_dict
    for node, attributes in made.nodes(data=True):
        _read_node(attributes, plane, str(names[node]), notes)
    for tail, head, _, attributes in made.edges(keys=True, data=True):
        place = str(attributes.get("id") or f"{names[tail]}->{names[head]}")
        _read_geometry(attributes, plane, place)
        one_way = boolean_of(attributes.get("oneway"))
        _read_edge(attributes, made.has_edge(head, tail) if one_way is None else not one_way, place, notes)
        if attributes.get("junction") in ROUNDABOUT:
            for end in (tail, head):
                if made.nodes[end].get("control") is None:
                    made.nodes[end]["control"] = "roundabout"
                    rests_on(made.nodes[end], "control", f"read: junction={attributes['junction']}")
                    notes.add("control-read", str(names[end]))
    return made


def rests_on(attributes: dict[str, Any], name: str, text: str) -> None:
    """Write what a value rests on into its ``origins``."""
    origins = attributes.get("origins")
    attributes["origins"] = {**(origins if isinstance(origins, Mapping) else {}), name: shortened(text, MOST_QUOTED)}


def _kind(attributes: Mapping[str, Any]) -> str:
    return " or ".join(values_of(attributes.get("highway"))) + " road" if attributes.get("highway") else "no highway"


def _tag(name: str, values: Sequence[str]) -> str:
    return f"{name}={';'.join(values)}" if values else f"no {name}"


def _drop_gaps(graph: nx.MultiDiGraph[Any]) -> None:
    """Remove values that are not a number: tables of roads have them where a road lacks a tag, files as texts."""
    for *_, attributes in (*graph.nodes(data=True), *graph.edges(data=True)):
        for name in [name for name, value in attributes.items()
                     if isinstance(value, Real | str) and str(value) == "nan"]:
            del attributes[name]


def _has_osm_names(graph: nx.DiGraph[Any]) -> bool:
    if any(name in attributes for _, attributes in graph.nodes(data=True) for name in _NODE_NAMES):
        return True
    return any(name in attributes or isinstance(attributes.get("lanes"), str | list | tuple)
               for _, _, attributes in graph.edges(data=True) for name in _EDGE_NAMES)


def _read_node(attributes: dict[str, Any], plane: Plane | None, place: str, notes: Notebook) -> None:
    if plane is not None and attributes.get("x_m") is None and {"x", "y"} <= attributes.keys():
        x, y = (number_of(attributes[axis], f"node {place!r}: {axis}") for axis in _NODE_NAMES)
        attributes["x_m"], attributes["y_m"] = plane.metres(x, y)
        notes.add("coordinates-projected" if plane.is_projected else "coordinates-read", place)
    if attributes.get("control") is None and "traffic_signals" in values_of(attributes.get("highway")):
        attributes["control"] = "signal"
        rests_on(attributes, "control", f"read: node {place}, highway=traffic_signals")
        notes.add("control-read", place)


def _read_geometry(attributes: dict[str, Any], plane: Plane | None, place: str) -> None:
    line = attributes.get("geometry")
    if isinstance(line, str):  # well-known text, as a file has it
        points = [(float(x), float(y)) for x, y in POINT.findall(line)]
        if not line.upper().startswith("LINESTRING") or len(points) < 2:
            raise _no_line(line, place)
        attributes["geometry"] = line = points
    if line is not None and plane is not None and plane.is_projected:
        try:
            points = [(x, y) for x, y, *_ in getattr(line, "coords", line)]
        except (TypeError, ValueError, NotImplementedError):  # a line of several parts has no coordinates of its own
            raise _no_line(line, place) from None
        where = f"link {place!r}: geometry"
        attributes["geometry"] = [plane.metres(number_of(x, where), number_of(y, where)) for x, y in points]


def _no_line(found: Any, place: str) -> NetworkError:
    return NetworkError(f"link {place!r}: geometry", quoted(found), "LINESTRING (x y, x y, ...), or a list of (x, y)",
                        "correct or remove the geometry")


def _read_edge(attributes: dict[str, Any], two_way: bool, place: str, notes: Notebook) -> None:
    for name in ("highway", "maxspeed", "lanes", "name"):
        if len(values_of(attributes.get(name))) > 1:
            notes.add("several-values", f"{place}: {name}")
    if attributes.get("length_m") is None and attributes.get("length") is not None:
        attributes[CENTRE_LENGTH] = length_m = number_of(attributes["length"], f"link {place!r}: length")
        if length_m < 0.0:
            raise NetworkError(f"link {place!r}: length", f"{length_m:g} m", "a length in metres", "correct the length")
    if isinstance(attributes.get("name"), list | tuple):
        attributes["name"] = next(iter(values_of(attributes["name"])), "")
    _read_limit(attributes, place, notes)
    _read_class(attributes, place, notes)
    _read_lanes(attributes, two_way, place, notes)


def _read_limit(attributes: dict[str, Any], place: str, notes: Notebook) -> None:
    if attributes.get("speed_limit_kmh") is not None or not {"maxspeed", "speed_kph", "highway"} & attributes.keys():
        return
    limit = limit_of(attributes, place)
    attributes["speed_limit_kmh"] = limit.speed_kmh
    tagged, kind = values_of(attributes.get("maxspeed")), _kind(attributes)
    rests_on(attributes, "speed_limit_kmh", f"inferred: {kind}, {_tag('maxspeed', tagged)}" if limit.is_guessed else
             f"read: {_tag('maxspeed', tagged)}")
    notes.add("speed-limit-guessed" if limit.is_guessed else "speed-limit-read", place)


def _read_class(attributes: dict[str, Any], place: str, notes: Notebook) -> None:
    kinds = values_of(attributes.get("highway"))
    if kinds and attributes.get("road_class") is None:
        limit_kmh = number_of(attributes["speed_limit_kmh"], f"link {place!r}: speed_limit_kmh")
        attributes["road_class"] = road_class_of(kinds[0], limit_kmh)
        rests_on(attributes, "road_class", f"inferred: {_kind(attributes)}")
        notes.add("rural-guessed" if attributes["road_class"] == "rural" else "road-class-read", place)
    if attributes.get("priority") is None and (kinds or attributes.get("junction") in ROUNDABOUT):
        in_ring = attributes.get("junction") in ROUNDABOUT
        attributes["priority"] = ROUNDABOUT_RANK if in_ring else rank_of(kinds[0])
        rests_on(attributes, "priority", "inferred: roundabout" if in_ring else f"inferred: {_kind(attributes)}")


def _read_lanes(attributes: dict[str, Any], two_way: bool, place: str, notes: Notebook) -> None:
    given = attributes.get("lanes")
    if given is None:
        if "highway" in attributes:
            attributes["lanes"] = LANES_DEFAULT
            rests_on(attributes, "lanes", f"inferred: {_kind(attributes)}, no lanes")
            notes.add("lanes-guessed", place)
        return
    if not isinstance(given, str | list | tuple):  # a number: lanes of this direction, as in our table
        return
    lanes = lanes_of(given, f"link {place!r}: lanes")
    attributes["lanes"] = max(lanes // 2, 1) if two_way else max(lanes, 1)
    tag = _tag("lanes", values_of(given))
    rests_on(attributes, "lanes", f"inferred: half of {tag}" if two_way else f"read: {tag}")
    notes.add("lanes-halved" if two_way else "lanes-read", place)
