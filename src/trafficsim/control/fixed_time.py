"""The fixed-time controller: programs that repeat, whatever traffic does."""

from __future__ import annotations

from copy import copy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.control.controller import I8, Switches
from trafficsim.plan.arrays import SignalArrays


class RepeatedSwitches(NamedTuple):
    """Changes that come again: in control ticks ``tick``, ``tick + period`` and so on."""

    period: I8
    tick: I8
    group: I8
    state: NDArray[np.uint8]


class FixedTime:
    """Runs the programs of a plan in control ticks.

    Durations of phases and offsets are rounded to whole control ticks, a phase to at least one.

    Parameters
    ----------
    signals
        Programs of the plan.
    start_s
        Clock time of control tick 0.
    control_tick_s
        Length of a control tick.

    Examples
    --------
    >>> from trafficsim.plan.signals import lower_signals
    >>> from trafficsim.spec.signals import Phase, SignalProgram
    >>> phases = (Phase(duration_s=4, state="Gr"), Phase(duration_s=6, state="rG"))
    >>> control = FixedTime(lower_signals([SignalProgram(id="j", phases=phases)]), 0.0, 1.0)
    >>> control.states(0).tolist(), control.switches(1, 12).tick.tolist(), control.switches(1, 12).group.tolist()
    ([2, 0], [4, 4, 10, 10], [0, 1, 0, 1])
    """

    ahead = None

    def __init__(self, signals: SignalArrays, start_s: float, control_tick_s: float) -> None:
        self._signals = signals
        self._groups: I8 = np.asarray(np.diff(signals.group_start), np.int64)
        self._first = np.asarray(signals.phase_start, np.int64)
        phases = np.diff(self._first)
        self._program = np.repeat(np.arange(len(phases)), phases)
        duration = np.maximum(np.rint(np.asarray(signals.duration_s) / control_tick_s), 1).astype(np.int64)
        total = np.concatenate([[0], np.cumsum(duration)])
        before = total[self._first[:-1]] if len(phases) else total[:0]
        self.cycle: I8 = total[self._first[1:]] - before
        """Length of the cycle of every program, in control ticks."""
        offset_s = np.asarray(signals.offset_s, np.float64)
        self.offset: I8 = np.rint((offset_s - start_s) / control_tick_s).astype(np.int64)
        """Control tick at which a cycle of every program begins."""
        self._begin = total[:-1] - before[self._program]
        self._end = self._begin + duration
        phase, group, state = self._changes()
        order = np.argsort(group, kind="stable")
        program = self._program[phase[order]]
        self._period, self._at = self.cycle[program], self.offset[program] + self._begin[phase[order]]
        self._group, self._state = group[order], state[order]

    def states(self, tick: int) -> NDArray[np.uint8]:
        """Return what all groups show in a control tick."""
        within = (tick - self.offset) % self.cycle
        span = int(self.cycle.max(initial=0)) + 1
        programs = np.arange(len(within))
        phase = np.searchsorted(self._end + self._program * span, within + programs * span, side="right")
        start = np.asarray(self._signals.state_start, np.int64)[phase]
        return np.asarray(self._signals.state)[_rows(start, self._groups)]

    def switches(self, begin: int, end: int) -> Switches:
        """Return the changes in a stretch of control ticks."""
        tick = begin + (self._at - begin) % self._period
        row = np.flatnonzero(tick < end)
        rows, ticks = [row], [tick[row]]
        while len(row):  # once, unless a stretch is longer than a cycle
            later = ticks[-1] + self._period[row]
            row = row[later < end]
            rows.append(row)
            ticks.append(later[later < end])
        row, tick = np.concatenate(rows), np.concatenate(ticks)
        order = np.argsort((tick - begin).astype(np.uint16 if end - begin < 1 << 16 else np.int64), kind="stable")
        return Switches(tick[order], self._group[row][order], self._state[row][order])

    def repeated(self) -> RepeatedSwitches:
        """Return the changes of a cycle, in the order of groups."""
        return RepeatedSwitches(self._period, self._at % self._period, self._group, self._state)

    def only(self, groups: I8) -> FixedTime:
        """Return a controller that commands some groups of the plan only."""
        other = copy(self)
        wanted = np.isin(self._group, groups)
        for name in ("_at", "_period", "_group", "_state"):
            setattr(other, name, getattr(self, name)[wanted])
        return other

    def _changes(self) -> tuple[I8, I8, NDArray[np.uint8]]:
        """Phases at whose beginning a group changes, with group and new state."""
        phases = np.arange(len(self._program))
        last = self._first[1:][self._program] - 1 if len(phases) else phases
        earlier = np.where(self._begin == 0, last, phases - 1)
        size = self._groups[self._program]
        start, state = np.asarray(self._signals.state_start, np.int64), np.asarray(self._signals.state)
        now, was = (state[_rows(start[of], size)] for of in (phases, earlier))
        group = _rows(np.asarray(self._signals.group_start, np.int64)[self._program], size)
        changed = np.flatnonzero(now != was)
        return np.repeat(phases, size)[changed], group[changed], now[changed]


def _rows(start: I8, size: I8) -> I8:
    """Return ``start[k]`` to ``start[k] + size[k] - 1`` for all k, one after the other.

    Examples
    --------
    >>> _rows(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = np.cumsum(size) - size
    return np.repeat(np.asarray(start, np.int64) - before, size) + np.arange(int(size.sum()))
