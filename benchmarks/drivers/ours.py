"""One approach to a signal in the cellular automaton: crossing times of its stop line, and free speeds."""

from __future__ import annotations

import numpy as np

from tests.support.approaches import FAR_S, approach, passage
from tests.support.worlds import UNIFORM, make_world
from trafficsim.spec.demand import Flow
from trafficsim.spec.scenario import Time
from trafficsim.spec.vehicles import VehicleClass

from .cases import CYCLE_S, CYCLES, GREEN_S, LENGTH_M, SKIPPED


def crossings(vehicle: VehicleClass, limit_kmh: float, cycles: int = CYCLES, replication: int = 1) -> list[np.ndarray]:
    """Return, by cycle, the crossing times after the start of green of an approach that always has a queue."""
    network = approach(GREEN_S, CYCLE_S, length_m=LENGTH_M, speed_limit_kmh=limit_kmh)
    flow = Flow(id="f", volume_veh_h=2400.0, route=("in", "out"), vehicle_classes={vehicle.name: 1.0})
    time = Time(analysis_s=cycles * CYCLE_S, clear_s=FAR_S)
    world = make_world(network, [flow], time=time, drivers=UNIFORM, classes=[vehicle])
    line = np.sort(passage(world, replication).line)
    return [line[(line >= start) & (line < start + CYCLE_S)] - start for start in np.arange(SKIPPED, cycles) * CYCLE_S]
