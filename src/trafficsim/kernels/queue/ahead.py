"""What visits of nodes will read is fetched ahead, for many nodes together: each table tells where to look in the next.

The loop waits for memory; here many reads are under way at once. Nothing is decided here.
"""

from __future__ import annotations

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.prefetch import prefetch
from trafficsim.kernels.queue.tables import EXIT, NOBODY


@per_vehicle
def fetch_nodes(world, first, last, end):
    """Fetch ahead what nodes read that are visited before a time: ``first`` to ``last - 1``."""
    count = fetch_lanes(world, first, last, end)
    if count == 0:
        return
    vehicles, trips, lanes, seen = world.vehicles, world.trips, world.lanes, world.agenda.seen
    for i in range(count):
        head = lanes.head[seen[i]]
        prefetch(vehicles.cursor, head if head != NOBODY else 0)
    for i in range(count):
        head = lanes.head[seen[i]]
        prefetch(trips.turn, vehicles.cursor[head] if head != NOBODY else 0)
        prefetch(trips.length, vehicles.cursor[head] if head != NOBODY else 0)
    for i in range(count):
        if lanes.head[seen[i]] != NOBODY:
            fetch_beyond(world, seen[i])


@per_vehicle
def fetch_lanes(world, first, last, end):
    """Fetch ahead the links and lanes at which something is due; list the lanes, and return their number."""
    net, agenda, links = world.net, world.agenda, world.links
    count, lines = 0, len(net.lane_start) - 1
    for node in range(first, last):
        if agenda.node[node] < end:
            prefetch(agenda.due, net.member_start[node])
    for node in range(first, last):
        if agenda.node[node] >= end:
            continue
        for row in range(net.member_start[node], net.member_start[node + 1]):
            place = net.member[row]
            if agenda.due[row] >= end or place >= lines:
                continue
            prefetch(links.first, place)
            for lane in range(net.lane_start[place], net.lane_start[place + 1]):
                prefetch(world.lanes.head, lane)
                if count < len(agenda.seen):
                    agenda.seen[count] = lane
                    count += 1
    return count


@per_vehicle
def fetch_beyond(world, lane):
    """Fetch ahead the connection of the head of a lane, and the link beyond."""
    net, trips = world.net, world.trips
    vehicle = world.lanes.head[lane]
    turn = trips.turn[world.vehicles.cursor[vehicle]]
    prefetch(world.counts.left, net.link_of[lane])
    prefetch(world.vehicles.before, world.vehicles.after[vehicle])
    if turn == EXIT:
        return
    for conn in range(net.conn_start[lane], net.conn_start[lane + 1]):
        prefetch(net.turn, conn)
    prefetch(world.counts.volume, turn)
    target = net.target[turn]
    prefetch(world.links.first, target)
    prefetch(world.counts.left, target)
    for to in range(net.lane_start[target], net.lane_start[target + 1]):
        prefetch(world.lanes.head, to)
