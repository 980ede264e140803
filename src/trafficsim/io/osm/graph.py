"""The graph of an extract: each direction of a road between two nodes is a link that says where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from trafficsim.base.errors import InputError
from trafficsim.design.inference.osm_tags import ROUNDABOUT_RANK, rank_of, road_class_of
from trafficsim.io.ledger import Ledger
from trafficsim.io.osm.access import RINGS
from trafficsim.io.osm.control import control_of, is_marked
from trafficsim.io.osm.countries import Country
from trafficsim.io.osm.lanes import Reading, Side, narrowed, side_of
from trafficsim.io.osm.limits import limit_of
from trafficsim.io.osm.pieces import Piece, arms_of, pieces_of
from trafficsim.io.osm.runs import Point, Run, note, projected, runs_of, without_repeated_places
from trafficsim.io.osm.source import OsmData
from trafficsim.spec.plane import PROJECTION, Plane
from trafficsim.spec.vehicles import Kind


@dataclass(frozen=True)
class Setting:
    """What holds for a whole extract: the law of its country, the side of driving, which service roads are kept."""

    country: Country
    left_hand: bool
    service: str = "none"


@dataclass
class Roads:
    """The graph of an extract, and the way from OpenStreetMap to it.

    Attributes
    ----------
    graph : one edge per piece of a way and direction, one node per node where they meet
    plane : projection of its coordinates
    pieces : way -> its pieces in order
    """

    graph: nx.MultiDiGraph
    plane: Plane
    pieces: dict[int, list[Piece]] = field(default_factory=dict)


def road_graph(data: OsmData, setting: Setting, ledger: Ledger) -> Roads:
    """Make the graph of the roads of an extract.

    Parameters
    ----------
    data
        Ways, nodes and relations.
    setting
        Country, side of driving, service roads.
    ledger
        Where it is noted what was read, inferred, repaired and ignored.

    Raises
    ------
    InputError
        If no road is left.
    """
    runs = runs_of(data, setting.service, ledger)
    if not runs:
        raise InputError("ways", f"{len(data.ways):,} ways with highway, none of them a road for motor vehicles that "
                         "has its nodes in the file", "roads", "cut out an area with roads, or choose --service all")
    plane, places = projected(data, (node for run in runs for node in run.nodes))
    runs = without_repeated_places(runs, places, ledger)
    marked = {node for run in runs for node in run.nodes if is_marked(data.nodes[node].tags)}
    pieces = pieces_of(runs, places, marked, ledger)
    if not pieces:
        raise InputError("ways", "no way with two nodes apart", "roads", "cut out an area with roads")
    roads = Roads(nx.MultiDiGraph(), plane)
    roads.graph.graph[PROJECTION] = plane.as_dict
    for piece in pieces:
        roads.pieces.setdefault(piece.run.way.id, []).append(piece)
        _add(roads.graph, piece, places, setting, ledger)
    _add_controls(roads.graph, data, runs, ledger)
    return roads


def _add(
    graph: nx.MultiDiGraph, piece: Piece, places: dict[int, Point], setting: Setting, ledger: Ledger
) -> None:
    use = piece.run.use
    for direction, kinds in (("forward", use.forward), ("backward", use.backward)):
        if not kinds:
            continue
        nodes = piece.nodes if direction == "forward" else piece.nodes[::-1]
        for node in (nodes[0], nodes[-1]):
            x_m, y_m = places[node]
            graph.add_node(str(node), x_m=x_m, y_m=y_m, osm_nodes=str(node))
        attributes = _attributes(piece, direction, kinds, setting, ledger)
        line = [places[node] for node in nodes]
        link = _unique(graph, piece.link(direction))
        graph.add_edge(str(nodes[0]), str(nodes[-1]), key=link, id=link, geometry=line, **attributes)


def _unique(graph: nx.MultiDiGraph, link: str) -> str:
    """A way that passes a node twice leaves it twice."""
    taken = graph.graph.setdefault("_taken", set())
    number = 1
    name = link
    while name in taken:
        number += 1
        name = f"{link}#{number}"
    taken.add(name)
    return name


def _attributes(
    piece: Piece, direction: str, kinds: tuple[Kind, ...], setting: Setting, ledger: Ledger
) -> dict[str, Any]:
    tags, name = piece.run.way.tags, f"way {piece.run.way.id}"
    two_way = bool(piece.run.use.forward and piece.run.use.backward)
    side = side_of(Reading(tags, direction, two_way, name, setting.left_hand))
    narrowed(side, kinds)
    limit = limit_of(tags, direction, setting.country, name)
    if limit.unread:
        side.notes.append(("osm-value-unread", f"{name}: {limit.unread}"))
    for act, text in side.notes:
        note(ledger, *(("repaired", act, text) if act.startswith(("osm-", "value-")) else (act, text, name)))
    in_ring, highway = tags.get("junction") in RINGS, tags["highway"]
    return {
        "lanes": side.lanes, "turn_lanes": side.turn_lanes, "allow": side.allow, "speed_limit_kmh": limit.speed_kmh,
        "road_class": road_class_of(highway, limit.speed_kmh), "name": tags.get("name") or tags.get("ref", ""),
        "priority": ROUNDABOUT_RANK if in_ring else rank_of(highway), "osm_way": str(piece.run.way.id),
        "osm_class": highway, "layer": _layer(tags),
        **({"osm_junction": tags["junction"]} if tags.get("junction") else {}),
        "origins": _origins(side, limit.origin, highway, in_ring),
    }


def _origins(side: Side, limit: str, highway: str, in_ring: bool) -> dict[str, str]:
    rank = "inferred: roundabout" if in_ring else f"inferred: {highway} road"
    return {**side.origins, "speed_limit_kmh": limit, "priority": rank, "road_class": f"inferred: {highway} road"}


def _layer(tags: Any) -> int:
    text = str(tags.get("layer", ""))
    return int(text) if text.removeprefix("-").isdigit() and len(text) < 4 else 0


def _add_controls(graph: nx.MultiDiGraph, data: OsmData, runs: list[Run], ledger: Ledger) -> None:
    arms = arms_of(runs)
    for node, attributes in graph.nodes(data=True):
        control, origin = control_of(data.nodes[int(node)].tags, int(node), arms[int(node)])
        if control:
            attributes["control"] = control
            attributes["origins"] = {"control": origin}
            ledger.note("read", f"node with control {control}", f"node {node}")
