"""What controllers of signals learn from the road: detectors in every tick, and who is on the links at their junctions.

A detector is over by whoever was over it at any moment of the tick: at 50 km/h a vehicle is past it within half a
second. It counts a vehicle when its front comes to the upstream end. The gap that a vehicle keeps when it stands is
part of its length.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numba import int64

from trafficsim.kernels.ca.packed_state import EXIT, pos, rear, turn_of, vel
from trafficsim.kernels.ca.state import ARRIVES
from trafficsim.kernels.jit import part
from trafficsim.kernels.sensing import Surroundings, clear_links, count_approach
from trafficsim.kernels.tables import Array

PLACE_FIELDS = {  # a detector on a lane
    "detector": "i4",
    "lane": "i4",
    "begin": "i4",  # cell of its upstream end, stop line 0
    "end": "i4",  # that of its downstream end
}


class Sensing(NamedTuple):
    """Where detectors lie, which links are looked at, and what has been shown."""

    active: int
    """Whether any signal reacts."""
    places: int
    """Detectors, each as often as it has lanes."""
    place: Array
    cell_m: float
    group: Array
    """By group of the plan: that of the automaton, which stands for others where all always show the same."""
    around: Surroundings
    shown: Any


@part
def sense_detectors(sensing, sensors, vehicles, start, work):
    """Note which detectors somebody was over in this tick, and who came to them; before vehicles change lists."""
    sensors.occupied[:] = 0
    for i in range(sensing.places):
        d, lane = sensing.place[i].detector, sensing.place[i].lane
        begin, end = sensing.place[i].begin, sensing.place[i].end
        for k in range(start[lane], start[lane + 1]):
            front = pos(work.moved[k])
            if front <= begin:
                break
            if rear(vehicles.X[k], vehicles.Y[k]) < end:
                sensors.occupied[d] = 1
            if pos(vehicles.X[k]) <= begin:
                sensors.passed[d] += 1
        if work.event[lane] & ARRIVES:
            x, y = work.arrive[lane].x, work.arrive[lane].y
            if pos(x) > begin and pos(x) - vel(x) <= begin:
                sensors.passed[d] += 1
            if pos(x) > begin and rear(x, y) - vel(x) < end:
                sensors.occupied[d] = 1


@part
def sense_links(sensing, sensors, road, queues, tick):
    """Count who is on the links around controlled junctions, by movement, and whom signals let go first."""
    around, cell_m = sensing.around, sensing.cell_m
    net, vehicles, start, trips = road.net, road.vehicles, road.start, road.trips
    clear_links(around, sensors)
    for link in around.link:
        first, last = net.link[link].lane, net.link[link + 1].lane
        count_approach(around, sensors, link, start[last] - start[first])
        for k in range(start[first], start[last]):
            turn = turn_ahead(around, road, link, int64(turn_of(vehicles.Z[k])), vehicles.ID[k])
            if turn < 0:
                continue
            distance_m = around.after_m[link] - pos(vehicles.X[k]) * cell_m
            if distance_m <= around.reach_m[turn]:
                sensors.waiting[turn] += 1
            if around.special and around.transit[trips.row[vehicles.ID[k]].kind]:
                if distance_m <= around.transit_m[turn]:
                    sensors.transit[turn] += 1
    sense_entries(around, sensors, road, queues, tick)


@part
def sense_entries(around, sensors, road, queues, tick):
    """Count those who wait to enter links at controlled junctions, first come first."""
    trips = road.trips
    for i in range(len(around.entry)):
        entry = around.entry[i]
        first = queues.entry[entry].next
        for at in range(first, min(first + around.most[i], queues.entry[entry + 1].start)):
            trip = queues.trip[at]
            if trips.end[trip].depart > tick:
                break
            local = trips.manoeuvre[trips.route[trips.row[trip].route_position]].turn
            turn = turn_ahead(around, road, int64(queues.entry[entry].link), int64(local), trip)
            if turn >= 0:
                sensors.waiting[turn] += 1


@part
def turn_ahead(around, road, link, local, trip):
    """Return the turn at the end of an approach that somebody on one of its links makes; -1 for others.

    ``local`` is the turn at the end of that link.
    """
    net, trips = road.net, road.trips
    place = int64(trips.row[trip].route_position)
    while local != EXIT:
        turn = int64(net.link[link].turn) + int64(local)
        if around.onward[link] < 0:
            return turn
        if turn != around.onward[link]:
            return -1
        place += 1
        link = around.following[link]
        local = int64(trips.manoeuvre[trips.route[place]].turn)
    return -1
