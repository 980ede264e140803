"""Where roads leave an extract: their ends are declared, so that trips begin and end there and do not turn round."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import networkx as nx

from trafficsim.io.ledger import Ledger
from trafficsim.io.osm.control import neighbours, set_control

LOCAL = {"residential", "living_street", "service", "busway", "road"}
"""Roads that may end in a town; any other one leads on, beyond the extract (modelling assumption)."""


def close_ends(graph: nx.MultiDiGraph[Any], cut_nodes: Collection[str], ledger: Ledger) -> None:
    """Declare the ends of roads that lead out of the extract: control ``dead_end``.

    A road leads out where the file cuts it off, and where a road of more than local class has no other road at its
    end. Other ends are turning places.
    """
    for node in list(graph):
        if len(neighbours(graph, node)) != 1 or "control" in graph.nodes[node]:
            continue
        rows = [row for edges in (graph.in_edges, graph.out_edges) for *_, row in edges(node, data=True)]
        classes = {row["osm_class"] for row in rows}
        if node in cut_nodes:
            origin = "inferred: the file cuts the road off"
        elif not classes <= LOCAL:
            origin = f"inferred: {min(classes - LOCAL)} road without another one at its end"
        else:
            continue
        set_control(graph, node, "dead_end", origin)
        ledger.note("inferred", "end of a road that leads out of the extract", f"node {node}")
