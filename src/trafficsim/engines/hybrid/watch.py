"""Gridlocks: those inside each engine, and those that lie across the border. All times are ticks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trafficsim.base.codes import CAUSE_NO_ROOM, CAUSE_NOBODY
from trafficsim.engines.ca.gridlock import GridlockWatch as AutomatonWatch
from trafficsim.engines.gridlocks import Gridlock, cycles
from trafficsim.engines.hybrid.program import Programs
from trafficsim.engines.queue.gridlock import LEAST_MS, waits_for
from trafficsim.engines.queue.gridlock import GridlockWatch as QueueWatch
from trafficsim.kernels.measurement.gridlock import find_causes
from trafficsim.kernels.queue.tables import NOBODY


@dataclass
class Watches:
    """Looks for gridlocks between slices."""

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
        """Look in both engines, and across the border; ``now`` is the tick in milliseconds."""
        self.automaton.look(programs.automaton, tick)
        self.queues.look(programs.queues, now)
        for one in self.across:
            if one.end < 0 and one.trips != tuple(_head(programs, lane) for lane in one.lanes):
                one.end = tick
        known = {lane for one in self.across if one.end < 0 for lane in one.lanes}
        in_ca = programs.division.in_ca[programs.queues.net.link_of]
        for lanes in cycles(self.waits_across(programs, now)):
            if known.isdisjoint(lanes) and len(set(in_ca[list(lanes)].tolist())) == 2:
                begin = max(self._since(programs, lane, tick) for lane in lanes)
                self.across.append(Gridlock(lanes, tuple(_head(programs, lane) for lane in lanes), begin))

    def waits_across(self, programs: Programs, now: int) -> np.ndarray:
        """Return by lane the lane that its head waits for, in whichever engine; below 0 for nobody."""
        automaton, queues, in_ca = programs.automaton, programs.queues, programs.division.in_ca
        cause, behind = (np.full(max(automaton.net.lanes, 1), CAUSE_NOBODY, np.int32) for _ in range(2))
        find_causes(automaton.road, cause, behind)
        wait, lane_start = automaton.work.lane["wait"], queues.net.lane_start
        stands = in_ca[queues.net.link_of] & (cause == CAUSE_NO_ROOM) & (wait >= self.automaton.least)
        stuck = (queues.lanes.blocked != NOBODY) & (now - queues.lanes.since >= LEAST_MS)
        answer = np.where(stands, behind, waits_for(queues, now))
        for lane in np.flatnonzero(stands | stuck).tolist():
            link = int(queues.net.link_of[behind[lane]] if stands[lane] else queues.lanes.blocked[lane])
            if in_ca[link] == stands[lane]:
                continue
            own = np.arange(lane_start[link], lane_start[link + 1])
            own = own[stands[own]] if in_ca[link] else own[stuck[own]]
            answer[lane] = -1
            if len(own):
                answer[lane] = own[np.argmax(wait[own])] if in_ca[link] else own[np.argmin(queues.lanes.since[own])]
        return np.asarray(answer)

    def _since(self, programs: Programs, lane: int, tick: int) -> int:
        if programs.division.in_ca[programs.queues.net.link_of[lane]]:
            return tick - int(programs.automaton.work.lane["wait"][lane])
        return int(programs.queues.lanes.since[lane] / (1000.0 * self.tick_s))

    def found(self) -> list[Gridlock]:
        """Return all gridlocks in order of their begin."""
        per_ms = 1.0 / (1000.0 * self.tick_s)
        queues = [Gridlock(one.lanes, one.trips, int(one.begin * per_ms), int(one.end * per_ms) if one.end >= 0 else -1)
                  for one in self.queues.found]
        return sorted([*self.automaton.found, *queues, *self.across], key=lambda one: (one.begin, one.lanes))


def _head(programs: Programs, lane: int) -> int:
    """Return the trip that is the first of a lane in the engine that moves it; -1 for nobody."""
    automaton, queues = programs.automaton, programs.queues
    if not programs.division.in_ca[queues.net.link_of[lane]]:
        return int(queues.lanes.head[lane])
    slot = int(automaton.start[lane])
    return int(automaton.vehicles.ID[slot]) if slot < automaton.start[lane + 1] else -1
