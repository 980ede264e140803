"""Ways cut where they meet others, where something stands on them, and where they are too long or come round."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from trafficsim.io.ledger import Ledger
from trafficsim.io.osm.runs import Point, Run
from trafficsim.spec.schema import within

LONGEST_M = float(within("length_m")["le"])


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a way between two nodes of the graph: its nodes in the direction of the way."""

    run: Run
    nodes: tuple[int, ...]

    def link(self, direction: str) -> str:
        """Return the id of the link in a direction, ``forward`` or ``backward``.

        The way, with a minus where it is driven against its direction, and the node from which it is driven.
        """
        if direction == "forward":
            return f"{self.run.way.id}@{self.nodes[0]}"
        return f"-{self.run.way.id}@{self.nodes[-1]}"


def arms_of(runs: Sequence[Run]) -> Counter[int]:
    """Return how many arms of roads each node has: one where a way ends, two where one passes.

    Examples
    --------
    >>> from trafficsim.io.osm.access import Use
    >>> from trafficsim.io.osm.source import Way
    >>> arms_of([Run(Way(1, (1, 2, 3), {}), Use(), (1, 2, 3)), Run(Way(2, (2, 4), {}), Use(), (2, 4))])[2]
    3
    """
    arms: Counter[int] = Counter()
    for run in runs:
        arms.update(run.nodes)
        arms.update(run.nodes[1:-1])
    return arms


def pieces_of(
    runs: Sequence[Run], places: Mapping[int, Point], marked: Collection[int], ledger: Ledger
) -> list[Piece]:
    """Cut the ways.

    Parameters
    ----------
    runs
        Ways in the order of their ids.
    places
        Coordinates of nodes in metres.
    marked
        Nodes with a signal or sign, at which ways are cut too.
    ledger
        Where repairs are noted.
    """
    uses = Counter(node for run in runs for node in run.nodes)
    cuts = {node for node, times in uses.items() if times > 1} | set(marked)
    cuts |= {node for run in runs for node in (run.nodes[0], run.nodes[-1])}
    done = []
    for run in runs:
        start = 0
        for place in range(1, len(run.nodes)):
            if run.nodes[place] in cuts:
                nodes = run.nodes[start:place + 1]
                done += [Piece(run, part) for part in _drivable_parts(nodes, places, run, ledger)]
                start = place
    return done


def _drivable_parts(
    nodes: tuple[int, ...], places: Mapping[int, Point], run: Run, ledger: Ledger
) -> list[tuple[int, ...]]:
    """A part that comes back to its start is cut in its middle, a longer one than a link may be at its nodes."""
    if nodes[0] == nodes[-1]:
        if len(nodes) < 4:
            ledger.repair("osm-way-short", f"way {run.way.id}: there and back")
            return []
        ledger.repair("osm-loop-cut", f"way {run.way.id} at node {nodes[0]}")
        middle = len(nodes) // 2
        halves = (nodes[:middle + 1], nodes[middle:])
        return [part for half in halves for part in _drivable_parts(half, places, run, ledger)]
    if _length_m(nodes, places) <= LONGEST_M:
        return [nodes]
    if len(nodes) == 2:
        ledger.repair("osm-way-far", f"way {run.way.id}")
        return []
    ledger.note("inferred", "road longer than 16 km: cut", f"way {run.way.id}")
    middle = len(nodes) // 2
    return [part for half in (nodes[:middle + 1], nodes[middle:])
            for part in _drivable_parts(half, places, run, ledger)]


def _length_m(nodes: tuple[int, ...], places: Mapping[int, Point]) -> float:
    return sum(math.dist(places[a], places[b]) for a, b in pairwise(nodes))
