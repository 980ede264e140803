"""Which lanes have vehicles, and which vehicles or lanes are flagged: the few that need a closer look."""

from __future__ import annotations

from numba import uint64

from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.jit import kernel, part, spliced

BLOCK = 8
"""Lanes that are passed over together when all of them are empty; flags that are read together."""
EVERY = uint64(0x0101010101010101)
"""Bit 0 of each of eight flags."""


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


@spliced
def place_of(work, start, place, slot):
    """Return the place in the list of busy lanes, from ``place`` on, of the lane that a slot lies in."""
    while start[work.busy[place] + 1] <= slot:
        place += 1
    return place


@part
def list_flagged(flags, blocks, listed, n, bit):
    """List the slots or lanes below ``n`` whose flags have a bit, in order; return how many there are.

    ``blocks`` is the same memory as ``flags``, eight of them at a time.
    """
    m, none, one, last = uint64(0), uint64(0), uint64(1), uint64(n)
    wanted, whole = uint64(bit) * EVERY, last // uint64(BLOCK)
    for block in range(uint64(0), whole):
        if blocks[block] & wanted == none:
            continue
        for i in range(uint64(BLOCK)):  # always as many, so that nothing is asked between them
            k = block * uint64(BLOCK) + i
            listed[m] = k
            m += one if flags[k] & bit else none
    for k in range(whole * uint64(BLOCK), last):
        listed[m] = k
        m += one if flags[k] & bit else none
    return m
