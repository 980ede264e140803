"""Shortest paths and all-or-nothing loading in plain Python: no arrays, no libraries, links and turns one by one."""

from __future__ import annotations

import math

from trafficsim.spec.static_network import StaticNetwork


def cheapest_path(network: StaticNetwork, cost: list[float], origin: str, destination: str) -> tuple[float, list[int]]:
    """Cost and links of the cheapest path, relaxing links until nothing changes (Bellman and Ford)."""
    links = range(len(network.link))
    tail, head = ([network.node[end] for end in ends] for ends in (network.tail, network.head))
    best = {link: (cost[link], [link]) if tail[link] == origin else (math.inf, []) for link in links}
    changed = True
    while changed:
        changed = False
        for first in links:
            for second in links:
                if head[first] != tail[second] or head[first] in network.no_through:
                    continue
                penalty = network.turns.get((network.link[first], network.link[second]), 0.0)
                reached = best[first][0] + penalty + cost[second]
                if reached < best[second][0] - 1e-12:
                    best[second] = reached, [*best[first][1], second]
                    changed = True
    return min((best[link] for link in links if head[link] == destination), default=(math.inf, []))


def all_or_nothing(network: StaticNetwork, cost: list[float], trips: dict[tuple[str, str], float]) -> list[float]:
    """Volumes of links with all trips on the cheapest paths."""
    volume = [0.0] * len(network.link)
    for (origin, destination), number in trips.items():
        if origin != destination and number > 0:
            for link in cheapest_path(network, cost, origin, destination)[1]:
                volume[link] += number
    return volume
