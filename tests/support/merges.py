"""A motorway of two lanes with a ramp: 1 km, a merge of 300 m with a lane that ends, 1.5 km."""

from __future__ import annotations

from typing import Any

from tests.support.worlds import link, make_network, make_world, through
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.spec.demand import Flow
from trafficsim.spec.network import Connection, Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.world import World

LENGTHS_M = {"up": 1000.0, "main": 1000.0, "on": 400.0, "merge": 300.0, "down": 1500.0}


def merge_network(signal: str | None = None, programs: tuple[SignalProgram, ...] = ()) -> Network:
    """Return the network; ``signal`` stands at the end of the ramp."""
    lanes = {"up": 2, "main": 2, "on": 1, "merge": 3, "down": 2}
    rows = [link(name, length_m, lanes=lanes[name], road_class="motorway",
                 speed_limit_kmh=60.0 if name == "on" else 100.0) for name, length_m in LENGTHS_M.items()]
    ramp = Connection(from_link="on", from_lane=0, to_link="merge", to_lane=0, speed_limit_kmh=200.0, signal=signal,
                      signal_index=None if signal is None else 0)
    road = [Connection(from_link=first, from_lane=lane + shift, to_link=second, to_lane=lane + 1 - shift,
                       speed_limit_kmh=200.0)
            for first, second, shift in (("main", "merge", 0), ("merge", "down", 1)) for lane in (0, 1)]
    return make_network(rows, [*through("up", "main", 2), ramp, *road], programs)


def merge_world(road_veh_h: float, ramp_veh_h: float, network: Network | None = None, **more: Any) -> World:
    """Return the world: half an hour of passenger cars."""
    flows = [Flow(id=name, origin=origin, destination="down", volume_veh_h=volume, vehicle_classes={"car": 1.0})
             for name, origin, volume in (("road", "up", road_veh_h), ("ramp", "on", ramp_veh_h))]
    return make_world(network or merge_network(), flows, ca=CellularAutomaton(**more),
                      time=Time(start_s=7 * 3600.0, warmup_s=300.0, analysis_s=1500.0, clear_s=300.0, interval_s=60.0))
