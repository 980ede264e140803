"""All paths without a loop, by trying every movement: the slow and obvious way to the k cheapest."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

Costs = Mapping[tuple[int, int], int]


def simple_paths(costs: Costs, origin: int, target: int, passed: tuple[int, ...] = ()) -> Iterator[tuple[int, ...]]:
    """Yield every path that passes no link twice; ``costs`` has an entry for every open movement."""
    path = (*passed, origin)
    if origin == target:
        yield path
        return
    for tail, head in costs:
        if tail == origin and head not in path:
            yield from simple_paths(costs, head, target, path)


def cheapest_paths(costs: Costs, origin: int, target: int, most: int) -> list[tuple[int, tuple[int, ...]]]:
    """Cost and links of the cheapest paths, cheapest first."""
    found = [(sum(costs[pair] for pair in itertools.pairwise(path)), path)
             for path in simple_paths(costs, origin, target)]
    return sorted(found)[:most]
