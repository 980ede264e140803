"""Car-following rules for one vehicle at a time, in plain floating point."""

from __future__ import annotations

import math
from dataclasses import dataclass

from trafficsim.kernels.rules import Rule


@dataclass(frozen=True)
class Vehicle:
    """One vehicle and what it sees; cells and ticks."""

    speed: int
    desired: float
    acceleration: float
    headway: float
    fade: float
    gap: int
    leader_speed: int
    bits: int
    """32 random bits of this tick: the upper half dithers, the lower half decides on dawdling."""


def nasch(vehicle: Vehicle, p: float) -> int:
    """Nagel & Schreckenberg (1992): accelerate, brake, dawdle."""
    speed = min(vehicle.speed + 1, math.floor(vehicle.desired), vehicle.gap)
    dawdles = (vehicle.bits & 0xFFFF) < p * 65536
    return max(speed - 1, 0) if dawdles else speed


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


def default(vehicle: Vehicle, rule: Rule, nudge: float = 0.0) -> int:
    """Speed of the engineering default; ``nudge`` shifts real-valued speeds, to see how near a step they are."""
    dither = (vehicle.bits >> 16) / 65536
    acceleration = max(vehicle.acceleration - vehicle.fade * vehicle.speed, 0.0)
    share = min(vehicle.speed * float(rule.crawl_rate), 1.0)
    headway = float(rule.crawl_headway) * (1 - share) + vehicle.headway * share
    give_back = float(rule.give_back)
    wanted = max(vehicle.desired + give_back, vehicle.speed - float(rule.comfort))
    free = min(vehicle.speed + acceleration + give_back, wanted) + dither + nudge
    safe = safe_speed(vehicle.gap, vehicle.leader_speed, headway - 0.5, float(rule.brake)) + nudge
    bound = max(int(max(safe, 0.0)), min(int(max(safe, 0.0) + dither), vehicle.gap))
    bound = min(bound, vehicle.gap + max(vehicle.leader_speed - rule.hard_brake, 0))
    speed = min(int(free), bound)
    luck = vehicle.bits & 0xFFFF
    if vehicle.speed == 0:
        return 0 if luck < rule.start_p else speed
    return max(speed - rule.dawdle_cells, 0) if luck < rule.dawdle_p else speed
