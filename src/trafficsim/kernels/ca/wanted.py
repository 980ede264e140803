"""Which lanes lead on: seen backwards from the end of every route, once before the run."""

from __future__ import annotations

from typing import NamedTuple

from numba import int64

from trafficsim.kernels.ca.words import EXIT
from trafficsim.kernels.jit import kernel, per_vehicle
from trafficsim.kernels.tables import Array

MOST_LANES = 8


class Routes(NamedTuple):
    """All routes, one after the other: a row for every link of each."""

    turn: Array
    """At the end of the link; EXIT at the last one of a route."""
    link: Array
    permission: Array
    """Bit of the vehicle's kind."""


class Foresight(NamedTuple):
    """How far drivers look for lanes that lead on, in cells."""

    beyond: int
    """Beyond the next junction."""
    kept: int
    """The same on links where drivers keep to the kerb."""
    per_change: int
    """Length that one lane change takes."""


class LeadingLanes(NamedTuple):
    """By row of the routes, one bit for every lane of the link, as in the table of ways."""

    wanted: Array
    """Lanes from which no lane change is needed soon."""
    feasible: Array
    """Lanes from which the route can be followed at all."""


class Reaches(NamedTuple):
    """Scratch by lane of a link, in cells."""

    onward: Array
    """How far its routes lead without a lane change, from its start."""
    here: Array
    """The same from its stop line; -1 if it does not serve the turn."""
    clear: Array
    """``onward`` less what lane changes on the link take of it."""


class Next(NamedTuple):
    """The next link of a route."""

    lanes: int
    feasible: int


@kernel
def lanes_wanted(net, routes, foresight, leading, reaches):
    """Write for every link of all routes which lanes lead on, and which lead on at all.

    A lane is wanted if no lane change is needed within the foresight beyond it, and feasible if it serves the turn and
    what is missing beyond can be changed on a link that is long enough.
    """
    hops, links = routes.turn, routes.link
    onward, here, clear = reaches.onward, reaches.here, reaches.clear
    lanes_after, mask_after = 0, 0
    for h in range(len(hops) - 1, -1, -1):
        first = int64(net.link[links[h]].lane)
        count = min(int64(net.link[links[h] + 1].lane) - first, MOST_LANES)
        best, feasible_mask, serving = -1, 0, 0
        far = foresight.kept if net.link[links[h]].keep != 0 else foresight.beyond
        for side in range(count):
            lane = first + side
            here[side] = score(net, lane, hops[h], clear, far, routes.permission[h])
            best = max(best, here[side])
            if here[side] >= 0:
                serving |= 1 << side
                if can_follow(net, lane, hops[h], onward, Next(lanes_after, mask_after), foresight.per_change):
                    feasible_mask |= 1 << side
        mask = 0
        for side in range(count):
            if here[side] >= 0 and here[side] >= min(best, far):
                mask |= 1 << side
            onward[side] = net.lane[first + side].length + max(here[side], 0)
            clear[side] = onward[side]
        if net.link[links[h]].keep != 0:
            for side in range(count):
                clear[side] = max(onward[side] - changes_to(serving, side, count) * foresight.per_change, 0)
        if feasible_mask == 0:
            feasible_mask = serving
        leading.feasible[h] = feasible_mask
        leading.wanted[h] = mask & feasible_mask if mask & feasible_mask else mask
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
def can_follow(net, lane, turn, onward, after, per_change):
    """Whether some connection of the lane leads to a feasible lane, or leaves way enough to change to one.

    ``after`` is the next link.
    """
    if turn == EXIT:
        return True
    slot = net.lane[lane].turns + turn
    for conn in range(int64(net.reach[slot]), int64(net.reach[slot + 1])):
        to = net.conn[conn].to
        side = int64(net.lane[to].side)
        for other in range(after.lanes):
            if (after.feasible >> other) & 1 and abs(other - side) * per_change <= onward[side]:
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
