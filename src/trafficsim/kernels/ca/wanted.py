"""Which lanes lead on: seen backwards from the end of every route, once before the run."""

from __future__ import annotations

from typing import NamedTuple

from numba import int64

from trafficsim.kernels.ca.packed_state import EXIT
from trafficsim.kernels.jit import kernel, per_vehicle
from trafficsim.kernels.tables import Array

MOST_LANES = 8


class Reach(NamedTuple):
    """How far routes look ahead, in cells."""

    ahead: int
    """Way beyond a link on which no lane change should be needed."""
    per_change: int
    """Way that a lane change takes."""
    kept: int
    """As ``ahead``, where drivers keep to the nearside."""


class Masks(NamedTuple):
    """Bits of the lanes of every link of all routes."""

    wanted: Array
    feasible: Array


class After(NamedTuple):
    """The next link of a route."""

    lanes: int
    feasible: int
    """Bits of the lanes from which the route can be followed."""
    per_change: int


@kernel
def lanes_wanted(net, turns, links, kind_bits, reach, masks, scratch):
    """Write for every route position which lanes lead on, and which lead on at all.

    ``wanted``: no lane change is needed within ``reach.ahead`` cells beyond the route position (``reach.kept`` on links
    with ``keep``). ``feasible``: the lane serves the turn, and what is missing beyond it can be changed on a link that
    gives ``reach.per_change`` cells per lane. ``turns`` and ``links`` are those of all routes, each ended by EXIT;
    ``kind_bits`` the vehicle's permission bit. ``scratch`` is three rows of ``MOST_LANES`` zeros.
    """
    wanted, feasible = masks.wanted, masks.feasible
    onward, here, clear = scratch[0], scratch[1], scratch[2]  # way beyond a lane's start; less what changes take of it
    lanes_after, mask_after = 0, 0
    for h in range(len(turns) - 1, -1, -1):
        first = int64(net.link[links[h]].lane)
        count = min(int64(net.link[links[h] + 1].lane) - first, MOST_LANES)
        best, feasible_mask, serving = -1, 0, 0
        far = reach.kept if net.link[links[h]].keep != 0 else reach.ahead
        for side in range(count):
            lane = first + side
            here[side] = score(net, lane, turns[h], clear, far, kind_bits[h])
            best = max(best, here[side])
            if here[side] >= 0:
                serving |= 1 << side
                if can_follow(net, lane, turns[h], onward, After(lanes_after, mask_after, reach.per_change)):
                    feasible_mask |= 1 << side
        mask = 0
        for side in range(count):
            if here[side] >= 0 and here[side] >= min(best, far):
                mask |= 1 << side
            onward[side] = net.lane[first + side].length + max(here[side], 0)
            clear[side] = onward[side]
        if net.link[links[h]].keep != 0:
            for side in range(count):
                clear[side] = max(onward[side] - changes_to(serving, side, count) * reach.per_change, 0)
        if feasible_mask == 0:
            feasible_mask = serving
        feasible[h] = feasible_mask
        wanted[h] = mask & feasible_mask if mask & feasible_mask else mask
        lanes_after, mask_after = count, feasible_mask


@per_vehicle
def changes_to(mask, side, count):
    """How many lane changes lead from a lane to the nearest of a mask; 0 if the mask is empty."""
    for distance in range(count):
        for other in (side - distance, side + distance):
            if 0 <= other < count and (mask >> other) & 1:
                return distance
    return 0


@per_vehicle
def can_follow(net, lane, turn, onward, after):
    """Whether some connection of the lane leads to a feasible lane, or leaves way enough to change to one.

    ``after`` says so of the next link.
    """
    if turn == EXIT:
        return True
    slot = net.lane[lane].turns + turn
    for conn in range(int64(net.reach[slot]), int64(net.reach[slot + 1])):
        to = net.conn[conn].to
        side = int64(net.lane[to].side)
        for other in range(after.lanes):
            if (after.feasible >> other) & 1 and abs(other - side) * after.per_change <= onward[side]:
                return True
    return False


@per_vehicle
def score(net, lane, turn, onward, horizon, kind_bit):
    """How far beyond this lane's stop line its connections lead without a lane change; -1 if it does not serve."""
    if (net.lane[lane].allowed & kind_bit) == 0:
        return -1
    if turn == EXIT:
        return horizon
    if net.lane[lane].ends > 0 and net.reach[net.lane[lane].turns + turn + 1] > net.reach[net.lane[lane].turns + turn]:
        return 0
    slot = net.lane[lane].turns + turn
    best = -1
    for conn in range(int64(net.reach[slot]), int64(net.reach[slot + 1])):
        to = net.conn[conn].to
        best = max(best, onward[net.lane[to].side])
    return best
