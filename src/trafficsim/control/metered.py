"""Ramp meters beside fixed-time programs: one vehicle per green, at the rate that is shown.

A green begins whenever the time for one vehicle at the present rate has passed since the last; rates that do not fit
whole control ticks are kept on average. A change of the rate changes no green that has begun.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import PERMITTED, RED, YELLOW
from trafficsim.control.controller import I8, Switches, joined
from trafficsim.control.fixed_time import FixedTime, RepeatedSwitches
from trafficsim.plan.arrays import Plan
from trafficsim.plan.meters import GREEN_S, LEAST_CYCLE_S, YELLOW_S, meter_groups
from trafficsim.plan.roadside_arrays import RoadsideArrays
from trafficsim.spec.roadside import RampMeter

AHEAD = 60
"""Control ticks for which meters can be asked at once; a new rate is never shown within ticks already asked for."""


class Metered:
    """Runs fixed-time programs, and meters at the rates that are shown.

    Parameters
    ----------
    plan
        Its programs and meters, with what these have shown so far.
    fixed
        Commands all programs of the plan.
    control_tick_s
        Length of a control tick.
    """

    ahead = AHEAD

    def __init__(self, plan: Plan, fixed: FixedTime, control_tick_s: float) -> None:
        self._start_s, self._tick_s = plan.start_s, control_tick_s
        self._groups = meter_groups(plan)
        self._lanes = np.diff(plan.links.lane_start)[plan.roadside.link].tolist()
        metered = [group for groups in self._groups.values() for group in groups]
        total = int(plan.signals.group_start[-1])
        self._all, self._fixed = fixed, fixed.only(np.setdiff1d(np.arange(total), metered))
        self.cycle, self.offset = fixed.cycle, fixed.offset
        self._last = round((plan.end_s - plan.start_s) / control_tick_s) + 1
        self.show(plan.roadside)

    def show(self, roadside: RoadsideArrays) -> None:
        """Meter at the rates that are shown from now on."""
        parts = [self._of_meter(device, groups, roadside) for device, groups in self._groups.items()]
        every = joined(parts)
        order = np.lexsort((every.group, every.tick))
        self._meters = every.picked(order)

    def states(self, tick: int) -> NDArray[np.uint8]:
        """Return what all groups show in a control tick."""
        states = self._all.states(tick)
        begun = self._meters.picked(self._meters.tick <= tick)
        states[[group for groups in self._groups.values() for group in groups]] = RED
        states[begun.group] = begun.state  # the last of equal groups stays
        return states

    def switches(self, begin: int, end: int) -> Switches:
        """Return the changes in a stretch of control ticks."""
        mine = self._meters.picked((self._meters.tick >= begin) & (self._meters.tick < end))
        both = joined([self._fixed.switches(begin, end), mine])
        return both.picked(np.argsort(both.tick, kind="stable"))

    def only(self, groups: I8) -> Metered:
        """Return itself: groups that show the same are merged within programs, and a meter has one."""
        self._fixed = self._fixed.only(np.setdiff1d(groups, [one for some in self._groups.values() for one in some]))
        return self

    def repeated(self) -> RepeatedSwitches:
        """Return the changes of a cycle; those of meters come once in a run."""
        fixed, meters = self._fixed.repeated(), self._meters
        return RepeatedSwitches(
            np.concatenate([fixed.period, np.full(len(meters.tick), self._last)]),
            np.concatenate([fixed.tick, meters.tick]), np.concatenate([fixed.group, meters.group]),
            np.concatenate([fixed.state, meters.state]))

    def _of_meter(self, device: int, groups: Sequence[int], roadside: RoadsideArrays) -> Switches:
        meter = roadside.reactions[int(roadside.reaction[device])]
        assert isinstance(meter, RampMeter)
        mine = roadside.shown == device
        since = [0, *np.rint((roadside.since_s[mine] - self._start_s) / self._tick_s).astype(int).tolist()]
        rates = [meter.most_veh_h, *roadside.value[mine].tolist()]
        cycles = [max(3600.0 * self._lanes[device] / rate, LEAST_CYCLE_S) / self._tick_s for rate in rates]
        green = np.array(greens(since, cycles, self._last), np.int64)
        ticks = [green, green + max(round(GREEN_S / self._tick_s), 1)]
        ticks.append(ticks[1] + max(round(YELLOW_S / self._tick_s), 1))
        parts = [Switches(tick, np.full(len(tick), group), np.full(len(tick), state, np.uint8))
                 for tick, state in zip(ticks, (PERMITTED, YELLOW, RED), strict=True) for group in groups]
        every = joined(parts)
        return every.picked(every.tick < self._last)


def greens(since: Sequence[int], cycles: Sequence[float], last: int) -> list[int]:
    """Return the ticks at which greens begin.

    Parameters
    ----------
    since, cycles
        Ticks from which on a time between two greens (ticks, may be broken) holds, ascending.
    last
        Greens begin before this tick.

    Examples
    --------
    >>> greens([0], [4.5], 20)
    [0, 5, 9, 14, 18]
    >>> greens([0, 10], [4.5, 8.0], 30)
    [0, 5, 9, 17, 25]
    """
    found: list[int] = []
    due, row = float(since[0]), 0
    while ceil(due) < last:
        if row + 1 < len(since) and since[row + 1] <= ceil(due):
            before = due - cycles[row]
            row += 1
            due = max(before + cycles[row], float(since[row])) if found else float(since[row])
            continue
        found.append(ceil(due))
        due += cycles[row]
    return found


def controller_of(plan: Plan, control_tick_s: float) -> FixedTime | Metered:
    """Return the controller of the signals of a plan."""
    fixed = FixedTime(plan.signals, plan.start_s, control_tick_s)
    return Metered(plan, fixed, control_tick_s) if meter_groups(plan) else fixed
