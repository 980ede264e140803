"""Gridlock of the queue engine: cycles of lanes whose heads find no room. They are named, and left as they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trafficsim.engines.cycles import cycles
from trafficsim.kernels.queue.tables import NOBODY, World
from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import GridlockRecord, no_gridlocks

LEAST_MS, EVERY_MS = 120_000, 60_000
"""Heads in a gridlock have found no room for so long; it is looked for so often: as with the cellular automaton."""


@dataclass
class Gridlock:
    """Lanes in the order in which they wait for each other, the trips of their heads, begin and end (ms)."""

    lanes: tuple[int, ...]
    trips: tuple[int, ...]
    begin: int
    end: int = -1


@dataclass
class GridlockWatch:
    """Looks for gridlocks between stretches of the run."""

    every: int = EVERY_MS
    found: list[Gridlock] = field(default_factory=list)

    def next_look(self, now: int) -> int:
        """Return the next time at which to look."""
        return (now // self.every + 1) * self.every

    def look(self, world: World, now: int) -> None:
        """End the gridlocks of which a head has left, and note those that are new."""
        head = world.lanes.head
        for one in self.found:
            if one.end < 0 and any(int(head[lane]) != trip for lane, trip in zip(one.lanes, one.trips, strict=True)):
                one.end = now
        known = {lane for one in self.found if one.end < 0 for lane in one.lanes}
        for lanes in cycles(waits_for(world, now)):
            if known.isdisjoint(lanes):
                begin = max(int(world.lanes.since[lane]) for lane in lanes)
                self.found.append(Gridlock(lanes, tuple(int(head[lane]) for lane in lanes), begin))

    def record(self, plan: Plan, world: World) -> GridlockRecord:
        """Return all gridlocks, one row per lane of each, in clock times; ``end_s`` is -1 while one lasts."""
        if not self.found:
            return no_gridlocks()
        size = [len(one.lanes) for one in self.found]
        begin, end = (np.repeat(times, size) for times in ([one.begin for one in self.found],
                                                           [one.end for one in self.found]))
        return GridlockRecord(
            number=np.repeat(np.arange(1, len(size) + 1), size).astype(np.int32), begin_s=plan.start_s + begin / 1000.0,
            end_s=np.where(end < 0, -1.0, plan.start_s + end / 1000.0),
            trip=np.array([trip for one in self.found for trip in one.trips], np.int32),
            link=np.array([world.net.link_of[lane] for one in self.found for lane in one.lanes], np.int32),
        )


def waits_for(world: World, now: int) -> np.ndarray:
    """Return by lane the lane that it waits for: of the link without room, the one whose head has stood longest."""
    lanes, net = world.lanes, world.net
    stuck = (lanes.blocked != NOBODY) & (now - lanes.since >= LEAST_MS)
    answer = np.full(len(stuck), -1, np.int32)
    for lane in np.flatnonzero(stuck).tolist():
        link = int(lanes.blocked[lane])
        own = np.arange(net.lane_start[link], net.lane_start[link + 1])
        own = own[stuck[own]]
        if len(own):
            answer[lane] = own[np.argmin(lanes.since[own])]
    return answer
