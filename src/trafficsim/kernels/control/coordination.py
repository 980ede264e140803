"""Coordination: the coordinated phases hold until the yield point, all others end at their force-offs.

After the yield point (begin of yellow of the first coordinated phase in the plan) a phase may begin as long as its
minimum, and pedestrians who have called it, fit in before its force-off: its permissive period. What the others leave
goes to the phase that follows (fixed force-offs) or to the coordinated phases (floating ones).
"""

from __future__ import annotations

from trafficsim.kernels.jit import part


@part
def since(control, number, point):
    """Ticks of the cycle since a point of it."""
    row = control.controller[number]
    return (row.clock - point) % control.pattern[row.now].cycle


@part
def force_off_of(control, number, phase):
    """Tick of the cycle at which the plan ends the green of a phase."""
    row = control.controller[number]
    return control.time[control.pattern[row.now].time + phase - row.phase].force_off


@part
def has_to_end(control, number, phase, tick):
    """Whether a phase is at its force-off or yield point: that has been since its green began, or its split is over."""
    row, controller = control.phase[phase], control.controller[number]
    lasted = tick - row.begin
    if since(control, number, force_off_of(control, number, phase)) <= lasted:
        return True
    split = control.time[control.pattern[controller.now].time + phase - controller.phase].green
    return controller.floating != 0 and row.coordinated == 0 and lasted >= split


@part
def is_permitted(control, number, phase):
    """Whether a phase fits in before its force-off, if the coordinated phases end now."""
    controller, row = control.controller[number], control.phase[phase]
    if row.coordinated:
        return True
    clearance = 0
    for other in range(controller.phase, control.controller[number + 1].phase):
        if control.phase[other].coordinated and control.phase[other].on:
            clearance = max(clearance, control.phase[other].clearance)
    need = row.min_green
    if row.ped_call:
        need = max(need, row.walk + row.ped_clearance)
    yields = control.pattern[controller.now].yields
    period = (force_off_of(control, number, phase) - yields) % control.pattern[controller.now].cycle
    return since(control, number, yields) + clearance + need <= period
