"""Events of controllers, in the order in which they happen."""

from __future__ import annotations

from trafficsim.kernels.jit import part


@part
def note(control, tick, number, code, parameter):
    """Write an event of a controller; one that finds no room is counted."""
    row = control.logged[0]
    if row >= len(control.log):
        control.logged[1] += 1
        return
    control.log[row].tick = tick
    control.log[row].controller = number
    control.log[row].code = code
    control.log[row].parameter = parameter
    control.logged[0] = row + 1
