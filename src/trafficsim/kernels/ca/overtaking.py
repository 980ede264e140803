"""No overtaking on the nearside where drivers keep to the nearside, as long as traffic flows.

Vienna Convention on Road Traffic 1968, article 11; in Germany StVO section 5 (1). A slow queue may be passed on the
nearside (section 7 (2a); slow is up to 60 km/h: BGHSt 22, 137). That this should be done at no more than 20 km/h above
the speed of the queue is not modelled. Who must not overtake keeps a headway to the one in the next lane, so that this
one finds room to go back to the nearside.
"""

from __future__ import annotations

from numba import int32

from trafficsim.kernels.ca.merging import add_bound
from trafficsim.kernels.ca.packed_state import pos, rear, vel
from trafficsim.kernels.jit import part, spliced


@part
def stay_behind(road):
    """Bound the speed of those who would overtake somebody in the lane beside, on its nearside."""
    for i in range(len(road.net.nearside)):
        lane = road.net.nearside[i]
        if road.start[lane] < road.start[lane + 1] and road.start[lane + 1] < road.start[lane + 2]:
            stay_behind_lane(road, lane)


@spliced
def stay_behind_lane(road, lane):
    """Walk along a lane and the next one towards the offside, leader first."""
    net, vehicles, start = road.net, road.vehicles, road.start
    j = start[lane + 1]
    for x in range(start[lane], start[lane + 1]):
        p, v = pos(vehicles.X[x]), vel(vehicles.X[x])
        while j < start[lane + 2] and pos(vehicles.X[j]) >= p:
            j += 1
        if j == start[lane + 1]:
            continue
        beside = vel(vehicles.X[j - 1])
        if beside <= net.scale.queueing:
            continue
        gap = rear(vehicles.X[j - 1], vehicles.Y[j - 1]) - p
        spare = max(gap - int32(net.scale.stagger * beside), -net.scale.closing * net.scale.queue_speed)
        bound = beside + spare // net.scale.closing
        if bound < v + net.scale.queue_speed:
            add_bound(road.work, x, max(bound, v - int32(net.scale.soft)))
