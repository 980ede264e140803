"""Speed zones inside links: the extra pass that swaps desired speeds, on the links that have zones and nowhere else."""

from __future__ import annotations

from typing import NamedTuple

from numba import float64, int32, int64

from trafficsim.kernels.ca.packed_state import CAP_UNIT, FLAG_CONNECTOR, pos, with_cap
from trafficsim.kernels.ca.speeds import desired_speed, driven_speed
from trafficsim.kernels.jit import part, spliced
from trafficsim.kernels.tables import Array

ZONED_FIELDS = {"link": "i4", "segment": "i4"}  # links with speed zones; where their segments begin
SEGMENT_FIELDS = {"begin": "i4", "effect": "i4"}  # first cell (stop line: 0); where its effects begin
EFFECT_FIELDS = {"rule": "i4", "limit": "f8", "strength": "f8"}  # limit in 1/256 cell per tick


class Zones(NamedTuple):
    """Speed zones inside links: which part of the road lowers whose desired speed."""

    links: int
    zoned: Array
    segment: Array
    effect: Array
    factor: Array
    """float32 (rules, trips): accepted speed over the limit."""


@spliced
def zone_speed(zones, own, segment, vid):
    """Return the desired speed (1/256 cell per tick) in a segment: the lowest that any rule there leaves of ``own``.

    A rule of strength K leaves ``v0 - K max(0, v0 - L f)`` with the limit L and the driver's factor f.
    """
    speed = own
    for i in range(zones.segment[segment].effect, zones.segment[segment + 1].effect):
        effect = zones.effect[i]
        excess = float64(own) - effect.limit * zones.factor[effect.rule, vid]
        if excess > 0.0:
            speed = min(speed, max(int32(float64(own) - effect.strength * excess + 0.5), int32(CAP_UNIT)))
    return speed


@part
def apply_zones(zones, net, vehicles, start, trips):
    """Give every vehicle on a link with zones the desired speed of the segment where its front is."""
    for at in range(zones.links):
        link = zones.zoned[at].link
        first = zones.zoned[at].segment
        for lane in range(int64(net.link[link].lane), int64(net.link[link + 1].lane)):
            segment = zones.zoned[at + 1].segment - 1
            for k in range(start[lane], start[lane + 1]):
                here = pos(vehicles.X[k])
                while segment > first and here < zones.segment[segment].begin:
                    segment -= 1
                y = vehicles.Y[k]
                if (y & FLAG_CONNECTOR) == 0:
                    vid = vehicles.ID[k]
                    own = zone_speed(zones, desired_speed(net, trips, vid, link), segment, vid)
                    vehicles.Y[k] = with_cap(y, driven_speed(trips, vid, own))
