"""The loop: a dense list of the next possible times of all nodes, scanned in short steps, and signals between them."""

from __future__ import annotations

from numba import int64

from trafficsim.base.codes import GREEN, PERMITTED
from trafficsim.kernels.control.tables import BY_CONTROLLERS
from trafficsim.kernels.control.tick import control_tick
from trafficsim.kernels.decisions.signals import is_green
from trafficsim.kernels.jit import kernel, per_vehicle
from trafficsim.kernels.prefetch import prefetch
from trafficsim.kernels.queue.ahead import fetch_nodes
from trafficsim.kernels.queue.nodes import visit
from trafficsim.kernels.queue.sensing import sense_detectors, sense_links
from trafficsim.kernels.queue.start import stands_at_red
from trafficsim.kernels.queue.storage import wake
from trafficsim.kernels.queue.tables import NEVER, NOBODY
from trafficsim.kernels.sensing import note_shown

STEP_MS = 100
"""Nodes are visited in their order once per step; times are exact, whatever it is."""
BLOCK = 64
"""Nodes whose tables are fetched ahead together."""


@kernel
def advance(world, commands, begin, end):
    """Run from one time to another; return when it ended, which is earlier where everybody has arrived."""
    now, everybody = begin, len(world.vehicles.cursor)
    while now < end:
        tick = int(now / commands.tick_ms + 0.5)
        at = time_of_tick(commands, tick)
        changes = at == now and is_change(commands, tick)
        if (changes or now == begin) and world.counts.total[1] == everybody:
            return now
        if changes:
            show_changes(world, commands, tick, now)
        if at == now and world.sensing.active:
            control_signals(world, tick, now)
        until = min(end, at if at > now else time_of_tick(commands, tick + 1))
        run_steps(world, now, until)
        now = until
        if world.sensing.active and time_of_tick(commands, int(now / commands.tick_ms + 0.5)) == now:
            sense_detectors(world, world.sensing, world.control.sensors, now)
    if world.sensing.active and world.control.sensors.wanted[0]:
        sense_links(world, world.sensing, world.control.sensors, now)
    return now


@per_vehicle
def control_signals(world, tick, time):
    """Let the controllers of signals that react look at the road and decide, and show what changes."""
    control, sensing = world.control, world.sensing
    if control.sensors.wanted[0] & BY_CONTROLLERS or sensing.around.special:
        sense_links(world, sensing, control.sensors, time)
    control_tick(control, tick)
    for i in range(control.changes[0]):
        group = int64(control.changed[i])
        show(world, group, int64(control.group[group].shown), time)
        note_shown(sensing.shown, tick, group, control.group[group].shown)


@per_vehicle
def time_of_tick(commands, tick):
    """Return when a control tick begins."""
    return int(tick * commands.tick_ms + 0.5)


@per_vehicle
def is_change(commands, tick):
    """Whether a signal changes at a control tick; all do at the first."""
    for row in range(len(commands.cycle)):
        at = commands.tick_start[row] + tick % commands.cycle[row]
        if tick == 0 or commands.start[at] < commands.start[at + 1]:
            return True
    return False


@per_vehicle
def show_changes(world, commands, tick, time):
    """Let signals show what they change to in a tick, by group; in the first what they begin with."""
    if tick == 0:
        for group in range(len(commands.first)):
            show(world, group, commands.first[group], time)
        return
    for row in range(len(commands.cycle)):
        at = commands.tick_start[row] + tick % commands.cycle[row]
        for first in range(commands.start[at], commands.start[at + 1], BLOCK):
            last = min(first + BLOCK, commands.start[at + 1])
            fetch_groups(world, commands, first, last)
            for i in range(first, last):
                show(world, commands.group[i], commands.state[i], time)


@per_vehicle
def fetch_groups(world, commands, first, last):
    """Fetch ahead what changes of signals read."""
    net = world.net
    for i in range(first, last):
        group = commands.group[i]
        prefetch(world.shown.state, group)
        if net.group_start[group] < net.group_start[group + 1]:
            prefetch(net.turn, net.of_group[net.group_start[group]])
    for i in range(first, last):
        group = commands.group[i]
        if net.group_start[group] < net.group_start[group + 1]:
            prefetch(world.lanes.head, net.origin[net.of_group[net.group_start[group]]])


@per_vehicle
def run_steps(world, begin, end):
    """Run from one time to another, between which signals do not change."""
    node, step = world.agenda.node, begin
    while step < end:
        step = min(step + STEP_MS, end)
        again = True
        while again:
            again = False
            for first in range(0, len(node), BLOCK):
                last = min(first + BLOCK, len(node))
                fetch_nodes(world, first, last, step)
                for place in range(first, last):
                    if node[place] < step:
                        visit(world, place, step)
                        again = True
        if len(node) <= BLOCK:
            step = last_idle(node, step)


@per_vehicle
def last_idle(node, step):
    """Return the last step before something happens at a node: in a small network there is nothing to do in most."""
    due = NEVER
    for place in range(len(node)):
        due = min(due, node[place])
    return step + max(due - step, 0) // STEP_MS * STEP_MS


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
        lane = int64(net.origin[conn])
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
            wake(world, int64(net.link_of[lane]), time)
