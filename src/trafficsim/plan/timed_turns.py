"""What driving a link and leaving it by a movement takes, by the moment at which the link is entered."""

from __future__ import annotations

import numpy as np

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.plan.turn_means import turn_means
from trafficsim.plan.turn_times import usual_delay

SEEN = 1.0
"""The delay of the signal without traffic counts as much as this many vehicles seen (modelling assumption)."""


def times_by_entry_s(plan: Plan, record: Record) -> F8:
    """Time (s) from entering a link to entering the next one, for entries in the middle of intervals of the record.

    The delay at the end of a link in an interval is the vehicle-seconds above those that the ways covered in it need at
    the drivers' own speeds, over the vehicles that left: a queue that stands, over the flow that it leaves with, is the
    time that whoever joins it will wait. Who enters in the middle of an interval meets the delay of the moment at which
    the way is behind him, on a line between the middles of intervals. Where nobody came it is the delay of the signal
    alone. Turns of one link differ by the ratio of their control delays in the analysis period.

    Returns
    -------
    array of shape (intervals, turns)
    """
    origin = plan.turns.from_link
    free_s = _free_times(plan, record)
    usual_s, ratio = usual_delay(plan, record)
    lost_s = record.links.vehicle_s - record.links.traversed * free_s
    delay_s = np.maximum((lost_s + SEEN * usual_s) / (record.links.left + SEEN), 0.0)
    met_s = _at_the_end(delay_s, free_s / plan.interval_s)
    length_m, speed_ms = turn_means(plan.connections, len(origin))
    return np.asarray(free_s[origin] + met_s[:, origin] * ratio + length_m / speed_ms)


def _free_times(plan: Plan, record: Record) -> F8:
    """Mean time of each link at the drivers' own speeds; at the limit where nobody left or nobody counted."""
    at_limit_s = plan.links.length_m / plan.links.speed_limit_ms
    left = record.links.left.sum(axis=0)
    if record.links.free_s is None:
        return np.asarray(at_limit_s, np.float64)
    return np.asarray(np.where(left > 0, record.links.free_s.sum(axis=0) / np.maximum(left, 1.0), at_limit_s))


def _at_the_end(delay_s: F8, later: F8) -> F8:
    """Delay ``later`` intervals after each, by link, on lines between them; that of the last one after it."""
    rows = np.minimum(np.arange(len(delay_s))[:, np.newaxis] + later, len(delay_s) - 1.0)
    first = rows.astype(np.int64)
    second, link = np.minimum(first + 1, len(delay_s) - 1), np.arange(delay_s.shape[1])
    return np.asarray(delay_s[first, link] + (delay_s[second, link] - delay_s[first, link]) * (rows - first))
