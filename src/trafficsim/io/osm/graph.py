"""The graph of an extract: each direction of a road between two nodes is a link that says where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import networkx as nx

from trafficsim.base.errors import InputError
from trafficsim.design.inference.osm_tags import ROUNDABOUT_RANK, rank_of, road_class_of
from trafficsim.io.ledger import Act, Ledger
from trafficsim.io.osm.access import RINGS
from trafficsim.io.osm.control import add_controls, mark_of
from trafficsim.io.osm.countries import Country
from trafficsim.io.osm.ends import close_ends
from trafficsim.io.osm.join import join_links
from trafficsim.io.osm.lanes import Reading, Side, narrowed, side_of
from trafficsim.io.osm.limits import limit_of
from trafficsim.io.osm.pieces import Piece, pieces_of
from trafficsim.io.osm.restrictions import Bans, bans_of, no_turning_round
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
    graph : one edge per direction of a road between two nodes, one node where roads meet, change or end
    plane : projection of its coordinates
    bans : turn restrictions
    """

    graph: nx.MultiDiGraph
    plane: Plane
    bans: Bans


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
    marked = {node for run in runs for node in run.nodes if mark_of(data.nodes[node].tags)}
    pieces = pieces_of(runs, places, marked, ledger)
    if not pieces:
        raise InputError("ways", "no way with two nodes apart", "roads", "cut out an area with roads")
    graph = _Builder(places, setting, ledger).graph_of(pieces)
    graph.graph[PROJECTION] = plane.as_dict
    cut = {str(run.nodes[end]) for run in runs for end, is_cut in zip((0, -1), run.cut, strict=True) if is_cut}
    add_controls(graph, data, ledger)
    joined = join_links(graph)
    if joined:
        ledger.note("inferred", "node where a road only goes on: its links are joined", times=joined)
    close_ends(graph, cut, ledger)
    bans = bans_of(data, graph, ledger)
    turned = no_turning_round(graph)
    if turned:
        ledger.note("inferred", "no turning round on motorways", times=len(turned))
    bans.pairs |= turned
    return Roads(graph, plane, bans)


class _Builder:
    """Adds pieces of ways to a graph; what is read from the tags of a way is read once for each direction."""

    def __init__(self, places: dict[int, Point], setting: Setting, ledger: Ledger) -> None:
        self.places, self.setting, self.ledger = places, setting, ledger
        self.graph: nx.MultiDiGraph = nx.MultiDiGraph()
        self.taken: set[str] = set()
        self.known: dict[tuple[int, str], dict[str, Any]] = {}

    def graph_of(self, pieces: list[Piece]) -> nx.MultiDiGraph:
        for piece in pieces:
            use = piece.run.use
            for direction, kinds in (("forward", use.forward), ("backward", use.backward)):
                if kinds:
                    self._add(piece, direction, kinds)
        return self.graph

    def _add(self, piece: Piece, direction: str, kinds: tuple[Kind, ...]) -> None:
        nodes = piece.nodes if direction == "forward" else piece.nodes[::-1]
        for node in (nodes[0], nodes[-1]):
            x_m, y_m = self.places[node]
            self.graph.add_node(str(node), x_m=x_m, y_m=y_m, osm_nodes=str(node))
        key = piece.run.way.id, direction
        if key not in self.known:
            self.known[key] = _attributes(piece.run, direction, kinds, self.setting, self.ledger)
        row = self.known[key]
        link = self._unique(piece.link(direction))
        self.graph.add_edge(str(nodes[0]), str(nodes[-1]), key=link, **{
            **row, "id": link, "geometry": [self.places[node] for node in nodes], "origins": dict(row["origins"])})

    def _unique(self, link: str) -> str:
        """A way that passes a node twice leaves it twice."""
        number, name = 1, link
        while name in self.taken:
            number += 1
            name = f"{link}#{number}"
        self.taken.add(name)
        return name


def _attributes(
    run: Run, direction: str, kinds: tuple[Kind, ...], setting: Setting, ledger: Ledger
) -> dict[str, Any]:
    tags, name = run.way.tags, f"way {run.way.id}"
    two_way = bool(run.use.forward and run.use.backward)
    side = side_of(Reading(tags, direction, two_way, name, setting.left_hand))
    narrowed(side, kinds)
    limit = limit_of(tags, direction, setting.country, name)
    if limit.unread:
        side.notes.append(("osm-value-unread", f"{name}: {limit.unread}"))
    for act, text in (*side.notes, *limit.notes):
        note(ledger, *(("repaired", act, text) if act.startswith(("osm-", "value-")) else (act, text, name)))
    _note_origins(side, limit.origin, ledger, name)
    in_ring, highway = tags.get("junction") in RINGS, tags["highway"]
    return {
        "lanes": side.lanes, "turn_lanes": side.turn_lanes, "allow": side.allow, "speed_limit_kmh": limit.speed_kmh,
        "road_class": road_class_of(highway, limit.speed_kmh), "name": tags.get("name") or tags.get("ref", ""),
        "priority": ROUNDABOUT_RANK if in_ring else rank_of(highway), "osm_way": str(run.way.id),
        "osm_class": highway, "layer": _layer(tags),
        **({"osm_junction": tags["junction"]} if tags.get("junction") else {}),
        "origins": _origins(side, limit.origin, highway, in_ring),
    }


def _note_origins(side: Side, limit: str, ledger: Ledger, name: str) -> None:
    """Count what was read and what was inferred, by direction of a way."""
    for what, origin in (("number of lanes", side.origins["lanes"]), ("speed limit", limit),
                         ("markings of lanes", side.origins.get("turn_lanes", "")),
                         ("lanes for some vehicles", side.origins.get("allow", ""))):
        if origin:
            act: Act = "inferred" if origin.startswith("inferred") else "read"
            ledger.note(act, f"{what} (directions of ways)", f"{name}: {origin.partition(': ')[2]}")


def _origins(side: Side, limit: str, highway: str, in_ring: bool) -> dict[str, str]:
    rank = "inferred: roundabout" if in_ring else f"inferred: {highway} road"
    return {**side.origins, "speed_limit_kmh": limit, "priority": rank, "road_class": f"inferred: {highway} road"}


def _layer(tags: Any) -> int:
    text = str(tags.get("layer", ""))
    return int(text) if text.removeprefix("-").isdigit() and len(text) < 4 else 0
