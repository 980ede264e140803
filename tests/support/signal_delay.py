"""Control delay of a single approach.

The engine, an event reference model of the same queue, and the manual's formula.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.oracles.fixed_cycle_queue import FixedCycle, crossings, hcm_delay_s
from tests.support.approaches import FAR_S, approach, discharge, saturated, traversal
from tests.support.worlds import make_world
from trafficsim.spec.demand import Flow
from trafficsim.spec.scenario import Time

CYCLE_S, GREEN_S, SPEED_MS = 90.0, 40.0, 50.0 / 3.6
APPROACH_M, BEYOND_M, PERIOD_S = 1500.0, 250.0, 900.0


@dataclass(frozen=True)
class Delay:
    """Mean control delay (s) by replication."""

    engine: np.ndarray
    reference: np.ndarray
    hcm: float

    @property
    def gap(self) -> float:
        """Relative difference of the engine's mean from the reference model's."""
        return float(self.engine.mean() / self.reference.mean() - 1.0)

    @property
    def gap_to_hcm(self) -> float:
        """Relative difference of the engine's mean from the formula."""
        return float(self.engine.mean() / self.hcm - 1.0)


def measured_signal(cycles: int = 300) -> FixedCycle:
    """Return the signal as the engine's own saturated queues describe it."""
    found = discharge(saturated(approach(GREEN_S, CYCLE_S), GREEN_S, CYCLE_S, cycles), last=18)
    return FixedCycle(CYCLE_S, found.headway_s, found.lost_s, found.per_cycle)


def control_delay(signal: FixedCycle, x: float, replications: int) -> Delay:
    """Poisson arrivals of 15 minutes, from empty, everybody followed to 250 m beyond the line.

    Delay of the engine: entry to 250 m downstream less free-flow time. The reference model's vehicles reach the stop
    line at the engine's entry times plus the free-flow time of the approach.
    """
    capacity = signal.per_cycle * 3600.0 / CYCLE_S
    network = approach(GREEN_S, CYCLE_S, length_m=APPROACH_M, beyond_m=BEYOND_M)
    flow = Flow(id="f", volume_veh_h=x * capacity, route=("in", "out"))
    world = make_world(network, [flow], time=Time(analysis_s=PERIOD_S, clear_s=FAR_S))
    engine, reference = [], []
    for replication in range(1, replications + 1):
        seen = traversal(world, replication)
        arrival = seen.entry + APPROACH_M / SPEED_MS
        engine.append(float((seen.exit - seen.entry).mean()) - (APPROACH_M + BEYOND_M) / SPEED_MS)
        reference.append(float((crossings(arrival.tolist(), signal, replication) - arrival).mean()))
    hcm = sum(hcm_delay_s(CYCLE_S, signal.per_cycle * signal.headway_s, capacity, x, PERIOD_S / 3600.0))
    return Delay(np.array(engine), np.array(reference), hcm)
