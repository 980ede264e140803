"""Every network of the data folder and every scenario of the project as plans; flows across where no trips came."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np

from tests.support.catalogue import RESCO, find_case
from trafficsim.io.imported import Imported
from trafficsim.io.load import load_world
from trafficsim.io.sumo import read_sumo
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

ROOT = Path(__file__).resolve().parents[2]
RILSA = tuple(f"rilsa{number}" for number in (1, 2, 3, 4))
CASES = {
    "doerpfeldstr": "doerpfeldstr-samplertrips", "RiLSA1": "rilsa-RiLSA1",
    **{name: f"rilsa-{name[-1]}-{name}-{name}_tls" for name in RILSA},
}
"""Those of the catalogue that have another name here; the other names are its own."""
NETWORKS = (*RESCO, "acosta", "doerpfeldstr", *RILSA, "RiLSA1", "bullhead")
SCENARIOS = ("arterial", "motorway_camera")
"""Of those in ``scenarios``; the others are networks of RESCO."""
VOLUME_VEH_H = 60.0
"""Of each flow across a network that came without demand."""


def network_plan(
    folder: Path, name: str, analysis_s: float = np.inf, clear_s: float = 0.0, interval_s: float = 300.0
) -> Plan:
    """Lower one network with its demand, of which at most ``analysis_s`` run, and ``clear_s`` after them."""
    found = _read(folder, name)
    demand = found.demand if found.demand.trips or found.demand.flows else flows_across(found.network)
    departures = [trip.depart_s for trip in demand.trips]
    start = float(np.floor(min(departures, default=0.0)))
    length = min(max(departures, default=3599.0) - start + 1.0, analysis_s)
    due = tuple(trip for trip in demand.trips if trip.depart_s < start + length)
    demand = demand.model_copy(update={"trips": due})
    time = Time(start_s=start, analysis_s=length, clear_s=clear_s, interval_s=interval_s)
    scenario = Scenario(name=name, network=found.network, demand=demand, time=time)
    classes = found.vehicle_classes if found.demand.trips else DEFAULT_CLASSES
    return lower(World(scenario, found.network, demand, tuple(classes)), (), 1).plan


def scenario_plan(name: str, analysis_s: float) -> Plan:
    """Lower a scenario of the project, cut off after so many seconds of its analysis period."""
    plan = lower(load_world(ROOT / "scenarios" / name / "scenario.toml"), (), 1).plan
    return replace(plan, end_s=min(plan.analysis_begin_s + analysis_s, plan.end_s), interval_s=300.0)


def _read(folder: Path, name: str) -> Imported:
    case = find_case(folder, CASES.get(name, name))
    return read_sumo(case.network, case.routes, case.additional)


def flows_across(network: Network) -> Demand:
    """A flow from every link on which a network is entered to every link on which it is left, where a way leads."""
    movements: nx.DiGraph[Any] = nx.DiGraph((movement.from_link, movement.to_link) for movement in network.connections
                                            if movement.turn != "u_turn")
    movements.add_nodes_from(network.links)
    flows = [Flow(id=f"{first}>{last}", origin=first, destination=last, volume_veh_h=VOLUME_VEH_H)
             for first in sorted(movements) if not movements.in_degree(first)
             for last in sorted(nx.descendants(movements, first)) if not movements.out_degree(last)]
    return Demand(flows=tuple(flows), trips=(), mixes={})
