"""The queue of a lane: the chain from its stop line, beside a plain reference model."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.worlds import link, make_network, make_program, make_world
from trafficsim.kernels.ca.busy import find_busy
from trafficsim.kernels.jit import from_python
from trafficsim.kernels.measurement.queues import count_queues
from trafficsim.spec.demand import Trip

LENGTH, CHAIN = 14, 60  # cells


def queue_cells(fronts: list[int], speeds: list[int], wait_speed: int) -> int:
    """From the stop line back to the last standing vehicle of those who follow each other within 30 m."""
    ahead, longest = 0, 0
    for front, speed in zip(fronts, speeds, strict=True):
        if ahead - front > CHAIN:
            break
        ahead = front - LENGTH
        longest = -ahead if speed <= wait_speed else longest
    return longest


@pytest.mark.parametrize(("fronts", "speeds", "expected"), [
    ([-1, -15, -29], [0, 0, 0], 43),
    ([-1, -15, -29], [0, 0, 9], 29),  # the last one still moves
    ([-10, -50, -90], [20, 10, 0], 104),  # the front of the queue has gone off
    ([-900], [0], 0),  # one who starts at the beginning of a free link
    ([-1, -15, -900], [0, 0, 1], 29),
    ([], [], 0),
])
def test_a_queue_begins_at_the_stop_line(fronts: list[int], speeds: list[int], expected: int) -> None:
    trips = [Trip(id="t", depart_s=0.0, route=("a",))]
    program = make_program(make_world(make_network([link("a", 500.0)]), trips=trips))
    for slot, (front, speed) in enumerate(zip(fronts, speeds, strict=True)):
        program.vehicles.X[slot] = (front << 16) | speed
        program.vehicles.Y[slot] = (5000 << 16) | (LENGTH << 8) | 1
    program.start[:] = np.array([0, len(fronts)])
    program.counters.queue.close[:] = 1000  # within a cycle
    find_busy(program.start, program.work, program.net.lanes)
    from_python(count_queues)(program.road, program.counters, program.clock, 5 * int(program.clock.queue_every) + 0)
    assert queue_cells(fronts, speeds, int(program.clock.wait_speed)) == expected
    assert int(program.counters.queue[0].now) == expected
