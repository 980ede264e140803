"""Lost time of queues that start: how it spreads over their first vehicles.

The discharge of a queue rises to the saturation flow as ``1 - exp(-m (t - r))`` with the response time r of the first
driver, who stands at the line (Akçelik & Besley 2002, Queue discharge flow and speed models for signalised
intersections, 15th ISTTT). The sum of what is lost is the start-up lost time of HCM 2016, ch. 19, which says that after
four vehicles most of it is over.
"""

from __future__ import annotations

import numpy as np

from trafficsim.plan.arrays import F8

RESPONSE_S = 1.0
"""Response time of the first driver (modelling assumption, within the published 1 to 1.5 s)."""
USUAL_LOSS_S = 2.0
"""Start-up lost time of HCM 2016, ch. 19, from which on the first driver needs all of the response time."""
PLACES = 10


def start_lags_s(lost_s: float, headway_s: float) -> F8:
    """Return by place in the queue how much longer than a headway after the one before a vehicle needs to cross.

    Parameters
    ----------
    lost_s
        Start-up lost time: of the whole queue. Without any, all need their headways.
    headway_s
        At the saturation flow.

    Examples
    --------
    >>> start_lags_s(2.0, 1.9).round(1).tolist()
    [-0.9, 2.2, 0.4, 0.2, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0]
    >>> start_lags_s(0.0, 1.9).tolist()[:2]
    [0.0, 0.0]
    """
    response = headway_s + (RESPONSE_S - headway_s) * min(lost_s / USUAL_LOSS_S, 1.0)
    rise = lost_s + headway_s - response
    crossed = np.array([response + rising_s(place * headway_s, rise) for place in range(PLACES)])
    return np.asarray(np.diff(crossed, prepend=0.0) - headway_s, np.float64)


def rising_s(flowed_s: float, rise_s: float) -> float:
    """Return the time in which a rising discharge lets through what the saturation flow does in ``flowed_s``.

    The solution x of ``x - rise (1 - exp(-x / rise)) = flowed``, by bisection.
    """
    low, high = flowed_s, flowed_s + rise_s
    for _ in range(60):
        middle = 0.5 * (low + high)
        rises = rise_s > 0.0 and middle - rise_s * (1.0 - np.exp(-middle / rise_s)) < flowed_s
        low, high = (middle, high) if rises else (low, middle)
    return high
