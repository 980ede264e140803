"""The cases: what is simulated, how long it warms up, and how much of it is timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from trafficsim.engines.bench.networks import grid_plan, ring_plan
from trafficsim.engines.bench.queue_measure import QueueCase
from trafficsim.engines.bench.traffic import grid_traffic, ring_traffic
from trafficsim.engines.bench.walks import walks_plan
from trafficsim.plan.arrays import Plan

BLOCKS = 5


@dataclass(frozen=True)
class Case:
    """A workload for the engine ``ca``.

    Attributes
    ----------
    make : makes the plan, given how many seconds it is run
    warmup_ticks : not timed
    block_ticks : length of each of the five timed blocks
    """

    make: Callable[[float], Plan]
    warmup_ticks: int
    block_ticks: int

    @property
    def ticks(self) -> int:
        """Of the whole run."""
        return self.warmup_ticks + BLOCKS * self.block_ticks


def ring_case(links: int, vehicles: int, ticks: tuple[int, int]) -> Case:
    """Single-lane ring road of links of 10 km; ``ticks`` of warm-up and of each block."""
    return Case(lambda end_s: ring_traffic(ring_plan(links, end_s), vehicles), *ticks)


def grid_case(size: int, vehicles: int, entry_veh_h: float, ticks: tuple[int, int]) -> Case:
    """Signalised grid filled with vehicles and fed with as many as leave; ``ticks`` of warm-up and of each block."""
    return Case(lambda end_s: grid_traffic(grid_plan(size, end_s), vehicles, entry_veh_h), *ticks)


CASES: dict[str, Case] = {
    "ring-10k": ring_case(40, 10_000, (1200, 1200)),
    "grid10": grid_case(10, 3_700, 690.0, (600, 600)),
    "grid20": grid_case(20, 10_000, 530.0, (600, 300)),
    "city-400k": grid_case(100, 400_000, 600.0, (300, 30)),
    "sparse-city": grid_case(100, 2_000, 8.0, (300, 200)),
}
"""The ring has 25 vehicles per km, a little above the density of its greatest flow; inflows of the grids are tuned so
that the number of vehicles stays as it is. The nearly empty city tells what its 80,000 lanes cost by themselves."""
QUEUE_CASES: dict[str, QueueCase] = {
    "queue-grid10": QueueCase(lambda: walks_plan(10, 41_000, 1.0), rounds=5),
    "queue-grid50": QueueCase(lambda: walks_plan(50, 1_000_000, 4.0)),
    "queue-grid200": QueueCase(lambda: walks_plan(200, 2_000_000, 4.0)),
}
"""Of the queue engine: 980 veh/h on every link of the first two, 300 veh/h on those of the third."""
ALL_CASES: dict[str, Case | QueueCase] = {**CASES, **QUEUE_CASES}
DEFAULT_CASES = ("ring-10k", "grid10", "grid20", "queue-grid10")
"""Measured when no names are given: a city alone takes longer than all of them, and about 1 GB of memory."""
