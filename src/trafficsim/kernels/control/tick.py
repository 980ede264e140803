"""One control tick of all signals that react: look, decide, act, show."""

from __future__ import annotations

from trafficsim.base.codes import ACTUATED, CONTROL_FALLBACK, CONTROL_RESUMED, COORDINATED, REQUESTED
from trafficsim.kernels.control.clock import planned_phases, tell_time
from trafficsim.kernels.control.detectors import look
from trafficsim.kernels.control.log import note
from trafficsim.kernels.control.phases import call_pedestrians, follow_phases
from trafficsim.kernels.control.plant import accept, begin_at_once, begin_greens, end_greens, show
from trafficsim.kernels.control.preemption import preempts
from trafficsim.kernels.control.priority import check_in
from trafficsim.kernels.control.queues import decide_by_queues
from trafficsim.kernels.control.rings import run_rings, take_up
from trafficsim.kernels.jit import kernel, part

NOTHING = -1
"""Instead of a request: nobody has asked for anything yet."""


@part
def decide(control, number, tick):
    """Request phases: those of the plan where whoever decides is silent or has failed."""
    row = control.controller[number]
    if row.fallback != row.failing:
        row.failing = row.fallback
        note(control, tick, number, CONTROL_FALLBACK if row.fallback else CONTROL_RESUMED, 0)
    if row.preempt > 0 and row.accepted != NOTHING and preempts(control, number, tick):
        row.asked = row.preempted
        take_up(control, number, row.asked)
        return
    silent = row.method == REQUESTED and row.request == NOTHING
    if row.fallback or silent or row.accepted == NOTHING:
        row.asked = planned_phases(control, number)
        take_up(control, number, row.asked)
    elif row.method == REQUESTED:
        row.asked = row.request
    elif row.method == ACTUATED or row.method == COORDINATED:
        if row.extension >= 0:
            check_in(control, number, tick)
        run_rings(control, number, tick)
    else:
        decide_by_queues(control, number, tick)


@part
def act(control, number, tick):
    """Bring the groups of a controller towards what is requested."""
    row = control.controller[number]
    begins = row.accepted == NOTHING
    accept(control, number, tick)
    if row.steady:
        return
    if begins:
        begin_at_once(control, number, tick)
    end_greens(control, number, tick)
    begin_greens(control, number, tick)
    as_requested = show(control, number)
    resting = follow_phases(control, number, tick)
    row.steady = as_requested and resting


@kernel
def control_tick(control, tick):
    """Let all controllers decide and act in a control tick."""
    control.changes[0] = 0
    for number in range(control.counts[0]):
        tell_time(control, number, tick)
        look(control, number, tick)
        call_pedestrians(control, number, tick)
        decide(control, number, tick)
        act(control, number, tick)
