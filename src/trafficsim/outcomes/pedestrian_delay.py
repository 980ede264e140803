"""How long pedestrians wait at a signal, worked out from what it shows: nobody walks in a simulation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
STILL_CROSS_S = 4.0
"""Pedestrians begin to cross for this long after the end of walk: effective green is walk + 4 s (Highway Capacity
Manual 2000, chapter 18; HCM 6th edition, chapter 19)."""
LEVELS = ((20.0, "B"), (30.0, "C"), (40.0, "D"), (60.0, "E"))
"""Most delay (s) of levels of service of pedestrians at signals; A is below 10 s, F above the last (HCM 2000, exhibit
18-9; Milazzo et al. 1998, FHWA-RD-98-106, table 14). At level E they are likely, at F very likely, to walk at red."""
LEAST_OF_B_S = 10.0


class Waiting(NamedTuple):
    """Mean and longest wait (s)."""

    mean_s: float
    longest_s: float


def fixed_time_delay_s(cycle_s: float, walk_s: float) -> float:
    """Return the mean delay of pedestrians at a fixed-time signal: ``(C - g)^2 / (2 C)``, g = walk + 4 s.

    Source: Highway Capacity Manual 2000, equation 18-5; HCM 6th edition, chapter 19. Arrivals are uniform.

    Examples
    --------
    >>> fixed_time_delay_s(90.0, 26.0)
    20.0
    """
    red_s = max(cycle_s - walk_s - STILL_CROSS_S, 0.0)
    return red_s * red_s / (2.0 * cycle_s)


def waiting(begin_s: F8, end_s: F8, period: tuple[float, float], seen_until_s: float) -> Waiting | None:
    """Return the wait of pedestrians who arrive at all times of a period alike.

    The mean is ``sum(red^2) / (2 T)`` over the times without walk, which for a fixed cycle is ``(C - g)^2 / (2 C)``. Of
    a red that begins before the period or ends after it only arrivals within count, with their whole wait. One whose
    end was not seen lasts as long as the others do on average, at least as long as it was seen.

    Parameters
    ----------
    begin_s, end_s
        Times in which pedestrians begin to cross, in order of time.
    period
        Begin and end of the period.
    seen_until_s
        Until when the signal was seen.

    Returns
    -------
    ``None`` without any walk, or in a period without length.

    Examples
    --------
    >>> waiting(np.array([0.0, 90.0]), np.array([30.0, 120.0]), (0.0, 180.0), 180.0)
    Waiting(mean_s=20.0, longest_s=60.0)
    """
    first_s, last_s = period
    if not len(begin_s) or last_s <= first_s:
        return None
    red = np.maximum(begin_s[1:] - end_s[:-1], 0.0)
    usual_s = float(red[red > 0.0].mean()) if (red > 0.0).any() else 0.0
    opens = np.append(begin_s, max(seen_until_s, float(end_s[-1]) + usual_s))
    closes = np.append(min(first_s, float(begin_s[0])), end_s)
    from_s, to_s = np.maximum(closes, first_s), np.minimum(opens, last_s)
    waits = to_s > from_s
    most, least = (opens - from_s)[waits], (opens - to_s)[waits]
    total = float((most * most - least * least).sum()) / 2.0
    return Waiting(total / (last_s - first_s), float(most.max(initial=0.0)))


def waiting_from_calls(call_s: F8, begin_s: F8, green_s: float, rate_per_s: float) -> Waiting | None:
    """Return the wait of pedestrians who press a button.

    Those who call wait for the next walk; between call and walk others come at the given rate, and at green too, who
    wait for nothing: ``sum(w + r w^2 / 2) / sum(1 + r w + r g)`` over the waits w of those who call.

    Parameters
    ----------
    call_s
        First calls, in order of time.
    begin_s
        Begins of walk in order of time; calls after the last one do not count.
    green_s
        Time in which pedestrians begin to cross, in all.
    rate_per_s
        Pedestrians per second.

    Examples
    --------
    >>> waiting_from_calls(np.array([10.0]), np.array([30.0]), 10.0, 0.1)
    Waiting(mean_s=10.0, longest_s=20.0)
    """
    walk = np.searchsorted(begin_s, call_s, side="left")
    served = walk < len(begin_s)
    if not served.any():
        return None
    wait = begin_s[walk[served]] - call_s[served]
    total = float((wait + rate_per_s * wait * wait / 2.0).sum())
    people = float((1.0 + rate_per_s * wait).sum()) + rate_per_s * green_s
    return Waiting(total / people, float(wait.max()))


def level_of_service(delay_s: float) -> str:
    """Return the level of service of a mean delay.

    Examples
    --------
    >>> [level_of_service(delay_s) for delay_s in (9.9, 10.0, 35.0, 61.0)]
    ['A', 'B', 'D', 'F']
    """
    if delay_s < LEAST_OF_B_S:
        return "A"
    return next((level for most_s, level in LEVELS if delay_s <= most_s), "F")
