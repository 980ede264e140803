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
    vehicles, trips, seen = world.vehicles, world.trips, world.agenda.seen
    links = fetch_links(world, first, last, end)
    if links == 0:
        return
    count = fetch_vehicles(world, links, end)
    for i in range(count):
        vehicle = seen[1, i]
        prefetch(trips.turn, vehicles.cursor[vehicle])
        prefetch(trips.lanes, vehicles.cursor[vehicle])
        prefetch(vehicles.cursor, max(vehicles.after[vehicle], 0))
    for i in range(count):
        if seen[2, i] != NOBODY:
            fetch_beyond(world, seen[2, i], seen[1, i])
    for i in range(count):
        if seen[2, i] != NOBODY:
            fetch_target(world, trips.turn[vehicles.cursor[seen[1, i]]])


@per_vehicle
def fetch_links(world, first, last, end):
    """Fetch ahead the links and lanes at which something is due; list the links, and return their number."""
    net, agenda = world.net, world.agenda
    count, lines = 0, len(net.lane_start) - 1
    for node in range(first, last):
        if agenda.node[node] >= end:
            continue
        for row in range(net.member_start[node], net.member_start[node + 1]):
            place = net.member[row]
            if agenda.due[row] >= end or place >= lines or count == agenda.seen.shape[1]:
                continue
            prefetch(world.links.first, place)
            prefetch(world.lanes.head, net.lane_start[place])
            prefetch(world.lanes.head, net.lane_start[place + 1] - 1)
            agenda.seen[0, count] = place
            count += 1
    return count


@per_vehicle
def fetch_vehicles(world, links, end):
    """Fetch ahead the vehicles of links that may do something, list them with their lanes, and return their number."""
    net, lanes, seen = world.net, world.lanes, world.agenda.seen
    count, most = 0, world.agenda.seen.shape[1]
    for i in range(links):
        link = seen[0, i]
        vehicle = world.links.first[link]
        if world.links.arrival[link] < end and vehicle != NOBODY and count < most:
            prefetch(world.vehicles.cursor, vehicle)
            seen[1, count], seen[2, count] = vehicle, NOBODY
            count += 1
        for lane in range(net.lane_start[link], net.lane_start[link + 1]):
            if lanes.due[lane] < end and lanes.head[lane] != NOBODY and count < most:
                prefetch(world.vehicles.cursor, lanes.head[lane])
                seen[1, count], seen[2, count] = lanes.head[lane], lane
                count += 1
    return count


@per_vehicle
def fetch_beyond(world, lane, vehicle):
    """Fetch ahead the connections of a lane, and the link beyond the line that a vehicle goes to."""
    net = world.net
    turn = world.trips.turn[world.vehicles.cursor[vehicle]]
    prefetch(world.counts.left, net.link_of[lane])
    if turn == EXIT:
        return
    for conn in range(net.conn_start[lane], net.conn_start[lane + 1]):
        prefetch(net.turn, conn)
    prefetch(world.counts.volume, turn)
    target = net.target[turn]
    prefetch(world.links.first, target)
    prefetch(net.room, target)
    prefetch(world.counts.left, target)
    prefetch(world.lanes.head, net.lane_start[target])
    prefetch(world.lanes.head, net.lane_start[target + 1] - 1)


@per_vehicle
def fetch_target(world, turn):
    """Fetch ahead who is the last on the link that a turn leads to, and which of its room is to come back next."""
    if turn == EXIT:
        return
    links, target = world.links, world.net.target[turn]
    prefetch(world.vehicles.cursor, max(links.last[target], 0))
    prefetch(links.ring_time, links.ring_start[target] + links.ring_first[target])
