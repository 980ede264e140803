"""Graphs of OSMnx with names that outlive the download: those of OpenStreetMap's ways and nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import networkx as nx

from trafficsim.base.errors import NetworkError
from trafficsim.design.inference.network import network_from_graph
from trafficsim.design.inference.osm_tags import boolean_of, values_of
from trafficsim.spec.fixes import Fixes
from trafficsim.spec.network import Network


def from_osmnx(
    graph: nx.MultiDiGraph[Any], *, fixes: Fixes | None = None, left_hand_traffic: bool = False
) -> Network:
    """Make a network of a graph of OSMnx, with links named by way and node as those of an extract of OpenStreetMap.

    Parameters
    ----------
    graph
        As ``osmnx.graph_from_place`` and the like return it, projected or not; it is not changed.
    fixes
        What is known better than the graph says.
    left_hand_traffic
        Vehicles keep to the left, which a graph of OSMnx does not say.

    Returns
    -------
    The network. Links are named ``"WAY@NODE"``: the way driven in its direction from this node, ``"-WAY@NODE"`` against
    it; of several merged ways the smallest number names the link, and ``osm_way`` holds all. ``origins`` of links and
    nodes say what was read and what was guessed.

    Raises
    ------
    NetworkError
        If the graph is undirected or empty, or a value cannot be read.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph(crs="epsg:4326")
    >>> for node, longitude in ((1, 9.730), (2, 9.733)):
    ...     graph.add_node(node, x=longitude, y=52.370)
    >>> _ = graph.add_edge(1, 2, osmid=[88, 77], length=204.0, highway="primary", oneway=True, reversed=False)
    >>> network = from_osmnx(graph)
    >>> network.links["77@1"]["osm_way"], network.links["77@1"]["origins"]["lanes"]
    ('77;88', 'inferred: primary road, no lanes')
    """
    if not isinstance(graph, nx.Graph) or not graph.is_directed():
        raise NetworkError("graph", f"a {type(graph).__name__}", "a directed graph of OSMnx",
                           "use the graph before it is made undirected")
    named = nx.relabel_nodes(nx.MultiDiGraph(graph), {node: str(node) for node in graph})
    for node, attributes in named.nodes(data=True):
        members = values_of(attributes.get("osmid_original")) or (node,)
        attributes.setdefault("osm_nodes", ";".join(_numbered(members)))
    taken: dict[str, int] = {}
    for tail, *_, attributes in named.edges(keys=True, data=True):
        _name(attributes, tail, taken)
    return network_from_graph(named, fixes=fixes, left_hand_traffic=left_hand_traffic)


def _name(attributes: dict[str, Any], tail: str, taken: dict[str, int]) -> None:
    ways = _numbered(values_of(attributes.get("osmid")))
    if not ways:
        return
    attributes.setdefault("osm_way", ";".join(ways))
    if attributes.get("id") is None:
        name = f"{_against(attributes)}{ways[0]}@{tail}"
        taken[name] = taken.get(name, 0) + 1
        attributes["id"] = name if taken[name] == 1 else f"{name}#{taken[name]}"


def _against(attributes: Mapping[str, Any]) -> str:
    return "-" if boolean_of(attributes.get("reversed")) else ""


def _numbered(names: tuple[str, ...]) -> list[str]:
    return sorted(dict.fromkeys(names), key=lambda name: (len(name), name))
