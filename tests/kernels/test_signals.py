"""The signal state machine against a walk through the phases."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracles.signal_indications import indications
from tests.support.worlds import link, make_network, make_program, make_world, through
from trafficsim.engines.ca.program import Program
from trafficsim.kernels.ca.signal_tables import update_signals
from trafficsim.spec.demand import Trip
from trafficsim.spec.scenario import Time
from trafficsim.spec.signals import Phase, SignalProgram


def random_program(seed: int) -> SignalProgram:
    draw = np.random.default_rng(seed)
    phases = tuple(
        Phase(duration_s=int(draw.integers(1, 12)), state="".join(draw.choice(list("ryGgus"), 3)))
        for _ in range(draw.integers(1, 6))
    )
    return SignalProgram(id=f"s{seed}", phases=phases, offset_s=float(draw.integers(-20, 40)))


def compiled(programs: list[SignalProgram], start_s: float = 0.0) -> Program:
    rows = [link(f"{side}{number}", 50.0, lanes=3) for number in range(len(programs)) for side in "ab"]
    joints = [
        conn.model_copy(update={"signal": program.id, "signal_index": index})
        for number, program in enumerate(programs)
        for index, conn in enumerate(through(f"a{number}", f"b{number}", 3))
    ]
    trips = [Trip(id="t", depart_s=start_s, route=("a0", "b0"))]
    network = make_network(rows, joints, programs)
    return make_program(make_world(network, trips=trips, time=Time(start_s=start_s, analysis_s=10.0)))


@pytest.mark.parametrize("start_s", [0.0, 3607.0])
def test_signals_follow_the_phases(start_s: float) -> None:
    programs = [random_program(seed) for seed in range(6)]
    program = compiled(programs, start_s)
    before: list[int] = []
    since = [0] * 18
    ends = {0: 1, 1: 870, 870: 930, 930: 1000}  # stretches of any length, across those that are asked for at once
    for tick in range(1000):
        if tick in ends:
            program.signals = signals = program.commanded.command(program.signals, tick, ends[tick])
        update_signals(signals, tick)
        expected = [code for one in programs for code in indications(one, tick + round(start_s))]
        assert signals.group.state.tolist() == expected
        changed = [not before or old != new for old, new in zip(before or expected, expected, strict=True)]
        since = [tick if change else at for change, at in zip(changed, since, strict=True)]
        assert signals.group.since.tolist() == since
        before = expected
