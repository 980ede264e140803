"""Car-following rules for one vehicle at a time, in plain floating point."""

from __future__ import annotations

import math
from dataclasses import dataclass

from trafficsim.kernels.ca.rules import CarFollowingRule


@dataclass(frozen=True)
class Vehicle:
    """One vehicle and what it sees; cells and ticks."""

    speed: int
    desired: float
    acceleration: float
    headway: float
    fade: float
    braking: float
    gap: int
    leader_speed: int
    bits: int
    """32 random bits of this tick: the upper half dithers, the lower half decides on dawdling."""
    light: bool = False
    leader_light: bool = False
    leader_gap: int | None = None
    """Gap of the leader to its own leader; ``None`` if it is not known."""

    def dawdles(self, p: float) -> bool:
        """Whether the vehicle dawdles in this tick, which it does with probability ``p``."""
        return (self.bits & 0xFFFF) < p * 65536


def nasch(vehicle: Vehicle, p: float) -> int:
    """Nagel & Schreckenberg (1992): accelerate, brake, dawdle."""
    speed = min(vehicle.speed + 1, math.floor(vehicle.desired), vehicle.gap)
    return max(speed - 1, 0) if vehicle.dawdles(p) else speed


def vdr(vehicle: Vehicle, p: float, p0: float) -> int:
    """Barlovic et al. (1998): NaSch whose vehicles dawdle with ``p0`` when they stood before the tick."""
    return nasch(vehicle, p0 if vehicle.speed == 0 else p)


@dataclass(frozen=True)
class Comfort:
    """Parameters of the comfortable driving model in the notation of Knospe et al. (2000)."""

    p_d: float = 0.1
    p_0: float = 0.5
    p_b: float = 0.94
    h: int = 6
    gap_security: int = 7


def brake_light(vehicle: Vehicle, rule: Comfort) -> tuple[int, bool]:
    """Knospe et al. (2000): speed and brake light after steps 0 to 3 of their update."""
    headway = vehicle.gap / vehicle.speed if vehicle.speed > 0 else math.inf
    horizon = min(vehicle.speed, rule.h)
    # step 0: the probability of dawdling
    p = rule.p_d
    if vehicle.leader_light and headway < horizon:
        p = rule.p_b
    elif vehicle.speed == 0:
        p = rule.p_0
    # step 1: acceleration
    speed = vehicle.speed
    if (not vehicle.leader_light and not vehicle.light) or headway >= horizon:
        speed += 1
    speed = min(speed, math.floor(vehicle.desired))
    # step 2: braking, with the way that the leader will cover at least
    expected = vehicle.leader_speed if vehicle.leader_gap is None else min(vehicle.leader_gap, vehicle.leader_speed)
    speed = min(speed, vehicle.gap + max(expected - rule.gap_security, 0))
    light = speed < vehicle.speed
    # step 3: dawdling
    if vehicle.dawdles(p):
        light = light or p == rule.p_b
        speed = max(speed - 1, 0)
    return speed, light


def safe_speed(gap: float, leader_speed: float, theta: float, brake: float) -> float:
    """The v for which ``v^2 / 2b + v * theta = gap + vl^2 / 2b - vl / 2``, found by halving an interval."""
    room = gap + leader_speed**2 / (2 * brake) - leader_speed / 2
    low, high = 0.0, 1000.0
    for _ in range(60):
        middle = (low + high) / 2
        if middle**2 / (2 * brake) + middle * theta <= room:
            low = middle
        else:
            high = middle
    return low


def default(vehicle: Vehicle, rule: CarFollowingRule, nudge: float = 0.0) -> int:
    """Speed of the engineering default; ``nudge`` shifts real-valued speeds, to see how near a step they are."""
    dither = (vehicle.bits >> 16) / 65536
    acceleration = max(vehicle.acceleration - vehicle.fade * vehicle.speed, 0.0)
    share = min(vehicle.speed * float(rule.low_speed_rate), 1.0)
    headway = float(rule.low_speed_headway) * (1 - share) + vehicle.headway * share
    give_back = float(rule.give_back)
    wanted = max(vehicle.desired + give_back, vehicle.speed - float(rule.comfort))
    free = min(vehicle.speed + acceleration + give_back, wanted) + dither + nudge
    safe = safe_speed(vehicle.gap, vehicle.leader_speed, headway - 0.5, vehicle.braking) + nudge
    bound = max(int(max(safe, 0.0)), min(int(max(safe, 0.0) + dither), vehicle.gap))
    bound = min(bound, vehicle.gap + max(vehicle.leader_speed - rule.hard_brake, 0))
    speed = min(int(free), bound)
    random_draw = vehicle.bits & 0xFFFF
    if vehicle.speed == 0:
        return 0 if random_draw < rule.start_p else speed
    return max(speed - rule.dawdle_cells, 0) if random_draw < rule.dawdle_p else speed
