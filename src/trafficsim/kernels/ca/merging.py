"""Alternate merging: how a vehicle that has to leave its lane comes between two of the next one."""

from __future__ import annotations

from numba import float32, int32, uint32

from trafficsim.kernels.ca.packed_state import pos, rear, vel, wish
from trafficsim.kernels.decisions.braking import JUDGED_HEADWAY, safe_speed
from trafficsim.kernels.jit import part, spliced
from trafficsim.kernels.rng import draw32, hash32

OPENS_WITHIN = 6
"""A gap is opened for one up to this many times ahead the room that a lane change must win (modelling assumption)."""
FALLS_IN_WITHIN = 2
"""As many times that room ahead may be whom a driver falls in behind (modelling assumption)."""
LETS_IN = 3
"""Bits of a random draw of which one must be set: three of four drivers let somebody in (modelling assumption)."""


@part
def merge_behind(net, vehicles, start, work, lane, k):
    """Prepare the lane change of a vehicle that has to leave its lane, as a zipper does.

    It falls in behind the vehicle beside it, and three of four drivers behind it in the other lane open a gap.
    """
    side = wish(vehicles.Y[k])
    target = lane + side
    link = net.lane[lane].link
    if side == 0 or target < net.link[link].lane or target >= net.link[link + 1].lane:
        return
    x = vehicles.X[k]
    back = rear(x, vehicles.Y[k])
    for j in range(start[target], start[target + 1]):
        gap = back - pos(vehicles.X[j])
        if gap < 0:
            continue
        if j > start[target]:
            fall_in(net, vehicles, work, k, j - 1, side)
        occasion = hash32(uint32(vehicles.KEY[k]))
        near = gap < max(OPENS_WITHIN * net.scale.gain, 2 * vel(vehicles.X[j]))
        if near and draw32(vehicles.KEY[j], occasion) & uint32(LETS_IN):
            speed = int32(max(safe_speed(gap, vel(x), JUDGED_HEADWAY, net.scale.safe), float32(0.0)))
            add_bound(work, j, max(speed, vel(vehicles.X[j]) - int32(net.scale.firm)))
        return
    if start[target + 1] > start[target]:
        fall_in(net, vehicles, work, k, start[target + 1] - 1, side)


@part
def fall_in(net, vehicles, work, k, beside, side):
    """Follow a moving vehicle of the other lane that is beside or just ahead, so that a change becomes possible.

    Where two want to change places the follower falls in, or they would stay side by side.
    """
    v, other = vel(vehicles.X[k]), vel(vehicles.X[beside])
    ahead = rear(vehicles.X[beside], vehicles.Y[beside]) - pos(vehicles.X[k])
    lead = pos(vehicles.X[k]) - pos(vehicles.X[beside])
    swap = wish(vehicles.Y[beside]) == -side
    if ahead > FALLS_IN_WITHIN * net.scale.gain or (swap and (lead > 0 or (lead == 0 and side > 0))):
        return
    if other == 0 and not swap:
        return
    least = int32(0) if swap else int32(1)
    speed = max(other - int32(net.scale.firm if swap else net.scale.soft), least)
    if ahead >= 0:
        speed = max(int32(safe_speed(ahead, other, JUDGED_HEADWAY, net.scale.safe)), least)
    add_bound(work, k, max(speed, v - int32(net.scale.firm)))


@spliced
def add_bound(work, slot, speed):
    """Remember that a vehicle may not be faster than this in the tick."""
    work.bound[slot] = min(int32(work.bound[slot]), int32(speed))
