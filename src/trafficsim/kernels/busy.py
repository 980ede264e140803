"""Which lanes have vehicles: what looks at lanes one by one looks at these only."""

from __future__ import annotations

from numba import uint64

from trafficsim.kernels.jit import kernel
from trafficsim.kernels.state import Count

BLOCK = 8
"""Lanes that are passed over together when all of them are empty."""


@kernel
def find_busy(start, work, lanes):
    """List the lanes with vehicles, in order."""
    busy = work.busy
    n, lane, last = uint64(0), uint64(0), uint64(lanes)
    one = uint64(1)
    while lane < last:
        end = min(lane + uint64(BLOCK), last)
        if start[lane] == start[end]:
            lane = end
            continue
        while lane < end:
            busy[n] = lane
            n += one if start[lane] < start[lane + one] else uint64(0)
            lane += one
    work.count[Count.BUSY] = n
