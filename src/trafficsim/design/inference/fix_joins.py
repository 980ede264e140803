"""Join nodes of a graph that are one junction, as a fixes file says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import networkx as nx

from trafficsim.design.inference.geometry import Point
from trafficsim.design.inference.legs import BANNED


def join_nodes(graph: nx.MultiDiGraph[Any], nodes: Sequence[Any], origin: str) -> Any:
    """Make one node of several, in their middle; links between them are part of the junction and go.

    Parameters
    ----------
    graph
        It is changed. Links keep their lines, which end at the stop lines where the nodes were.
    nodes
        The first one decides the attributes of the junction.
    origin
        What its ``origins`` say.

    Returns
    -------
    The smallest name among the nodes, which the junction keeps.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph([("a", "1"), ("1", "2"), ("2", "b")])
    >>> join_nodes(graph, ["2", "1"], "fixed: fixes"), sorted(graph.edges())
    ('1', [('1', 'b'), ('a', '1')])
    """
    kept = min(nodes, key=lambda node: (len(str(node)), str(node)))
    inside = set(nodes)
    first = dict(graph.nodes[nodes[0]])
    members = {one for node in nodes for one in str(graph.nodes[node].get("osm_nodes") or node).split(";") if one}
    first |= _middle([_point(graph, node) for node in nodes])
    first["osm_nodes"] = ";".join(sorted(members, key=lambda one: (len(one), one)))
    first[BANNED] = [pair for node in nodes for pair in graph.nodes[node].get(BANNED, ())]
    first["origins"] = {**(first.get("origins") or {}), "osm_nodes": origin}
    edges = list(graph.edges(keys=True, data=True))
    for tail, head, key, attributes in edges:
        if not {tail, head} & inside:
            continue
        _keep_line(graph, tail, head, attributes)
        graph.remove_edge(tail, head, key)
        if not {tail, head} <= inside:
            ends = (kept if tail in inside else tail, kept if head in inside else head)
            graph.add_edge(*ends, key=None if graph.has_edge(*ends, key) else key, **attributes)
    graph.remove_nodes_from(node for node in nodes if node != kept)
    graph.nodes[kept].clear()
    graph.nodes[kept].update(first)
    return kept


def _keep_line(graph: nx.MultiDiGraph[Any], tail: Any, head: Any, attributes: dict[str, Any]) -> None:
    line = [_point(graph, node) for node in (tail, head)]
    if not attributes.get("geometry") and None not in line and line[0] != line[1]:
        attributes["geometry"] = tuple(line)


def _point(graph: nx.MultiDiGraph[Any], node: Any) -> Point | None:
    x, y = graph.nodes[node].get("x_m"), graph.nodes[node].get("y_m")
    return None if x is None or y is None else (x, y)


def _middle(points: Sequence[Point | None]) -> dict[str, float]:
    known = [point for point in points if point is not None]
    if not known:
        return {}
    return {name: round(sum(point[axis] for point in known) / len(known), 3)
            for axis, name in enumerate(("x_m", "y_m"))}
