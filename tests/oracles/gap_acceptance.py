"""Gap acceptance told event by event: who waits enters at once if the next gap is long enough, else after it."""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence


def entries(conflicts: Sequence[float], gap: float, follow_up: float, begin: float, end: float) -> list[float]:
    """Return the instants at which vehicles of a queue that never ends enter between the times of a major stream."""
    found, ready = [], begin
    while ready < end:
        following = bisect.bisect_right(conflicts, ready)
        arrival = conflicts[following] if following < len(conflicts) else math.inf
        if arrival - ready >= gap:
            found.append(ready)
            ready += follow_up
        else:
            ready = arrival
    return found


def capacity_veh_h(conflicting_veh_h: float, gap_s: float, follow_up_s: float) -> float:
    """Potential capacity in a Poisson stream: ``v exp(-v tc / 3600) / (1 - exp(-v tf / 3600))`` (HCM 2016, ch. 20)."""
    if conflicting_veh_h == 0:
        return 3600.0 / follow_up_s
    rate = conflicting_veh_h / 3600.0
    return conflicting_veh_h * math.exp(-rate * gap_s) / (1.0 - math.exp(-rate * follow_up_s))
