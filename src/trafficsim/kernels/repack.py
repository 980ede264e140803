"""Re-pack: copy the dense array into its second buffer, without those who left and with those who arrived."""

from __future__ import annotations

from numba import uint32, uint64

from trafficsim.kernels.jit import kernel, part, spliced


@part
def copy(to, frm, dst, src, n):
    """Copy ``n`` words; unsigned indices, because signed ones cost three times as much."""
    dst, src = uint64(dst), uint64(src)
    for k in range(uint64(n)):
        to[dst + k] = frm[src + k]


@part
def copy_all(after, vehicles, moved, dst, src, n):
    """Copy a stretch of all words, positions after the tick."""
    copy(after.X, moved, dst, src, n)
    copy(after.Y, vehicles.Y, dst, src, n)
    copy(after.Z, vehicles.Z, dst, src, n)
    copy(after.KEY, vehicles.KEY, dst, src, n)
    copy(after.ID, vehicles.ID, dst, src, n)
    copy(after.W, vehicles.W, dst, src, n)


@spliced
def place_arrival(after, arrive, dst):
    """Write the staged words of an arriving vehicle."""
    after.X[dst] = arrive[0]
    after.Y[dst] = arrive[1]
    after.Z[dst] = arrive[2]
    after.KEY[dst] = uint32(arrive[3])
    after.ID[dst] = arrive[4]
    after.W[dst] = arrive[5]


@kernel
def repack(vehicles, after, start, start_after, work, lanes):
    """Carry out the events of the tick: shift the starts of lanes and copy the stretches between events."""
    src, dst, shift, done = 0, 0, 0, 0
    n = start[lanes]
    lane = -1
    while lane + 1 < lanes:
        lane += 1
        if lane & 7 == 0 and work.event_words[lane >> 3] == 0:
            lane += 7
            continue
        event = work.event[lane]
        if event == 0:
            continue
        for z in range(done, lane + 1):
            start_after[z] = start[z] + shift
        done = lane + 1
        if event & 1:
            m = start[lane] - src
            copy_all(after, vehicles, work.moved, dst, src, m)
            dst += m
            src += m + 1
            shift -= 1
        if event & 2:
            m = work.lane[lane].arrive_slot - src
            copy_all(after, vehicles, work.moved, dst, src, m)
            dst += m
            src += m
            place_arrival(after, work.arrive[lane], dst)
            dst += 1
            shift += 1
        work.event[lane] = 0
    for z in range(done, lanes + 1):
        start_after[z] = start[z] + shift
    copy_all(after, vehicles, work.moved, dst, src, n - src)
