"""Signals of a run: what its controller commands goes to the kernels, and what was shown is kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from trafficsim.control.controller import Controller, Switches, joined
from trafficsim.control.metered import Metered
from trafficsim.engines.ca.merged_groups import MergedGroups
from trafficsim.kernels.ca.signal_tables import SWITCH_FIELDS, Signals
from trafficsim.kernels.tables import rows
from trafficsim.plan.record import SignalRecord
from trafficsim.plan.roadside_arrays import RoadsideArrays

NEVER = 1 << 62
AT_ONCE = 900
"""Ticks for which a controller is asked at once that looks at nothing."""


@dataclass
class SignalControl:
    """A controller, and what it commanded so far. Signals that react are commanded inside the loop.

    Attributes
    ----------
    controller : asked before every stretch of ticks
    merged : groups that always show the same are one here
    reacting : by group of the plan, whether its signal reacts
    upto : first tick for which nothing has been commanded yet
    at : tick that is expected to be run next
    shown : all commands in their order, of one group of those that show the same
    """

    controller: Controller
    merged: MergedGroups
    reacting: np.ndarray
    upto: int = -1
    at: int = -1
    shown: list[Switches] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Remember which merged group each group of the plan is that speaks for others; -1 for those others."""
        self._index = np.full(len(self.merged.of_group), -1)
        self._index[self.merged.name] = np.arange(len(self.merged.name))
        self._names = self.merged.name[~self.reacting[self.merged.name]]

    def command(self, signals: Signals, begin: int, end: int) -> Signals:
        """Return the signals with the switches of ticks ``begin`` to ``end - 1``."""
        if end <= begin or not len(self._names):
            return signals
        jumped, self.at = begin != self.at, end
        if end <= self.upto and not jumped:
            return signals
        due = [one.picked(one.tick >= begin) for one in self.shown[-1:]] if not jumped else []
        known = joined([*due, self._asked(begin, end if self.controller.ahead else max(end, begin + AT_ONCE), jumped)])
        count = len(known.tick)
        switch = rows(count + 1, SWITCH_FIELDS)
        switch.tick[:count], switch.state[:count] = known.tick, known.state
        switch.group[:count] = self._index[known.group]
        switch.tick[count] = NEVER
        return signals._replace(switch=switch, done=np.zeros(1, np.int64))

    def meter(self, roadside: RoadsideArrays) -> None:
        """Let meters take the rates that are shown from now on."""
        if isinstance(self.controller, Metered):
            self.controller.show(roadside)

    def latest(self, tick: int) -> int:
        """Return the tick up to which the controller can be asked now."""
        return NEVER if self.controller.ahead is None else tick + self.controller.ahead

    def _asked(self, begin: int, end: int, jumped: bool) -> Switches:
        """Ask the controller; what all groups show comes first, unless it is what was asked for before."""
        begin = begin if jumped else max(self.upto, 0)
        commanded, names = self.controller.switches(begin, end), self._names
        known = commanded.picked(self._index[commanded.group] >= 0)
        if jumped:
            self.shown = [one.picked(one.tick < begin) for one in self.shown]
            first = Switches(np.full(len(names), begin), names, self.controller.states(begin)[names])
            known = joined([first, known.picked(known.tick > begin)])
        self.upto = end
        self.shown.append(known)
        return known

    def record(self, last: int, start_s: float, tick_s: float, reacted: Switches) -> SignalRecord:
        """Return what was shown up to the last tick of the run; signals go on when the road is empty.

        Parameters
        ----------
        last
            Tick at which the run ends at the latest.
        start_s, tick_s
            Clock time of tick 0, and length of a tick.
        reacted
            What signals that react showed.
        """
        names = self.merged.name
        while self.upto < last and len(self._names):
            begin = max(self.upto, 0)
            self._asked(begin, min(last, self.latest(begin)), self.upto < 0)
        shown = joined([*self.shown, reacted])
        shown = shown.picked(np.lexsort((shown.group, shown.tick)))
        shown = shown.picked(shown.tick < max(last, 1))
        since_s = np.asarray(start_s + shown.tick * tick_s, np.float64)
        return SignalRecord(program=self._programs()[self._index[shown.group]],
                            group=shown.group.astype(np.int32), state=shown.state, since_s=since_s,
                            shown_by=names[self.merged.of_group].astype(np.int32))

    def _programs(self) -> np.ndarray:
        """Program of every merged group."""
        return np.repeat(np.arange(len(self.merged.start) - 1), np.diff(self.merged.start)).astype(np.int32)
