"""Which lanes lead on: seen backwards from the end of every route, once before the run."""

from __future__ import annotations

from numba import njit

from trafficsim.kernels.words import EXIT


@njit(cache=True, nogil=True)
def lanes_wanted(net, hops, links, kind_bits, horizon, wanted):
    """Write for every hop the mask of lanes from which no lane change is needed within ``horizon`` cells beyond it.

    ``hops`` and ``links`` are the turns and links of all routes, each ended by EXIT; ``kind_bits`` the permission bit
    of the vehicle, by hop.
    """
    onward = [0] * 8
    for h in range(len(hops) - 1, -1, -1):
        link, turn = links[h], hops[h]
        first = net.link[link].lane
        count = min(net.link[link + 1].lane - first, 8)
        here = [0] * 8
        best = -1
        for side in range(count):
            here[side] = score(net, first + side, turn, onward, horizon, kind_bits[h])
            best = max(best, here[side])
        mask = 0
        for side in range(count):
            if here[side] >= 0 and here[side] >= min(best, horizon):
                mask |= 1 << side
        wanted[h] = mask
        for side in range(count):
            onward[side] = net.lane[first + side].length + max(here[side], 0)
            if here[side] < 0:
                onward[side] = net.lane[first + side].length


@njit(cache=True, nogil=True)
def score(net, lane, turn, onward, horizon, kind_bit):
    """How far beyond this lane's stop line its connections lead without a lane change; -1 if it does not serve."""
    if (net.lane[lane].allowed & kind_bit) == 0:
        return -1
    if turn == EXIT:
        return horizon
    slot = net.lane[lane].turns + turn
    best = -1
    for conn in range(net.reach[slot], net.reach[slot + 1]):
        to = net.conn[conn].to
        best = max(best, onward[to - net.link[net.lane[to].link].lane])
    return best
