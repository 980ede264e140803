"""Re-pack: the dense array without those who left and with those who arrived, in place.

Between two events lies a stretch of vehicles that all move by the same number of slots. Stretches that move towards the
front overwrite nothing that is still needed when they are moved first to last, those that move back when they are moved
last to first; and neither kind ever lands where one of the other kind lies. Arrivals are written when all have moved.
"""

from __future__ import annotations

from numba import int32, uint32, uint64

from trafficsim.kernels.ca.busy import BLOCK
from trafficsim.kernels.ca.state import ARRIVES, LEAVES
from trafficsim.kernels.jit import kernel, part, per_vehicle, spliced

LONG = 64
"""Vehicles from which on a stretch is moved word by word; fewer do not pay for starting a loop for each of them."""


@per_vehicle
def copy(to, frm, dst, src, n, packed):
    """Copy ``n`` words of a type; unsigned indices, because signed ones cost three times as much."""
    dst, src = uint64(dst), uint64(src)
    for k in range(uint64(n)):
        to[dst + k] = packed(frm[src + k])


@per_vehicle
def shift(packed_state, scratch, dst, src, n, packed):
    """Move ``n`` words of an array onto itself: by way of scratch, because a loop over one array fills no registers."""
    copy(scratch, packed_state, 0, src, n, int32)
    copy(packed_state, scratch, dst, 0, n, packed)


@part
def move_long(vehicles, scratch, dst, src, n):
    """Move a long stretch of all words but the positions, word by word."""
    shift(vehicles.Y, scratch, dst, src, n, int32)
    shift(vehicles.Z, scratch, dst, src, n, int32)
    shift(vehicles.KEY, scratch, dst, src, n, uint32)
    shift(vehicles.ID, scratch, dst, src, n, int32)
    shift(vehicles.W, scratch, dst, src, n, int32)


@spliced
def move_slot(vehicles, dst, src):
    """Move all packed state of a vehicle but its position."""
    vehicles.Y[dst] = vehicles.Y[src]
    vehicles.Z[dst] = vehicles.Z[src]
    vehicles.KEY[dst] = vehicles.KEY[src]
    vehicles.ID[dst] = vehicles.ID[src]
    vehicles.W[dst] = vehicles.W[src]


@spliced
def move_stretches(vehicles, work, stretches):
    """Move all stretches: positions from the tick, the other words in the order that overwrites nothing needed."""
    one = uint64(1)
    for at in range(stretches):
        dst, src, n = work.stretch[at].to, work.stretch[at].origin, work.stretch[at].count
        copy(vehicles.X, work.moved, dst, src, n, int32)
        if dst < src and n > LONG:
            move_long(vehicles, work.leader, dst, src, n)
        elif dst < src:
            to, frm = uint64(dst), uint64(src)
            for k in range(uint64(n)):
                move_slot(vehicles, to + k, frm + k)
    for at in range(stretches - 1, -1, -1):
        dst, src, n = work.stretch[at].to, work.stretch[at].origin, work.stretch[at].count
        if dst > src and n > LONG:
            move_long(vehicles, work.leader, dst, src, n)
        elif dst > src:
            to, frm = uint64(dst + n), uint64(src + n)
            for k in range(uint64(n)):
                move_slot(vehicles, to - one - k, frm - one - k)


@spliced
def note_stretch(work, n, dst, src, count):
    """List a stretch, and return how many there are."""
    work.stretch[n].to = dst
    work.stretch[n].origin = src
    work.stretch[n].count = count
    return n + 1 if count > 0 else n


@spliced
def place_arrival(vehicles, work, lane):
    """Write the staged words of an arriving vehicle."""
    slot, arrive = work.lane[lane].arrive_slot, work.arrive[lane]
    vehicles.X[slot] = arrive.x
    vehicles.Y[slot] = arrive.y
    vehicles.Z[slot] = arrive.z
    vehicles.KEY[slot] = arrive.key
    vehicles.ID[slot] = arrive.trip
    vehicles.W[slot] = arrive.w


@spliced
def add(start, begin, end, by):
    """Shift the starts of lanes."""
    for lane in range(uint64(begin), uint64(end)):
        start[lane] += by


@kernel
def repack(vehicles, start, work, lanes):
    """Carry out the events of the tick: shift the starts of lanes and move the stretches between events."""
    src, by, stretches, arrivals, lane, done = 0, 0, 0, 0, 0, 0
    n = start[lanes]
    while lane < lanes:
        if work.event_blocks[lane // BLOCK] == 0:
            lane += BLOCK
            continue
        add(start, done, lane, by)
        done = min(lane + BLOCK, lanes)
        while lane < done:
            event, first = work.event[lane], start[lane]
            start[lane] = first + by
            if event & LEAVES:
                stretches = note_stretch(work, stretches, src + by, src, first - src)
                src = first + 1
                by -= 1
            if event & ARRIVES:
                place = work.lane[lane].arrive_slot
                stretches = note_stretch(work, stretches, src + by, src, place - src)
                src = place
                work.lane[lane].arrive_slot = place + by
                by += 1
                work.outs[arrivals] = lane
                arrivals += 1
            lane += 1
        work.event_blocks[(done - 1) // BLOCK] = 0
    add(start, done, lanes + 1, by)
    stretches = note_stretch(work, stretches, src + by, src, n - src)
    move_stretches(vehicles, work, stretches)
    for at in range(arrivals):
        place_arrival(vehicles, work, work.outs[at])
