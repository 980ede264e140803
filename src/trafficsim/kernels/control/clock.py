"""The clock of a controller: its tick in the cycle, which phases its plan has green there, and changes of plans.

A controller gets into step with a new plan by its clock: that stands at the yield point (dwell), or runs faster or
slower. Minimum greens, intergreens and pedestrians are kept as ever.
"""

from __future__ import annotations

from trafficsim.base.codes import CONTROL_CYCLE, CONTROL_PLAN
from trafficsim.kernels.control.log import note
from trafficsim.kernels.jit import part

DWELL, SHORTEN, LENGTHEN = 0, 1, 2
FASTER, SLOWER = 6, 5
"""Every how many ticks a clock gains or loses one: cycles 17 % shorter or 20 % longer (FHWA, Signal Timing Manual, 2nd
ed. 2015, 7.6: the usual limits of smooth transitions)."""


@part
def change_plan(control, number, tick):
    """Begin the plan of the time of day; the clock goes on where it is, and has to get into step."""
    row = control.controller[number]
    before = row.now
    while row.now + 1 < control.controller[number + 1].pattern and control.pattern[row.now + 1].begin <= tick:
        row.now += 1
    if row.now == before:
        return
    pattern = control.pattern[row.now]
    note(control, tick, number, CONTROL_PLAN, row.now - row.pattern + 1)
    note(control, tick, number, CONTROL_CYCLE, pattern.cycle)
    row.shift = 0
    if tick > 0:
        place = (row.clock + 1) % control.pattern[before].cycle
        row.shift = (tick - pattern.zero - min(place, pattern.cycle - 1)) % pattern.cycle


@part
def get_into_step(control, number, tick):
    """Let the clock stand, gain or lose a tick, until it shows what it should."""
    row = control.controller[number]
    cycle = control.pattern[row.now].cycle
    how = row.transition
    if how > LENGTHEN:
        how = SHORTEN if row.shift * FASTER <= (cycle - row.shift) * SLOWER else LENGTHEN
    if how == DWELL:
        if (tick - control.pattern[row.now].zero - row.shift) % cycle == control.pattern[row.now].yields:
            row.shift += 1
    elif how == SHORTEN and tick % FASTER == 0:
        row.shift -= 1
    elif how == LENGTHEN and tick % SLOWER == 0:
        row.shift += 1
    row.shift %= cycle


@part
def tell_time(control, number, tick):
    """Set the clock of a controller."""
    row = control.controller[number]
    change_plan(control, number, tick)
    if row.shift != 0:
        get_into_step(control, number, tick)
    row.clock = (tick - control.pattern[row.now].zero - row.shift) % control.pattern[row.now].cycle


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
