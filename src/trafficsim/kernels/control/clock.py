"""The clock of a controller: its tick in the cycle, and which phases its plan has green there."""

from __future__ import annotations

from trafficsim.kernels.jit import part


@part
def tell_time(control, number, tick):
    """Set the clock of a controller."""
    row = control.controller[number]
    pattern = control.pattern[row.now]
    row.clock = (tick - pattern.zero - row.shift) % pattern.cycle


@part
def planned_phases(control, number):
    """Phases that the plan has green, or on their way to it, at this tick of the cycle."""
    row, mask = control.controller[number], 0
    cycle, time = control.pattern[row.now].cycle, control.pattern[row.now].time - row.phase
    for phase in range(row.phase, control.controller[number + 1].phase):
        begin = control.time[time + phase].begin
        lasts = (control.time[time + phase].force_off - begin) % cycle
        if lasts == 0 or (row.clock - begin) % cycle < lasts:
            mask |= 1 << (phase - row.phase)
    return mask
