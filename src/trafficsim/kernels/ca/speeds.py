"""What speeds a traveller desires and drives on a link and on a connector."""

from __future__ import annotations

from numba import int32

from trafficsim.kernels.ca.packed_state import CAP_UNIT, MOST_CAP
from trafficsim.kernels.ca.records import Speeds
from trafficsim.kernels.decisions.desired import desired_of_driver, held_to_limit
from trafficsim.kernels.jit import spliced


@spliced
def desired_speed(net, trips, vid, link):
    """Desired speed of a traveller on a link in 1/256 cell per tick."""
    if trips.row[vid].factor > 0.0:
        speed = net.link[link].factor * trips.row[vid].factor
    else:
        speed = desired_of_driver(net.link[link].speed_mean, net.link[link].cv, trips.row[vid].z)
    if trips.held > 0:
        speed = held_to_limit(speed, net.link[link].limit / float(CAP_UNIT), trips.limit_factor[vid])
    speed = min(max(speed, 1.0), trips.kind[trips.row[vid].kind].top_speed)
    return int32(min(speed * float(CAP_UNIT) + 0.5, float(MOST_CAP)))


@spliced
def driven_speed(trips, vid, desired):
    """Mean speed of a traveller with a free road; who dawdles and does not make up for it is slower than desired.

    Dawdling takes off half of a low speed at most (in SUMO's Krauss model a share of it), and leaves a cell per tick.
    """
    least = max(int32(desired >> 1), min(int32(desired), int32(CAP_UNIT)))
    return max(int32(desired - trips.kind[trips.row[vid].kind].dawdling), least)


@spliced
def connector_speeds(net, trips, vid, conn):
    """Return the desired speeds beyond and on a connector: who drives above the limit also turns faster."""
    link = net.lane[net.conn[conn].to].link
    cap = desired_speed(net, trips, vid, link)
    slow = max(min(cap, int32(net.conn[conn].speed * (cap / net.link[link].limit))), int32(CAP_UNIT))
    return Speeds(cap, slow)
