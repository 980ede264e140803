"""Which trips enter the network, where and how fast.

Against a reference model that tries every lane and every place.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from tests.oracles.insertion import Entries
from tests.oracles.road_state import arrivals_of
from tests.properties.networks import NO_SHRINKING, worlds
from tests.support.worlds import make_program
from trafficsim.engines.ca.loop import advance
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.insertion import insert_trips
from trafficsim.kernels.ca.speeds import desired_speed, driven_speed
from trafficsim.kernels.jit import from_python
from trafficsim.spec.world import World

INSERT = from_python(insert_trips)


@njit
def speed_on(net, trips, trip, link):  # type: ignore[no-untyped-def]
    return driven_speed(trips, trip, desired_speed(net, trips, trip, link))


def desired_of_waiting(program: Program) -> dict[tuple[int, int], int]:
    """Whole speeds that trips want on the link at which they wait."""
    queues, found = program.queues, {}
    for number in range(queues.entries):
        link = int(queues.entry.link[number])
        for trip in queues.trip[queues.entry.start[number] : queues.entry.start[number + 1]].tolist():
            found[trip, link] = int(speed_on(program.net, program.trips, trip, link)) >> 8
    return found


@settings(phases=NO_SHRINKING, max_examples=25)
@given(worlds(), st.integers(0, 60), st.integers(1, 5))
def test_trips_enter_as_the_reference_model_says(world: World, ticks: int, later: int) -> None:
    # Nobody moves for some ticks, so that more trips are due than would be; the reference model knows the road as it
    # is.
    program = make_program(world)
    advance(program, 0, ticks)
    tick, n = ticks + later, int(program.start[-1])
    program.work.moved[:n] = program.vehicles.X[:n]
    reference = Entries(program, tick, desired_of_waiting(program))
    reference.enter_all()
    before = {trip for trip in range(len(program.trips.row) - 1) if program.trips.row.status[trip] > 0}
    INSERT(program.road, program.queues, program.counters, tick)
    work = program.work
    entered = arrivals_of(program)
    assert entered == reference.entered
    on_road = {trip for trip in range(len(program.trips.row) - 1) if program.trips.row.status[trip] > 0}
    assert on_road - before == {trip for trip, _, _ in reference.entered.values()}
    for lane, (_, place, _) in entered.items():
        slots = range(program.start[lane], program.start[lane + 1])
        ahead = sum(int(program.vehicles.X[slot]) >> 16 > place for slot in slots)
        assert work.lane.arrive_slot[lane] - program.start[lane] == ahead
