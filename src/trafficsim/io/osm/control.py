"""Signals and signs on nodes: those at junctions, and those on the way to one, which belong to its approach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import networkx as nx

from trafficsim.design.inference.geometry import line_length
from trafficsim.io.ledger import Ledger
from trafficsim.io.osm.access import RINGS
from trafficsim.io.osm.source import OsmData
from trafficsim.io.osm.values import first_of

STOP_LINE_M = 40.0
"""A signal or sign no further before a junction belongs to it: stop lines are set back by crossings and slip lanes, the
middle of wide junctions lies beyond (modelling assumption)."""
NOT_FOR_TRAFFIC = {"ramp_meter", "blinker", "blink_mode", "emergency"}
"""Values of ``traffic_signals`` of lights that do not stop all traffic in turns."""
AT_END = {"stop": "stop_at_end", "give_way": "give_way_at_end"}
"""Kinds of signs, with the attribute of a link at whose end one stands."""


class Mark(NamedTuple):
    """What stands at a node: ``signal``, ``stop``, ``give_way`` or ``mini_roundabout``, and the tag that says so."""

    kind: str
    tag: str


class End(NamedTuple):
    """Where a road enters a junction: its last link, the node, and the metres up to it."""

    row: dict[str, Any]
    node: str
    distance_m: float


def mark_of(tags: Mapping[str, str]) -> Mark | None:
    """Tell what stands at a node for vehicles.

    Examples
    --------
    >>> mark_of({"highway": "crossing", "crossing": "traffic_signals"})
    Mark(kind='signal', tag='crossing=traffic_signals')
    >>> mark_of({"highway": "traffic_signals", "traffic_signals": "ramp_meter"}) is None
    True
    """
    highway = tags.get("highway", "")
    if highway == "traffic_signals":
        return None if tags.get("traffic_signals") in NOT_FOR_TRAFFIC else Mark("signal", "highway=traffic_signals")
    if highway == "crossing" and (tags.get("crossing") == "traffic_signals" or tags.get("crossing:signals") == "yes"):
        key = "crossing" if tags.get("crossing") == "traffic_signals" else "crossing:signals"
        return Mark("signal", f"{key}={tags[key]}")
    return Mark(highway, f"highway={highway}") if highway in ("stop", "give_way", "mini_roundabout") else None


def add_controls(graph: nx.MultiDiGraph, data: OsmData, ledger: Ledger) -> None:
    """Give nodes their control, and links the signals and signs at their ends.

    A mark where three roads or more meet is the junction's own. Another sign belongs to the junction that follows in
    its direction within 40 m; its direction is tagged, that of a one-way road, or else towards the nearer junction. A
    signal stays where it is, until junctions are joined.
    """
    for tail, head, row in graph.edges(data=True):
        if row.get("osm_junction") in RINGS:
            for node in (tail, head):
                set_control(graph, node, "roundabout", f"read: way {row['osm_way']}, junction={row['osm_junction']}")
    for node in list(graph):
        mark = mark_of(data.nodes[int(node)].tags)
        if mark is None:
            continue
        if len(neighbours(graph, node)) > 2:
            _at_junction(graph, node, mark, data.nodes[int(node)].tags, ledger)
        else:
            _before_junction(graph, node, mark, data.nodes[int(node)].tags, ledger)


def neighbours(graph: nx.MultiDiGraph, node: str) -> set[str]:
    """Return the nodes next to a node."""
    return {*graph.predecessors(node), *graph.successors(node)}


def set_control(graph: nx.MultiDiGraph, node: str, control: str, origin: str) -> None:
    """Give a node its control, with its origin."""
    row = graph.nodes[node]
    row["control"] = control
    row["origins"] = {**row.get("origins", {}), "control": origin}


def _at_junction(graph: nx.MultiDiGraph, node: str, mark: Mark, tags: Mapping[str, str], ledger: Ledger) -> None:
    where, origin = f"node {node}", f"read: node {node}, {mark.tag}"
    if mark.kind == "signal":
        set_control(graph, node, "signal", origin)
        ledger.note("read", "junction with signals", where)
    elif mark.kind == "mini_roundabout":
        set_control(graph, node, "right_before_left", origin)
        ledger.note("inferred", "mini roundabout: taken as a junction without priority", where)
    elif mark.kind == "stop" and tags.get("stop") in ("all", "both"):
        set_control(graph, node, "all_way_stop", f"read: node {node}, stop={tags['stop']}")
        ledger.note("read", "all-way stop", where)
    elif mark.kind == "stop" and tags.get("stop") == "minor":
        for row in _minor(graph, node):
            _mark_end(row, mark, origin)
        ledger.note("read", "stop sign on the minor roads of a junction", where)
    else:
        ledger.note("ignored", f"sign {mark.kind} in the middle of a junction: nobody says for which road", where)


def _minor(graph: nx.MultiDiGraph, node: str) -> list[dict[str, Any]]:
    rows = [row for *_, row in graph.in_edges(node, data=True)]
    highest = max((row["priority"] for row in rows), default=0)
    return [row for row in rows if row["priority"] < highest]


def _mark_end(row: dict[str, Any], mark: Mark, origin: str) -> None:
    row[AT_END[mark.kind]] = True
    row["origins"] = {**row["origins"], AT_END[mark.kind]: origin}


def _before_junction(graph: nx.MultiDiGraph, node: str, mark: Mark, tags: Mapping[str, str], ledger: Ledger) -> None:
    origin = f"read: node {node}, {mark.tag}"
    if mark.kind == "signal":  # whether it is one of a junction is told when junctions are joined
        set_control(graph, node, "signal", origin)
        ledger.note("read", "signal between junctions", f"node {node}")
        return
    found = [end for towards in _directions(graph, node, tags)
             if (end := _end_of(graph, node, towards)) is not None]
    if _tagged_direction(tags) != "both":
        found = sorted(found, key=lambda end: end.distance_m)[:1]
    if found and mark.kind in AT_END:
        for end in found:
            _mark_end(end.row, mark, origin)
        ledger.note("read", f"{mark.kind.replace('_', ' ')} on the way to a junction", f"node {node}")
    else:
        ledger.note("ignored", f"sign {mark.kind} that is not before a junction", f"node {node}")


def _tagged_direction(tags: Mapping[str, str]) -> str:
    value = first_of(tags, ("traffic_signals:direction", "stop:direction", "direction"))[1]
    return value if value in ("forward", "backward", "both") else ""


def _directions(graph: nx.MultiDiGraph, node: str, tags: Mapping[str, str]) -> list[str]:
    """Return the neighbours towards which drive those whom a mark concerns."""
    wanted = _tagged_direction(tags)
    towards = [(head, row) for _, head, row in graph.out_edges(node, data=True)]
    own = [head for head, row in towards if wanted in ("", "both") or row["id"].startswith("-") == (
        wanted == "backward")]
    return sorted(set(own))


def _end_of(graph: nx.MultiDiGraph, node: str, towards: str) -> End | None:
    """Return where the road from a node meets the next junction; ``None`` where that is too far."""
    driven_m = 0.0
    for head, row in _walk(graph, node, towards):
        driven_m += line_length(row["geometry"])
        if driven_m > STOP_LINE_M:
            return None
        if len(neighbours(graph, head)) > 2:
            return End(row, head, driven_m)
    return None


def _walk(graph: nx.MultiDiGraph, node: str, towards: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Drive from a node towards a neighbour, and on while there is one road only."""
    seen = {node}
    tail, head = node, towards
    while head not in seen:
        seen.add(head)
        yield head, min(graph[tail][head].values(), key=lambda row: str(row["id"]))
        onward = [one for one in graph.successors(head) if one != tail]
        if len(onward) != 1 or len(neighbours(graph, head)) > 2:
            return
        tail, head = head, onward[0]
