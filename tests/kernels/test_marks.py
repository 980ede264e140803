"""Lists of lanes with vehicles and of marked slots, and marks, against what NumPy finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import make_program
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.busy import find_busy, list_marked
from trafficsim.kernels.jit import from_python
from trafficsim.kernels.look import mark_near
from trafficsim.kernels.state import Count
from trafficsim.kernels.words import FLAG_WRONG
from trafficsim.spec.world import World

LIST_MARKED, MARK_NEAR = from_python(list_marked), from_python(mark_near)
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
@given(worlds(), st.integers(20, 60), st.integers(0, 2**32 - 1), st.sampled_from((1, 2)))
def test_listed_are_the_slots_whose_mark_has_the_bit(world: World, ticks: int, seed: int, bit: int) -> None:
    program = driven(world, ticks)
    n = int(program.start[-1])
    marks = np.random.default_rng(seed).integers(0, 4, len(program.work.mark)).astype(np.uint8)
    marks[np.random.default_rng(seed + 1).random(len(marks)) < 0.8] = 0
    program.work.mark[:] = marks
    count = int(LIST_MARKED(program.work, n, bit))
    assert program.work.listed[:count].tolist() == np.flatnonzero(marks[:n] & bit).tolist()


@CAREFUL
@given(worlds(), st.integers(20, 60))
def test_near_are_those_who_see_their_line_and_those_in_a_wrong_lane(world: World, ticks: int) -> None:
    program = driven(world, ticks)
    n, scale = int(program.start[-1]), program.net.scale
    x, y = program.vehicles.X[:n], program.vehicles.Y[:n]
    speed, away, wrong = x & 0xFFF, -1 - (x >> 16), y & FLAG_WRONG != 0
    sight = speed + speed**2 / (2.0 * float(scale.comfort)) + float(scale.clear)
    moves = speed >= scale.crawl - 1
    MARK_NEAR(program.vehicles, n, scale, program.work.mark)
    marked = program.work.mark[:n] != 0
    assert marked[wrong | (moves & (away <= sight))].all()
    assert not marked[~wrong & ~(moves & (away <= sight + 1))].any()  # who sees it within a cell may be marked too
