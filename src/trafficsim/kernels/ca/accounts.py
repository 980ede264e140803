"""What is written down about a vehicle that enters or leaves a link, turns, arrives, or does what it should not."""

from __future__ import annotations

from numba import float32

from trafficsim.base.codes import COMPLETED
from trafficsim.kernels.ca.packed_state import CAP_UNIT, MOST_STOPS, STOPS_SHIFT, acc_code
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.jit import spliced
from trafficsim.kernels.measurement.counters import add_waiting


@spliced
def note_event(counters, work, event):
    """Append an event; when the buffer is full it is counted and the run says so."""
    n = work.count[Count.EVENTS]
    if n < len(counters.events):
        counters.events[n].time = event.time
        counters.events[n].code = event.code
        counters.events[n].trip = event.trip
        counters.events[n].link = event.link
        counters.events[n].value = event.value
    work.count[Count.EVENTS] = n + 1


@spliced
def leave_link(net, trips, counters, crossing, w):
    """Close the account of a vehicle on its link: since the last interval boundary, or since it entered."""
    link, vid = net.lane[crossing.lane].link, crossing.trip
    counters.link[link].left += 1.0
    counters.link[link].vehicle_ticks += crossing.time - trips.row[vid].since_time
    counters.link[link].vehicle_cells += -trips.row[vid].since_cell
    counters.link[link].waiting_ticks += add_waiting(trips, vid, w)
    counters.link[link].free_ticks += trips.row[vid].free_time
    trips.row[vid].distance += -trips.row[vid].since_cell


@spliced
def note_turn(road, counters, clock, crossing, z, wanted):
    """Count a crossing for its movement: volume, travel time and control delay, the loss of speeding up included.

    ``wanted`` is the desired speed on the connector, ``z`` packed state Z.
    """
    net, trips = road.net, road.trips
    time, vid = crossing.time, crossing.trip
    if time < clock.analysis_begin or time >= clock.analysis_end:
        return
    turn = trips.manoeuvre[trips.route[trips.row[vid].route_position]].turn
    row = net.link[net.lane[crossing.lane].link].turn + turn
    travel = time - trips.row[vid].enter_time
    v, target = float(crossing.v), wanted / float(CAP_UNIT)
    lost = 0.0
    if v < target:
        acceleration = float32(acc_code(z)) * net.scale.acceleration_unit
        lost = (target - v) * (target - v) / (2.0 * acceleration * target)
    counters.turn[row].volume += 1.0
    counters.turn[row].travel_ticks += travel
    counters.turn[row].delay_ticks += travel - trips.row[vid].free_time + lost


@spliced
def enter_link(net, trips, counters, crossing, speeds):
    """Open the account of a vehicle on its next link; ``speeds`` are those it wants there and on the connector."""
    vid, conn = crossing.trip, crossing.conn
    lane = net.conn[conn].to
    counters.link[net.lane[lane].link].entered += 1.0
    trips.row[vid].enter_time = crossing.time
    trips.row[vid].since_time = crossing.time
    trips.row[vid].since_cell = -(net.lane[lane].length + net.conn[conn].length)
    on_link = net.lane[lane].length * float(CAP_UNIT) / speeds.beyond
    trips.row[vid].free_time = on_link + net.conn[conn].length * float(CAP_UNIT) / speeds.connector
    trips.row[vid].connection = conn


@spliced
def finish(trips, work, crossing, w):
    """Note that a vehicle with packed state W leaves the network at the end of its route."""
    vid = crossing.trip
    trips.row[vid].status = COMPLETED
    trips.end[vid].exit_time = crossing.time
    trips.row[vid].stops = (w >> STOPS_SHIFT) & MOST_STOPS
    work.count[Count.COMPLETED] += 1
