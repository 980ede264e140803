"""Gridlock: cycles of lanes whose heads wait for each other. They are named, and left as they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trafficsim.engines.ca.program import Program
from trafficsim.engines.gridlocks import Gridlock, cycles
from trafficsim.kernels.measurement.gridlock import FREE, find_blocked, find_causes

LEAST_S = 120.0
"""Heads in a gridlock have stood for so long: twice the time after which they are ready to squeeze into half a
vehicle's room (modelling assumptions; the second is that of the rule *keep clear*). Whether they had green does not
matter: they have no room beyond."""
EVERY_S = 60.0
"""Gridlocks are looked for this often: their end is known that exactly, their begin to the tick."""


@dataclass
class GridlockWatch:
    """Looks for gridlocks between slices.

    Attributes
    ----------
    every, least : ticks between two looks; ticks that heads must have stood
    found : all gridlocks, in the order of being found
    """

    every: int
    least: int
    waits_for: np.ndarray
    found: list[Gridlock] = field(default_factory=list)

    @classmethod
    def of(cls, program: Program, tick_s: float) -> GridlockWatch:
        """Make the watch of a program."""
        least = round(LEAST_S / tick_s)
        return cls(max(1, round(EVERY_S / tick_s)), least, np.full(max(program.net.lanes, 1), FREE, np.int32))

    def warm_up(self, program: Program) -> None:
        """Compile, or load, what a look takes."""
        find_blocked(program.road, self.least, self.waits_for)
        find_causes(program.road, self.waits_for.copy(), self.waits_for.copy())

    def next_look(self, tick: int) -> int:
        """Return the next tick after which to look."""
        return (tick // self.every + 1) * self.every

    def look(self, program: Program, tick: int) -> None:
        """End the gridlocks of which a head has moved, and note those that are new."""
        wait = program.work.lane["wait"]
        for one in self.found:
            if one.end < 0 and _has_moved(one, program, wait):
                one.end = tick
        if int(wait.max()) < self.least or find_blocked(program.road, self.least, self.waits_for) == 0:
            return
        known = {lane for one in self.found if one.end < 0 for lane in one.lanes}
        for lanes in cycles(self.waits_for):
            if known.isdisjoint(lanes):
                heads = tuple(int(program.vehicles.ID[program.start[lane]]) for lane in lanes)
                self.found.append(Gridlock(lanes, heads, tick - min(int(wait[lane]) for lane in lanes)))


def _has_moved(one: Gridlock, program: Program, wait: np.ndarray) -> bool:
    """Whether a head of a gridlock has moved or gone."""
    for lane, trip in zip(one.lanes, one.trips, strict=True):
        slot = int(program.start[lane])
        if slot == program.start[lane + 1] or int(program.vehicles.ID[slot]) != trip or not wait[lane]:
            return True
    return False
