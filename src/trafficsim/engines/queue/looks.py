"""Looks at queues between stretches of the run, once in 5 s, as with the cellular automaton."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from trafficsim.control.fixed_time import FixedTime
from trafficsim.engines.queue.representation import CONTROL_TICK_S
from trafficsim.engines.queue_counters import (
    CYCLE_DEFAULT_S,
    QUEUE_BIN_M,
    QUEUE_EVERY_S,
    Units,
    blocked_rows,
    blocking_record,
    cycle_counts,
    lane_rows,
    queue_record,
    queue_rows,
)
from trafficsim.kernels.entries import entry_of
from trafficsim.kernels.queue.queues import LanesListed, LanesSeen, QueueClock, QueueCounters, Seen, look_at_queues
from trafficsim.kernels.queue.tables import World
from trafficsim.kernels.tables import rows
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import BlockingRecord, QueueRecord

EVERY_MS = round(QUEUE_EVERY_S * 1000.0)
UNITS = Units(unit_m=0.01, look_s=QUEUE_EVERY_S, bin_units=round(QUEUE_BIN_M * 100.0))


class QueueLooks:
    """What is found of the queues of a run."""

    def __init__(self, plan: Plan) -> None:
        lanes = len(plan.lanes.link)
        table = rows(lanes, {"length": "i4", "link": "i4"})
        table.length[:lanes] = np.rint(plan.lanes.length_m * 100.0)
        table.link[:lanes] = plan.lanes.link
        self._links, self._lanes = len(plan.link_id), lanes
        self._seen = Seen(LanesSeen(table, np.rint(plan.connections.length_m * 100.0).astype(np.int64)),
                          LanesListed(np.zeros(max(lanes, 1), np.int64), np.zeros(max(lanes, 1), np.int64)))
        control = FixedTime(plan.signals, plan.start_s, CONTROL_TICK_S)
        queue = queue_rows(plan, control, round(CONTROL_TICK_S * 1000.0), round(CYCLE_DEFAULT_S * 1000.0), EVERY_MS)
        self._counters = QueueCounters(queue, cycle_counts(self._links), lane_rows(lanes), blocked_rows(lanes))
        begin, end = (round((time_s - plan.start_s) * 1000.0)
                      for time_s in (plan.analysis_begin_s, plan.analysis_end_s))
        self._clock = QueueClock(begin, end, UNITS.bin_units)
        self._entry: Callable[..., None] | None = None

    def next_look(self, now: int) -> int:
        """Return the next time at which to look."""
        return (now // EVERY_MS + 1) * EVERY_MS

    every = EVERY_MS

    def arguments(self, world: World) -> tuple[Any, ...]:
        """Return what the kernel that looks at queues is given beside the time."""
        return world, self._seen, self._counters, self._clock

    def look(self, world: World, now: int) -> None:
        """Look at all queues, if it is time."""
        if now % EVERY_MS == 0:
            arguments = (*self.arguments(world), now)
            self._entry = self._entry or entry_of(look_at_queues, *arguments)
            self._entry(*arguments)

    def queues(self) -> QueueRecord:
        """Return how far queues reached."""
        return queue_record(self._counters, self._links, UNITS)

    def blocking(self) -> BlockingRecord:
        """Return who was kept from going on, and by whom."""
        return blocking_record(self._counters, self._lanes, UNITS)
