"""Signals: what controllers command, for the kernels and for the record."""

from __future__ import annotations

import numpy as np

from trafficsim.base.codes import NOT_SHOWN
from trafficsim.control.controller import Switches, joined
from trafficsim.control.fixed_time import FixedTime
from trafficsim.control.metered import Metered, controller_of
from trafficsim.engines.queue.network import ragged
from trafficsim.engines.queue.representation import CONTROL_TICK_S
from trafficsim.engines.reacting import reacting_groups
from trafficsim.kernels.queue.tables import Commands
from trafficsim.plan.arrays import BOOL, Plan
from trafficsim.plan.record import SignalRecord

TICK_MS = CONTROL_TICK_S * 1000.0


def control_of(plan: Plan) -> FixedTime | Metered | None:
    """Return the controller of the signals of a plan that do not react, if there are any."""
    if not len(plan.signals.program_id):
        return None
    return controller_of(plan, CONTROL_TICK_S).only(np.flatnonzero(~reacting_groups(plan)))


def switches_of(plan: Plan) -> Switches:
    """Return all commands of the signals of a run: first what every group shows at the start."""
    control = control_of(plan)
    if control is None:
        return joined([])
    states = control.states(0)
    groups = np.flatnonzero(~reacting_groups(plan))
    last = max(round((plan.end_s - plan.start_s) / CONTROL_TICK_S), 1)
    return joined([Switches(np.zeros(len(groups), np.int64), groups, states[groups]), control.switches(1, last)])


def commands_of(control: FixedTime | Metered | None, reacting: BOOL | None = None, tick_ms: float = TICK_MS,
                ) -> Commands:
    """Return what a controller commands in ticks of this length, for the kernels; nothing without one.

    Groups of signals that react (``reacting``; none without) are left to these.
    """
    if control is None:
        none = np.zeros(0, np.int64)
        return Commands(none, none, none, np.zeros(1, np.int64), none, none, tick_ms)
    one = control.repeated()
    cycles, of = np.unique(one.period, return_inverse=True)
    tick_start = np.concatenate([[0], np.cumsum(cycles)])
    start, order = ragged(tick_start[of] + one.tick, int(tick_start[-1]))
    first = control.states(0).astype(np.int64)
    if reacting is not None:
        first[reacting] = NOT_SHOWN
    return Commands(first, cycles, tick_start[:-1], start, one.group[order],
                    one.state[order].astype(np.int64), tick_ms)


def signals_shown(plan: Plan, reacted: Switches) -> SignalRecord:
    """Return what signals showed, with what those showed that react: every group speaks for itself."""
    shown = joined([switches_of(plan), reacted])
    shown = shown.picked(np.lexsort((shown.group, shown.tick)))
    program = np.searchsorted(plan.signals.group_start, shown.group, side="right") - 1
    groups = int(plan.signals.group_start[-1]) if len(plan.signals.program_id) else 0
    return SignalRecord(program=program.astype(np.int32), group=shown.group.astype(np.int32), state=shown.state,
                        since_s=np.asarray(plan.start_s + shown.tick, np.float64),
                        shown_by=np.arange(groups, dtype=np.int32))
