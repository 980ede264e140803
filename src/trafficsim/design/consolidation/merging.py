"""A road graph with one node per junction: inner links become part of its movements, legs keep their stop lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import networkx as nx

from trafficsim.design.consolidation.clusters import (
    MOST_EXTENT_M,
    NO_WISH,
    VEHICLE_M,
    Cluster,
    Wish,
    clusters_of,
)
from trafficsim.design.consolidation.controls import absorb_controls, controls_of_junctions, join_signals
from trafficsim.design.consolidation.notes import Note
from trafficsim.design.consolidation.pieces import join_short_pieces
from trafficsim.design.consolidation.roads import Road, Roads
from trafficsim.design.consolidation.turns import Ban, through
from trafficsim.design.inference.geometry import Point, cut, heading, heading_at_end
from trafficsim.design.inference.legs import CORNER_RADIUS_M, HEADINGS, MAPPED, ROUNDABOUT_SETBACK_M
from trafficsim.design.inference.osmnx import CENTRE_LENGTH

MOST_INNER_M = 2.0 * MOST_EXTENT_M
LEAST_LEFT = 0.5
"""Share of a link that is left, at least, when junctions take their part; and room for one car."""


@dataclass(frozen=True)
class Consolidated:
    """A graph with one node per junction.

    Attributes
    ----------
    graph : as :func:`trafficsim.network_from_graph` takes it
    banned_turns : ``(link, next link)`` that no path through a junction serves, or that are banned
    junctions : name of every junction of several nodes, and its nodes
    left_over : bans over several links that are not all within one junction: pairs of links cannot express them
    notes : what was joined, repaired or inferred
    """

    graph: nx.MultiDiGraph[Any]
    banned_turns: tuple[Ban, ...]
    junctions: Mapping[Any, tuple[Any, ...]]
    left_over: tuple[tuple[str, ...], ...]
    notes: tuple[Note, ...]


def consolidate(
    graph: nx.MultiDiGraph[Any], banned_turns: Iterable[tuple[str, ...]] = (), wish: Wish = NO_WISH
) -> Consolidated:
    """Join the nodes of a map that are one junction, and say what may be driven through each.

    Parameters
    ----------
    graph
        Nodes with ``x_m``, ``y_m``, and ``osm_nodes`` and ``control`` where known; edges with ``id`` and the attributes
        of the reference page *Network*, and ``signal_at_end``, ``give_way_at_end``, ``stop_at_end`` (what stands at the
        end of the link), ``stop_line_m`` (how far before the end it stands) and ``osm_junction`` (the tag ``junction``
        of OpenStreetMap).
        It is not changed.
    banned_turns
        ``(link, next link)`` that must not be driven; also of more links, which must not follow each other.
    wish
        Nodes that are one junction, or junctions of their own, whatever the rules say.

    Examples
    --------
    A road of two carriageways, 12 m apart, that a street crosses at a signal:

    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph()
    >>> places = {1: (0, 0), 2: (0, 12), 3: (-99, 0), 4: (99, 0), 5: (-99, 12), 6: (99, 12), 7: (0, -80), 8: (0, 90)}
    >>> for node, (x, y) in places.items():
    ...     graph.add_node(str(node), x_m=x, y_m=y, **({"control": "signal"} if node < 3 else {}))
    >>> for tail, head in ((3, 1), (1, 4), (6, 2), (2, 5), (7, 1), (1, 7), (1, 2), (2, 1), (2, 8), (8, 2)):
    ...     _ = graph.add_edge(str(tail), str(head), id=f"{tail}-{head}", lanes=1)
    >>> joined = consolidate(graph)
    >>> joined.junctions
    {'1': ('1', '2')}
    >>> sorted(joined.graph.edges(data="id"))[0], len(joined.graph)
    (('1', '4', '1-4'), 7)
    """
    roads, renamed, notes = Roads.of(graph), dict[str, str](), list[Note]()
    absorb_controls(roads, [cluster.nodes for cluster in clusters_of(roads, wish)], renamed, notes)
    join_signals(roads, renamed, notes)
    notes += [Note("repaired", "link shorter than a vehicle, joined with the one that it continues", link)
              for link in join_short_pieces(roads, renamed)]
    given = {chain: _followed(renamed, chain) for chain in map(tuple, banned_turns)}
    banned = set(given.values())
    clusters = clusters_of(roads, wish)
    inner = {link for cluster in clusters for link in _inner(roads, cluster)}
    controls = controls_of_junctions(roads, [cluster.nodes for cluster in clusters], inner, notes)
    notes += [Note("inferred", f"junction of several nodes, joined ({', '.join(cluster.rules)})",
                   str(_name(cluster.nodes))) for cluster in clusters]
    left_out = _bans(roads, clusters, inner, banned, notes)
    return Consolidated(_merged(graph, roads, clusters, inner, controls), tuple(sorted(left_out)),
                        {_name(one.nodes): one.nodes for one in clusters},
                        tuple(chain for chain, links in given.items() if len(links) > 2 and set(links[1:-1]) - inner),
                        tuple(notes))


def _followed(renamed: Mapping[str, str], chain: Sequence[str]) -> tuple[str, ...]:
    """Return the links that stand for those of a chain, each once."""
    found = []
    for link in chain:
        while link in renamed:
            link = renamed[link]
        found.append(link)
    return tuple(link for place, link in enumerate(found) if place == 0 or found[place - 1] != link)


def _name(nodes: Iterable[Any]) -> Any:
    """Return the smallest id: as numbers where all are."""
    return min(nodes, key=lambda node: (0, int(node), "") if str(node).isdigit() else (1, 0, str(node)))


def _inner(roads: Roads, cluster: Cluster) -> Iterator[str]:
    """Links between nodes of a junction; a longer one that comes back to it is a leg at both ends."""
    members = set(cluster.nodes)
    for node in cluster.nodes:
        for road in roads.out_of[node]:
            if road.head in members and road.length_m <= MOST_INNER_M:
                yield road.id


def _bans(roads: Roads, clusters: Iterable[Cluster], inner: Collection[str], banned: Collection[tuple[str, ...]],
          notes: list[Note]) -> set[Ban]:
    """Return what no path through a junction serves, and what is banned elsewhere."""
    owned = {node for cluster in clusters for node in cluster.nodes}
    alone = [(node,) for node in roads.nodes if node not in owned and roads.is_junction(node)]
    found = {(pair[0], pair[1]) for pair in banned
             if len(pair) == 2 and all(link in roads.links and link not in inner for link in pair)}
    for nodes in (*(cluster.nodes for cluster in clusters), *alone):
        there = through(roads, nodes, inner, banned)
        approaches = [road.id for node in nodes for road in roads.into[node] if road.id not in inner]
        exits = [road.id for node in nodes for road in roads.out_of[node] if road.id not in inner]
        found |= {(one, other) for one in approaches for other in exits} - there.allowed
        if there.turns_back and len(nodes) > 1:
            notes.append(Note("inferred", "junction of carriageways where nobody turns back, for no lane is marked so",
                              str(_name(nodes))))
    return found


def _merged(graph: nx.MultiDiGraph[Any], roads: Roads, clusters: Sequence[Cluster], inner: Collection[str],
            controls: Mapping[Any, str]) -> nx.MultiDiGraph[Any]:
    names = {node: _name(cluster.nodes) for cluster in clusters for node in cluster.nodes}
    made: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    made.graph.update(graph.graph)
    made.graph[MAPPED] = True
    joined = {_name(cluster.nodes): cluster for cluster in clusters}
    for node, attributes in roads.nodes.items():
        control = {"control": controls[node]} if node in controls else {}
        if node in joined:
            made.add_node(node, **_joined(roads, joined[node]), **control)
        elif node not in names:
            made.add_node(node, **{**attributes, **control})
    for road in roads.links.values():
        if road.id not in inner:
            made.add_edge(names.get(road.tail, road.tail), names.get(road.head, road.head),
                          **_leg(roads, road, inner, names))
    return made


def _joined(roads: Roads, cluster: Cluster) -> dict[str, Any]:
    """Attributes of the node that stands for several: in their middle."""
    rows, places = [roads.nodes[node] for node in cluster.nodes], [roads.place(node) for node in cluster.nodes]
    attributes = {name: value for row in reversed(rows) for name, value in row.items() if value not in (None, "")}
    attributes.pop("control", None)
    texts = [str(row.get("osm_nodes") or node) for row, node in zip(rows, cluster.nodes, strict=True)]
    return attributes | {
        "x_m": round(sum(x for x, _ in places) / len(places), 3),
        "y_m": round(sum(y for _, y in places) / len(places), 3),
        "osm_nodes": ";".join(texts),
        "origins": {**attributes.get("origins", {}),
                    "osm_nodes": f"inferred: {len(rows)} nodes are one junction ({', '.join(cluster.rules)})"},
    }


def _leg(roads: Roads, road: Road, inner: Collection[str], names: Mapping[Any, Any]) -> dict[str, Any]:
    """Attributes of a link whose ends at junctions of several nodes are cut back to its stop lines."""
    attributes = {name: value for name, value in road.attributes.items() if name != "stop_line_m"}
    cuts = [_setback_m(roads, road, node) if node in names else 0.0 for node in (road.tail, road.head)]
    if road.head in names and road.has("signal_at_end"):
        cuts[1] = max(float(road.attributes.get("stop_line_m") or 0.0), cuts[1])
    if not any(cuts):
        return attributes
    least_m = max(LEAST_LEFT * road.length_m, min(VEHICLE_M, road.length_m))
    taken = min(1.0, (road.length_m - least_m) / sum(cuts))
    line = _between(road.line, cuts[0] * taken, road.length_m - cuts[1] * taken)
    for name in (CENTRE_LENGTH, "length_m"):
        if attributes.get(name) is not None:
            attributes[name] = max(attributes[name] - sum(cuts) * taken, attributes[name] * LEAST_LEFT)
    headings = {HEADINGS[0]: heading(road.line), HEADINGS[1]: heading_at_end(road.line)}
    return {**attributes, "geometry": line, **{name: round(angle, 6) for name, angle in headings.items()}}


def _setback_m(roads: Roads, road: Road, node: Any) -> float:
    """Return how far before a node of a junction the stop line lies: half of the crossing street, and the corner."""
    if roads.is_ring(node):
        return ROUNDABOUT_SETBACK_M
    return roads.crossing_m(road, node) + CORNER_RADIUS_M


def _between(line: Sequence[Point], start_m: float, end_m: float) -> tuple[Point, ...]:
    """Return the part of a line between two lengths along it."""
    return tuple((round(x, 3), round(y, 3)) for x, y in cut(line, start_m, end_m))
