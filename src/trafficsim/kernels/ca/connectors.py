"""Connectors that must be watched: those who are on one, and those whose way they cross."""

from __future__ import annotations

from numba import int32, int64

from trafficsim.kernels.ca.busy import list_flagged
from trafficsim.kernels.ca.packed_state import FLAG_CONNECTOR, rear, vel, with_cap
from trafficsim.kernels.ca.speeds import desired_speed, driven_speed
from trafficsim.kernels.jit import part, spliced


@spliced
def warn(net, work, conn, tick):
    """Tell those whose way a slow vehicle on a connector crosses to look, in the next tick, whether it blocks them."""
    for i in range(int64(net.conn[conn].crosses), int64(net.conn[conn + 1].crosses)):
        work.conn[net.crosses[i]].warned = tick + 1


@part
def clear_connectors(road, tick):
    """Free the connectors whose vehicles have wholly entered their lane, and give these their desired speed."""
    work = road.work
    for at in range(int64(list_flagged(work.onto, work.onto_blocks, work.outs, road.net.lanes, 1))):
        lane = int64(work.outs[at])
        work.onto[lane] = clear_lane(road, lane, tick)


@spliced
def clear_lane(road, lane, tick):
    """Clear the connectors to a lane; return whether somebody is still on one of them.

    Only those can be whose rear was not yet on the lane a tick ago: they are the last ones of the lane.
    """
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    begin, tail, left = -net.lane[lane].length, start[lane + 1] - 1, 0
    for k in range(tail, start[lane] - 1, -1):
        x, y, vid = vehicles.X[k], vehicles.Y[k], vehicles.ID[k]
        back = rear(x, y)
        if (y & FLAG_CONNECTOR) == 0:
            if back - vel(x) >= begin:
                break
        elif back >= begin:
            work.conn[trips.row[vid].connection].on_conn -= 1
            cap = driven_speed(trips, vid, desired_speed(net, trips, vid, net.lane[lane].link))
            vehicles.Y[k] = int32(with_cap(y, cap) & int32(~FLAG_CONNECTOR))
        else:
            left = 1
            if vel(vehicles.X[tail]) <= net.scale.queue_speed:
                warn(net, work, trips.row[vid].connection, tick)
    return left
