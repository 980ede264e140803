"""Phases follow what their groups show: green, yellow, red clearance; walk and clearance of pedestrians."""

from __future__ import annotations

from numba import uint32

from trafficsim.base.codes import (
    CONTROL_GREEN,
    CONTROL_GREEN_END,
    CONTROL_PED_CALL,
    CONTROL_PED_CLEARANCE,
    CONTROL_RED_CLEARANCE,
    CONTROL_RED_CLEARANCE_END,
    CONTROL_WALK,
    CONTROL_YELLOW,
    CONTROL_YELLOW_END,
    GREEN,
    YELLOW,
)
from trafficsim.kernels.control.log import note
from trafficsim.kernels.control.plant import wants_green
from trafficsim.kernels.control.tables import OFF, RED_CLEARANCE, SHOWS_GREEN, SHOWS_YELLOW
from trafficsim.kernels.jit import part
from trafficsim.kernels.rng import draw32, hash32

PED_RECALL = 3
WALKS, CLEARS = 1, 2
PED_STREAM = 0x51ED270B
ALL_GREEN, SOME_GREEN, SOME_YELLOW, SOME_UNWANTED = 1, 2, 4, 8


@part
def groups_show(control, number, phase):
    """What the groups of a phase show, as bits."""
    row, found = control.controller[number], ALL_GREEN
    letter = control.phase[phase].letter - row.group
    for group in range(row.group, row.group_end):
        if wants_green(control.letter[letter + group]):
            if control.group[group].mode == GREEN:
                found |= SOME_GREEN if wants_green(control.group[group].want) else SOME_GREEN | SOME_UNWANTED
            else:
                found &= ~ALL_GREEN
            if control.group[group].mode == YELLOW:
                found |= SOME_YELLOW
    return found


@part
def keep_green(control, number, phase, until):
    """Let the groups of a phase stay green until a tick at least."""
    row = control.controller[number]
    letter = control.phase[phase].letter - row.group
    for group in range(row.group, row.group_end):
        if wants_green(control.letter[letter + group]) and control.group[group].hold < until:
            control.group[group].hold = until


@part
def crosses(control, phase, tick):
    """Whether walk or clearance of the pedestrians of a phase lasts."""
    row = control.phase[phase]
    return row.walking != 0 and tick - row.walk_begin < row.walk + row.ped_clearance


@part
def begin_walk(control, number, phase, tick):
    """Show walk to the pedestrians who have called a phase; its green lasts until they are over."""
    row = control.phase[phase]
    row.ped_call = 0
    row.walking = WALKS
    row.walk_begin = tick
    keep_green(control, number, phase, tick + row.walk + row.ped_clearance)
    note(control, tick, number, CONTROL_WALK, row.number)


@part
def begin_phase(control, number, phase, tick):
    """Begin the green of a phase: calls are served."""
    row = control.phase[phase]
    row.state = SHOWS_GREEN
    row.begin = tick
    row.actuation = tick
    row.call = 0
    row.kept_call = 0
    row.extended = 0
    row.want = 0
    keep_green(control, number, phase, tick + row.min_green)
    note(control, tick, number, CONTROL_GREEN, row.number)
    if row.ped_call:
        begin_walk(control, number, phase, tick)


@part
def walk_on(control, number, phase, tick):
    """End walk and pedestrian clearance in time."""
    row = control.phase[phase]
    if row.walking == WALKS and tick - row.walk_begin >= row.walk:
        row.walking = CLEARS
        note(control, tick, number, CONTROL_PED_CLEARANCE, row.number)
    if row.walking == CLEARS and tick - row.walk_begin >= row.walk + row.ped_clearance:
        row.walking = 0


@part
def end_phase(control, number, phase, tick):
    """Follow the end of a phase: through yellow and red clearance, or at once where others keep its groups green."""
    row, shown = control.phase[phase], groups_show(control, number, phase)
    if row.state == SHOWS_GREEN and not row.on and not (shown & SOME_UNWANTED and not shown & SOME_YELLOW):
        row.begin = tick
        note(control, tick, number, CONTROL_GREEN_END, row.number)
        if shown & SOME_YELLOW:
            row.state = SHOWS_YELLOW
            note(control, tick, number, CONTROL_YELLOW, row.number)
        else:
            row.state = OFF if shown & SOME_GREEN else RED_CLEARANCE
    elif row.state == SHOWS_YELLOW and not shown & SOME_YELLOW:
        row.state = RED_CLEARANCE
        row.begin = tick
        note(control, tick, number, CONTROL_YELLOW_END, row.number)
        note(control, tick, number, CONTROL_RED_CLEARANCE, row.number)
    if row.state == RED_CLEARANCE and tick - row.begin >= row.red_clearance:
        row.state = OFF
        note(control, tick, number, CONTROL_RED_CLEARANCE_END, row.number)


@part
def follow_phases(control, number, tick):
    """Bring the states of all phases up to date, and return whether none of them is on its way."""
    resting = True
    for phase in range(control.controller[number].phase, control.controller[number + 1].phase):
        row = control.phase[phase]
        if row.walking:
            walk_on(control, number, phase, tick)
        if row.state != OFF and not (row.state == SHOWS_GREEN and row.on):
            end_phase(control, number, phase, tick)
        if row.state == OFF and row.on and groups_show(control, number, phase) & ALL_GREEN:
            begin_phase(control, number, phase, tick)
        done = row.state == SHOWS_GREEN if row.on else row.state == OFF
        resting = resting and done and not row.walking
    return resting


@part
def call_pedestrians(control, number, tick):
    """Let pedestrians press their buttons, and those be called whom a phase always calls."""
    for phase in range(control.controller[number].phase, control.controller[number + 1].phase):
        row = control.phase[phase]
        if row.walk == 0 or row.ped_call:
            continue
        key = hash32(uint32(uint32(control.counts[1]) ^ uint32(PED_STREAM)))
        pressed = row.ped_chance > 0 and draw32(hash32(uint32(uint32(phase) ^ key)), tick) < row.ped_chance
        if pressed and not row.walking:
            note(control, tick, number, CONTROL_PED_CALL, row.number)
            row.ped_call = 1
        elif row.recall == PED_RECALL and row.state != SHOWS_GREEN:
            row.ped_call = 1
