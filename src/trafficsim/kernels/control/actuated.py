"""Actuated phases: when a green may end, and which phases are called."""

from __future__ import annotations

from trafficsim.base.codes import CONTROL_FORCE_OFF, CONTROL_GAP_OUT, CONTROL_MAX_OUT, COORDINATED
from trafficsim.kernels.control.coordination import has_to_end, is_permitted
from trafficsim.kernels.control.phases import crosses
from trafficsim.kernels.control.priority import with_priority
from trafficsim.kernels.control.tables import NEVER, OFF, SHOWS_GREEN
from trafficsim.kernels.jit import part

GOES_ON = 0


@part
def gap_of(control, phase, tick):
    """The gap at which a green ends, after reduction."""
    row = control.phase[phase]
    reduced = tick - row.conflict - row.before_reduction
    if row.conflict == NEVER or reduced <= 0:
        return row.gap
    if reduced >= row.to_reduce:
        return row.min_gap
    return row.gap - (row.gap - row.min_gap) * reduced // row.to_reduce


@part
def why_to_end(control, number, phase, tick):
    """Why a green may end: at a gap, its maximum or its force-off; :data:`GOES_ON` if it may not."""
    row = control.phase[phase]
    if row.state != SHOWS_GREEN or tick - row.begin < row.min_green or crosses(control, phase, tick):
        return GOES_ON
    why, holds = GOES_ON, False
    if control.controller[number].method == COORDINATED:
        holds = row.coordinated != 0
        if has_to_end(control, number, phase, tick):
            why = CONTROL_FORCE_OFF
    elif row.conflict != NEVER and tick - row.conflict >= row.max_green:
        why = CONTROL_MAX_OUT
    if why == GOES_ON and not holds and tick - row.actuation >= gap_of(control, phase, tick):
        why = CONTROL_GAP_OUT
    return with_priority(control, number, phase, why, tick)


@part
def called_phases(control, number):
    """Phases that are called, and may begin."""
    first, coordinated = control.controller[number].phase, control.controller[number].method == COORDINATED
    mask = 0
    for phase in range(first, control.controller[number + 1].phase):
        row = control.phase[phase]
        called = row.call or (coordinated and row.coordinated)
        served = control.controller[number].priority >> (phase - first) & 1
        if called and not row.on and (not coordinated or served or is_permitted(control, number, phase)):
            mask |= 1 << (phase - first)
    return mask


@part
def time_conflicts(control, number, calls, tick):
    """Note since when a conflicting phase, or another one of the same ring, is called while a phase is green."""
    first = control.controller[number].phase
    for phase in range(first, control.controller[number + 1].phase):
        row = control.phase[phase]
        if row.state != SHOWS_GREEN:
            row.conflict = NEVER
            continue
        against = calls & ~row.compatible
        for other in range(first, control.controller[number + 1].phase):
            if control.phase[other].ring == row.ring and calls >> (other - first) & 1:
                against |= 1 << (other - first)
        if against == 0:
            row.conflict = NEVER
        elif row.conflict == NEVER:
            row.conflict = row.begin if tick - row.begin <= 1 else tick


@part
def keep_call(control, phase, why):
    """Remember those whom a green left behind that ended at its maximum or force-off."""
    row = control.phase[phase]
    if why != CONTROL_GAP_OUT and row.actuated and row.state != OFF and row.coordinated == 0:
        row.kept_call = 1
