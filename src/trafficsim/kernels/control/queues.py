"""Control by queues: max-pressure, acyclic and cyclic, and self-organising signals.

Max-pressure (Varaiya 2013): a movement's weight is its queue less the queues beyond it, by the shares of those who will
join each, and a stage's pressure is the sum of its movements' weights times their lanes; a movement of negative weight
counts nothing (nobody has to use its green), or it would keep the other direction of its street waiting. Aware of
capacity (Gregoire et al. 2014), queues count relative to what their links hold, and a movement into a full link has no
weight. The acyclic kind asks for the stage of highest pressure at every decision; the one that is green stays where two
are equal. The cyclic kind (Le et al. 2015) shares the green of a cycle in proportion to pressure, after everybody's
minimum.

Self-organising (Gershenson 2005): a stage counts the vehicles that wait for it, tick by tick, and asks at a threshold.
"""

from __future__ import annotations

from trafficsim.base.codes import MAX_PRESSURE
from trafficsim.kernels.control.phases import crosses
from trafficsim.kernels.control.tables import SHARE_UNIT, SHOWS_GREEN
from trafficsim.kernels.jit import part

RELATIVE = 64
"""Queues relative to storage are counted in so many parts of a full link."""


@part
def weight_of(control, number, turn):
    """Queue of a turn less those beyond it, in 1/1024 vehicles (or of a full link)."""
    sensors, row = control.sensors, control.turn[turn]
    here, beyond = sensors.waiting[turn] * SHARE_UNIT, 0
    for place in range(row.beyond, control.turn[turn + 1].beyond):
        beyond += control.beyond[place].share * sensors.waiting[control.beyond[place].turn]
    if control.controller[number].capacity_aware:
        if sensors.on_link[row.to_link] >= row.storage_out:
            return 0
        return here * RELATIVE // row.storage_in - beyond * RELATIVE // row.storage_out
    return here - beyond


@part
def pressure_of(control, number, phase):
    """Pressure of a phase."""
    total = 0
    for place in range(control.phase[phase].serve, control.phase[phase + 1].serve):
        total += control.serve[place].lanes * max(weight_of(control, number, control.serve[place].turn), 0)
    return total


@part
def may_change(control, number, tick, least):
    """Tick from which all requested phases may end, after ``least`` ticks of green; -1 while one is not green."""
    latest = 0
    for phase in range(control.controller[number].phase, control.controller[number + 1].phase):
        row = control.phase[phase]
        if row.on:
            if row.state != SHOWS_GREEN or crosses(control, phase, tick):
                return -1
            latest = max(latest, row.begin + max(row.min_green, least))
    return latest


@part
def strongest(control, number):
    """Phases to ask for: the one that wants green most, and of every other ring the best that may be green with it."""
    controller, mask, rings = control.controller[number], 0, 0
    for _ in range(control.controller[number + 1].ring - controller.ring):
        best = -1
        for phase in range(controller.phase, control.controller[number + 1].phase):
            row = control.phase[phase]
            if rings >> row.ring & 1 or mask & ~row.compatible:
                continue
            stronger = best < 0 or row.want > control.phase[best].want
            if stronger or (row.want == control.phase[best].want and row.on and not control.phase[best].on):
                best = phase
        if best < 0:
            break
        mask |= 1 << (best - controller.phase)
        rings |= 1 << control.phase[best].ring
    return mask


@part
def press(control, number, tick):
    """Decide by pressure, where a decision is due and minimum greens are over."""
    controller = control.controller[number]
    since = may_change(control, number, tick, controller.interval)
    if tick < controller.decide or since < 0 or tick < since:
        return
    controller.decide = tick + controller.interval
    for phase in range(controller.phase, control.controller[number + 1].phase):
        control.phase[phase].want = pressure_of(control, number, phase)
    controller.asked = strongest(control, number)


@part
def share_cycle(control, number):
    """Give every stage its green of the next cycle."""
    controller, total, spare = control.controller[number], 0, control.pattern[control.controller[number].now].cycle
    for phase in range(controller.phase, control.controller[number + 1].phase):
        row = control.phase[phase]
        row.want = max(pressure_of(control, number, phase), 0)
        total += row.want
        spare -= row.min_green + row.clearance
    spare, count = max(spare, 0), control.controller[number + 1].phase - controller.phase
    for phase in range(controller.phase, control.controller[number + 1].phase):
        row = control.phase[phase]
        part_of_it = spare * row.want // total if total > 0 else spare // count
        row.share = row.min_green + part_of_it


@part
def press_in_turn(control, number, tick):
    """Go on to the next stage when the green of this one is over; share out the next cycle before the first."""
    controller, stage = control.controller[number], control.controller[number].place
    since = may_change(control, number, tick, 0)
    if since < 0 or tick < since:
        return
    current = controller.phase + stage
    if not control.phase[current].on or tick - control.phase[current].begin >= control.phase[current].share:
        stage = (stage + 1) % (control.controller[number + 1].phase - controller.phase)
        if stage == 0 or control.phase[controller.phase + stage].share == 0:
            share_cycle(control, number)
        controller.place = stage
        controller.asked = 1 << stage


@part
def is_served(control, number, turn):
    """Whether a requested phase serves a turn."""
    for phase in range(control.controller[number].phase, control.controller[number + 1].phase):
        if control.phase[phase].on:
            for place in range(control.phase[phase].serve, control.phase[phase + 1].serve):
                if control.serve[place].turn == turn:
                    return True
    return False


@part
def organise(control, number, tick):
    """Count those who wait at red, and serve the stage that wants green most once one asks for it."""
    controller, asking, coming = control.controller[number], False, 0
    begin = 0
    for phase in range(controller.phase, control.controller[number + 1].phase):
        row = control.phase[phase]
        for place in range(row.serve, control.phase[phase + 1].serve):
            turn = control.serve[place].turn
            if row.on:
                coming += control.sensors.waiting[turn]
            elif not is_served(control, number, turn):
                row.want += control.sensors.waiting[turn]
        if row.on:
            row.want = -1
            begin = max(begin, row.begin + row.max_green)
        asking = asking or row.want >= controller.threshold
    since = may_change(control, number, tick, 0)
    holds = 0 < coming <= controller.platoon and tick < begin
    if asking and since >= 0 and tick >= since and not holds:
        controller.asked = strongest(control, number)


@part
def decide_by_queues(control, number, tick):
    """Ask for stages by the queues of their movements."""
    controller = control.controller[number]
    if controller.method == MAX_PRESSURE:
        if controller.cyclic:
            press_in_turn(control, number, tick)
        else:
            press(control, number, tick)
    else:
        organise(control, number, tick)
