"""Demand that nobody counted: made-up traffic between the ends of the roads, so that a network can be tried at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from trafficsim.base.draws import hash_name, u01
from trafficsim.base.findings import Finding
from trafficsim.spec.demand import MADE_UP, Demand, Flow
from trafficsim.spec.network import Network

VOLUME_VEH_H_LANE = {"motorway": 700.0, "trunk": 500.0, "primary": 300.0, "secondary": 200.0, "tertiary": 100.0}
"""Volume that enters by a lane of a road, by its class (modelling assumption: a third to a half of what it carries)."""
OTHER_VOLUME_VEH_H_LANE = 40.0
MOST_EXITS = 8
"""The traffic of an entry is shared over so many exits at most (modelling assumption)."""
LONGEST_S = 3600.0
SEED, STREAM = 1, 0
TEXT = """The traffic of {name} is made up. Nobody counted it.

{flows} flows with {volume:,.0f} veh/h enter at {entries} ends of roads, by the class of the road and its lanes:
{rates} veh/h per lane, others {other:g}. Each entry's traffic is shared over {exits} exits
at most, drawn with seed {seed} in proportion to the same volumes, never the road it came by. All vehicles are cars and
arrive at random for one hour.

It shows that the network can be driven. It says nothing about the traffic of the place: replace [demand] by
counts, a matrix or trips before a number is used.
"""


def boundary_demand(network: Network) -> Demand:
    """Return made-up flows between the ends of roads (control ``dead_end``) that a path for cars joins.

    Examples
    --------
    >>> import networkx as nx
    >>> from trafficsim.design.inference.network import network_from_graph
    >>> graph = nx.MultiDiGraph()
    >>> for node, x_m in (("a", 0.0), ("b", 500.0), ("c", 1000.0)):
    ...     graph.add_node(node, x_m=x_m, y_m=0.0, control="priority" if node == "b" else "dead_end")
    >>> for tail, head in (("a", "b"), ("b", "c")):
    ...     _ = graph.add_edge(tail, head, id=tail + head, osm_class="primary")
    >>> flows = boundary_demand(network_from_graph(graph)).flows
    >>> [(flow.origin, flow.destination, flow.volume_veh_h) for flow in flows]
    [('ab', 'bc', 300.0)]
    """
    links = network.links
    closed = {node for node, row in network.graph.nodes(data=True) if row.get("control") == "dead_end"}
    entries = [link for link, row in links.items() if row["from"] in closed and _lanes(row)]
    exits = {link for link, row in links.items() if row["to"] in closed and _lanes(row)}
    onward = _onward(network, links)
    flows: list[Flow] = []
    for entry in entries:
        reached = sorted(link for link in _reached(entry, onward) & exits if links[link]["to"] != links[entry]["from"])
        flows += _flows(entry, reached, links)
    return Demand(flows=tuple(flows))


def explanation(name: str, demand: Demand) -> str:
    """Say in a file of its own that the demand is made up, and how."""
    return TEXT.format(
        name=name, flows=len(demand.flows), volume=sum(flow.volume_veh_h for flow in demand.flows),
        entries=len({flow.origin for flow in demand.flows}), other=OTHER_VOLUME_VEH_H_LANE, exits=MOST_EXITS, seed=SEED,
        rates=", ".join(f"{kind} {volume:g}" for kind, volume in VOLUME_VEH_H_LANE.items()))


def made_up(demand: Demand) -> Finding:
    """Return the finding that marks the demand as made up."""
    return Finding("warning", "osm-demand-made-up", "demand", f"{len(demand.flows):,} flows between the ends of roads "
                   "are made up by the class of the road: nobody counted them",
                   "replace the demand by counts, a matrix or trips before a number is used")


def _lanes(row: Mapping[str, Any]) -> int:
    """Lanes for cars."""
    return sum(kinds is None or "car" in kinds for kinds in row["allow"] or (None,) * row["lanes"])


def _volume(row: Mapping[str, Any]) -> float:
    kind = str(row.get("osm_class", "")).removesuffix("_link")
    return VOLUME_VEH_H_LANE.get(kind, OTHER_VOLUME_VEH_H_LANE) * _lanes(row)


def _onward(network: Network, links: Mapping[str, Mapping[str, Any]]) -> dict[str, set[str]]:
    """Links to which cars can go on from each."""
    onward: dict[str, set[str]] = {link: set() for link in links}
    for one in network.connections:
        lanes = ((one.from_link, one.from_lane), (one.to_link, one.to_lane))
        if all(_open(links[link], lane) for link, lane in lanes):
            onward[one.from_link].add(one.to_link)
    return onward


def _open(row: Mapping[str, Any], lane: int) -> bool:
    return row["allow"] is None or row["allow"][lane] is None or "car" in row["allow"][lane]


def _reached(start: str, onward: Mapping[str, Collection[str]]) -> set[str]:
    seen, left = {start}, [start]
    while left:
        new = [link for link in onward[left.pop()] if link not in seen]
        seen.update(new)
        left += new
    return seen


def _flows(entry: str, reached: Sequence[str], links: Mapping[str, Mapping[str, Any]]) -> list[Flow]:
    if not reached:
        return []
    weights = np.array([_volume(links[link]) for link in reached])
    draws = u01(hash_name("boundary", SEED), STREAM, [hash_name(entry, link) >> 1 for link in reached], 0)
    # Efraimidis & Spirakis (2006): the largest u^(1/w) are a sample without replacement in proportion to w.
    chosen = sorted(np.argsort(-np.log(draws) / weights, kind="stable")[:MOST_EXITS].tolist())
    total = float(weights[chosen].sum())
    return [Flow(id=f"{MADE_UP}{entry} to {reached[place]}", origin=entry, destination=reached[place], begin_s=0.0,
                 end_s=LONGEST_S, volume_veh_h=round(_volume(links[entry]) * float(weights[place]) / total, 3))
            for place in chosen]
