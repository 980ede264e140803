"""What all builders share: from a graph to a network whose inferences are by design."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import networkx as nx

from trafficsim.design.inference.network import Given, assemble
from trafficsim.design.inference.staging import Timing
from trafficsim.spec.network import Network


def built(
    graph: nx.MultiDiGraph[Any],
    timing: Mapping[Hashable, Timing] | None = None,
    groups: Mapping[str, tuple[str, ...]] | None = None,
    paths: Mapping[str, tuple[str, ...]] | None = None,
    *,
    left_hand_traffic: bool = False,
) -> Network:
    """Make the network of a builder; what it infers is what the builder documents, so only warnings are kept."""
    network = assemble(graph, Given((), dict(groups or {}), dict(paths or {}), left_hand_traffic, timing or {}))
    warnings = tuple(finding for finding in network.findings if finding.level != "info")
    return Network(network.graph, network.connections, network.signals, network.groups, network.paths, warnings,
                   left_hand_traffic)


def two_way(graph: nx.MultiDiGraph[Any], a: str, b: str, ids: tuple[str, str], **attributes: Any) -> None:
    """Add a link in each direction."""
    graph.add_edge(a, b, id=ids[0], **attributes)
    graph.add_edge(b, a, id=ids[1], **attributes)
