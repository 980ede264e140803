"""Gap requests against their slow reference model, on whatever state random worlds come to."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.giveway import GapRequest, Junctions
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.examples import examples
from tests.support.worlds import make_program
from trafficsim.engines.ca.loop import advance
from trafficsim.kernels.ca.packed_state import EXIT, turn_of
from trafficsim.kernels.ca.records import make_requester
from trafficsim.kernels.ca.requests import gap_instant, turn_instant
from trafficsim.kernels.ca.room import has_room
from trafficsim.kernels.ca.state import View
from trafficsim.kernels.decisions.gaps import NEVER
from trafficsim.kernels.jit import from_python
from trafficsim.spec.world import World

GAP_INSTANT, TURN_INSTANT = from_python(gap_instant), from_python(turn_instant)
HAS_ROOM = from_python(has_room)


@settings(phases=NO_SHRINKING, max_examples=examples(30))
@given(worlds(), st.integers(10, 150), st.sampled_from((0, 3, 70)))
def test_instants_are_those_of_the_reference_model(world: World, ticks: int, waited: int) -> None:
    program = make_program(world)
    advance(program, 0, ticks)
    junctions = Junctions(program)
    for conn in range(len(world.network.connections)):
        lane = int(program.net.conn.origin[conn])
        key = int(program.vehicles.KEY[program.start[lane]])
        for since, gap in ((ticks - 1.0, 2.0), (float(ticks), 6.2)):
            request, plain = make_requester(conn, lane, key, ticks, waited), GapRequest(conn, ticks, since, waited, key)
            assert _finite(GAP_INSTANT(program.road, request, since, gap)) == junctions.gap_instant(plain, gap)
            assert _finite(TURN_INSTANT(program.road, request, since)) == junctions.turn_instant(plain)


@settings(phases=NO_SHRINKING, max_examples=examples(30))
@given(worlds(lengths_m=(0.2, 2.0, 5.0, 13.0)), st.integers(10, 150), st.sampled_from((0, 70)))
def test_room_beyond_is_that_of_the_reference_model(world: World, ticks: int, waited: int) -> None:
    program = make_program(world)
    advance(program, 0, ticks)
    junctions = Junctions(program)
    for lane in np.flatnonzero(np.diff(program.start)):
        slot = program.start[lane]
        turn = turn_of(program.vehicles.Z[slot])
        first, last = program.net.reach[program.net.lane.turns[lane] + turn :][:2] if turn != EXIT else (0, 0)
        program.work.lane.wait[lane] = waited
        for conn in range(first, last):
            key, y = int(program.vehicles.KEY[slot]), int(program.vehicles.Y[slot])
            view = View(conn, int(program.vehicles.ID[slot]), 0, int(lane), 0, 0, y, key, ticks)
            for cells in (1, 7, 14, 29):
                assert bool(HAS_ROOM(program.road, view, cells)) == junctions.has_room(view, cells)


def _finite(instant: float) -> float:
    return math.inf if instant == NEVER else instant
