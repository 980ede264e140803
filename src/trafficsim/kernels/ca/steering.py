"""Lanes that are closed for a stretch: drivers see it ahead, leave the lane in time, and stop before it at the latest.

Nothing happens on links without a closed lane. Who is on a stretch when it closes drives off.
"""

from __future__ import annotations

from numba import int32, int64

from trafficsim.kernels.ca.closed import is_open, next_closed
from trafficsim.kernels.ca.lanes import lane_flags
from trafficsim.kernels.ca.merging import add_bound, merge_behind
from trafficsim.kernels.ca.packed_state import FLAG_WRONG, pos, rear, vel, with_flags
from trafficsim.kernels.decisions.braking import line_bound
from trafficsim.kernels.jit import part, per_vehicle


@part
def steer_clear(road):
    """On links with closed lanes, write anew which lane every driver wants, as the route and closed stretches ask."""
    net, start = road.net, road.start
    for at in range(1, int64(net.closing[0]) + 1):
        link = int64(net.closing[at])
        for lane in range(int64(net.link[link].lane), int64(net.link[link + 1].lane)):
            for k in range(start[lane], start[lane + 1]):
                steer(road, lane, k)


@per_vehicle
def steer(road, lane, k):
    """Let one driver want to leave a lane that is closed ahead; and not want into one that is closed there."""
    net, vehicles, trips = road.net, road.vehicles, road.trips
    y, place = vehicles.Y[k], pos(vehicles.X[k])
    flags = int32(lane_flags(net, trips, lane, trips.row[vehicles.ID[k]].route_position))
    row = next_closed(net, lane, place)
    if row > 0 and net.closed[row].first - place <= net.closed[row].seen:
        side = side_to_leave(net, lane, place, row, int32(vehicles.KEY[k] & 1))
        flags = int32(side + 1)
        if side != 0:
            flags = int32(flags | FLAG_WRONG)
    else:
        side = int64(flags & 3) - 1
        seen = int32(net.closed[0].seen)
        if side != 0 and not is_open(net, lane + side, rear(vehicles.X[k], y), int32(place + seen)):
            flags = int32(1)
    vehicles.Y[k] = with_flags(y, int32(flags | (y & int32(0xFF & ~(3 | FLAG_WRONG)))))


@per_vehicle
def side_to_leave(net, lane, place, row, first_up):
    """Return the side to which a driver leaves a lane that is closed ahead: -1, 1, or 0 where no lane is better.

    The nearest lane that is open beside the stretch; of two the one that ``first_up`` names. If there is none, the one
    that is closed furthest ahead.
    """
    own, beside = int64(net.lane[lane].side), int64(net.lane[lane].beside)
    best, best_first = 0, int64(net.closed[row].first)
    for distance in range(1, beside):
        for turn in range(2):
            sign = 1 if turn != first_up else -1
            if not 0 <= own + sign * distance < beside:
                continue
            other = next_closed(net, lane + sign * distance, place)
            if other == 0 or net.closed[other].first > net.closed[row].last:
                return sign
            if net.closed[other].first > best_first:
                best, best_first = sign, int64(net.closed[other].first)
    return best


@part
def stop_before_closed(road):
    """Let the first before every closed stretch be able to stop; those who must leave the lane merge like a zipper."""
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    for row in range(1, int64(net.closed[0].next) + 1):
        lane, first = int64(net.closed[row].lane), net.closed[row].first
        k, last = int64(start[lane]), int64(start[lane + 1])
        while k < last and pos(vehicles.X[k]) >= first:
            k += 1
        if k < last:
            x = vehicles.X[k]
            gap = int32(first - int32(1) - pos(x))
            add_bound(work, k, line_bound(vel(x), gap, trips.row[vehicles.ID[k]].brake))
        while k < last and first - pos(vehicles.X[k]) <= net.closed[row].merge:
            if vehicles.Y[k] & FLAG_WRONG:
                merge_behind(net, vehicles, start, work, lane, k)
            k += 1
