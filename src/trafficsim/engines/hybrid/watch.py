"""Gridlocks: those inside each engine, and those that lie across the border."""

from __future__ import annotations

from dataclasses import dataclass, field

from trafficsim.engines.ca.gridlock import GridlockWatch as AutomatonWatch
from trafficsim.engines.gridlocks import Gridlock
from trafficsim.engines.hybrid.program import Programs
from trafficsim.engines.queue.gridlock import GridlockWatch as QueueWatch


@dataclass
class Watches:
    """Looks for gridlocks between slices; all times are ticks."""

    automaton: AutomatonWatch
    queues: QueueWatch
    tick_s: float
    across: list[Gridlock] = field(default_factory=list)

    @classmethod
    def of(cls, programs: Programs, tick_s: float) -> Watches:
        """Make the watches of a run."""
        return cls(AutomatonWatch.of(programs.automaton, tick_s), QueueWatch(), tick_s)

    @property
    def every(self) -> int:
        """Ticks between two looks."""
        return self.automaton.every

    def next_look(self, tick: int) -> int:
        """Return the next tick after which to look."""
        return self.automaton.next_look(tick)

    def look(self, programs: Programs, tick: int, now: int) -> None:
        """Look in both engines, and across the border."""
        self.automaton.look(programs.automaton, tick)
        self.queues.look(programs.queues, now)

    def found(self) -> list[Gridlock]:
        """Return all gridlocks in order of their begin, in ticks."""
        per_ms = 1.0 / (1000.0 * self.tick_s)
        queues = [Gridlock(one.lanes, one.trips, int(one.begin * per_ms), int(one.end * per_ms) if one.end >= 0 else -1)
                  for one in self.queues.found]
        return sorted([*self.automaton.found, *queues, *self.across], key=lambda one: (one.begin, one.lanes))
