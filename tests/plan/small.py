"""Small worlds, built by hand."""

from __future__ import annotations

from typing import Any

import networkx as nx

from trafficsim.spec.demand import Demand, Flow, Trip
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Detector, Scenario, Time
from trafficsim.spec.signals import Phase, SignalProgram
from trafficsim.spec.vehicles import DEFAULT_CLASSES, VehicleClass
from trafficsim.spec.world import World

PHASES = (Phase(duration_s=40, state="Gr"), Phase(duration_s=50, state="rG"))
GREEN_RED = SignalProgram(id="j", phases=PHASES, offset_s=7)


def link(name: str, tail: str, head: str, **attributes: Any) -> tuple[str, str, dict[str, Any]]:
    return tail, head, {"id": name, "length_m": 100.0, **attributes}


def join(from_link: str, to_link: str, from_lane: int = 0, to_lane: int = 0, **values: Any) -> Connection:
    return Connection(from_link=from_link, from_lane=from_lane, to_link=to_link, to_lane=to_lane, **values)


def network(links: list[tuple[str, str, dict[str, Any]]], connections: list[Connection], **more: Any) -> Network:
    graph = nx.MultiDiGraph()
    graph.add_edges_from(links)
    return Network(graph, tuple(connections), **more)


def diamond() -> Network:
    """a -> (b: fast, 2 lanes, c: slow, bus lane only) -> d, with a signal before b and c.

    Links are a, b, c, d; node names make the graph order that of this list.
    """
    return network(
        [
            link("a", "1", "2", lanes=2),
            link("b", "2", "3", lanes=2, length_m=300.0, speed_limit_kmh=72.0),
            link("c", "2", "3", length_m=100.0, speed_limit_kmh=36.0, allow=(("bus",),)),
            link("d", "3", "4", speed_limit_kmh=36.0, road_class="rural"),
        ],
        [
            join("c", "d", length_m=10.0, speed_limit_kmh=36.0, yields_to=(1, 2), crosses=(2, 1)),
            join("b", "d", 0, length_m=10.0, speed_limit_kmh=36.0, crosses=(0,)),
            join("b", "d", 1, length_m=20.0, speed_limit_kmh=36.0, crosses=(0,)),
            join("a", "c", 0, length_m=5.0, speed_limit_kmh=36.0, turn="right", signal="j", signal_index=1),
            join("a", "b", 1, 1, length_m=12.0, speed_limit_kmh=36.0, turn="left", signal="j", signal_index=0),
            join("a", "b", 0, 0, length_m=8.0, speed_limit_kmh=36.0, signal="j", signal_index=0),
        ],
        signals=(GREEN_RED,),
        groups={"middle": ("b", "c")},
    )


def world(
    demand: Demand, road: Network | None = None, classes: tuple[VehicleClass, ...] = (), **scenario: Any
) -> World:
    road = road or diamond()
    values = {"time": Time(warmup_s=600.0, analysis_s=3000.0), "drivers": Drivers(), "seed": 5, **scenario}
    return World(Scenario(name="small", network=road, demand=demand, **values), road, demand,
                 (*DEFAULT_CLASSES, *classes))


def flow(name: str = "f", volume_veh_h: float = 1000.0, **values: Any) -> Flow:
    ends = {} if "route" in values else {"origin": "a", "destination": "d"}
    return Flow(id=name, volume_veh_h=volume_veh_h, **{**ends, **values})


def trip(name: str = "t", depart_s: float = 0.0, **values: Any) -> Trip:
    ends = {} if "route" in values else {"origin": "a", "destination": "d"}
    return Trip(id=name, depart_s=depart_s, **{**ends, **values})


__all__ = ["Demand", "Detector", "diamond", "flow", "join", "link", "network", "trip", "world"]
