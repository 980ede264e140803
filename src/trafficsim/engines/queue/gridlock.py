"""Gridlock of the queue engine: cycles of lanes whose heads find no room. They are named, and left as they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trafficsim.engines.gridlocks import Gridlock, cycles
from trafficsim.kernels.queue.tables import NOBODY, World

LEAST_MS, EVERY_MS = 120_000, 60_000
"""Heads in a gridlock have found no room for so long; it is looked for so often: as with the cellular automaton."""


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
        if not self.found and int(world.lanes.blocked.max(initial=NOBODY)) == NOBODY:
            return
        for one in self.found:
            if one.end < 0 and any(int(head[lane]) != trip for lane, trip in zip(one.lanes, one.trips, strict=True)):
                one.end = now
        known = {lane for one in self.found if one.end < 0 for lane in one.lanes}
        for lanes in cycles(waits_for(world, now)):
            if known.isdisjoint(lanes):
                begin = max(int(world.lanes.since[lane]) for lane in lanes)
                self.found.append(Gridlock(lanes, tuple(int(head[lane]) for lane in lanes), begin))


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
