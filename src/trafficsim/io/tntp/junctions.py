"""Nodes of static networks: every lane leads to every link beyond, and nobody gives way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from trafficsim.spec.network import Connection, Network

REPLACED = {"length-kept", "movements-inferred", "turning-place", "right-of-way-cut"}
"""Findings about paths through junctions, which are made anew."""
Links = Mapping[str, Any]
Turns = Mapping[tuple[str, str], Any]


def without_right_of_way(network: Network) -> Network:
    """Return a network whose nodes have no capacity of their own, as those of static networks.

    A node of such a network stands for an interchange or a part of a town; what it costs to pass it is in the
    volume-delay functions of its links. So all lanes serve all links beyond, paths have no length, and where links
    merge the capacities of the links decide. Nobody turns round, except where no other link leads on.
    """
    turns = {(one.from_link, one.to_link): one.turn for one in network.connections}
    connections = tuple(one for node in network.graph for one in _connections(network, node, turns))
    findings = tuple(one for one in network.findings if one.code not in REPLACED)
    return replace(network, connections=connections, findings=findings)


def _connections(network: Network, node: Any, turns: Turns) -> Iterator[Connection]:
    ins = list(network.graph.in_edges(node, data=True))
    outs = list(network.graph.out_edges(node, data=True))
    others = {_place(head) for _, head, _ in outs}
    for (tail, _, first), (_, head, second) in product(ins, outs):
        backwards = _place(tail) == _place(head)
        if not backwards or len(others) == 1:
            turn = turns.get((first["id"], second["id"]), "through")
            yield from _lanes(first, second, "u_turn" if backwards else turn)


def _place(node: Any) -> str:
    """Node of the file: one that is not passed through is two, ``"7 from"`` and ``"7 to"``."""
    return str(node).partition(" ")[0]


def _lanes(first: Links, second: Links, turn: Any) -> Iterator[Connection]:
    speed_kmh = min(first["speed_limit_kmh"], second["speed_limit_kmh"])
    for lane in range(first["lanes"]):
        yield Connection(from_link=first["id"], from_lane=lane, to_link=second["id"],
                         to_lane=lane * second["lanes"] // first["lanes"], speed_limit_kmh=speed_kmh, turn=turn,
                         keep_clear=False)
