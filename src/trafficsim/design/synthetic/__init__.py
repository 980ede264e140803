"""Builders: networks made of a few numbers, and the network tables of scenario files."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import networkx as nx

from trafficsim.base.errors import InputError, NetworkError
from trafficsim.design.inference.network import network_from_graph
from trafficsim.design.synthetic.corridor import corridor
from trafficsim.design.synthetic.grid import grid
from trafficsim.design.synthetic.junction import junction
from trafficsim.design.synthetic.ring import ring
from trafficsim.spec.network import Network
from trafficsim.spec.network_source import NetworkSource

__all__ = ["BUILDERS", "corridor", "grid", "junction", "network_from_source", "ring"]

BUILDERS: dict[str, Callable[..., Network]] = {
    "corridor": corridor, "grid": grid, "junction": junction, "ring": ring,
}


def network_from_source(source: NetworkSource) -> Network:
    """Make the network of a scenario file, from its builder or its tables of nodes and links.

    Groups and paths of the source are added to those of the builder.

    Raises
    ------
    InputError
        If a builder argument is unknown, missing or out of range, or the source names files (reading files is not
        this function's part).
    NetworkError
        If a link names an unknown node, ids are not unique, or a group or path names an unknown link.

    Examples
    --------
    >>> from trafficsim.spec.network_source import BuilderSpec
    >>> spec = BuilderSpec(kind="ring", arguments={"length_m": 500})
    >>> network_from_source(NetworkSource(builder=spec, groups={"all": ("ring0",)})).groups
    {'all': ('ring0',)}
    """
    if source.builder is not None:
        network = BUILDERS[source.builder.kind](**source.builder.arguments)
    elif source.links:
        network = _from_tables(source)
    else:
        raise InputError("network", "a file", "a builder, or nodes and links", "load the file with trafficsim.load")
    groups = {**network.groups, **source.groups}
    paths = {**network.paths, **source.paths}
    _check_names(network, {"groups": source.groups, "paths": source.paths})
    return replace(network, groups=groups, paths=paths)


def _from_tables(source: NetworkSource) -> Network:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for place, node in enumerate(source.nodes):
        if node.id in graph:
            raise NetworkError(f"network.nodes[{place}].id", f"{node.id!r} for the second time", "unique ids",
                               "rename or remove one of the nodes")
        graph.add_node(node.id, **node.model_dump(exclude={"id"}))
    seen: set[str] = set()
    groups: dict[str, list[str]] = {}
    for place, link in enumerate(source.links):
        if link.id in seen:
            raise NetworkError(f"network.links[{place}].id", f"{link.id!r} for the second time", "unique ids",
                               "rename or remove one of the links")
        seen.add(link.id)
        for key, node_id in (("from", link.from_node), ("to", link.to_node)):
            if node_id not in graph:
                raise NetworkError(f"network.links[{place}].{key} (link {link.id!r})", f"{node_id!r}",
                                   "the id of a node", _suggestion(node_id, graph))
        graph.add_edge(link.from_node, link.to_node, **link.model_dump(exclude={"from_node", "to_node", "group"}))
        if link.group:
            groups.setdefault(link.group, []).append(link.id)
    return network_from_graph(graph, groups=groups, left_hand_traffic=source.left_hand_traffic)


def _check_names(network: Network, named: Mapping[str, Mapping[str, Iterable[str]]]) -> None:
    links = network.links
    for kind, sets in named.items():
        for name, ids in sets.items():
            for link in (link for link in ids if link not in links):
                raise NetworkError(f"network.{kind}.{name}", f"{link!r}", "ids of links of the network",
                                   _suggestion(link, links))


def _suggestion(name: str, known: Iterable[Any]) -> str:
    names = [str(one) for one in known]
    close = difflib.get_close_matches(name, names, n=1)
    return f"did you mean {close[0]!r}" if close else f"use one of {', '.join(names[:5])} ..."
