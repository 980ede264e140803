"""One approach to a signal in the cellular automaton: crossing times of its stop line, and free speeds."""

from __future__ import annotations

import numpy as np

from tests.support.approaches import FAR_S, approach, traversal
from tests.support.worlds import link, make_network, make_world, through
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.vtypes import make_class
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.scenario import Time
from trafficsim.spec.vehicles import VehicleClass

from .cases import CLEARED_M, CYCLE_S, FREE_S, GREEN_S, LENGTH_M, MEASURED_M, SKIPPED, Case

SUMOS = Drivers(at_yellow="if_possible")
"""What the importer says of drivers; their speeds are those of the class."""


def class_of(case: Case) -> VehicleClass:
    """Return the class that the importer makes of a type."""
    return make_class(Element("vType", {"id": case.name, **case.attributes}, 1, "case"), Ledger("sumo"), "file")


def crossings(case: Case) -> list[np.ndarray]:
    """Return, by cycle, the crossing times after the start of green of an approach that always has a queue."""
    vehicle, cycles = class_of(case), case.cycles
    network = approach(GREEN_S, CYCLE_S, length_m=LENGTH_M, speed_limit_kmh=case.limit_kmh)
    flow = Flow(id="f", volume_veh_h=2400.0, route=("in", "out"), vehicle_classes={vehicle.name: 1.0})
    time = Time(analysis_s=cycles * CYCLE_S, clear_s=FAR_S)
    world = make_world(network, [flow], time=time, drivers=SUMOS, classes=[vehicle])
    line = np.sort(traversal(world).line)
    return [line[(line >= start) & (line < start + CYCLE_S)] - start for start in np.arange(SKIPPED, cycles) * CYCLE_S]


def free_speeds_ms(case: Case) -> np.ndarray:
    """Return mean speeds over a kilometre of vehicles that have the road to themselves."""
    vehicle = class_of(case)
    rows = [link(name, length, speed_limit_kmh=case.limit_kmh)
            for name, length in (("in", LENGTH_M + CLEARED_M), ("out", MEASURED_M))]
    flow = Flow(id="f", volume_veh_h=3600.0 / FREE_S, route=("in", "out"), vehicle_classes={vehicle.name: 1.0},
                departures="scheduled")
    time = Time(analysis_s=case.free_vehicles * FREE_S, clear_s=FAR_S)
    network = make_network(rows, through("in", "out"))
    found = traversal(make_world(network, [flow], time=time, drivers=SUMOS, classes=[vehicle]))
    return MEASURED_M / (found.exit - found.line)
