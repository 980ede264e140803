"""Links of a road that goes on without a junction and without a change are joined to one."""

from __future__ import annotations

from typing import Any

import networkx as nx

from trafficsim.design.inference.geometry import line_length
from trafficsim.io.osm.control import neighbours
from trafficsim.spec.schema import within

SAME = ("lanes", "allow", "speed_limit_kmh", "road_class", "priority", "osm_junction")
"""Attributes in which links are alike that are joined."""
LONGEST_M = float(within("length_m")["le"])
Edge = tuple[str, str, dict[str, Any]]


def join_links(graph: nx.MultiDiGraph) -> int:
    """Join links at nodes where a road only goes on; return at how many nodes.

    A node is passed by one road where it has two neighbours, nothing controls it, and everybody who comes from the one
    drives on to the other. Links are joined where they have the same lanes, limit, class, rank and permissions. The
    joined link has the id of the first, the name of the longer, the markings of the last part that has any, and the
    highest layer.
    """
    done = 0
    for node in list(graph):
        pairs = _joinable(graph, node)
        if not pairs:
            continue
        for (tail, _, first), (_, head, second) in pairs:
            graph.add_edge(tail, head, key=first["id"], **_joined(first, second))
        graph.remove_node(node)
        done += 1
    return done


def _joinable(graph: nx.MultiDiGraph, node: str) -> list[tuple[Edge, Edge]]:
    """Return the pairs of links (into the node, out of it) that become one; none where they differ."""
    around = neighbours(graph, node)
    if len(around) != 2 or "control" in graph.nodes[node]:
        return []
    ins, outs = list(graph.in_edges(node, data=True)), list(graph.out_edges(node, data=True))
    pairs = [(first, second) for first in ins for second in outs if first[0] != second[1]]
    alone = len({one[0] for one in ins}) == len(ins) == len(outs) == len(pairs) == len({one[1] for one in outs})
    return pairs if alone and all(_alike(first[2], second[2]) for first, second in pairs) else []


def _alike(first: dict[str, Any], second: dict[str, Any]) -> bool:
    signs = any(name in first for name in ("signal_at_end", "stop_at_end", "give_way_at_end"))
    return not signs and all(first.get(name) == second.get(name) for name in SAME) and (
        line_length(first["geometry"]) + line_length(second["geometry"]) <= LONGEST_M)


def _joined(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    longer = max((first, second), key=lambda row: line_length(row["geometry"]))
    marked = second if second["turn_lanes"] or not first["turn_lanes"] else first
    ways = [*first["osm_way"].split(";"), *second["osm_way"].split(";")]
    origins = {**longer["origins"], **{name: text for name, text in second["origins"].items() if name.endswith("_end")}}
    origins.pop("turn_lanes", None)
    if marked["turn_lanes"]:
        origins["turn_lanes"] = marked["origins"]["turn_lanes"]
    return {
        **longer, **{name: second[name] for name in second if name.endswith("_at_end")}, "id": first["id"],
        "geometry": [*first["geometry"], *second["geometry"][1:]], "turn_lanes": marked["turn_lanes"],
        "osm_way": ";".join(way for place, way in enumerate(ways) if place == 0 or ways[place - 1] != way),
        "layer": max(first["layer"], second["layer"]), "origins": origins,
    }


def drop_markings_of_later_junctions(graph: nx.MultiDiGraph) -> int:
    """Take markings off links at whose end their junction does not lie; return off how many.

    Where a road only goes on, with other lanes or another limit, or where it passes a side road and its markings go on
    beyond, they concern the next junction.
    """
    dropped = []
    for _, head, row in graph.edges(data=True):
        if not row["turn_lanes"]:
            continue
        onward = [other for *_, other in graph.out_edges(head, data=True)
                  if other["osm_way"].split(";")[0] == row["osm_way"].split(";")[-1]
                  and other["id"].startswith("-") == row["id"].startswith("-")]
        goes_on = len(neighbours(graph, head)) == 2 and "control" not in graph.nodes[head]
        if goes_on or any(other["turn_lanes"] == row["turn_lanes"] for other in onward):
            dropped.append(row)
    for row in dropped:
        row["turn_lanes_beyond"] = row["turn_lanes"]
        row["turn_lanes"] = None
        row["origins"] = {name: text for name, text in row["origins"].items() if name != "turn_lanes"}
    return len(dropped)
