"""Lanes in one dense array: who is ahead, the guard, re-packing; and which lanes lead on."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles import lanes
from tests.support.rings import ring_program
from tests.support.worlds import link, make_network, make_plan, make_program, make_world, through
from trafficsim.engines.ca import run
from trafficsim.engines.ca.program import Program
from trafficsim.engines.ca.settings import CellularAutomaton
from trafficsim.kernels.ca.leaders import guard, leader_states
from trafficsim.kernels.ca.repack import repack
from trafficsim.kernels.ca.state import Count
from trafficsim.spec.demand import Trip
from trafficsim.spec.network import Connection
from trafficsim.spec.scenario import Trajectories

LANES, MOST = 8, 9
MANY_LANES, CROWDED = 13, 100
"""Lanes that do not fill the words in which events are read; stretches of the re-pack that are moved word by word."""


def random_lanes(seed: int, count: int = LANES, most: int = MOST) -> tuple[Program, np.random.Generator]:
    """A program whose lanes hold 0 to ``most - 1`` vehicles each without overlap; all words but X and Y are random."""
    draw = np.random.default_rng(seed)
    program = ring_program(60.0 * count * most, count * most, 3, 50.0, CellularAutomaton(), links=count)
    counts = draw.integers(0, most, count)
    program.start[:] = np.concatenate([[0], np.cumsum(counts)])
    for packed in program.vehicles[2:]:
        packed[: counts.sum()] = draw.integers(0, 2**31, counts.sum())
    for lane in range(count):
        front = -1 - int(draw.integers(0, 30))
        for slot in range(program.start[lane], program.start[lane + 1]):
            length = int(draw.integers(10, 30))
            program.vehicles.X[slot] = (front << 16) | int(draw.integers(0, 30))
            program.vehicles.Y[slot] = (5000 << 16) | (length << 8) | 1
            front -= length + int(draw.integers(0, 25))
    return program, draw


def fronts_and_lengths(program: Program, lane: int) -> tuple[list[int], list[int]]:
    here = slice(program.start[lane], program.start[lane + 1])
    return (program.vehicles.X[here] >> 16).tolist(), ((program.vehicles.Y[here] >> 8) & 255).tolist()


@pytest.mark.parametrize("seed", range(4))
def test_leader_codes_name_the_rear_and_speed_of_the_one_ahead(seed: int) -> None:
    program, _ = random_lanes(seed)
    n = int(program.start[-1])
    leader_states(program.vehicles, program.work, n)
    for slot in range(1, n):
        x, y = int(program.vehicles.X[slot - 1]), int(program.vehicles.Y[slot - 1])
        packed = int(program.work.leader[slot])
        assert (packed >> 16, packed & 0xFFFF) == ((x >> 16) - ((y >> 8) & 255), x & 0xFFFF)


@pytest.mark.parametrize("seed", range(6))
def test_guard_holds_back_whoever_would_overlap(seed: int) -> None:
    program, draw = random_lanes(seed)
    n = int(program.start[-1])
    leader_states(program.vehicles, program.work, n)
    program.work.leader[program.start[:-1]] = 16000 << 16  # heads of lanes look elsewhere
    step = draw.integers(0, 20 if seed % 2 else 1 + seed, n)
    program.work.moved[:n] = (((program.vehicles.X[:n] >> 16) + step) << 16) | step
    wished = (program.work.moved[:n] >> 16).copy()
    guard(program.vehicles, program.start, program.work, LANES)
    changed = 0
    for lane in range(LANES):
        old, lengths = fronts_and_lengths(program, lane)
        here = slice(program.start[lane], program.start[lane + 1])
        expected = lanes.guard(old, wished[here].tolist(), lengths)
        assert (program.work.moved[here] >> 16).tolist() == expected
        steps = [new - before for new, before in zip(expected, old, strict=True)]
        assert (program.work.moved[here] & 0xFFFF).tolist() == steps
        changed += int((np.array(expected) != wished[here]).sum()) if expected else 0
    assert program.work.count[Count.REPAIRS] == changed


@pytest.mark.parametrize(("count", "most"), [(LANES, MOST), (MANY_LANES, CROWDED)])
@pytest.mark.parametrize("seed", range(6))
def test_repack_is_what_lists_would_do(seed: int, count: int, most: int) -> None:
    program, draw = random_lanes(seed, count, most)
    work, n = program.work, int(program.start[-1])
    work.moved[:n] = draw.integers(0, 2**31, n)
    columns = (work.moved, *program.vehicles[1:])
    rows = [
        [tuple(int(packed[slot]) for packed in columns) for slot in range(program.start[lane], program.start[lane + 1])]
        for lane in range(count)
    ]
    leaves, arrivals = [], []
    for lane in range(count):
        leaving = bool(rows[lane]) and draw.random() < 0.5
        leaves.append(leaving)
        arrivals.append(None)
        work.event[lane] = int(leaving)
        if draw.random() < 0.5:
            place = int(draw.integers(int(leaving), len(rows[lane]) + 1))
            packed_state = tuple(draw.integers(0, 2**31, 6).tolist())
            arrivals[-1] = (place, packed_state)
            work.event[lane] |= 2
            work.arrive[lane] = packed_state
            work.lane[lane].arrive_slot = program.start[lane] + place
    expected = lanes.repack(rows, leaves, arrivals)
    repack(program.vehicles, program.start, work, count)
    start = program.start
    found = [[tuple(int(packed[slot]) for packed in program.vehicles) for slot in range(start[lane], start[lane + 1])]
             for lane in range(count)]
    assert found == expected
    assert not work.event.any()


@pytest.mark.parametrize(("middle_m", "feasible"), [(100.0, 0b111), (20.0, 0b001)])
def test_lanes_that_lead_on(middle_m: float, feasible: int) -> None:
    # Three lanes lead to two, of which only the nearside lane serves the turn. From the others the driver has to change
    # once on the middle link: possible on 100 m, not on 20 m (30 m are counted per change).
    rows = [link("a", 300.0, lanes=3), link("b", middle_m, lanes=2), link("c", 300.0)]
    joints = [
        Connection(from_link="a", from_lane=0, to_link="b", to_lane=0),
        Connection(from_link="a", from_lane=1, to_link="b", to_lane=1),
        Connection(from_link="a", from_lane=2, to_link="b", to_lane=1),
        Connection(from_link="b", from_lane=0, to_link="c", to_lane=0),
    ]
    trips = [Trip(id="t", depart_s=0.0, route=("a", "b", "c"))]
    compiled = make_program(make_world(make_network(rows, joints), trips=trips)).trips
    manoeuvres = compiled.manoeuvre[compiled.route]
    assert manoeuvres.wanted.tolist() == [0b001, 0b01, 0b1]
    assert manoeuvres.feasible.tolist() == [feasible, 0b01, 0b1]


def test_a_lane_closed_to_the_vehicle_does_not_lead_on() -> None:
    rows = [link("a", 300.0, lanes=2, allow=(("bus",), ("car", "bus"))), link("b", 300.0, lanes=2)]
    trips = [Trip(id=kind, depart_s=0.0, route=("a", "b"), vehicle_class=kind) for kind in ("bus", "car")]
    compiled = make_program(make_world(make_network(rows, through("a", "b", 2)), trips=trips)).trips
    assert compiled.manoeuvre[compiled.route].wanted.tolist() == [0b11, 0b11, 0b10, 0b11]


@pytest.mark.parametrize(("road_class", "lane"), [("rural", 0), ("motorway", 0), ("urban", 1)])
def test_who_is_alone_goes_back_to_the_nearside_outside_towns(road_class: str, lane: int) -> None:
    road = make_network([link("a", 800.0, lanes=2, speed_limit_kmh=80.0, road_class=road_class)])
    trips = [Trip(id="t", depart_s=0.0, route=("a",), depart_lane=1)]
    record = run(make_plan(make_world(road, trips=trips, trajectories=Trajectories(share=1.0))), CellularAutomaton())
    assert record.trajectories.lane[0] == 1
    assert record.trajectories.lane[-1] == lane
