"""The loop: a dense list of the next possible times of all nodes, scanned in short steps, and signals between them."""

from __future__ import annotations

from trafficsim.base.codes import GREEN, PERMITTED
from trafficsim.kernels.decisions.signals import is_green
from trafficsim.kernels.jit import kernel, per_vehicle
from trafficsim.kernels.queue.nodes import visit
from trafficsim.kernels.queue.start import stands_at_red
from trafficsim.kernels.queue.storage import wake
from trafficsim.kernels.queue.tables import NOBODY

STEP_MS = 100
"""Nodes are visited in their order once per step; times are exact, whatever it is."""


@kernel
def advance(world, commands, begin, end):
    """Run from one time to another; return when it ended, which is earlier where everybody has arrived.

    Signals are shown what is due of the commands, in their order; ``commands.done`` counts them.
    """
    now, everybody = begin, len(world.vehicles.cursor)
    while now < end and world.counts.total[1] < everybody:
        until, row = end, commands.done[0]
        while row < len(commands.time) and commands.time[row] <= now:
            show(world, commands.group[row], commands.state[row], now)
            row += 1
        if row < len(commands.time):
            until = min(end, commands.time[row])
        commands.done[0] = row
        run_steps(world, now, until)
        now = until
    return now


@per_vehicle
def run_steps(world, begin, end):
    """Run from one time to another, between which signals do not change."""
    node, step = world.agenda.node, begin
    while step < end:
        step = min(step + STEP_MS, end)
        again = True
        while again:
            again = False
            for place in range(len(node)):
                if node[place] < step:
                    visit(world, place, step)
                    again = True


@per_vehicle
def show(world, group, state, time):
    """Let a signal group show a state from a time on, and wake who stands before it."""
    net, lanes, shown = world.net, world.lanes, world.shown
    was = shown.state[group]
    shown.state[group], shown.since[group] = state, time
    if is_green(state) and not is_green(was):
        shown.opened[group] = time
    for i in range(net.group_start[group], net.group_start[group + 1]):
        conn = net.of_group[i]
        lane = net.origin[conn]
        head = lanes.head[lane]
        if is_green(state) and not is_green(was):
            stands_at_red(world, lane, conn)
        if state == PERMITTED or state == GREEN:
            lanes.may_clear[lane] = 0
        if head == NOBODY or world.trips.turn[world.vehicles.cursor[head]] != net.turn[conn]:
            continue
        if was == PERMITTED and state != GREEN and lanes.gives_way[lane]:
            lanes.may_clear[lane] = net.inside[conn]
        if lanes.blocked[lane] == NOBODY:
            lanes.due[lane] = min(lanes.due[lane], time)
            wake(world, net.link_of[lane], time)
