"""What is measured inside the loop: waiting and stops, detectors, areas, intervals, traces."""

from __future__ import annotations

from numba import int32, uint16, uint64

from trafficsim.kernels.ca.packed_state import FAR, MOST_STOPS, STOPS_SHIFT, WAITED_SHIFT, length, pos, rear, vel
from trafficsim.kernels.ca.state import ARRIVES, Count
from trafficsim.kernels.jit import kernel, part, scalar, spliced
from trafficsim.kernels.measurement.queues import count_queues


@part
def count_waiting(vehicles, moved, n, clock, work):
    """Flat pass: ticks at less than walking pace, and stops, in packed state W; count ticks in which nobody moves."""
    W = vehicles.W
    waits, moves = int32(clock.wait_speed), int32(clock.move_speed)
    moving_now = int32(0)
    for k in range(uint64(0), uint64(n)):
        v = vel(moved[k])
        w = W[k]
        slow, fast = int32(v <= waits), int32(v >= moves)
        was_moving = int32(w & int32(1))
        stops = int32(int32(w >> int32(STOPS_SHIFT)) & int32(MOST_STOPS))
        more = int32(int32(slow & was_moving) & int32(stops < int32(MOST_STOPS)))
        moving = int32(int32(was_moving | fast) & int32(int32(1) - slow))
        waited = int32(int32(int32(w >> int32(WAITED_SHIFT)) + slow) << int32(WAITED_SHIFT))
        W[k] = int32(waited | int32(int32(int32(stops + more) << int32(STOPS_SHIFT)) | moving))
        moving_now = int32(moving_now | v)
    work.count[Count.UPDATES] += n
    if n > 0 and moving_now == 0:
        work.count[Count.STILL] += 1
    else:
        work.count[Count.STILL] = 0


@part
def count_detectors(vehicles, start, work, counters):
    """Count the vehicles whose front crosses a detector in this tick, with their speeds."""
    for d in range(counters.places):
        lane, cell = counters.place[d].lane, counters.place[d].cell
        for k in range(start[lane], start[lane + 1]):
            if pos(vehicles.X[k]) < cell:
                if pos(work.moved[k]) < cell:
                    break
                count_passing(counters, d, vel(work.moved[k]))
        behind_all = work.lane[lane].arrive_slot == start[lane + 1]
        if work.event[lane] & ARRIVES and behind_all and pos(work.arrive[lane].x) >= cell:
            count_passing(counters, d, vel(work.arrive[lane].x))
    for a in range(counters.areas):
        count_area(vehicles, start, work, counters, a)


@spliced
def count_area(vehicles, start, work, counters, a):
    """Add one tick of an area: who drove how far in it for how long, how much of it is taken, and who waits there."""
    lane, begin, end = counters.area[a].lane, counters.area[a].begin, counters.area[a].end
    ahead, waiting, queue = end, 0, 0
    for k in range(start[lane], start[lane + 1]):
        x, back = work.moved[k], rear(work.moved[k], vehicles.Y[k])
        if pos(x) < begin:
            break
        add_presence(counters, a, pos(vehicles.X[k]), pos(x), length(vehicles.Y[k]), vel(x))
        if pos(x) >= end:
            ahead = min(back, end)
            continue
        linked = ahead - pos(x) <= counters.area[a].queue_gap
        ahead = back if linked else FAR
        if vel(x) <= counters.area[a].wait_speed:
            waiting += 1
            queue = end - max(back, begin) if linked else queue
    if work.event[lane] & ARRIVES:
        x = work.arrive[lane].x
        add_presence(counters, a, pos(x) - vel(x), pos(x), length(work.arrive[lane].y), vel(x))
    counters.area_count[a].most_waiting = max(counters.area_count[a].most_waiting, waiting)
    counters.area_count[a].longest_queue = max(counters.area_count[a].longest_queue, queue)


@spliced
def add_presence(counters, a, was, now, cells, v):
    """Add the part of the tick in which the front of a vehicle, that went from ``was`` to ``now``, was in an area."""
    begin, end = counters.area[a].begin, counters.area[a].end
    distance = min(now, end) - max(was, begin)
    if now > was:
        time = distance / (now - was)
    else:
        time = 1.0 if begin <= now < end else 0.0
    if time > 0.0:
        counters.area_count[a].vehicle_ticks += time
        counters.area_count[a].vehicle_cells += max(distance, 0)
        counters.area_count[a].taken += time * cells
        if v <= counters.area[a].wait_speed:
            counters.area_count[a].waiting_ticks += time


@spliced
def count_passing(counters, d, v):
    """Add one traversal to a detector's interval."""
    counters.detector[d].count += 1.0
    counters.detector[d].speed_sum += v
    counters.detector[d].inverse_speed_sum += 1.0 / max(v, 1)


@part
def count_road(road, counters, clock, tick):
    """Measure the road after the tick: traces while they are kept, queues every few ticks."""
    if clock.trace_begin <= tick < clock.trace_end:
        trace(road, counters, tick + 1)
    count_queues(road, counters, clock, tick)


@scalar
def ticks_waited(w, wait_in):
    """Return the ticks waited since packed state W counted ``wait_in``: the counter has 16 bits and begins anew."""
    return int32(int32(int32(w >> int32(WAITED_SHIFT)) - int32(wait_in)) & int32(0xFFFF))


@spliced
def add_waiting(trips, vid, w):
    """Add what packed state W counted since the last time to the account of a vehicle, and return it."""
    waited = ticks_waited(w, trips.row[vid].wait_in)
    trips.row[vid].waiting += waited
    trips.row[vid].wait_in = uint16((w >> WAITED_SHIFT) & 0xFFFF)
    return waited


@spliced
def traversal_length(net, trips, vid, lane):
    """Cells of the way of a vehicle along its link: its lane, with the connector that led to it."""
    conn = trips.row[vid].connection
    return net.lane[lane].length + (net.conn[conn].length if conn >= 0 else 0)


@kernel
def close_interval(road, counters, time):
    """Give every vehicle's time, distance and waiting since the last boundary to its link.

    What share of its way along the link each has covered is summed as well: with it the interval's share of every
    traversal is known (``left`` and what has been covered at its end, less what had been at its begin).
    """
    net, vehicles, start, trips, work = road.net, road.vehicles, road.start, road.trips, road.work
    for link in range(net.links):
        counters.link[link].covered = 0.0
    for i in range(len(net.waiting_areas)):
        conn = net.waiting_areas[i]
        for at in range(work.taken[i]):
            vid, w = work.waiting_area[i, at].trip, work.waiting_area[i, at].w
            link = net.lane[net.conn[conn].to].link
            counters.link[link].vehicle_ticks += time - trips.row[vid].since_time
            counters.link[link].waiting_ticks += add_waiting(trips, vid, w)
            trips.row[vid].since_time = time
    for lane in range(net.lanes):
        link = net.lane[lane].link
        for k in range(start[lane], start[lane + 1]):
            vid = vehicles.ID[k]
            here = pos(vehicles.X[k])
            counters.link[link].vehicle_ticks += time - trips.row[vid].since_time
            counters.link[link].vehicle_cells += here - trips.row[vid].since_cell
            counters.link[link].waiting_ticks += add_waiting(trips, vid, vehicles.W[k])
            counters.link[link].covered += 1.0 + here / traversal_length(net, trips, vid, lane)
            trips.row[vid].distance += here - trips.row[vid].since_cell
            trips.row[vid].since_time = time
            trips.row[vid].since_cell = here


@part
def trace(road, counters, tick):
    """Append position and speed of the traced vehicles on the traced lanes; what does not fit is counted only."""
    vehicles, start, work = road.vehicles, road.start, road.work
    rows, n = counters.trace, work.count[Count.TRACES]
    for at in range(len(counters.trace_lane)):
        lane = counters.trace_lane[at]
        for k in range(start[lane], start[lane + 1]):
            vid = vehicles.ID[k]
            if counters.traced[vid]:
                if n < len(rows):
                    rows[n].tick = tick
                    rows[n].trip = vid
                    rows[n].lane = lane
                    rows[n].position = pos(vehicles.X[k])
                    rows[n].speed = vel(vehicles.X[k])
                n += 1
    work.count[Count.TRACES] = n
