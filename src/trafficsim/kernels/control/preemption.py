"""Emergency pre-emption: green for the approach of an emergency vehicle, then back to where the controller was going.

Minimum greens, intergreens and pedestrians' clearance are kept. The first vehicle that is seen is served until it has
passed; whoever decides goes on from the phases that it had. A call that lasts too long is cut, and counts again when it
has gone.
"""

from __future__ import annotations

from trafficsim.base.codes import (
    CONTROL_PREEMPT_CUT,
    CONTROL_PREEMPT_DWELL,
    CONTROL_PREEMPT_ENTRY,
    CONTROL_PREEMPT_EXIT,
    CONTROL_PREEMPT_OFF,
    CONTROL_PREEMPT_ON,
)
from trafficsim.kernels.control.log import note
from trafficsim.kernels.control.tables import SHOWS_GREEN
from trafficsim.kernels.jit import part

NOBODY = -1


@part
def first_emergency(control, number):
    """The first turn with an emergency vehicle that has phases for it, or :data:`NOBODY`."""
    controller, found = control.controller[number], NOBODY
    last = control.controller[number + 1].phase
    for place in range(control.phase[controller.phase].serve, control.phase[last].serve):
        turn = control.serve[place].turn
        if control.sensors.emergency[turn] > 0 and control.turn[turn].preempts and turn != controller.preempt_cut:
            if found == NOBODY or turn < found:
                found = turn
    return found


@part
def begin_preemption(control, number, turn, tick):
    """Begin to serve an emergency vehicle; those whose green it cuts are called again."""
    controller = control.controller[number]
    controller.preempted = control.turn[turn].preempts
    controller.preempt_turn = turn
    controller.preempt_since = tick
    controller.dwells = 0
    note(control, tick, number, CONTROL_PREEMPT_ON, 1)
    note(control, tick, number, CONTROL_PREEMPT_ENTRY, 1)
    for phase in range(controller.phase, control.controller[number + 1].phase):
        row = control.phase[phase]
        if row.on and row.actuated and not controller.preempted >> (phase - controller.phase) & 1:
            row.kept_call = 1


@part
def note_dwell(control, number, tick):
    """Note when all phases of a pre-emption are green."""
    controller = control.controller[number]
    for phase in range(controller.phase, control.controller[number + 1].phase):
        if controller.preempted >> (phase - controller.phase) & 1 and control.phase[phase].state != SHOWS_GREEN:
            return
    controller.dwells = 1
    note(control, tick, number, CONTROL_PREEMPT_DWELL, 1)


@part
def preempts(control, number, tick):
    """Begin, hold or end a pre-emption, and return whether there is one."""
    controller = control.controller[number]
    if controller.preempt_cut != NOBODY and control.sensors.emergency[controller.preempt_cut] == 0:
        controller.preempt_cut = NOBODY
    if controller.preempted:
        too_long = tick - controller.preempt_since >= controller.preempt
        if too_long:
            controller.preempt_cut = controller.preempt_turn
            note(control, tick, number, CONTROL_PREEMPT_CUT, 1)
        if too_long or control.sensors.emergency[controller.preempt_turn] == 0:
            controller.preempted = 0
            note(control, tick, number, CONTROL_PREEMPT_OFF, 1)
            note(control, tick, number, CONTROL_PREEMPT_EXIT, 1)
    if not controller.preempted:
        turn = first_emergency(control, number)
        if turn != NOBODY:
            begin_preemption(control, number, turn, tick)
    if controller.preempted and not controller.dwells:
        note_dwell(control, number, tick)
    return controller.preempted != 0
