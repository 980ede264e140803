"""Small networks with the diagram of the published cases: 20 m/s, 0.2 veh/m in a jam, waves of 5 m/s, 0.8 veh/s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import networkx as nx
import numpy as np

from tests.support.nodes import THEORY
from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.queue.loop import run
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import SignalProgram

INTERVAL_S = 50.0
PER_HOUR = 3600.0


class Stream(NamedTuple):
    """Vehicles at even intervals, each in the middle of its own."""

    route: tuple[str, ...]
    flow_veh_s: float
    begin_s: float
    end_s: float

    def departures(self) -> np.ndarray:
        """Times of departure, s."""
        count = round(self.flow_veh_s * (self.end_s - self.begin_s))
        return np.asarray(self.begin_s + (np.arange(count) + 0.5) / self.flow_veh_s)


class Seen(NamedTuple):
    """A run, and what went into it."""

    plan: Plan
    record: Record

    def state(self, name: str, begin_s: float, end_s: float) -> tuple[float, float]:
        """Return the flow off a link (veh/s), and the density on it (veh/m, by Edie), over whole intervals."""
        row, rows = self.plan.link_id.index(name), slice(round(begin_s / INTERVAL_S), round(end_s / INTERVAL_S))
        links, length_m = self.record.links, float(self.plan.links.length_m[row])
        left, there_s = (float(table[rows, row].sum()) for table in (links.left, links.vehicle_s))
        return left / (end_s - begin_s), there_s / length_m / (end_s - begin_s)

    def times(self, *route: str) -> np.ndarray:
        """Return times from departure to the end, by trip of a route in order of departure, s."""
        trips, record = self.plan.trips, self.record.trips
        own = [row for row in range(len(trips.name)) if self.route(row) == route]
        return np.asarray(record.exit_s - trips.depart_s)[own]

    def route(self, row: int) -> tuple[str, ...]:
        """Return the links of a trip."""
        begin, end = self.plan.trips.route_start[row:row + 2]
        return tuple(self.plan.link_id[one] for one in self.plan.trips.route_link[begin:end])


def given(length_m: float = 1000.0, *, lanes: int = 1, speed_ms: float = 20.0, wave_ms: float | None = None,
          jam_veh_m: float = 0.2, **veh_s: float) -> dict[str, Any]:
    """Return attributes of a link; capacities of its ends and priorities by name, flows in veh/s.

    The wave is one that drivers make who repeat after a second what their leader did, unless given.
    """
    flows = {name: value if name == "merge_priority" else value * PER_HOUR for name, value in veh_s.items()}
    return {"length_m": length_m, "lanes": lanes, "speed_limit_kmh": speed_ms * 3.6,
            "jam_density_veh_km_lane": jam_veh_m * 1000.0, "backward_wave_kmh": (wave_ms or 1.0 / jam_veh_m) * 3.6,
            **flows}


def network_of(links: Mapping[str, Mapping[str, Any]], joints: Sequence[Connection],
               signals: Sequence[SignalProgram] = (), node_veh_s: float | None = None) -> Network:
    """Join links; those that meet meet at one node, which may have a capacity."""
    rows = [link(name, **more) for name, more in links.items()]
    network = make_network(rows, joints, signals)
    if node_veh_s is None:
        return network
    ends = sorted({f"end of {one.from_link}" for one in joints} & set(network.graph))
    graph = nx.relabel_nodes(network.graph, dict.fromkeys(ends[1:], ends[0]))
    graph.nodes[ends[0]]["capacity_veh_h"] = node_veh_s * PER_HOUR
    return replace(network, graph=graph)


def joined(*pairs: tuple[str, str], **more: Any) -> list[Connection]:
    """Connect lane 0 to lane 0."""
    return [one for pair in pairs for one in through(*pair, **more)]


def drive(network: Network, streams: Sequence[Stream], until_s: float = 20_000.0) -> Seen:
    """Run streams of passenger cars with queues as in the theory."""
    trips = [Trip(id=f"{number}.{row:05d}", depart_s=float(time), route=stream.route, vehicle_class="car")
             for number, stream in enumerate(streams) for row, time in enumerate(stream.departures())]
    return _run(network, trips, until_s)


def arrivals(network: Network, times_s: np.ndarray) -> Seen:
    """Run passenger cars that come to a single link at these times."""
    trips = [Trip(id=f"{row:06d}", depart_s=time, route=("link",), vehicle_class="car")
             for row, time in enumerate(times_s.tolist())]
    return _run(network, trips, float(times_s[-1]) + 10_000.0)


def _run(network: Network, trips: Sequence[Trip], until_s: float) -> Seen:
    plan = make_plan(make_world(network, trips=trips,
                                time=Time(analysis_s=until_s, clear_s=0.0, interval_s=INTERVAL_S)))
    return Seen(plan, run(plan, THEORY))
