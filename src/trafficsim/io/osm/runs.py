"""Ways as they can be driven: without nodes that are missing, twice the same, or ways that are there twice."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from trafficsim.io.ledger import Ledger
from trafficsim.io.osm.access import Use, use_of
from trafficsim.io.osm.source import OsmData, Way
from trafficsim.spec.plane import Plane
from trafficsim.spec.vehicles import Kind

Point = tuple[float, float]
SAME_PLACE_M = 0.05
"""Neighbouring nodes of a way nearer than this are one (modelling assumption; no road is so short)."""


@dataclass(frozen=True, slots=True)
class Run:
    """A way, or a part of it between missing nodes: its nodes in its own direction.

    Attributes
    ----------
    cut : whether the file lacks what comes before its first and after its last node
    """

    way: Way
    use: Use
    nodes: tuple[int, ...]
    cut: tuple[bool, bool] = (False, False)


def runs_of(data: OsmData, service: str, ledger: Ledger) -> list[Run]:
    """Return the ways that motor vehicles may use, in the order of their ids, and note what is left out."""
    runs: list[Run] = []
    seen: set[tuple[tuple[int, ...], tuple[Kind, ...], tuple[Kind, ...]]] = set()
    for way in sorted(data.ways, key=lambda one: one.id):
        use = use_of(way.tags, service)
        if use.ignored:
            ledger.note("ignored", use.ignored, f"way {way.id}")
            continue
        parts = _parts(way, use, data, ledger)
        own = [run for run in parts if (run.nodes, run.use.forward, run.use.backward) not in seen]
        if len(own) < len(parts):
            ledger.repair("osm-way-twice", f"way {way.id}")
        if not own:
            continue
        seen.update((run.nodes, use.forward, use.backward) for run in own)
        seen.update((run.nodes[::-1], use.backward, use.forward) for run in own)
        for act, text in use.notes:
            note(ledger, act, text, f"way {way.id}")
        ledger.note("read", f"{way.tags['highway']} road", f"way {way.id}")
        runs += own
    _note_ways(data, ledger)
    return runs


def note(ledger: Ledger, act: str, text: str, where: str) -> None:
    """Note what a part of the reader found: an act and its text, or ``repaired`` and the code of a repair."""
    if act == "repaired":
        ledger.repair(text, where)
    else:
        ledger.note(act, text, where)  # type: ignore[arg-type]


def _note_ways(data: OsmData, ledger: Ledger) -> None:
    for _ in range(data.repeated_ways):
        ledger.repair("osm-way-twice", "ways with one id")


def _parts(way: Way, use: Use, data: OsmData, ledger: Ledger) -> list[Run]:
    parts: list[list[int]] = [[]]
    for node in way.nodes:
        if node not in data.nodes:
            parts.append([])
        elif not parts[-1] or parts[-1][-1] != node:
            parts[-1].append(node)
    missing = sum(node not in data.nodes for node in way.nodes)
    if missing:
        ledger.repair("osm-node-missing", f"way {way.id}: {missing} of {len(way.nodes)} nodes")
    kept = [(number, part) for number, part in enumerate(parts) if len(part) > 1]
    if not kept and not missing:
        ledger.repair("osm-way-short", f"way {way.id}")
    return [Run(way, use, tuple(part), (number > 0, number < len(parts) - 1)) for number, part in kept]


def without_repeated_places(
    runs: Sequence[Run], places: dict[int, Point], ledger: Ledger
) -> list[Run]:
    """Take neighbouring nodes at one place as one: the one with the smaller id."""
    becomes: dict[int, int] = {}
    for run in runs:
        for first, second in pairwise(run.nodes):
            if math.dist(places[first], places[second]) < SAME_PLACE_M:
                low, high = sorted((_final(becomes, first), _final(becomes, second)))
                if low != high:
                    becomes[high] = low
                    ledger.repair("osm-nodes-same-place", f"nodes {low} and {high}")
    if not becomes:
        return list(runs)
    done = []
    for run in runs:
        nodes = [_final(becomes, node) for node in run.nodes]
        kept = [node for place, node in enumerate(nodes) if place == 0 or nodes[place - 1] != node]
        if len(kept) > 1:
            done.append(Run(run.way, run.use, tuple(kept), run.cut))
    return done


def _final(becomes: dict[int, int], node: int) -> int:
    while node in becomes:
        node = becomes[node]
    return node


def projected(data: OsmData, nodes: Iterable[int]) -> tuple[Plane, dict[int, Point]]:
    """Return the plane about the middle of the nodes, and their places on it in metres."""
    used = [data.nodes[node] for node in dict.fromkeys(nodes)]
    xs, ys = [node.longitude for node in used], [node.latitude for node in used]
    plane = Plane(round((min(xs) + max(xs)) / 2.0, 7), round((min(ys) + max(ys)) / 2.0, 7), is_projected=True)
    return plane, {node.id: plane.metres(node.longitude, node.latitude) for node in used}
