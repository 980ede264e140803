"""Stops in the lane: who has one on the link brakes for it, stands for the dwell time, and goes on."""

from __future__ import annotations

from numba import int32

from trafficsim.kernels.ca.merging import add_bound
from trafficsim.kernels.ca.packed_state import FLAG_STOP, pos, vel
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.decisions.braking import line_bound
from trafficsim.kernels.jit import part


@part
def serve_stops(net, vehicles, start, trips, work):
    """Vehicles with a stop on their link brake for it, stand for the dwell time, and go on."""
    if work.count[Count.STOPPING] == 0:
        return
    for lane in range(net.lanes):
        for k in range(start[lane], start[lane + 1]):
            if vehicles.Y[k] & FLAG_STOP:
                serve_stop(net, vehicles, trips, work, lane, k)


@part
def serve_stop(net, vehicles, trips, work, lane, k):
    """One vehicle with a stop on its link."""
    vid = vehicles.ID[k]
    stop = trips.row[vid].next_stop
    x = vehicles.X[k]
    gap = trips.stop[stop].cell - net.lane[lane].length - pos(x)
    if gap > 0 or vel(x) > 0:
        slower = max(vel(x) - int32(net.scale.firm), int32(0))
        add_bound(work, k, line_bound(vel(x), gap, trips.row[vid].brake) if gap > 0 else slower)
        return
    add_bound(work, k, int32(0))
    trips.stop[stop].left -= 1
    if trips.stop[stop].left > 0:
        return
    following = trips.stop[stop].next
    trips.row[vid].next_stop = following
    if following >= 0 and trips.stop[following].route_position == trips.row[vid].route_position:
        return
    vehicles.Y[k] = int32(vehicles.Y[k] & int32(~FLAG_STOP))
    work.count[Count.STOPPING] -= 1
