"""A main road with signals, and its volumes, for tests of signal policies."""

from __future__ import annotations

from typing import Any

from tests.support.worlds import PLACEHOLDER
from trafficsim.design.synthetic import corridor
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.spec.demand import Demand, Flow
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Scenario, Time
from trafficsim.spec.vehicles import DEFAULT_CLASSES
from trafficsim.spec.world import World

CARS = {"car": 1.0}


def main_road(**options: Any) -> Network:
    """Three crossings, one lane per direction, 400 m apart, cycle 80 s."""
    given = {"signals": (1, 2, 3), "cycle_s": 80, **options}
    return corridor((400, 400, 400, 400), two_way=True, side_streets=(1, 2, 3), **given)


def prepared(
    network: Network, main_veh_h: float = 500.0, cross_veh_h: tuple[float, float, float] = (250.0, 500.0, 750.0)
) -> Prepared:
    """The main road with volumes per direction and from the south at each crossing, straight on only."""
    flows = [Flow(id="east", origin="east1", destination="east4", volume_veh_h=main_veh_h, vehicle_classes=CARS),
             Flow(id="west", origin="west4", destination="west1", volume_veh_h=main_veh_h, vehicle_classes=CARS)]
    flows += [Flow(id=f"cross{node}", origin=f"south{node}_in", destination=f"north{node}_out",
                   volume_veh_h=volume, vehicle_classes=CARS)
              for node, volume in enumerate(cross_veh_h, 1)]
    scenario = Scenario(name="road", network=PLACEHOLDER, time=Time(analysis_s=3600.0), seed=4)
    return prepare(World(scenario, network, Demand(flows=tuple(flows)), DEFAULT_CLASSES))
