"""Small worlds made by hand for tests of the engine: explicit links and connections, nothing inferred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import networkx as nx

from trafficsim.engines.ca.program import Program, compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.spec.demand import Demand, Flow, Trip
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass
from trafficsim.spec.world import World

# Everybody drives at the limit: for tests that need one exact speed.
UNIFORM = Drivers(**{road: SpeedChoice(share_over_limit=0.5, cv=0.0) for road in ("urban", "rural", "motorway")})
PLACEHOLDER = NetworkSource(builder=BuilderSpec(kind="ring"))


def link(name: str, length_m: float, *, lanes: int = 1, speed_limit_kmh: float = 50.0, **more: Any) -> dict[str, Any]:
    """Return the attributes of a link; its nodes are named after it."""
    return {"id": name, "length_m": length_m, "lanes": lanes, "speed_limit_kmh": speed_limit_kmh, "priority": 0,
            "road_class": "urban", **more}


def through(first: str, second: str, lanes: int = 1, **more: Any) -> list[Connection]:
    """Connect lane to lane, straight on, with no length."""
    speed = more.pop("speed_limit_kmh", 200.0)
    return [
        Connection(from_link=first, from_lane=lane, to_link=second, to_lane=lane, speed_limit_kmh=speed, **more)
        for lane in range(lanes)
    ]


def make_network(
    links: Iterable[dict[str, Any]], connections: Sequence[Connection] = (), signals: Sequence[SignalProgram] = ()
) -> Network:
    """Join links at nodes: the head of a link is the tail of all links that a connection leads to."""
    graph = nx.MultiDiGraph()
    rows = list(links)
    head = {row["id"]: f"end of {row['id']}" for row in rows}
    tail = {row["id"]: f"begin of {row['id']}" for row in rows}
    for conn in connections:
        tail[conn.to_link] = head[conn.from_link]
    for conn in connections:
        head[conn.from_link] = tail[conn.to_link]
    for index, row in enumerate(rows):
        for node in (tail[row["id"]], head[row["id"]]):
            graph.add_node(node, x_m=float(index), y_m=0.0, control="priority")
        graph.add_edge(tail[row["id"]], head[row["id"]], **row)
    return Network(graph=graph, connections=tuple(connections), signals=tuple(signals))


def make_world(
    network: Network, flows: Sequence[Flow] = (), trips: Sequence[Trip] = (), *,
    time: Time | None = None, drivers: Drivers = UNIFORM, classes: Sequence[VehicleClass] = DEFAULT_CLASSES,
    ca: CellularAutomaton | None = None, **more: Any,
) -> World:
    """Return a world ready to be lowered."""
    scenario = Scenario(
        name="test", network=PLACEHOLDER, time=time or Time(analysis_s=600.0, clear_s=7200.0), drivers=drivers,
        ca=ca or CellularAutomaton(), **more,
    )
    demand = Demand(flows=tuple(flows), trips=tuple(trips))
    return World(scenario=scenario, network=network, demand=demand, vehicle_classes=tuple(classes))


def make_plan(world: World, replication: int = 1) -> Plan:
    """Lower a world without policies."""
    return lower(world, (), replication).plan


def make_program(world: World, replication: int = 1) -> Program:
    """Lower and compile a world."""
    return compile_plan(make_plan(world, replication), world.scenario.ca)


def fixed_time(name: str, green_s: float, cycle_s: float, groups: int = 1, yellow_s: float = 3.0) -> SignalProgram:
    """Return a program whose groups have green once, at the beginning of the cycle."""
    rest = cycle_s - green_s - yellow_s
    return SignalProgram(id=name, phases=(
        Phase(duration_s=green_s, state="G" * groups), Phase(duration_s=yellow_s, state="y" * groups),
        Phase(duration_s=rest, state="r" * groups),
    ))
