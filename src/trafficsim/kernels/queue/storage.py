"""Room on links: taken by who enters, free again when the gap that a leaver made has come back to the start."""

from __future__ import annotations

from trafficsim.kernels.jit import per_vehicle
from trafficsim.kernels.queue.lanes import planned_lane
from trafficsim.kernels.queue.tables import NEVER, NO_LIMIT, NOBODY


@per_vehicle
def wake(world, place, time):
    """Have a waiting place looked at no later than a time."""
    agenda, row, node = world.agenda, world.net.row_of[place], world.net.node_of[place]
    agenda.due[row] = min(agenda.due[row], time)
    agenda.node[node] = min(agenda.node[node], time)


@per_vehicle
def free_room(world, link, time):
    """Give back all room that has come back to the start of a link by now."""
    links = world.links
    start, size = links.ring_start[link], links.ring_start[link + 1] - links.ring_start[link]
    while links.ring_count[link] > 0:
        slot = start + links.ring_first[link]
        if links.ring_time[slot] > time:
            return
        links.taken[link] -= links.ring_room[slot]
        links.ring_first[link] = (links.ring_first[link] + 1) % size
        links.ring_count[link] -= 1


@per_vehicle
def time_of_room(world, link, vehicle, cursor, time):
    """Return when a link may have room for a vehicle, in a lane for its next movement too.

    Now, a later time, or NEVER while it waits for somebody to leave. ``cursor`` is its route position on the link.
    """
    links, room = world.links, world.net.spacing[world.trips.kind[vehicle]]
    free_room(world, link, time)
    if links.taken[link] == 0 or links.taken[link] + room <= world.net.room[link]:
        if planned_lane(world, link, vehicle, cursor) != NOBODY:
            return time
    elif links.ring_count[link] > 0:
        return links.ring_time[links.ring_start[link] + links.ring_first[link]]
    links.waited[link] = 1
    return NEVER


@per_vehicle
def return_room(world, link, lane, room, time):
    """Send the room of a leaver back along the link, and wake who waits for it."""
    net, links = world.net, world.links
    if net.room[link] >= NO_LIMIT:
        links.taken[link] -= room
        return
    back = time + net.back[link]
    start, size = links.ring_start[link], links.ring_start[link + 1] - links.ring_start[link]
    slot = start + (links.ring_first[link] + links.ring_count[link]) % size
    links.ring_time[slot], links.ring_room[slot], links.ring_lane[slot] = back, room, lane
    links.ring_count[link] += 1
    if links.waited[link]:
        links.waited[link] = 0
        wake_upstream(world, link, back)


@per_vehicle
def wake_upstream(world, link, time):
    """Wake the lanes, and the entry, that wait for room on a link."""
    net, lanes = world.net, world.lanes
    count = len(net.lane_start) - 1
    node = net.node_of[count + link]
    for i in range(net.member_start[node], net.member_start[node + 1]):
        place = net.member[i]
        if place >= count:
            if place == count + link:
                wake(world, place, time)
            continue
        for lane in range(net.lane_start[place], net.lane_start[place + 1]):
            if lanes.blocked[lane] == link:
                lanes.blocked[lane] = NOBODY
                lanes.due[lane] = min(lanes.due[lane], time)
                wake(world, place, time)
