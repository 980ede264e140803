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

ONE_CROSSING_M = 20.0
"""Signals that near one behind the other are a stop line and its crossing (modelling assumption)."""

SIGNS = ("give_way_at_end", "stop_at_end")


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
    _drop_beside(roads, crossings, notes)
    beside = {node: [(near, leads) for near, leads in _junctions_beside(roads, node)
                     if near in crossings or roads.nodes[near].get("control") == "signal"]
              for node in roads.nodes if _is_signal(roads, node)}
    votes = Counter(one for near in beside.values() for one in {owner.get(node, node) for node, leads in near if leads})
    members: dict[Any, Collection[Any]] = dict(enumerate(junctions))
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


def _drop_beside(roads: Roads, crossings: Collection[Any], notes: list[Note]) -> None:
    """Leave out signals where links only merge or diverge beside a junction with signals: crossings on its legs."""
    for node, attributes in roads.nodes.items():
        if attributes.get("control") != "signal" or node in crossings or not roads.is_junction(node):
            continue
        near = [other for other, _ in _junctions_beside(roads, node) if other in crossings]
        if any(roads.has_signal(other) for other in near):
            attributes["control"] = None
            notes.append(Note("inferred", "signal on a leg of a junction, taken as the junction's", str(node)))


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
    """Join what a signal or sign stands between; before a junction what was before the stop line stays."""
    if not near:
        signs = [road.id for road in roads.into[node] if road.has("give_way_at_end") or road.has("stop_at_end")]
        notes += [Note("ignored", "sign with no junction behind it", link) for link in signs]
        for road in roads.into[node]:
            road.attributes = {name: value for name, value in road.attributes.items() if name not in SIGNS}
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


def join_signals(roads: Roads, renamed: dict[str, str], notes: list[Note]) -> None:
    """Take signals that follow each other within :data:`ONE_CROSSING_M` on a street as one: stop line and crossing.

    A signal where a road ends stops nobody: its junction lies beyond the edge of the map.
    """
    for node, attributes in roads.nodes.items():
        if attributes.get("control") == "signal" and len(roads.neighbours(node) - {node}) < 2:
            attributes["control"] = None
            notes.append(Note("ignored", "signal at the end of a road, beyond which the map ends", str(node)))
    for node in list(roads.nodes):
        if node not in roads.nodes or not _is_signal(roads, node):
            continue
        while behind := [road.head for road in roads.out_of[node]
                         if road.length_m <= ONE_CROSSING_M and road.head != node and _is_signal(roads, road.head)]:
            notes.append(Note("inferred", "signals of one crossing, joined", str(behind[0])))
            join_at(roads, behind[0], renamed, lambda first, second: first.length_m >= second.length_m)


def controls_of_junctions(roads: Roads, junctions: Sequence[Collection[Any]], inner: Collection[str], notes: list[Note]
                    ) -> dict[Any, str]:
    """Return the control of every node that is a junction or part of one; signs and signals of inner links are gone.

    A junction has a signal if one of its nodes has, or two approaches, or all of them. With a stop sign on every
    approach it is an all-way stop.
    """
    found: dict[Any, str] = {}
    owned = {node for nodes in junctions for node in nodes}
    single = [(node,) for node in roads.nodes if node not in owned and roads.is_junction(node)]
    for nodes in (*junctions, *single):
        crosses = any(map(roads.is_crossing, nodes))
        approaches = [road for node in nodes for road in roads.into[node] if road.id not in inner]
        control = _control(roads, nodes, approaches if crosses else [])
        if control != "signal":
            alone = [road for road in approaches if road.attributes.pop("signal_at_end", False)]
            notes += [Note("ignored", "signal on one approach only, as of a crossing for pedestrians", road.id)
                      for road in alone]
        found.update(dict.fromkeys(nodes, control))
    return found


def _control(roads: Roads, nodes: Collection[Any], approaches: Sequence[Road]) -> str:
    if any(map(roads.is_ring, nodes)):
        return "roundabout"
    given = {str(roads.nodes[node].get("control") or "priority") for node in nodes}
    signals = sum(road.has("signal_at_end") for road in approaches)
    if "signal" in given or signals >= 2 or (signals and signals == len(approaches)):
        return "signal"
    stops = sum(road.has("stop_at_end") for road in approaches)
    if "all_way_stop" in given or (stops >= 2 and stops == len(approaches)):
        return "all_way_stop"
    return next((control for control in sorted(given) if control != "priority"), "priority")
