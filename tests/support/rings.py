"""Ring roads filled by hand: vehicles stand where they are put, nobody enters or leaves."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tests.support.worlds import UNIFORM, link, make_network, make_program, make_world, through
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.lanes import lane_flags
from trafficsim.kernels.ca.packed_state import pack_x, pack_y, with_turn
from trafficsim.kernels.ca.speeds import desired_speed
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.measurement.counters import close_interval
from trafficsim.spec.demand import Trip
from trafficsim.spec.drivers import Drivers

MOST_M = 16_000.0
"""Length of a link at most."""


def ring_program(
    length_m: float, vehicles: int, route_positions: int, speed_limit_kmh: float, ca: CellularAutomaton,
    links: int = 2, drivers: Drivers = UNIFORM, road_class: str = "urban",
) -> Program:
    """Return an empty ring of equal links, and as many trips (not yet on it).

    Each with a route of ``route_positions`` links.

    Trip i begins on link ``i % links``.
    """
    names = [f"r{number}" for number in range(links)]
    rows = [link(name, length_m / links, speed_limit_kmh=speed_limit_kmh, road_class=road_class) for name in names]
    joints = [conn for one in range(links) for conn in through(names[one], names[(one + 1) % links])]
    routes = [
        tuple(names[(first + route_position) % links] for route_position in range(route_positions))
        for first in range(links)
    ]
    trips = [Trip(id=f"v{number:06d}", depart_s=0.0, route=routes[number % links]) for number in range(vehicles)]
    return make_program(make_world(make_network(rows, joints), trips=trips, drivers=drivers, ca=ca))


def put(program: Program, trip: int, lane: int, position: int, speed: int) -> tuple[int, ...]:
    """Open the accounts of a trip and return its slot's words: lane, position, X, Y, Z, key, trip."""
    row = program.trips.row[trip]
    link_of_lane = int(program.net.lane[lane].link)
    cap = desired_speed(program.net, program.trips, trip, link_of_lane)
    flags = lane_flags(program.net, program.trips, lane, int(row.route_position))
    end, cells = program.trips.end[trip], int(program.trips.kind[int(row.kind)].cells)
    row.status, row.since_cell = 1, position
    end.entry_time = row.enter_time = row.since_time = 0.0
    program.work.lane[lane].used += cells
    program.work.count[Count.INSERTED] += 1
    z = with_turn(
        int(end.packed), int(program.trips.manoeuvre[program.trips.route[int(row.route_position)]].turn)
    )
    return lane, position, pack_x(position, speed), pack_y(cap, cells, flags), z, int(end.key), trip


def fill(program: Program, places: Sequence[tuple[int, int, int]]) -> None:
    """Put trips on an empty road: (lane, cells from its start to the front, speed in cells per tick), one per trip.

    A trip takes the next place whose lane belongs to its first link.
    """
    entry, trips = program.queues.entry, program.queues.trip
    waiting = {int(entry[at].link): sorted(trips[entry[at].start : entry[at + 1].start].tolist(), reverse=True)
               for at in range(program.queues.entries)}
    words = []
    for lane, cell, speed in places:
        trip = waiting[int(program.net.lane[lane].link)].pop()
        words.append(put(program, trip, lane, cell - int(program.net.lane[lane].length), speed))
    words.sort(key=lambda word: (word[0], -word[1]))
    for slot, (_, _, x, y, z, key, trip) in enumerate(words):
        for array, value in zip(program.vehicles, (x, y, z, key, trip, 1), strict=True):
            array[slot] = value
    lanes = np.array([word[0] for word in words])
    program.start[:] = np.searchsorted(lanes, np.arange(program.net.lanes + 1))
    program.queues.entry["next"][:-1] = program.queues.entry["start"][1:]


def places_on_ring(program: Program, fronts: Sequence[int], speed: int) -> list[tuple[int, int, int]]:
    """Return places for fronts at these cells of a one-lane ring (cell 1 is the first of link 0)."""
    per_link = int(program.net.lane[0].length)
    return [((front - 1) // per_link, (front - 1) % per_link, speed) for front in fronts]


def flow_per_tick(program: Program, warmup: int, ticks: int) -> float:
    """Return Edie's flow (vehicles per tick) of the whole road after a warm-up."""
    advance(program, 0, warmup)
    _close(program, warmup)
    program.counters.link[:] = 0.0
    end = warmup + ticks
    advance(program, warmup, end)
    _close(program, end)
    return float(program.counters.link.vehicle_cells.sum()) / (float(program.net.lane.length.sum()) * ticks)


def _close(program: Program, tick: int) -> None:
    close_interval(program.road, program.counters, float(tick))


def rule_ring(
    ca: CellularAutomaton, v_max: float, cells: int, fronts: Sequence[int], speed: int, ticks: int,
) -> Program:
    """Return a one-lane ring of whole cells on which vehicles stand at ``fronts``, with routes for so many ticks."""
    links = max(2, math.ceil(cells * ca.cell_m / MOST_M))
    per_link = cells // links
    counts = np.bincount((np.asarray(fronts) - 1) // per_link, minlength=links)
    route_positions = int(ticks * v_max) // per_link + 4
    limit_kmh = v_max * ca.cell_m / ca.tick_s * 3.6
    program = ring_program(cells * ca.cell_m, links * int(counts.max()), route_positions, limit_kmh, ca, links)
    fill(program, places_on_ring(program, list(fronts), speed))
    return program


def at_random(cells: int, vehicles: int, seed: int = 1) -> list[int]:
    """Return different cells, drawn at random and sorted."""
    found: list[int] = (np.sort(np.random.default_rng(seed).choice(cells, vehicles, replace=False)) + 1).tolist()
    return found


def evenly(cells: int, vehicles: int) -> list[int]:
    """Return fronts that are spread evenly."""
    return [1 + number * cells // vehicles for number in range(vehicles)]


def jammed(vehicles: int, length: int = 1) -> list[int]:
    """Return the fronts of one compact jam."""
    return [length * (number + 1) for number in range(vehicles)]


def nasch_flow(v_max: int, p: float, density: float, cells: int, ticks: int, seed: int = 1) -> float:
    """Flow of a Nagel-Schreckenberg ring at random start places, in vehicles per tick."""
    ca = CellularAutomaton(rule="nasch", dawdle_p=p)
    program = rule_ring(ca, v_max, cells, at_random(cells, round(density * cells), seed), 0, ticks)
    return flow_per_tick(program, ticks // 4, ticks - ticks // 4)
