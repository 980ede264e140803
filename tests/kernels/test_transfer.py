"""The transfer against its reference model.

On what random worlds come to when their heads are pushed over their lines.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles.road_state import arrivals_of
from tests.oracles.transfer import Crossings
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.examples import examples
from tests.support.worlds import make_program
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.busy import find_busy
from trafficsim.kernels.ca.state import LEAVES, Count
from trafficsim.kernels.ca.transfer import transfer
from trafficsim.kernels.jit import from_python
from trafficsim.spec.world import World

TRANSFER = from_python(transfer)
SHORT_M = (2.0, 3.0, 5.0, 8.0, 13.0, 60.0)


def pushed(world: World, ticks: int, seed: int) -> Program:
    """A program after some ticks, three of four heads of which cross their line; some go to wait inside."""
    program = make_program(world)
    advance(program, 0, ticks)
    draw, work, start = np.random.default_rng(seed), program.work, program.start
    find_busy(start, work, program.net.lanes)
    n = int(start[-1])
    work.moved[:n] = program.vehicles.X[:n]
    work.lane.head_conn[:] = -1
    work.lane.to_waiting_area[:] = 0
    for lane in np.flatnonzero(np.diff(start)):
        if draw.random() < 0.75:
            speed = int(draw.integers(0, 40))
            work.moved[start[lane]] = (int(draw.integers(0, speed + 1)) << 16) | speed
            choose_connection(program, int(lane), draw)
    return program


def choose_connection(program: Program, lane: int, draw: np.random.Generator) -> None:
    """Let the head of a lane choose, or leave the choice to the transfer."""
    reference, work = Crossings(program), program.work
    trip = int(program.vehicles.ID[program.start[lane]])
    own = reference.connections(lane, reference.turn(trip)) if reference.turn(trip) != 255 else []
    if own and draw.random() < 0.8:
        work.lane.head_conn[lane] = int(draw.choice(own))
        work.lane.to_waiting_area[lane] = (
            program.net.conn.waiting_area[work.lane.head_conn[lane]] >= 0 and draw.random() < 0.5
        )


@settings(phases=NO_SHRINKING, max_examples=examples(60))
@given(worlds(lengths_m=SHORT_M), st.integers(10, 120), st.integers(0, 2**32 - 1))
def test_heads_are_carried_as_the_reference_model_says(world: World, ticks: int, seed: int) -> None:
    program = pushed(world, ticks, seed)
    reference = Crossings(program)
    held, inside, done = (int(program.work.count[one]) for one in (Count.HELD, Count.INSIDE, Count.COMPLETED))
    for lane in reference.order(ticks):
        reference.carry(lane)
    TRANSFER(program.road, program.counters, program.clock, ticks)
    work, row = program.work, program.trips.row
    arrived = arrivals_of(program)
    assert arrived == reference.arrivals
    assert set(np.flatnonzero(work.event & LEAVES).tolist()) == reference.left
    assert work.count[Count.HELD] - held == len(reference.held)
    assert work.count[Count.INSIDE] - inside == len(reference.inside)
    assert work.count[Count.COMPLETED] - done == len(reference.finished)
    assert work.taken.tolist() == reference.taken.tolist()
    assert {trip for trip in reference.finished if row.status[trip] == 2} == reference.finished
    assert row.route_position[:-1].tolist() == reference.route_position[:-1].tolist()
    assert row.connection[:-1].tolist() == reference.connection[:-1].tolist()
    assert work.lane.last_conn.tolist() == reference.last_conn.tolist()
