"""The loop: a dense list of the next possible times of all nodes, scanned in short steps."""

from __future__ import annotations

from trafficsim.base.codes import GREEN, PERMITTED
from trafficsim.kernels.decisions.signals import is_green
from trafficsim.kernels.jit import kernel, part
from trafficsim.kernels.queue.lanes import is_one_of
from trafficsim.kernels.queue.line import serve_line
from trafficsim.kernels.queue.running import enter_link
from trafficsim.kernels.queue.start import stands_at_red
from trafficsim.kernels.queue.storage import time_of_room, wake
from trafficsim.kernels.queue.tables import MOST_LANES, NEVER, NOBODY

STEP_MS = 100
"""Nodes are visited in their order once per step; times are exact, whatever it is."""


@kernel
def advance(world, begin, end):
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


@part
def visit(world, node, end):
    """Do all that happens at a node before a time, in the order of time; of two at once who has waited longer."""
    net, agenda, served = world.net, world.agenda, world.links.served
    count = len(net.lane_start) - 1
    while True:
        best, time, turn = NOBODY, NEVER, NEVER
        for i in range(net.member_start[node], net.member_start[node + 1]):
            place = net.member[i]
            if agenda.place[place] < time or (agenda.place[place] == time and served[place] < turn):
                best, time, turn = place, agenda.place[place], served[place]
        agenda.node[node] = time
        if time >= end:
            return
        if best < count:
            serve_line(world, best, time)
        else:
            serve_entry(world, best - count, time)


@part
def serve_entry(world, link, time):
    """Let trips begin on a link that are due; note when to look again."""
    net, trips, links, lanes = world.net, world.trips, world.links, world.lanes
    place = len(net.lane_start) - 1 + link
    due = NEVER
    while links.entered[link] < trips.entry_start[link + 1]:
        trip = trips.entry[links.entered[link]]
        lane = entry_lane(world, link, trip)
        due = max(trips.depart[trip], lanes.admits[lane])
        if due <= time:
            due = time_of_room(world, link, trip, world.vehicles.cursor[trip], time)
        if due > time:
            break
        links.entered[link] += 1
        links.served[place] = time
        lanes.admits[lane] = time + net.own_headway[link, trips.kind[trip]]
        world.vehicles.begun[trip] = time
        world.counts.total[0] += 1
        enter_link(world, trip, link, time, 0)
        due = NEVER
    world.agenda.place[place] = due


@part
def entry_lane(world, link, trip):
    """Return the lane that takes somebody first, of those that serve a trip; of all where none does."""
    net, admits = world.net, world.lanes.admits
    lanes = world.trips.lanes[world.vehicles.cursor[trip]]
    found, served = net.lane_start[link], False
    for lane in range(net.lane_start[link], min(net.lane_start[link + 1], net.lane_start[link] + MOST_LANES)):
        own = is_one_of(net, lane, lanes)
        if (own and not served) or (own == served and admits[lane] < admits[found]):
            found, served = lane, own
    return found


@kernel
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
