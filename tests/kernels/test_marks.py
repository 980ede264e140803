"""Lists of lanes with vehicles and of marked slots, against what NumPy finds."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.kernels import from_python
from tests.support.worlds import make_program
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.busy import find_busy, list_marked
from trafficsim.kernels.state import Count
from trafficsim.spec.world import World

LIST_MARKED = from_python(list_marked)


def driven(world: World, ticks: int) -> Program:
    program = make_program(world)
    advance(program, 0, ticks)
    return program


@settings(phases=NO_SHRINKING, max_examples=10)
@given(worlds(), st.integers(1, 60))
def test_busy_lanes_are_those_with_vehicles(world: World, ticks: int) -> None:
    program = driven(world, ticks)
    find_busy(program.start, program.work, program.net.lanes)
    count = program.work.count[Count.BUSY]
    assert program.work.busy[:count].tolist() == np.flatnonzero(np.diff(program.start)).tolist()


@settings(phases=NO_SHRINKING, max_examples=10)
@given(worlds(), st.integers(20, 60), st.integers(0, 2**32 - 1), st.sampled_from((1, 2)))
def test_listed_are_the_slots_whose_mark_has_the_bit(world: World, ticks: int, seed: int, bit: int) -> None:
    program = driven(world, ticks)
    n = int(program.start[-1])
    marks = np.random.default_rng(seed).integers(0, 4, len(program.work.mark)).astype(np.uint8)
    marks[np.random.default_rng(seed + 1).random(len(marks)) < 0.8] = 0
    program.work.mark[:] = marks
    count = int(LIST_MARKED(program.work, n, bit))
    assert program.work.listed[:count].tolist() == np.flatnonzero(marks[:n] & bit).tolist()
