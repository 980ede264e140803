"""Trips through a grid for the queue engine: they enter at the edge or inside, and leave at the edge or inside."""

from __future__ import annotations

import numpy as np
from numba import njit, uint32

from trafficsim.engines.bench.networks import grid_plan
from trafficsim.engines.bench.traffic import Wish, choices, draw, with_trips
from trafficsim.kernels.rng import Stream, draw32, tick_key
from trafficsim.plan.arrays import I4, Plan

SHARES = {0: 0.9, 1: 0.05, 2: 0.05, 3: 0.0}
"""Share of drivers who go through, left, right and back (modelling assumption)."""
END_CHANCE = 1.0 / 180.0
"""Chance that a trip ends with a link inside the grid: on 50 x 50 junctions trips then have 40 links on average."""
MOST_LINKS = 150
CLEAR_S = 5400.0
"""Given to the last trips after the last departure."""
DEPART, FIRST, INSIDE, WALK = 11, 12, 13, 14
"""Occasions of draws."""


def walks_plan(size: int, trips: int, hours: float) -> Plan:
    """Return a grid of ``size`` x ``size`` signalised junctions with trips that load all its links alike.

    As many begin inside as end there, evenly over its links, so that every link carries the same flow as an entry.
    """
    plan = grid_plan(size, hours * 3600.0 + CLEAR_S)
    fed = np.setdiff1d(np.arange(len(plan.link_id)), plan.turns.to_link)
    left = np.setdiff1d(np.arange(len(plan.link_id)), plan.turns.from_link)
    inner = np.setdiff1d(np.arange(len(plan.link_id)), np.concatenate([fed, left]))
    share = len(inner) * END_CHANCE / (len(fed) + len(inner) * END_CHANCE)
    place = draw(trips, FIRST)
    inside = draw(trips, INSIDE) < share
    first = np.where(inside, inner[(place * len(inner)).astype(np.int64)], fed[(place * len(fed)).astype(np.int64)])
    depart = np.sort(draw(trips, DEPART)) * hours * 3600.0
    wish = Wish(first, np.full(trips, -1.0), depart)
    return with_trips(plan, wish, *walks(plan, first.astype(np.int32)))


def walks(plan: Plan, first: I4) -> tuple[I4, I4]:
    """Draw routes turn by turn, to an exit or to where the trip ends inside."""
    onward, chance = choices(plan, SHARES)
    limits = (chance * 65536.0).astype(np.uint32)
    start = np.zeros(len(first) + 1, np.int32)
    with np.errstate(over="ignore"):
        _walk(first, onward, limits, start, np.zeros(0, np.int32))
        links = np.zeros(int(start[-1]), np.int32)
        _walk(first, onward, limits, start, links)
    return start, links


@njit(cache=True, nogil=True)
def _walk(first, onward, limits, start, links):  # type: ignore[no-untyped-def]
    """Write the links of all routes; with no room for them, only where they start."""
    end_below = uint32(int(65536.0 * END_CHANCE))
    for trip in range(len(first)):
        here, row = first[trip], start[trip]
        for position in range(MOST_LINKS):
            if len(links):
                links[row] = here
            row += 1
            bits = draw32(uint32(trip), tick_key(WALK, Stream.TRAIT, position))
            if onward[here, 0] < 0 or uint32(bits >> 16) < end_below:
                break
            side, turn = 0, bits & uint32(65535)
            while side + 1 < limits.shape[1] and turn >= limits[here, side]:
                side += 1
            here = onward[here, side]
        start[trip + 1] = row
