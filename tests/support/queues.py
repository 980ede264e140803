"""Worlds for the queue engine with the triangular diagram of the theory, and runs that are looked at on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tests.support.worlds import link, make_network, make_plan, make_world, through
from trafficsim.engines.queue.program import compile_plan
from trafficsim.engines.queue.settings import QueueSettings
from trafficsim.engines.queue.signals import commands_of, control_of
from trafficsim.kernels.entries import entry_of
from trafficsim.kernels.queue.agenda import advance
from trafficsim.kernels.queue.tables import World as QueueWorld
from trafficsim.plan.arrays import Plan
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Connection
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import SignalProgram
from trafficsim.spec.vehicles import VehicleClass

FREE_MS, JAM_SPACING_M, WAVE_MS, CAPACITY = 20.0, 5.0, 5.0, 0.8
"""The diagram of the hand cases: free speed, spacing in a jam, backward wave (m/s), veh/s."""
UNIT = VehicleClass(name="unit", length_m=4.0, min_gap_m=1.0, headway_s=1.0, max_speed_kmh=72.0)
EXACT = QueueSettings(saturation_flow_veh_h=3600.0 / (1.35 + 7.0 / (50.0 / 3.6)), start_loss_s=0.0)
"""Settings under which a class follows at its own headway, without any addition."""


def narrowed(share: float) -> float:
    """Return the speed limit (km/h) of a connector that lets this share of the capacity through."""
    radius = 1.5 / (1.0 / share - 1.0)
    return float(3.6 * np.sqrt(radius * (30.0 / 3.6) ** 2 / 15.0))


def chain(lengths_m: Sequence[float], signals: Sequence[SignalProgram] = (), narrow: dict[int, float] | None = None,
          lanes: int = 1) -> Any:
    """Return a road of links l0, l1 ...; after some of them only a share of the capacity goes on."""
    names = [f"l{number}" for number in range(len(lengths_m))]
    connections: list[Connection] = []
    for number, (first, second) in enumerate(pairwise(names)):
        more: dict[str, Any] = {}
        if narrow and number in narrow:
            more["speed_limit_kmh"] = narrowed(narrow[number])
        if signals and number == len(names) - 2:
            more |= {"signal": signals[0].id, "signal_index": 0}
        connections += through(first, second, lanes, **more)
    rows = [link(name, length, lanes=lanes, speed_limit_kmh=72.0)
            for name, length in zip(names, lengths_m, strict=True)]
    return make_network(rows, connections, signals)


def trips_at(times_s: Sequence[float], links: int) -> list[Trip]:
    """Return trips over the whole chain."""
    route = tuple(f"l{number}" for number in range(links))
    return [Trip(id=f"t{row:05d}", depart_s=float(time), route=route, vehicle_class="unit")
            for row, time in enumerate(times_s)]


def chain_plan(network: Any, trips: Sequence[Trip], **more: Any) -> Plan:
    """Lower a chain with its trips; intervals of 5 s."""
    time = Time(analysis_s=more.pop("analysis_s", 3600.0), clear_s=7200.0, interval_s=more.pop("interval_s", 300.0))
    return make_plan(make_world(network, trips=trips, time=time, classes=(UNIT,), **more))


def looked_at(plan: Plan, look: Callable[[QueueWorld, int], None], settings: QueueSettings | None = None,
              every_ms: int = 1000) -> QueueWorld:
    """Run a plan, and look at its state now and again."""
    world, commands, now = compile_plan(plan, settings or QueueSettings()), commands_of(control_of(plan)), 0
    run_until = entry_of(advance, world, commands, 0, 0)
    with np.errstate(over="ignore"):
        while now < (plan.end_s - plan.start_s) * 1000.0 and world.counts.total[1] < len(plan.trips.name):
            run_until(world, commands, now, now + every_ms)
            now += every_ms
            look(world, now)
    return world
