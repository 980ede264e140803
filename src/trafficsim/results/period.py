"""Which times a run tells about."""

from __future__ import annotations

import numpy as np

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record


def observed_end_s(plan: Plan, record: Record) -> float:
    """Clock time up to which the run tells what happened: its horizon once the network is empty, else its stop."""
    empty = record.waiting + record.en_route == 0
    return max(plan.end_s, record.end_s) if empty else record.end_s


def analysis_length_s(plan: Plan, record: Record) -> float:
    """Length of the observed part of the analysis period; 0 if the run stopped before it."""
    return max(min(plan.analysis_end_s, observed_end_s(plan, record)) - plan.analysis_begin_s, 0.0)


def interval_bounds(plan: Plan, record: Record, intervals: int) -> tuple[F8, F8]:
    """Begin and end (s) of the observed intervals; intervals after the observed end are left out, the last is cut."""
    begin_s: F8 = plan.start_s + plan.interval_s * np.arange(intervals, dtype=np.float64)
    begin_s = begin_s[begin_s < observed_end_s(plan, record)]
    end_s: F8 = np.minimum(begin_s + plan.interval_s, observed_end_s(plan, record))
    return begin_s, end_s
