"""Nodes: all that happens at one, in the order of time."""

from __future__ import annotations

from numba import int64

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.lanes import is_one_of
from trafficsim.kernels.queue.line import serve_line
from trafficsim.kernels.queue.merges import LAST, take_turn, turn_of_place
from trafficsim.kernels.queue.running import enter_link
from trafficsim.kernels.queue.storage import time_of_room
from trafficsim.kernels.queue.tables import MOST_LANES, NEVER, NOBODY


@per_vehicle
def visit(world, node, end):
    """Do all that happens at a node before a time, in the order of time; of two at once the one whose turn it is."""
    net, agenda = world.net, world.agenda
    count = len(net.lane_start) - 1
    while True:
        best, time, turn = NOBODY, NEVER, LAST
        for row in range(net.member_start[node], net.member_start[node + 1]):
            if agenda.due[row] < time:
                best, time, turn = row, agenda.due[row], LAST
            elif agenda.due[row] == time and time < end:
                if turn == LAST:
                    turn = turn_of_place(world, net.member[best], time)
                other = turn_of_place(world, net.member[row], time)
                if other < turn:
                    best, turn = row, other
        agenda.node[node] = time
        if time >= end:
            return
        place = net.member[best]
        if place < count:
            serve_line(world, place, time, turn == LAST)
        else:
            serve_entry(world, place - count, time)


@per_vehicle
def serve_entry(world, link, time):
    """Let trips begin on a link that are due; note when to look again."""
    net, trips, links, lanes = world.net, world.trips, world.links, world.lanes
    place = len(net.lane_start) - 1 + link
    due = NEVER
    while links.entered[link] < trips.entry_start[link + 1]:
        trip = int64(trips.entry[links.entered[link]])
        lane = entry_lane(world, link, trip)
        due = max(trips.depart[trip], lanes.admits[lane])
        if due <= time:
            due = time_of_room(world, link, trip, int64(world.vehicles.cursor[trip]), time)
        if due > time:
            break
        links.entered[link] += 1
        links.served[place] = time
        take_turn(world, len(net.link_of) + link, len(net.turn) + link, link)
        lanes.admits[lane] = time + net.own_headway[link, trips.kind[trip]]
        world.vehicles.begun[trip] = time
        world.counts.total[0] += 1
        enter_link(world, trip, link, time, 0)
        due = NEVER
    world.agenda.due[net.row_of[place]] = due


@per_vehicle
def entry_lane(world, link, trip):
    """Return the lane that takes somebody first, of those that serve a trip; of all where none does."""
    net, admits = world.net, world.lanes.admits
    lanes = int64(world.trips.lanes[world.vehicles.cursor[trip]])
    found, served = net.lane_start[link], False
    for lane in range(net.lane_start[link], min(net.lane_start[link + 1], net.lane_start[link] + MOST_LANES)):
        own = is_one_of(net, lane, lanes)
        if (own and not served) or (own == served and admits[lane] < admits[found]):
            found, served = lane, own
    return found
