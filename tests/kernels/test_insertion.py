"""Where and how fast a trip enters a lane, against a twin that tries every place."""

from __future__ import annotations

import numpy as np
import pytest

from tests.kernels.test_lanes import LANES, random_lanes
from tests.oracles.entry import Lane, Newcomer, entry
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.insertion import entry_place
from trafficsim.kernels.jit import from_python

ENTRY_PLACE = from_python(entry_place)
FAR, FAST = 30_000, 400


def lane_of(program: Program, lane: int, over: tuple[int, int]) -> Lane:
    here = slice(program.start[lane], program.start[lane + 1])
    x, y = program.vehicles.X[here], program.vehicles.Y[here]
    rows = zip((x >> 16).tolist(), ((y >> 8) & 255).tolist(), (x & 0xFFFF).tolist(), strict=True)
    return Lane(list(rows), over, float(program.net.scale.safe), int(program.net.scale.firm))


@pytest.mark.parametrize("seed", range(40))
def test_a_trip_enters_as_the_twin_says(seed: int) -> None:
    program, draw = random_lanes(seed, most=4)
    program.work.moved[:] = program.vehicles.X
    entered = 0
    for lane in range(LANES):
        for _ in range(20):
            over = (FAR, FAST) if draw.random() < 0.7 else (-int(draw.integers(1, 10)), int(draw.integers(0, 20)))
            new = Newcomer(cells=int(draw.integers(4, 34)), wanted=int(draw.integers(1, 70)),
                           theta=float(np.float32(draw.uniform(0.3, 1.2))),
                           brake=float(np.float32(draw.uniform(5.0, 10.0))), line=int(draw.integers(0, 200)),
                           begin=-int(draw.integers(1, 200)), passed=float(draw.random()))
            words = (new.cells, new.wanted, np.float32(new.theta), np.float32(new.brake), program.net.scale.safe,
                     program.net.scale.firm, np.int32(new.line), np.int32(over[0]), np.int32(over[1]))
            slot, v, place = ENTRY_PLACE(program.vehicles, program.start, program.work, lane,
                                         (np.int32(new.begin), new.passed), words)
            found = None if slot < 0 else (int(place), int(v))
            here = lane_of(program, lane, over)
            assert found == entry(here, new)
            if found:
                entered += 1
                assert slot - program.start[lane] == sum(front > new.begin for front, _, _ in here.vehicles)
    assert entered > 20, "some found room"
