"""The plant: it brings signal groups where a request wants them, and keeps what no controller may break.

A group's green lasts its minimum, and the walk and clearance of pedestrians who cross with it. A group begins green
when the intergreen from every conflicting group is over and none of these is green or yellow. Red-amber comes before
green, yellow after it; who shows red-amber goes on to green.

Where one group gives way to another its green is permitted beside it. From protected to permitted it changes without
clearance, unless the other one is about to get green: those who trusted their protection are cleared by yellow first,
and the permitted green begins after it (the yellow arrow of protected-permitted operation, MUTCD 4D.17). From permitted
to protected it changes when the intergreen from those it gave way to is over.
"""

from __future__ import annotations

from trafficsim.base.codes import CONTROL_REFUSED, GREEN, PERMITTED, RED, RED_AMBER, STOP_ARROW, YELLOW
from trafficsim.kernels.control.log import note
from trafficsim.kernels.jit import part

STRICT, GIVES_WAY, HAS_PRIORITY = 0, 1, 2


@part
def may_be_green_together(control, number, mask):
    """Whether all phases of a set may."""
    first = control.controller[number].phase
    for local in range(control.controller[number + 1].phase - first):
        if mask >> local & 1 and mask & ~control.phase[first + local].compatible:
            return False
    return mask >> (control.controller[number + 1].phase - first) == 0


@part
def accept(control, number, tick):
    """Take over what is requested; a request with conflicting phases is refused, and the last one stays."""
    row = control.controller[number]
    if row.asked == row.accepted:
        return
    if not may_be_green_together(control, number, row.asked):
        if row.asked != row.refused:
            note(control, tick, number, CONTROL_REFUSED, 0)
            row.refused = row.asked
        return
    row.accepted = row.asked
    row.steady = 0
    aim(control, number)


@part
def aim(control, number):
    """Give all groups of a controller what the accepted phases show: green before permitted, stop arrow and red."""
    row = control.controller[number]
    for group in range(row.group, row.group_end):
        control.group[group].want = RED
    for phase in range(row.phase, control.controller[number + 1].phase):
        on = row.accepted >> (phase - row.phase) & 1
        control.phase[phase].on = on
        if on:
            letter = control.phase[phase].letter - row.group
            for group in range(row.group, row.group_end):
                code, want = control.letter[letter + group], control.group[group].want
                if code == GREEN or (code == PERMITTED and want != GREEN) or (code == STOP_ARROW and want == RED):
                    control.group[group].want = code


@part
def wants_green(code):
    """Whether a requested code is a green."""
    return code == GREEN or code == PERMITTED


@part
def may_begin(control, group, code, when):
    """Whether no conflicting group is in the way of a green from a tick on."""
    for place in range(control.group[group].pair, control.group[group + 1].pair):
        pair = control.pair[place]
        other = control.group[pair.other]
        going = other.mode == GREEN or other.mode == RED_AMBER
        if pair.kind == HAS_PRIORITY:
            if (going and other.code == GREEN) or other.protected_end + pair.intergreen > when:
                return False
        elif pair.kind == STRICT or code == GREEN:
            if going or other.ended + pair.intergreen > when:
                return False
    return True


@part
def gets_opposed(control, group):
    """Whether one that this group gives way to is about to get green."""
    for place in range(control.group[group].pair, control.group[group + 1].pair):
        pair = control.pair[place]
        if pair.kind == GIVES_WAY and wants_green(control.group[pair.other].want):
            return True
    return False


@part
def end_greens(control, number, tick):
    """End the greens that are not requested and have lasted long enough, and yellows that are over."""
    for group in range(control.controller[number].group, control.controller[number].group_end):
        row = control.group[group]
        if row.mode == YELLOW and tick - row.ended >= row.yellow:
            row.mode = RED
        if row.mode != GREEN or tick - row.since < row.min_green or tick < row.hold:
            continue
        if not wants_green(row.want) or (row.code == GREEN and row.want == PERMITTED and gets_opposed(control, group)):
            row.ended = tick
            if row.code == GREEN:
                row.protected_end = tick
            row.mode = YELLOW if row.yellow > 0 else RED


@part
def begin_greens(control, number, tick):
    """Begin red-amber and green where nobody is in the way, and change between protected and permitted green."""
    for group in range(control.controller[number].group, control.controller[number].group_end):
        row = control.group[group]
        if row.mode == RED and wants_green(row.want) and may_begin(control, group, row.want, tick + row.red_amber):
            row.mode = RED_AMBER
            row.since = tick
            row.code = row.want
        if row.mode == RED_AMBER and tick - row.since >= row.red_amber and may_begin(control, group, row.code, tick):
            row.mode = GREEN
            row.since = tick
        if row.mode == GREEN and row.want == PERMITTED and row.code == GREEN and not gets_opposed(control, group):
            row.code = PERMITTED
            row.protected_end = tick
        elif row.mode == GREEN and row.want == GREEN and row.code == PERMITTED:
            if may_begin(control, group, GREEN, tick):
                row.code = GREEN


@part
def show(control, number):
    """Write what all groups of a controller show, list those that change, and return whether all is as requested."""
    as_requested = True
    for group in range(control.controller[number].group, control.controller[number].group_end):
        row = control.group[group]
        code = row.mode
        if row.mode == GREEN:
            code = row.code
        elif row.mode == RED and row.want == STOP_ARROW:
            code = STOP_ARROW
        as_requested = as_requested and code == row.want
        if code != row.shown:
            row.shown = code
            control.changed[control.changes[0]] = group
            control.changes[0] += 1
    return as_requested


@part
def begin_at_once(control, number, tick):
    """Let a controller begin the run in the middle of what it requests, as fixed programs do."""
    for group in range(control.controller[number].group, control.controller[number].group_end):
        row = control.group[group]
        if wants_green(row.want):
            row.mode = GREEN
            row.code = row.want
            row.since = tick
