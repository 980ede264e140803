"""Transit priority: a longer green for who is coming, or shorter greens of all others.

Coordinated signals recover by themselves: their clock runs on, and force-offs bring them back into step. After one
service the next has to wait for the lockout.
"""

from __future__ import annotations

from trafficsim.base.codes import (
    CONTROL_FORCE_OFF,
    CONTROL_PRIORITY_EARLY,
    CONTROL_PRIORITY_EXTENDED,
    CONTROL_PRIORITY_IN,
    CONTROL_PRIORITY_OUT,
)
from trafficsim.kernels.control.log import note
from trafficsim.kernels.jit import part

LONGER, SHORTER = 1, 2
GOES_ON = 0


@part
def check_in(control, number, tick):
    """Find the phases for which transit asks, and call them."""
    controller, mask = control.controller[number], 0
    for phase in range(controller.phase, control.controller[number + 1].phase):
        for place in range(control.phase[phase].serve, control.phase[phase + 1].serve):
            if control.sensors.transit[control.serve[place].turn] > 0:
                mask |= 1 << (phase - controller.phase)
    for phase in range(controller.phase, control.controller[number + 1].phase):
        bit = phase - controller.phase
        if mask >> bit & 1 and not controller.priority >> bit & 1:
            note(control, tick, number, CONTROL_PRIORITY_IN, control.phase[phase].number)
        elif controller.priority >> bit & 1 and not mask >> bit & 1:
            note(control, tick, number, CONTROL_PRIORITY_OUT, control.phase[phase].number)
        if mask >> bit & 1 and not control.phase[phase].on:
            control.phase[phase].call = 1
    if mask == 0 and controller.early:
        controller.early = 0
        controller.priority_until = tick + controller.lockout
    controller.priority = mask


@part
def served_already(control, number):
    """Whether a phase for which transit asks is requested."""
    controller = control.controller[number]
    return controller.accepted & controller.priority != 0


@part
def with_priority(control, number, phase, why, tick):
    """Why a green that is past its minimum may end, in view of transit."""
    controller, row = control.controller[number], control.phase[phase]
    if controller.priority == 0:
        return why
    if controller.priority >> (phase - controller.phase) & 1:
        if why == GOES_ON:
            return why
        if row.extended != LONGER:
            if tick < controller.priority_until:
                return why
            row.extended = LONGER
            row.extended_since = tick
            controller.priority_until = tick + controller.extension + controller.lockout
            note(control, tick, number, CONTROL_PRIORITY_EXTENDED, row.number)
        return GOES_ON if tick - row.extended_since < controller.extension else why
    if why == GOES_ON and controller.early_green and not served_already(control, number):
        if controller.early or tick >= controller.priority_until:
            controller.early = 1
            if row.extended != SHORTER:
                row.extended = SHORTER
                note(control, tick, number, CONTROL_PRIORITY_EARLY, row.number)
            return CONTROL_FORCE_OFF
    return why
