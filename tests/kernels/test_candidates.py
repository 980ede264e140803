"""Lists of lanes with vehicles and of marked slots, and marks, against what NumPy finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import make_program
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.busy import find_busy, list_flagged
from trafficsim.kernels.ca.lanes import ONE_LANE, SHIFT, list_pairs
from trafficsim.kernels.ca.look import find_candidates, list_heads
from trafficsim.kernels.ca.packed_state import FLAG_CONNECTOR, FLAG_WRONG
from trafficsim.kernels.ca.state import Count
from trafficsim.kernels.ca.transfer import list_crossing
from trafficsim.kernels.jit import from_python
from trafficsim.spec.world import World

LIST_MARKED, MARK_NEAR = from_python(list_flagged), from_python(find_candidates)
LIST_HEADS, LIST_PAIRS = from_python(list_heads), from_python(list_pairs)
LIST_CROSSING = from_python(list_crossing)
CAREFUL = settings(phases=NO_SHRINKING, max_examples=10)


def driven(world: World, ticks: int) -> Program:
    program = make_program(world)
    advance(program, 0, ticks)
    return program


@CAREFUL
@given(worlds(), st.integers(1, 60))
def test_busy_lanes_are_those_with_vehicles(world: World, ticks: int) -> None:
    program = driven(world, ticks)
    find_busy(program.start, program.work, program.net.lanes)
    count = program.work.count[Count.BUSY]
    assert program.work.busy[:count].tolist() == np.flatnonzero(np.diff(program.start)).tolist()


@CAREFUL
@given(worlds(), st.integers(20, 60), st.integers(0, 2**32 - 1), st.sampled_from((1, 2, 4)))
def test_listed_are_the_slots_whose_mark_has_the_bit(world: World, ticks: int, seed: int, bit: int) -> None:
    program = driven(world, ticks)
    n = int(program.start[-1])
    marks = np.random.default_rng(seed).integers(0, 8, len(program.work.candidate)).astype(np.uint8)
    marks[np.random.default_rng(seed + 1).random(len(marks)) < 0.8] = 0
    program.work.candidate[:] = marks
    work = program.work
    count = int(LIST_MARKED(work.candidate, work.candidate_blocks, work.listed, n, bit))
    assert program.work.listed[:count].tolist() == np.flatnonzero(marks[:n] & bit).tolist()


@CAREFUL
@given(worlds(), st.integers(20, 60))
def test_near_are_those_who_see_their_line_and_those_in_a_wrong_lane(world: World, ticks: int) -> None:
    program = driven(world, ticks)
    n, scale = int(program.start[-1]), program.net.scale
    x, y = program.vehicles.X[:n], program.vehicles.Y[:n]
    speed, away, wrong = x & 0xFFF, -1 - (x >> 16), y & FLAG_WRONG != 0
    sight = speed + speed**2 / (2.0 * float(scale.comfort)) + float(scale.clear)
    moves = speed >= scale.queue_speed - 1
    MARK_NEAR(program.vehicles, n, scale, program.work.candidate)
    marked = program.work.candidate[:n] != 0
    assert marked[wrong | (moves & (away <= sight))].all()
    assert not marked[~wrong & ~(moves & (away <= sight + 1))].any()  # who sees it within a cell may be marked too


@CAREFUL
@given(worlds(), st.integers(20, 60))
def test_heads_are_listed_that_see_their_line_or_are_in_a_wrong_lane(world: World, ticks: int) -> None:
    program = driven(world, ticks)
    scale, work = program.net.scale, program.work
    find_busy(program.start, work, program.net.lanes)
    lanes = np.flatnonzero(np.diff(program.start))
    heads = program.start[lanes]
    x, y = program.vehicles.X[heads], program.vehicles.Y[heads]
    speed, away, wrong = x & 0xFFF, np.maximum(-1 - (x >> 16), 0), y & FLAG_WRONG != 0
    sight = speed + (speed**2 / (2.0 * float(scale.comfort))).astype(int) + scale.clear
    waited, held = work.lane["wait"].copy(), work.lane["blocking_reason"].copy()
    near = wrong | (away <= sight + scale.overhang)
    work.candidate[:] = 1
    count = int(LIST_HEADS(program.road))
    assert np.flatnonzero(work.candidate == 0).tolist() == heads.tolist()
    assert work.outs[:count].tolist() == lanes[near].tolist()
    assert work.lane["wait"][lanes].tolist() == np.where(speed == 0, waited[lanes] + 1, 0).tolist()
    assert work.lane["blocking_reason"][lanes].tolist() == np.where(near, held[lanes], 0).tolist()


@CAREFUL
@given(worlds(), st.integers(20, 60), st.integers(0, 2**32 - 1))
def test_who_gives_way_crosses_after_those_with_priority(world: World, ticks: int, seed: int) -> None:
    program = driven(world, ticks)
    net, work, start = program.net, program.work, program.start
    find_busy(start, work, net.lanes)
    lanes = np.flatnonzero(np.diff(start))
    draws = np.random.default_rng(seed)
    crosses = draws.random(len(lanes)) < 0.5
    work.moved[start[lanes]] = np.where(crosses, 5, -5) << 16
    work.lane.head_conn[lanes] = draws.integers(-1, len(net.conn) - 1, len(lanes))
    order = [int(lane) for lane in lanes[crosses][:: 1 if ticks % 2 else -1]]
    minor = {lane: (conn := int(work.lane.head_conn[lane])) >= 0 and net.conn.yields[conn + 1] > net.conn.yields[conn]
             for lane in order}
    count = int(LIST_CROSSING(program.road, ticks))
    assert work.listed[:count].tolist() == sorted(order, key=lambda lane: minor[lane])


@CAREFUL
@given(worlds(), st.integers(20, 60), st.sampled_from((-1, 1)), st.integers(0, 2**32 - 1))
def test_pairs_are_listed_where_somebody_may_change(world: World, ticks: int, side: int, seed: int) -> None:
    program = driven(world, ticks)
    net, work, start = program.net, program.work, program.start
    find_busy(start, work, net.lanes)
    n = int(start[-1])
    slots = np.flatnonzero(np.random.default_rng(seed).random(n) < 0.2)
    work.listed[: len(slots)] = slots
    kept = [lane for lane in range(net.lanes - 1)
            if net.lane.keep[lane] and net.lane.link[lane] == net.lane.link[lane + 1] and start[lane] < start[lane + 2]]
    tries = np.unique(np.searchsorted(start, slots, side="right") - 1)
    sources = [lane for lane in tries.tolist() if not net.lane.keep[lane]
               and 0 <= lane + side < net.lanes and net.lane.link[lane] == net.lane.link[lane + side]]
    town = [min(lane, lane + side) for lane in sources]
    count = int(LIST_PAIRS(program.road, np.int32(side), len(slots)))
    assert work.outs[:count].tolist() == town + kept
    first = [int(slots[slots >= start[lane]][0] - start[lane]) for lane in sources]
    marks = [int(((slots >= start[lane]) & (slots < start[lane + 1])).sum()) for lane in sources]
    packed = work.listed[: len(town)].astype(int)
    assert ((packed >> SHIFT).tolist(), (packed & (ONE_LANE - 1)).tolist()) == (first, marks)


@CAREFUL
@given(worlds(), st.integers(1, 60))
def test_who_is_on_a_watched_connector_is_counted_and_its_lane_looked_at(world: World, ticks: int) -> None:
    program = driven(world, ticks)
    n, work = int(program.start[-1]), program.work
    watched = np.flatnonzero(program.vehicles.Y[:n] & FLAG_CONNECTOR)
    lanes = np.searchsorted(program.start, watched, side="right") - 1
    assert np.flatnonzero(work.onto).tolist() == np.unique(lanes).tolist()
    by, connections = program.trips.row.connection[program.vehicles.ID[watched]], len(program.net.conn)
    assert work.conn.on_conn[:connections].tolist() == np.bincount(by, minlength=connections).tolist()
