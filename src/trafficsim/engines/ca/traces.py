"""Traces: which vehicles leave one, on which lanes, in which ticks, and how many ticks of them a buffer holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trafficsim.kernels.ca.network import Net
from trafficsim.kernels.measurement.tables import TRACE_FIELDS
from trafficsim.kernels.rng import Stream, u01
from trafficsim.kernels.tables import rows
from trafficsim.plan.arrays import Plan

if TYPE_CHECKING:
    from trafficsim.engines.ca.program import Program

MOST_ROWS = 1 << 20
"""Rows of the buffer (16 bytes each), unless a single tick needs more."""
NEVER = 1 << 62


def trace_tables(plan: Plan, net: Net) -> dict[str, np.ndarray]:
    """Return who is traced, on which lanes, and the buffer of the rows, which is small when nobody is."""
    traced = np.asarray(u01(plan.trips.key, Stream.TRACE, 0, 0) < plan.trajectory_share, np.uint8)
    if not traced.any():
        none = np.zeros(0, np.int32)
        return {"traced": none.astype(np.uint8), "trace_lane": none, "trace": rows(0, TRACE_FIELDS)[:0]}
    lanes = np.arange(net.lanes, dtype=np.int32)
    if plan.trace_link:
        lanes = lanes[np.isin(net.lane.link[lanes], plan.trace_link)]
    return {"traced": traced, "trace_lane": lanes,
            "trace": rows(max(MOST_ROWS, int(traced.sum())), TRACE_FIELDS)}


def trace_window(plan: Plan, tick_s: float) -> dict[str, int]:
    """Return the first tick in which traces are kept, and the first in which they no longer are."""
    begin, end = ((time - plan.start_s) / tick_s for time in (plan.trace_begin_s, plan.trace_end_s))
    if plan.trajectory_share == 0.0:
        begin = float(NEVER)
    return {"trace_begin": int(np.ceil(np.clip(begin, 0, NEVER))), "trace_end": int(np.ceil(np.clip(end, 0, NEVER)))}


def slice_ticks(program: Program, most: int) -> int:
    """Return how many ticks may run before the buffer of traces has to be emptied."""
    counters = program.counters
    each = min(int(counters.traced.sum()), len(program.vehicles.X))
    return max(1, min(most, len(counters.trace) // max(each, 1))) if len(counters.trace_lane) else most
