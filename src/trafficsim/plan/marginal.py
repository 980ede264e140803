"""What one more vehicle costs the others: all behind it in the queue are later by one headway, until it is gone."""

from __future__ import annotations

import numpy as np

from trafficsim.plan.arrays import F8

QUEUE_S, QUEUE_SHARE = 2.0, 0.1
"""A queue stands while a turn takes longer than in its best interval by both (modelling assumption)."""


def cost_to_others_s(turn_s: F8, interval_s: float) -> F8:
    """Time (s) that all others lose by a vehicle that enters a link in an interval, on its way to a turn.

    Behind a bottleneck with a queue, one more vehicle delays each that follows by a headway; as many follow as headways
    fit between its own departure and the end of the queue. So what they lose is the time between these two (Ghali &
    Smith 1995, doi:10.1016/0191-2615(94)00027-V). It is a heuristic where queues of several links hang together.

    Parameters
    ----------
    turn_s
        Time from entering a link to entering the next, shape (intervals, turns).
    interval_s
        Length of an interval.

    Examples
    --------
    >>> cost_to_others_s(np.array([[10.0], [40.0], [10.0]]), 60.0).ravel().tolist()
    [0.0, 30.0, 0.0]
    """
    best = turn_s.min(axis=0)
    queued = turn_s > np.maximum(best + QUEUE_S, best * (1.0 + QUEUE_SHARE))
    middle = (np.arange(len(turn_s)) + 0.5) * interval_s
    end = np.empty_like(turn_s)
    gone = np.full(turn_s.shape[1], middle[-1] + interval_s)
    for row in range(len(turn_s) - 1, -1, -1):
        gone = np.where(queued[row], gone, middle[row])
        end[row] = gone
    return np.where(queued, np.maximum(end - (middle[:, np.newaxis] + turn_s - best), 0.0), 0.0)
