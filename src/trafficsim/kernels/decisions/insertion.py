"""Entering the network: the speed at which a vehicle fits between the leader and the follower, or that it waits.

Who enters has driven on a road before and kept its distance there: it waits until it need not drive slower than the one
ahead. Else a full entry would let vehicles in at low speed, as out of a queue at a signal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import float32, int32

from trafficsim.kernels.decisions.braking import JUDGED_HEADWAY, safe_speed
from trafficsim.kernels.jit import scalar

WAITS = -1
"""Instead of a speed: there is no room yet."""
NOBODY_BEHIND = -1_000_000
"""Position that stands for "nobody behind": further than any vehicle could be."""
SPEED_WEIGHT = 64
"""Vehicles on a lane that weigh as much as one cell per tick of entry speed (modelling assumption)."""
LEADS_ON = 100_000
"""Weight of a lane that leads on without a lane change: more than any speed and number of vehicles."""


class Entrant(NamedTuple):
    """Who wants to enter."""

    length: int
    """Standing gap included."""
    wanted: int
    """Desired speed, whole."""
    theta: np.float32
    """Own headway less half a tick."""
    brake: np.float32
    """Braking that the driver counts on."""
    stop_speed: int
    """Speed from which it can stop at the first closed line."""


class Opening(NamedTuple):
    """The room between two vehicles of a lane, or where nobody is."""

    rear_ahead: int
    speed_ahead: int
    front_behind: int
    speed_behind: int
    brake: np.float32
    """Braking that drivers count on of each other."""
    firm: int
    """Braking that an entry may impose on the follower."""


@scalar
def entry_speed(entrant, opening, place):
    """Return the speed at which a vehicle can enter with its front at ``place``; :data:`WAITS` if it cannot."""
    ahead = int32(opening.rear_ahead - place)
    if ahead < 0:
        return int32(WAITS)
    speed = min(opening.speed_ahead, entrant.wanted)  # nobody has driven close behind one who was faster all the way
    safe = int32(max(safe_speed(ahead, speed, entrant.theta, entrant.brake), float32(0.0)))
    v = min(min(entrant.wanted, entrant.stop_speed), safe)
    if v < min(entrant.stop_speed, speed):
        return int32(WAITS)
    behind = int32(place - entrant.length - opening.front_behind)
    if behind < 0:
        return int32(WAITS)
    brakes = safe_speed(behind, v, JUDGED_HEADWAY, opening.brake) < float32(opening.speed_behind - opening.firm)
    return int32(WAITS) if brakes else v


@scalar
def furthest_entry(entrant, opening, begin, since):
    """Return (speed, place) of a vehicle that enters as far on as it can have come; speed :data:`WAITS` if it cannot.

    It begins its way at ``begin`` and has been due for the part ``since`` of a tick: at its speed it has covered the
    way to its place in that time.
    """
    place, furthest = int32(begin), int32(min(begin + int32(entrant.wanted * since), -1))
    v = entry_speed(entrant, opening, place)
    while v >= 0 and place < furthest:
        middle = int32((place + furthest + 1) >> 1)
        there = entry_speed(entrant, opening, middle)
        if there >= 0 and middle - begin <= there * since:
            place, v = middle, there
        else:
            furthest = int32(middle - 1)
    return v, place


@scalar
def lane_score(v, leads_on, vehicles):
    """Return how good a lane is to enter: first one that leads on, then the faster, then the emptier."""
    return v * SPEED_WEIGHT + (LEADS_ON if leads_on else 0) - vehicles
