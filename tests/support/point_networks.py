"""Networks of nodes and links with triangular fundamental diagrams and no right of way, as of macroscopic models.

Every node where trips begin or end gets a link to enter by and one to leave by, of unlimited storage and capacity, so
that waiting vehicles stand in a vertical queue.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx

from tests.support.real_data import require_data
from tests.support.worlds import PLACEHOLDER, UNIFORM
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.spec.demand import Demand, Flow, Trip
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

JAM_VEH_M, REACTION_S = 0.2, 1.0
"""UXsim 1.15.1: jam density, and the time lag whose inverse product with it is the backward wave, 5 m/s."""
KINEMATIC = QueueSettings(start_loss_s=0.0, bounded_acceleration=False)
ACCESS_M, PLATOON = 10.0, 5
"""UXsim's Sioux Falls moves platoons of five; what does not fill one does not depart."""


class Road(NamedTuple):
    """A link from node to node."""

    name: str
    tail: str
    head: str
    length_m: float
    speed_ms: float
    merge_priority: float = 1.0
    capacity_veh_s: float = 0.0
    """At its end; 0: that of its diagram."""
    lanes: int = 1


def network_of(roads: Iterable[Road], ends: Iterable[str]) -> Network:
    """Join roads at their nodes without any right of way; nobody turns back. ``ends`` are where trips begin and end."""
    graph, rows = nx.MultiDiGraph(), list(roads)
    for place, node in enumerate(dict.fromkeys(end for road in rows for end in (road.tail, road.head))):
        graph.add_node(node, x_m=float(place), y_m=0.0, control="priority")
    for road in rows:
        more: dict[str, Any] = {"outflow_capacity_veh_h": 3600.0 * road.capacity_veh_s} if road.capacity_veh_s else {}
        graph.add_edge(road.tail, road.head, **_link(road.name, road.length_m, road.speed_ms, road.lanes),
                       jam_density_veh_km_lane=1000.0 * JAM_VEH_M,
                       backward_wave_kmh=3.6 / (JAM_VEH_M * REACTION_S), merge_priority=road.merge_priority, **more)
    into, out = [(road.name, road.head) for road in rows], [(road.name, road.tail) for road in rows]
    lanes = {road.name: road.lanes for road in rows}
    turning_back = {(a.name, b.name) for a in rows for b in rows if (a.tail, a.head) == (b.head, b.tail)}
    for node in ends:
        for name, tail, head, list_of in ((f"enter {node}", f"to {node}", node, into),
                                          (f"leave {node}", node, f"from {node}", out)):
            for new in {tail, head} - set(graph):
                graph.add_node(new, x_m=float(len(graph)), y_m=1.0, control="priority")
            lanes[name] = max(road.lanes for road in rows if node in (road.tail, road.head))
            graph.add_edge(tail, head, **_link(name, ACCESS_M, 50.0, lanes[name]), storage="unlimited",
                           capacity_veh_h=36000.0)
            list_of.append((name, node))
        turning_back.add((f"enter {node}", f"leave {node}"))
    pairs = [(first, second) for first, node in into for second, other in out
             if node == other and (first, second) not in turning_back]
    joins = [Connection(from_link=first, from_lane=min(lane, lanes[first] - 1), to_link=second,
                        to_lane=min(lane, lanes[second] - 1), speed_limit_kmh=300.0)
             for first, second in pairs for lane in range(max(lanes[first], lanes[second]))]
    return Network(graph=graph, connections=tuple(joins))


def _link(name: str, length_m: float, speed_ms: float, lanes: int) -> dict[str, Any]:
    return {"id": name, "length_m": length_m, "lanes": lanes, "speed_limit_kmh": 3.6 * speed_ms, "priority": 0,
            "road_class": "urban"}


def world_of(network: Network, flows: Iterable[Flow] = (), trips: Iterable[Trip] = (), *, time: Time, **more: Any,
             ) -> World:
    """Make a world whose drivers all drive at the speed of the road."""
    scenario = Scenario(name="points", network=PLACEHOLDER, time=time, drivers=UNIFORM, queue=KINEMATIC, **more)
    return World(scenario=scenario, network=network, demand=Demand(flows=tuple(flows), trips=tuple(trips)),
                 vehicle_classes=DEFAULT_CLASSES)


def flow_between(first: str, last: str, veh_s: float, begin_s: float, end_s: float) -> Flow:
    """Trips at even intervals from node to node."""
    return Flow(id=f"{first}>{last}@{begin_s:g}", origin=f"enter {first}", destination=f"leave {last}",
                volume_veh_h=3600.0 * veh_s, begin_s=begin_s, end_s=end_s, departures="scheduled")


def sioux_falls(data: Path, **more: Any) -> World:
    """Sioux Falls with the dynamic demand of UXsim: 24 nodes, 76 links, demand in the first 80 minutes."""
    rows = {}
    for kind in ("links", "demand"):
        path = data / "uxsim" / f"siouxfalls_{kind}.csv"
        require_data(path)
        rows[kind] = list(csv.DictReader(path.read_text().splitlines()))
    roads = [Road(row["name"], row["start"], row["end"], float(row["length"]), float(row["u"]),
                  float(row["merge_priority"])) for row in rows["links"]]
    nodes = list(dict.fromkeys(road.tail for road in roads))
    flows = []
    for number, row in enumerate(rows["demand"]):
        begin_s, end_s = float(row["start_t"]), float(row["end_t"])
        trips = int(float(row["q"]) * (end_s - begin_s) / PLATOON + 1e-9) * PLATOON
        if trips:
            flow = flow_between(row["orig"], row["dest"], trips / (end_s - begin_s), begin_s, end_s)
            flows.append(flow.model_copy(update={"id": f"{number} {flow.id}"}))
    time = Time(analysis_s=4800.0, clear_s=more.pop("clear_s", 2400.0), interval_s=300.0)
    return world_of(network_of(roads, nodes), flows, time=time, **more)
