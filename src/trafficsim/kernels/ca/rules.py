"""Car-following rules in integer cells: what speed a vehicle takes, given its leader.

The engineering default is a safe-distance rule with the leader's speed (Krauss 1998, doi:10.1103/PhysRevE.55.5597, in
the discrete form whose stopping distances are exact for whole ticks), with three additions: dithering, so that real
speeds and accelerations are kept on average in spite of integer cells; dawdling that is given back in the desired
speed; and slow-to-start. Beside it stand three rules of the literature: Nagel & Schreckenberg 1992
(doi:10.1051/jp1:1992277), the same with slow-to-start (VDR, Barlovic et al. 1998, doi:10.1007/s100510050504), and the
comfortable driving model with brake lights (Knospe et al. 2000, doi:10.1088/0305-4470/33/48/103).

The flat passes are written in 32-bit numbers throughout (sums and differences cast back), and with truth values as
numbers instead of "and" and "or": else they do not fill vector registers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import float32, int32, njit, uint32, uint64

from trafficsim.kernels.ca.packed_state import (
    CAP_UNIT,
    LIGHT_BIT,
    acc_code,
    brake_code,
    cap,
    fade_code,
    headway_code,
    length,
    light,
    pack_x,
    pos,
    vel,
)
from trafficsim.kernels.decisions.braking import safe_speed
from trafficsim.kernels.jit import kernel
from trafficsim.kernels.rng import PROBABILITY_UNIT, draw32

DEFAULT, CLASSIC, BRAKE_LIGHT = 0, 1, 2
"""Codes of the flat passes. NaSch is VDR whose standing vehicles dawdle like all others: one pass serves both."""


class CarFollowingRule(NamedTuple):
    """Parameters of a rule in cells and ticks; probabilities in 1/65536 (``PROBABILITY_UNIT``)."""

    code: int
    comfort: np.float32
    """Comfortable braking towards a lower desired speed (cells/tick2)."""
    dawdle_p: int
    dawdle_cells: int
    start_p: int
    """Probability that a standing vehicle stays for this tick (slow-to-start)."""
    give_back: np.float32
    """What dawdling takes off on average, given back in desired speed and acceleration (cells/tick)."""
    low_speed_headway: np.float32
    """Headway at low speed (ticks); the vehicle's own headway is reached at ``1 / low_speed_rate``."""
    low_speed_rate: np.float32
    """One over the speed (cells/tick) from which on drivers keep their own headway."""
    hard_brake: int
    """The hardest braking (cells/tick2) that a follower expects of its leader at the worst."""
    acceleration_unit: np.float32
    headway_unit: np.float32
    fade_unit: np.float32
    braking_unit: np.float32
    """What one step of each code in packed state Z stands for (cells/tick2, ticks, 1/tick, cells/tick2)."""
    light_p: int
    """Brake-light rule: probability of dawdling behind a leader that brakes."""
    horizon: int
    """Brake-light rule: drivers react to lights at most this headway (ticks) ahead."""
    security: int
    """Brake-light rule: part of the leader's expected way (cells) on which a follower does not count."""
    light: int
    """What a vehicle that brakes before a line sets in packed state X: ``LIGHT``, or 0 where the rule has no lights."""


@njit(inline="always")
def next_speed_default(x, packed, y, z, bits, rule):
    """Speed of one vehicle in the next tick under the default rule; ``bits`` are 32 random ones."""
    v = vel(x)
    gap = max(int32(pos(packed) - pos(x)), int32(0))
    u = float32(int32(bits >> uint32(16))) * float32(1.0 / PROBABILITY_UNIT)
    random_draw = int32(bits & uint32(0xFFFF))
    fv = float32(v)
    fade = float32(fade_code(z)) * rule.fade_unit
    acc = max(float32(acc_code(z)) * rule.acceleration_unit - fade * fv, float32(0.0))
    headway = float32(headway_code(z)) * rule.headway_unit
    brake = float32(brake_code(z)) * rule.braking_unit
    calm = min(fv * rule.low_speed_rate, float32(1.0))
    theta = rule.low_speed_headway + (headway - rule.low_speed_headway) * calm - float32(0.5)
    desired = float32(cap(y)) * float32(1.0 / CAP_UNIT) + rule.give_back
    free = min(fv + acc + rule.give_back, max(desired, fv - rule.comfort)) + u
    safe = max(safe_speed(gap, vel(packed), theta, brake), float32(0.0))
    # dither the safe speed too, else the integer part costs half a cell on average: but never into the leader
    bound = max(int32(safe), min(int32(safe + u), gap))
    bound = min(bound, int32(gap + max(int32(vel(packed) - int32(rule.hard_brake)), int32(0))))
    vn = min(int32(free), bound)
    lazy = int32(rule.start_p) if v == int32(0) else int32(rule.dawdle_p)
    loss = vn if v == int32(0) else min(int32(rule.dawdle_cells), vn)
    return int32(vn - loss) if random_draw < lazy else vn


@njit(inline="always")
def next_speed_classic(x, packed, y, random_draw, rule):
    """Speed of one vehicle in the next tick under NaSch or VDR (acceleration one cell per tick)."""
    v = vel(x)
    gap = max(int32(pos(packed) - pos(x)), int32(0))
    vn = min(min(int32(v + int32(1)), int32(cap(y) >> int32(8))), gap)
    lazy = int32(rule.start_p) if v == int32(0) else int32(rule.dawdle_p)
    return int32(vn - int32(int32(random_draw < lazy) & int32(vn > int32(0))))


@njit(inline="always")
def next_speed_brake_light(x, packed, y, random_draw, expected, rule):
    """Return speed and brake light of one vehicle in the next tick under the brake-light rule.

    ``expected`` is the least speed that the leader will have if it does not dawdle: its own speed or gap.
    """
    v = vel(x)
    gap = max(int32(pos(packed) - pos(x)), int32(0))
    near = int32(gap < int32(v * min(v, int32(rule.horizon))))
    warned = int32(near & int32(light(packed) != int32(0)))
    dark = int32(int32(light(packed) | light(x)) == int32(0))
    faster = int32(v + int32(dark | int32(int32(1) - near)))
    effective = int32(gap + max(int32(expected - int32(rule.security)), int32(0)))
    vn = min(min(faster, int32(cap(y) >> int32(8))), effective)
    lazy = int32(rule.start_p) if v == int32(0) else int32(rule.dawdle_p)
    lazy = int32(rule.light_p) if warned != int32(0) else lazy
    dawdles = int32(random_draw < lazy)
    lit = int32(int32(vn < v) | int32(dawdles & warned))
    vn = max(int32(vn - dawdles), int32(0))
    return int32(vn | int32(lit << int32(LIGHT_BIT)))


@kernel
def follow_default(vehicles, leader, draw, rule, n, moved):
    """Write positions and speeds after the tick of the first ``n`` slots into ``moved`` (default rule)."""
    X, Y, Z, KEY = vehicles.X, vehicles.Y, vehicles.Z, vehicles.KEY
    for k in range(uint64(0), uint64(n)):
        x = X[k]
        v = next_speed_default(x, leader[k], Y[k], Z[k], draw32(KEY[k], draw), rule)
        moved[k] = pack_x(int32(pos(x) + v), v)


@kernel
def follow_classic(vehicles, leader, draw, rule, n, moved):
    """Write positions and speeds after the tick of the first ``n`` slots into ``moved`` (NaSch and VDR)."""
    X, Y, KEY = vehicles.X, vehicles.Y, vehicles.KEY
    for k in range(uint64(0), uint64(n)):
        x = X[k]
        random_draw = int32(draw32(KEY[k], draw) & uint32(0xFFFF))
        v = next_speed_classic(x, leader[k], Y[k], random_draw, rule)
        moved[k] = pack_x(int32(pos(x) + v), v)


@kernel
def follow_brake_light(vehicles, leader, draw, rule, n, moved):
    """Write positions, speeds and brake lights after the tick of the first ``n`` slots into ``moved``.

    What a leader in the same lane can do at most follows from its own leader's word; of a leader beyond the stop line
    the word already says it.
    """
    X, Y, KEY = vehicles.X, vehicles.Y, vehicles.KEY
    if n > 0:  # the first vehicle of the first lane has nobody before it in the arrays
        random_draw = int32(draw32(KEY[0], draw) & uint32(0xFFFF))
        state = next_speed_brake_light(X[0], leader[0], Y[0], random_draw, vel(leader[0]), rule)
        moved[0] = pack_x(pos(X[0]) + vel(state), state)
    for k in range(uint64(1), uint64(n)):
        j = k - uint64(1)
        x, packed = X[k], leader[k]
        random_draw = int32(draw32(KEY[k], draw) & uint32(0xFFFF))
        room = max(int32(pos(leader[j]) - pos(X[j])), int32(0))
        same_lane = packed == int32(X[j] - int32(length(Y[j]) << int32(16)))
        expected = min(vel(packed), room) if same_lane else vel(packed)
        state = next_speed_brake_light(x, packed, Y[k], random_draw, expected, rule)
        moved[k] = pack_x(int32(pos(x) + vel(state)), state)
