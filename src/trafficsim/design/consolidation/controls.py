"""Signals and signs of junctions: one controller for each, wherever the map has its signals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from trafficsim.design.consolidation.notes import Note
from trafficsim.design.consolidation.pieces import AT_END, STOP_LINE, continued, join_at
from trafficsim.design.consolidation.roads import Road, Roads

MOST_BEFORE_M = 40.0
"""A signal or sign on an approach this far before a junction, or nearer, is one of the junction (modelling assumption:
a stop line before a crossing for pedestrians at a wide junction)."""


def absorb_controls(
    roads: Roads, junctions: Sequence[Collection[Any]], renamed: dict[str, str], notes: list[Note]
) -> None:
    """Make signals and signs that are mapped on the legs of a junction those of the junction.

    A sign belongs to the next junction within :data:`MOST_BEFORE_M`. A signal where nothing branches off belongs to a
    junction that near where streams cross and a node has a signal, or that has another such signal beside it; where
    links only merge or diverge there is none. A signal that belongs to
    none is one of its own, as at a crossing for pedestrians.

    Parameters
    ----------
    roads
        Links, which are changed.
    junctions
        Nodes that are one junction, as far as it is known.
    renamed, notes
        Where it is noted which link took the place of which, and what was done.
    """
    owner = {node: number for number, nodes in enumerate(junctions) for node in nodes}
    crossings = {node for node in roads.nodes if roads.is_crossing(node)}
    crossings |= {node for nodes in junctions if crossings & set(nodes) for node in nodes}
    beside = {node: [(near, leads) for near, leads in _junctions_beside(roads, node)
                     if near in crossings or roads.nodes[near].get("control") == "signal"]
              for node in roads.nodes if _is_signal(roads, node)}
    votes = Counter(one for near in beside.values() for one in {owner.get(node, node) for node, leads in near if leads})
    members: dict[Any, Collection[Any]] = {number: nodes for number, nodes in enumerate(junctions)}
    for node in list(roads.nodes):
        if node not in roads.nodes or not continued(roads, node):
            continue
        owners = [near for near, _ in beside.get(node, ())
                  if votes[owner.get(near, near)] >= 2
                  or any(roads.has_signal(one) for one in members.get(owner.get(near), (near,)))]
        signs = any(road.has("give_way_at_end") or road.has("stop_at_end") for road in roads.into[node])
        if owners:
            _absorb(roads, node, owners, renamed, notes)
        elif signs and not _is_signal(roads, node):
            _absorb(roads, node, [near for near, _ in _junctions_beside(roads, node)], renamed, notes)


def _is_signal(roads: Roads, node: Any) -> bool:
    """Tell whether a signal stands where a street only goes on."""
    return roads.has_signal(node) and bool(continued(roads, node))


def _junctions_beside(roads: Roads, node: Any) -> Iterator[tuple[Any, bool]]:
    """Yield the junctions near a node where a street only goes on, and whether one drives from it to them."""
    for first in sorted(roads.neighbours(node), key=str):
        before, other, done_m = node, first, min(road.length_m for road in roads.between(node, first))
        while done_m <= MOST_BEFORE_M and continued(roads, other):
            following = next(iter(roads.neighbours(other) - {before}))
            done_m += min(road.length_m for road in roads.between(other, following))
            before, other = other, following
        if done_m <= MOST_BEFORE_M and roads.is_junction(other):
            yield other, any(road.head == first for road in roads.out_of[node])


def _absorb(roads: Roads, node: Any, near: Collection[Any], renamed: dict[str, str], notes: list[Note]) -> None:
    """Join what a signal or sign stands between; what was before the stop line stays, and beyond a junction what follows."""
    if not near:
        for road in roads.into[node]:
            if road.attributes.pop("give_way_at_end", None) or road.attributes.pop("stop_at_end", None):
                notes.append(Note("ignored", "sign with no junction behind it", road.id))
        return
    signal = roads.nodes[node].get("control") == "signal"
    for other in [one for one in roads.neighbours(node) if one not in near and continued(roads, one)]:
        if any(junction in roads.neighbours(other) for junction in near):
            join_at(roads, other, renamed, lambda first, second: second.head not in near)
    for first, second in continued(roads, node):
        if second.head not in near:
            for name in (*AT_END, STOP_LINE):
                first.attributes.pop(name, None)
        elif signal:
            first.attributes["signal_at_end"] = True
    join_at(roads, node, renamed, lambda first, second: second.head in near)
    notes.append(Note("inferred", f"{'signal' if signal else 'sign'} on a leg of a junction, taken as the junction's",
                      str(node)))


def settle_controls(roads: Roads, junctions: Sequence[Collection[Any]], inner: Collection[str], notes: list[Note]
                    ) -> dict[Any, str]:
    """Return the control of every node that is a junction or part of one; signs and signals of inner links are gone.

    A junction has a signal if one of its nodes has, or two approaches, or all of them. With a stop sign on every
    approach it is an all-way stop.
    """
    found: dict[Any, str] = {}
    owned = {node for nodes in junctions for node in nodes}
    alone = [(node,) for node in roads.nodes if node not in owned and roads.is_junction(node)]
    for nodes in (*junctions, *alone):
        crosses = any(map(roads.is_crossing, nodes))
        approaches = [road for node in nodes for road in roads.into[node] if road.id not in inner]
        control = _control(roads, nodes, approaches if crosses else [])
        if control != "signal":
            for road in approaches:
                if road.attributes.pop("signal_at_end", False):
                    notes.append(Note("ignored", "signal on one approach only, as of a crossing for pedestrians",
                                      road.id))
        found.update(dict.fromkeys(nodes, control))
    return found


def _control(roads: Roads, nodes: Collection[Any], approaches: Sequence[Road]) -> str:
    given = {str(roads.nodes[node].get("control") or "priority") for node in nodes}
    signals = sum(road.has("signal_at_end") for road in approaches)
    if "signal" in given or signals >= 2 or (signals and signals == len(approaches)):
        return "signal"
    stops = sum(road.has("stop_at_end") for road in approaches)
    if "all_way_stop" in given or (stops >= 2 and stops == len(approaches)):
        return "all_way_stop"
    return next((control for control in sorted(given) if control != "priority"), "priority")
