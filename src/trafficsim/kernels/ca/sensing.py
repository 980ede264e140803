"""What controllers of signals learn from the road: detectors in every tick, and who is on the links at their junctions.

A detector is over by whoever was over it at any moment of the tick: at 50 km/h a vehicle is past it within half a
second. It counts a vehicle when its front comes to the upstream end. The gap that a vehicle keeps when it stands is
part of its length.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from trafficsim.kernels.ca.packed_state import EXIT, pos, rear, turn_of, vel
from trafficsim.kernels.ca.state import ARRIVES
from trafficsim.kernels.jit import part
from trafficsim.kernels.sensing import Surroundings
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
def sense_links(sensing, sensors, net, vehicles, start, trips):
    """Count who is on the links around controlled junctions, by movement, and whom signals let go first."""
    around, cell_m = sensing.around, sensing.cell_m
    for turn in around.turn:
        sensors.waiting[turn], sensors.transit[turn] = 0, 0
    for link in around.link:
        first, last = net.link[link].lane, net.link[link + 1].lane
        sensors.on_link[link] = start[last] - start[first]
        for k in range(start[first], start[last]):
            local = turn_of(vehicles.Z[k])
            if local == EXIT:
                continue
            turn = net.link[link].turn + local
            sensors.waiting[turn] += 1
            if around.special and around.transit[trips.row[vehicles.ID[k]].kind]:
                if -pos(vehicles.X[k]) * cell_m <= around.transit_m[turn]:
                    sensors.transit[turn] += 1
