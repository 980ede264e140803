"""One approach to a signal: who crosses the stop line when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.support.worlds import UNIFORM, fixed_time, link, make_network, make_plan, make_world, through
from trafficsim.engines.ca.loop import simulate
from trafficsim.engines.ca.program import compile_plan
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.spec.demand import Flow
from trafficsim.spec.drivers import Drivers
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Time
from trafficsim.spec.world import World

FAR_S = 1.0e6


@dataclass(frozen=True)
class Traversal:
    """Times (s) of the vehicles that went all the way, in order of entry."""

    depart: np.ndarray
    entry: np.ndarray
    line: np.ndarray
    """Crossing of the stop line."""
    exit: np.ndarray
    desired_ms: np.ndarray


@dataclass(frozen=True)
class Discharge:
    """How a standing queue leaves at green: crossing of vehicle n at ``lost_s + n * headway_s`` after its start."""

    headway_s: float
    lost_s: float
    per_cycle: float
    """Vehicles that cross in one saturated cycle."""

    @property
    def flow_veh_h(self) -> float:
        """Saturation flow."""
        return 3600.0 / self.headway_s


def approach(green_s: float, cycle_s: float, *, length_m: float = 500.0, beyond_m: float = 250.0,
             speed_limit_kmh: float = 50.0, connector_m: float = 0.0, connector_kmh: float = 200.0) -> Network:
    """Return an approach of one lane, its signal (green first, 3 s of yellow, red), and the road beyond."""
    lengths_m = {"in": length_m, "out": beyond_m}
    rows = [link(name, length, speed_limit_kmh=speed_limit_kmh) for name, length in lengths_m.items()]
    joint = through("in", "out", signal="s", signal_index=0, length_m=connector_m, speed_limit_kmh=connector_kmh)
    return make_network(rows, joint, [fixed_time("s", green_s, cycle_s)])


def traversal(world: World, replication: int = 1) -> Traversal:
    """Run a world of the links "in" and "out" to its end and return when vehicles passed."""
    plan = make_plan(world, replication)
    program = compile_plan(plan, world.scenario.ca)
    simulate(plan, world.scenario.ca, program)
    row, ends = program.trips.row[:-1], program.trips.end[:-1]
    assert (row.status == 2).all(), "everybody arrives"
    order = np.argsort(ends.entry_time)
    link_of = plan.link_id.index("in")
    speed = plan.links.free_speed_mean_ms[link_of] * (1.0 + plan.links.free_speed_cv[link_of] * plan.trips.z)
    times = (np.asarray(ticks[order]) * world.scenario.ca.tick_s
             for ticks in (ends.depart, ends.entry_time, row.enter_time, ends.exit_time))
    return Traversal(*times, speed[order])


def saturated(network: Network, green_s: float, cycle_s: float, cycles: int, drivers: Drivers = UNIFORM,
              classes: dict[str, float] | None = None, ca: CellularAutomaton | None = None) -> list[np.ndarray]:
    """Return, by cycle, the crossing times after the start of green of an approach that always has a queue."""
    volume = 2400.0
    flow = Flow(id="f", volume_veh_h=volume, route=("in", "out"), vehicle_classes=classes or {"car": 1.0})
    time = Time(analysis_s=cycles * cycle_s, clear_s=FAR_S)
    line = np.sort(traversal(make_world(network, [flow], time=time, drivers=drivers, ca=ca)).line)
    return [line[(line >= start) & (line < start + cycle_s)] - start for start in np.arange(2, cycles) * cycle_s]


def discharge(crossings: Sequence[np.ndarray], first: int = 5, last: int = 25) -> Discharge:
    """Measure headway between vehicles ``first`` and ``last`` of every queue, and the start-up lost time."""
    rows = [row for row in crossings if len(row) >= last]
    headway = float(np.mean([(row[last - 1] - row[first - 1]) / (last - first) for row in rows]))
    lost = float(np.mean([row[first - 1] for row in rows])) - first * headway
    return Discharge(headway, lost, float(np.mean([len(row) for row in crossings])))
