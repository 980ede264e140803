"""Closed stretches of lanes: where they are, and the room that is left before them.

Stretches of a lane are rows of ``Net.closed``, the one nearest to the start of the lane first; row 0 stands for none,
and its ``next`` is the number of rows. They change between slices of ticks.
"""

from __future__ import annotations

from numba import int32, int64

from trafficsim.kernels.jit import per_vehicle, spliced


@per_vehicle
def next_closed(net, lane, place):
    """Return the row of the next closed stretch beyond a place in a lane, 0 if there is none."""
    row = int64(net.lane[lane].closed)
    while row > 0 and net.closed[row].first <= place:
        row = int64(net.closed[row].next)
    return row


@per_vehicle
def room_to_closed(net, lane, front, back, room):
    """Return the cells before a vehicle from ``back`` to ``front`` if it were in a lane, ``room`` at most.

    -1 beside a closed stretch.
    """
    row = int64(net.lane[lane].closed)
    while row > 0:
        if net.closed[row].last > back:
            return int32(max(min(room, net.closed[row].first - 1 - front), -1))
        row = int64(net.closed[row].next)
    return int32(room)


@spliced
def closed_before(net, lane, place):
    """Whether a lane is closed between its start and a place."""
    row = int64(net.lane[lane].closed)
    return row > 0 and net.closed[row].first <= place


@spliced
def open_cells(net, lane):
    """Return the cells from the start of a lane with a closed stretch to the first one."""
    return net.lane[lane].length + net.closed[int64(net.lane[lane].closed)].first


@spliced
def is_open(net, lane, back, ahead):
    """Whether no closed stretch of a lane lies between two places."""
    row = int64(net.lane[lane].closed)
    while row > 0 and net.closed[row].last <= back:
        row = int64(net.closed[row].next)
    return row == 0 or net.closed[row].first > ahead
