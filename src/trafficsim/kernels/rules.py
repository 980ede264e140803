"""Car-following rules in integer cells: what speed a vehicle takes, given its leader.

The engineering default is a safe-distance rule with the leader's speed (Krauss 1998, doi:10.1103/PhysRevE.55.5597, in
the discrete form whose stopping distances are exact for whole ticks), with three additions: dithering, so that real
speeds and accelerations are kept on average in spite of integer cells; dawdling that is given back in the desired
speed; and slow-to-start (Barlovic et al. 1998, doi:10.1007/s100510050504). ``nasch`` is Nagel & Schreckenberg 1992,
doi:10.1051/jp1:1992277.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import float32, int32, njit, uint32, uint64

from trafficsim.kernels.jit import kernel
from trafficsim.kernels.rng import draw32
from trafficsim.kernels.words import cap, pack_x, pos, vel


class Rule(NamedTuple):
    """Parameters of a rule in cells and ticks; probabilities in 1/65536."""

    code: int
    """0 default, 1 nasch."""
    brake: np.float32
    """Braking that a follower counts on, for itself and its leader (cells/tick2)."""
    comfort: np.float32
    """Comfortable braking towards a lower desired speed (cells/tick2)."""
    dawdle_p: int
    dawdle_cells: int
    start_p: int
    """Probability that a standing vehicle stays for this tick (slow-to-start)."""
    give_back: np.float32
    """What dawdling takes off on average, given back in desired speed and acceleration (cells/tick)."""
    crawl_headway: np.float32
    """Headway at crawling speed (ticks); the vehicle's own headway is reached at ``1 / crawl_rate``."""
    crawl_rate: np.float32
    """One over the speed (cells/tick) from which on drivers keep their own headway."""
    hard_brake: int
    """The hardest braking (cells/tick2) that a follower expects of its leader at the worst."""


@njit(inline="always")
def safe_speed(gap, leader_speed, theta, brake):
    """Return the largest speed from which the vehicle can still stop behind its leader, both braking with ``brake``.

    Solves ``v^2 / 2b + v * theta <= gap + vl^2 / 2b - vl / 2`` for v; ``theta`` is the headway less half a tick.
    """
    fl = float32(leader_speed)
    reach = brake * theta
    inner = reach * reach + fl * fl + float32(2.0) * brake * (float32(gap) - float32(0.5) * fl)
    return np.sqrt(max(inner, float32(0.0))) - reach


@njit(inline="always")
def next_speed_default(x, word, y, z, key, draw, rule):
    """Speed of one vehicle in the next tick under the default rule."""
    v = vel(x)
    gap = max(pos(word) - pos(x), int32(0))
    bits = draw32(key, draw)
    u = float32(int32(bits >> uint32(16))) * float32(1.0 / 65536.0)
    luck = int32(bits & uint32(0xFFFF))
    fv = float32(v)
    fade = float32((int32(z) >> int32(8)) & int32(0xFF)) * float32(1.0 / 1024.0)
    acc = max(float32((int32(z) >> int32(24)) & int32(0xFF)) * float32(1.0 / 32.0) - fade * fv, float32(0.0))
    headway = float32((int32(z) >> int32(16)) & int32(0xFF)) * float32(1.0 / 64.0)
    calm = min(fv * rule.crawl_rate, float32(1.0))
    theta = rule.crawl_headway + (headway - rule.crawl_headway) * calm - float32(0.5)
    desired = float32(cap(y)) * float32(1.0 / 256.0) + rule.give_back
    free = min(fv + acc + rule.give_back, max(desired, fv - rule.comfort)) + u
    safe = max(safe_speed(gap, vel(word), theta, rule.brake), float32(0.0))
    # dither the safe speed too, else the integer part costs half a cell on average: but never into the leader
    bound = max(int32(safe), min(int32(safe + u), gap))
    bound = min(bound, gap + max(vel(word) - int32(rule.hard_brake), int32(0)))
    vn = min(int32(free), bound)
    lazy = rule.start_p if v == int32(0) else rule.dawdle_p
    loss = vn if v == int32(0) else min(int32(rule.dawdle_cells), vn)
    return vn - loss if luck < int32(lazy) else vn


@njit(inline="always")
def next_speed_nasch(x, word, y, key, draw, rule):
    """Speed of one vehicle in the next tick under the Nagel-Schreckenberg rule (acceleration one cell per tick)."""
    gap = max(pos(word) - pos(x), int32(0))
    vn = min(min(vel(x) + int32(1), cap(y) >> int32(8)), gap)
    luck = int32(draw32(key, draw) & uint32(0xFFFF))
    return vn - int32(1) if (luck < int32(rule.dawdle_p)) and (vn > int32(0)) else vn


@kernel
def follow_default(vehicles, leader, draw, rule, lo, hi, moved):
    """Write positions and speeds after the tick of slots ``lo:hi`` into ``moved`` (default rule)."""
    X, Y, Z, KEY = vehicles.X, vehicles.Y, vehicles.Z, vehicles.KEY
    for k in range(uint64(lo), uint64(hi)):
        x = X[k]
        v = next_speed_default(x, leader[k], Y[k], Z[k], KEY[k], draw, rule)
        moved[k] = pack_x(pos(x) + v, v)


@kernel
def follow_nasch(vehicles, leader, draw, rule, lo, hi, moved):
    """Write positions and speeds after the tick of slots ``lo:hi`` into ``moved`` (Nagel-Schreckenberg)."""
    X, Y, KEY = vehicles.X, vehicles.Y, vehicles.KEY
    for k in range(uint64(lo), uint64(hi)):
        x = X[k]
        v = next_speed_nasch(x, leader[k], Y[k], KEY[k], draw, rule)
        moved[k] = pack_x(pos(x) + v, v)
