"""Rings and barriers: which phase follows which. A controller of stages is one ring with one barrier.

Within a barrier a ring goes on to its next called phase when the one that it serves may end. All rings cross a barrier
together, when all of them may and none has a called phase ahead; a ring without a call beyond then serves its last
phase with dual entry there. Where nobody is called beyond, a ring returns to an earlier phase before the same barrier.
"""

from __future__ import annotations

from trafficsim.base.codes import CONTROL_BARRIER, CONTROL_GAP_OUT
from trafficsim.kernels.control.actuated import called_phases, keep_call, time_conflicts, why_to_end
from trafficsim.kernels.control.log import note
from trafficsim.kernels.control.tables import SHOWS_GREEN
from trafficsim.kernels.jit import part

NONE = -1


@part
def first_called(control, number, ring, barrier, calls):
    """The first called phase of a ring before a barrier (of all its positions), or :data:`NONE`."""
    return next_called(control, number, ring, barrier, calls, NONE)


@part
def next_called(control, number, ring, barrier, calls, after):
    """The called phase of a ring before a barrier that follows soonest on a position, or :data:`NONE`."""
    first, found = control.controller[number].phase, NONE
    for phase in range(first, control.controller[number + 1].phase):
        row = control.phase[phase]
        if row.ring == ring and row.barrier == barrier and row.position > after and calls >> (phase - first) & 1:
            if found == NONE or row.position < control.phase[found].position:
                found = phase
    return found


@part
def entered(control, number, ring, barrier):
    """The last phase of a ring before a barrier that has dual entry, or :data:`NONE`."""
    found = NONE
    for phase in range(control.controller[number].phase, control.controller[number + 1].phase):
        row = control.phase[phase]
        if row.ring == ring and row.barrier == barrier and row.dual_entry:
            if found == NONE or row.position > control.phase[found].position:
                found = phase
    return found


@part
def serve(control, number, ring, phase, tick):
    """Let a ring serve another phase."""
    row = control.ring[control.controller[number].ring + ring]
    if row.phase != phase:
        if row.phase != NONE:
            keep_call(control, row.phase, row.ready)
            note(control, tick, number, row.ready, control.phase[row.phase].number)
        row.phase = phase
    row.ready = 0


@part
def update_rings(control, number, calls, tick):
    """Find out of every ring whether its phase may end and what follows; return whether all may cross the barrier."""
    controller, all_ready = control.controller[number], True
    for place in range(controller.ring, control.controller[number + 1].ring):
        row = control.ring[place]
        position = NONE
        if row.phase == NONE:
            row.ready = CONTROL_GAP_OUT
        else:
            position = control.phase[row.phase].position
            why = why_to_end(control, number, row.phase, tick)
            if why or controller.simultaneous or control.phase[row.phase].state != SHOWS_GREEN:
                row.ready = why
        row.next = next_called(control, number, place - controller.ring, controller.barrier, calls, position)
        all_ready = all_ready and row.ready != 0 and row.next == NONE
    return all_ready


@part
def barrier_ahead(control, number, calls):
    """The next other barrier before which a phase is called, or :data:`NONE`."""
    controller = control.controller[number]
    for step in range(1, controller.barriers):
        barrier = (controller.barrier + step) % controller.barriers
        for phase in range(controller.phase, control.controller[number + 1].phase):
            if control.phase[phase].barrier == barrier and calls >> (phase - controller.phase) & 1:
                return barrier
    return NONE


@part
def cross(control, number, barrier, calls, tick):
    """Let all rings cross to a barrier."""
    controller = control.controller[number]
    controller.barrier = barrier
    note(control, tick, number, CONTROL_BARRIER, barrier + 1)
    for ring in range(control.controller[number + 1].ring - controller.ring):
        phase = first_called(control, number, ring, barrier, calls)
        if phase == NONE:
            phase = entered(control, number, ring, barrier)
        serve(control, number, ring, phase, tick)


@part
def run_rings(control, number, tick):
    """Let the rings of a controller go on, and ask for the phases that they serve."""
    controller = control.controller[number]
    calls = called_phases(control, number)
    time_conflicts(control, number, calls, tick)
    all_ready = update_rings(control, number, calls, tick)
    ahead = barrier_ahead(control, number, calls)
    if all_ready and ahead != NONE:
        cross(control, number, ahead, calls, tick)
    else:
        for place in range(controller.ring, control.controller[number + 1].ring):
            row, ring = control.ring[place], place - controller.ring
            phase = row.next
            if phase == NONE and ahead == NONE:
                phase = first_called(control, number, ring, controller.barrier, calls)
            if row.ready and phase != NONE:
                serve(control, number, ring, phase, tick)
    mask = 0
    for place in range(controller.ring, control.controller[number + 1].ring):
        if control.ring[place].phase != NONE:
            mask |= 1 << (control.ring[place].phase - controller.phase)
    controller.asked = mask


@part
def take_up(control, number, mask):
    """Let the rings serve the phases of a set: at the begin of the run, and after whoever else decided."""
    controller = control.controller[number]
    for place in range(controller.ring, control.controller[number + 1].ring):
        control.ring[place].phase = NONE
        control.ring[place].ready = 0
    for phase in range(controller.phase, control.controller[number + 1].phase):
        if mask >> (phase - controller.phase) & 1:
            control.ring[controller.ring + control.phase[phase].ring].phase = phase
            controller.barrier = control.phase[phase].barrier
