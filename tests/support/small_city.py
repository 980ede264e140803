"""A small town with all that a step can do: signals, priority, turns, several lanes, all classes."""

from __future__ import annotations

from tests.support.worlds import make_plan, make_program, make_world
from trafficsim.design import synthetic
from trafficsim.engines.ca import run
from trafficsim.engines.ca.program import Program
from trafficsim.plan.arrays import Plan
from trafficsim.results.digest import digest
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector, Time
from trafficsim.spec.world import World


def _world() -> World:
    network: Network = synthetic.grid(rows=3, columns=3, spacing_m=120.0, lanes=2)
    entries, exits = sorted(network.groups["entries"]), sorted(network.groups["exits"])
    classes = {"car": 0.7, "van": 0.1, "truck": 0.1, "bus": 0.1}
    flows = [
        Flow(id=f"f{number}", volume_veh_h=400.0, origin=entry, destination=exits[(number + 4) % len(exits)],
             vehicle_classes=classes)
        for number, entry in enumerate(entries[::2])
    ]
    detectors = (Detector(id="d", link=entries[0], position_m=50.0),)
    return make_world(network, flows, time=Time(analysis_s=120.0, clear_s=30.0, interval_s=50.0), drivers=Drivers(),
                      detectors=detectors)


def city_plan(replication: int = 1) -> Plan:
    """Return the plan of a replication."""
    return make_plan(_world(), replication)


def city_program() -> Program:
    """Return the program of the first replication."""
    return make_program(_world())


def city_digest(replication: int = 1) -> str:
    """Run the town and return its digest."""
    plan = city_plan(replication)
    return digest(plan, run(plan))
