"""The greatest speed from which a unit gets down to another one within a distance: found by trying."""

from __future__ import annotations


def slowest_within(distance_m: float, then_ms: float, brake_ms2: float, tick_s: float, step_ms: float = 0.01) -> float:
    """Try speeds upwards; each is driven for a tick, and then braked from, evenly."""
    best = then_ms
    number = 0
    while True:
        number += 1
        speed = number * step_ms
        braked_m = max(speed * speed - then_ms * then_ms, 0.0) / (2.0 * brake_ms2)
        if speed > then_ms and speed * tick_s + braked_m > distance_m:
            return best
        best = max(best, speed)
