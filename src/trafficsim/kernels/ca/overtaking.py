"""No overtaking on the kerb side where drivers keep to the kerb, as long as traffic flows.

Vienna Convention on Road Traffic 1968, article 11; in Germany StVO section 5 (1). A slow queue may be passed on the
kerb side (section 7 (2a); slow is up to 60 km/h: BGHSt 22, 137). That this should be done at no more than 20 km/h above
the speed of the queue is not modelled. Who must not overtake keeps a headway to the one in the next lane, so that this
one finds room to go back to the kerb.
"""

from __future__ import annotations

from numba import int32

from trafficsim.kernels.ca.words import pos, rear, vel
from trafficsim.kernels.ca.zipper import add_bound
from trafficsim.kernels.jit import part, spliced


@part
def stay_behind(road):
    """Bound the speed of those who would overtake somebody in the lane beside, on its kerb side."""
    for i in range(len(road.net.kerb_side)):
        lane = road.net.kerb_side[i]
        if road.start[lane] < road.start[lane + 1] and road.start[lane + 1] < road.start[lane + 2]:
            stay_behind_lane(road, lane)


@spliced
def stay_behind_lane(road, lane):
    """Walk along a lane and the next one away from the kerb, leader first."""
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
        spare = max(gap - int32(net.scale.stagger * beside), -net.scale.closing * net.scale.crawl)
        bound = beside + spare // net.scale.closing
        if bound < v + net.scale.crawl:
            add_bound(road.work, x, max(bound, v - int32(net.scale.soft)))
