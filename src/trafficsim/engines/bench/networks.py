"""The roads of the workloads, lowered to plans without trips of their own."""

from __future__ import annotations

import math
from typing import Any

import networkx as nx

from trafficsim.design.inference.network import network_from_graph
from trafficsim.design.synthetic import grid
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.spec.demand import Demand, Trip
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

RING_LINK_M, RING_LIMIT_KMH = 10_000.0, 120.0
"""Positions are 16-bit cells, so a long ring is made of links."""


def ring_plan(links: int, duration_s: float) -> Plan:
    """Return a closed motorway lane of ``links`` times 10 km, limit 120 km/h."""
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    radius = links * RING_LINK_M / (2 * math.pi)
    for number in range(links):
        angle = 2 * math.pi * number / links
        graph.add_node(number, x_m=radius * math.cos(angle), y_m=radius * math.sin(angle))
    for number in range(links):
        graph.add_edge(number, (number + 1) % links, id=f"ring{number}", length_m=RING_LINK_M, lanes=1,
                       speed_limit_kmh=RING_LIMIT_KMH, road_class="motorway")
    return _lowered(network_from_graph(graph), duration_s)


def grid_plan(size: int, duration_s: float) -> Plan:
    """Return ``size`` x ``size`` signalised junctions 250 m apart: two lanes each way, random offsets, 50 km/h."""
    return _lowered(grid(size, size, spacing_m=250.0, lanes=2, offsets="random"), duration_s)


def _lowered(network: Network, duration_s: float) -> Plan:
    """Lower a network by the road that all scenarios take, with one trip in place of the demand."""
    scenario = Scenario(name="bench", network=network, time=Time(analysis_s=duration_s, clear_s=0.0))
    trip = Trip(id="0", depart_s=0.0, route=(next(iter(network.links)),))
    return lower(World(scenario, network, Demand(trips=(trip,)), DEFAULT_CLASSES)).plan
