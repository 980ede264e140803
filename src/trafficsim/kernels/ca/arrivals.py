"""Arrivals on a lane: the words that the re-pack puts behind the last vehicle, and the books that they change."""

from __future__ import annotations

from numba import int32

from trafficsim.kernels.ca.lanes import lane_flags
from trafficsim.kernels.ca.packed_state import (
    FLAG_CONNECTOR,
    FLAG_STOP,
    length,
    pack_x,
    pack_y,
    with_headway,
    with_turn,
)
from trafficsim.kernels.ca.state import ARRIVES, Count
from trafficsim.kernels.jit import spliced


@spliced
def stops_on(trips, vid, route_position):
    """Whether the next stop of a vehicle is on the link of a route position."""
    stop = trips.row[vid].next_stop
    return stop >= 0 and trips.stop[stop].route_position == route_position


@spliced
def enqueue_arrival(road, arrival, packed_state, slot):
    """Write the words of an arriving vehicle for the re-pack, to be put before the one in ``slot``: an intention."""
    net, trips, work = road.net, road.trips, road.work
    lane, trip = arrival.lane, packed_state.trip
    flags = lane_flags(net, trips, lane, trips.row[trip].route_position)
    if arrival.tracked:
        flags |= int32(FLAG_CONNECTOR)
    if stops_on(trips, trip, trips.row[trip].route_position):
        flags |= int32(FLAG_STOP)
    work.arrive[lane].x = pack_x(arrival.place, arrival.v)
    work.arrive[lane].y = pack_y(arrival.cap, packed_state.cells, flags)
    z = packed_state.z
    if net.scale.headways:
        z = with_headway(z, trips.end[trip].packed, net.link[net.lane[lane].link].headway)
    work.arrive[lane].z = with_turn(
        z, trips.manoeuvre[trips.route[trips.row[trip].route_position]].turn
    )
    work.arrive[lane].key = packed_state.key
    work.arrive[lane].trip = trip
    work.arrive[lane].w = packed_state.w
    work.event[lane] |= ARRIVES
    work.lane[lane].arrive_slot = slot


@spliced
def account_arrival(trips, work, lane):
    """Enter the vehicle that arrives on a lane in the books: cells taken, watched connectors, stops to come."""
    y, conn = work.arrive[lane].y, trips.row[work.arrive[lane].trip].connection
    if y & FLAG_CONNECTOR:
        work.conn[conn].on_conn += 1
        work.onto[lane] = 1
    if y & FLAG_STOP:
        work.count[Count.STOPPING] += 1
    work.lane[lane].used += length(y)
