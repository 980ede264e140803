"""The exchange after every tick: who changes over, and the vehicles of the automaton without and with them."""

from __future__ import annotations

from trafficsim.kernels.ca.packed_state import length
from trafficsim.kernels.ca.state import ARRIVES
from trafficsim.kernels.hybrid.border import COPIED, IN_QUEUES, in_ms, leave_connector
from trafficsim.kernels.hybrid.inward import bring_in, open_or_close
from trafficsim.kernels.hybrid.outward import serve_virtual
from trafficsim.kernels.jit import kernel, part


@kernel
def exchange(road, counters, world, border, tick):
    """Let vehicles change over after a tick that both engines have run, and tell each what room the other has."""
    now = in_ms(tick + 1.0, border.tick_ms)
    changed = bring_in(road, counters, world, border, tick) > 0
    for at in range(len(border.out_lane)):
        if serve_virtual(road, world, border, border.out_lane[at], now):
            changed = True
    if changed:
        rebuild(road, border)
    for at in range(len(border.out_lane)):
        take_room(road, border, border.out_lane[at])
    for at in range(len(border.in_link)):
        open_or_close(road, world, border, border.in_link[at], now)


@part
def rebuild(road, border):
    """Write the vehicles anew: without those that are dropped, with those that have come."""
    net, work, vehicles, start = road.net, road.work, road.vehicles, road.start
    n, source, spare = 0, start[0], border.spare
    for lane in range(net.lanes):
        last, comes = start[lane + 1], work.event[lane] & ARRIVES != 0
        start[lane] = n
        while source < last or comes:
            if comes and source == work.lane[lane].arrive_slot:
                arrive = work.arrive[lane]
                spare.X[n], spare.Y[n], spare.Z[n] = arrive.x, arrive.y, arrive.z
                spare.KEY[n], spare.ID[n], spare.W[n] = arrive.key, arrive.trip, arrive.w
                n, comes = n + 1, False
                continue
            if border.drop[source]:
                border.drop[source] = 0
                forget(road, border, source)
            else:
                copy_slot(spare, n, vehicles, source)
                n += 1
            source += 1
        work.event[lane] = 0
    start[net.lanes] = n
    for k in range(n):
        copy_slot(vehicles, k, spare, k)


@part
def copy_slot(to, k, source, i):
    """Copy the words of a vehicle."""
    to.X[k], to.Y[k], to.Z[k] = source.X[i], source.Y[i], source.Z[i]
    to.KEY[k], to.ID[k], to.W[k] = source.KEY[i], source.ID[i], source.W[i]


@part
def forget(road, border, slot):
    """Take a copy, or a blocker, out of the books."""
    trip = road.vehicles.ID[slot]
    if trip == border.blocker:
        return
    leave_connector(road, slot)
    if border.mover[trip] == COPIED:
        border.mover[trip] = IN_QUEUES


@part
def take_room(road, border, lane):
    """Bring to account what is taken of a lane of a virtual link: all of it where a blocker stands."""
    vehicles, taken = road.vehicles, 0
    for k in range(road.start[lane], road.start[lane + 1]):
        taken += length(vehicles.Y[k])
        if vehicles.ID[k] == border.blocker:
            taken += road.net.lane[lane].length
    road.work.lane[lane].used = taken
