"""Speed zones and sections said plainly, in m and s: what a driver wants in a zone, and traversals read off a trace."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise


def desired_ms(own_ms: float, effects: Iterable[tuple[float, float, float]]) -> float:
    """The lowest of ``v0 - K max(0, v0 - L f)`` over the effects (K, L, f) that hold; ``v0`` where none does."""
    return min([own_ms, *(own_ms - k * max(0.0, own_ms - limit * factor) for k, limit, factor in effects)])


def crossing_s(trace: list[tuple[float, float]], point_m: float) -> float | None:
    """When a trace of (time, position) first passes a point, on a straight line between two ticks; none if never."""
    for (before_s, before_m), (after_s, after_m) in pairwise(trace):
        if before_m < point_m <= after_m:
            return before_s + (after_s - before_s) * (point_m - before_m) / (after_m - before_m)
    return None
