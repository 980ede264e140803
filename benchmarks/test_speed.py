"""The hot loop under pytest-benchmark; ``extra_info`` has its speed as a ratio to a reference loop timed beside it.

    pytest benchmarks --benchmark-enable --benchmark-autosave
"""

from __future__ import annotations

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from trafficsim.engines.bench import CASES, DEFAULT_CASES
from trafficsim.engines.bench.measure import Block, ready, run_block
from trafficsim.engines.bench.reference import Reference
from trafficsim.engines.ca.loop import Collected, check_invariants, warm_up
from trafficsim.kernels.ca.state import Count

ROUNDS, TICKS = 10, 120


@pytest.mark.parametrize("name", [name for name in DEFAULT_CASES if name in CASES])
def test_hot_loop(benchmark: BenchmarkFixture, name: str) -> None:
    case = CASES[name]
    _, program = ready(case)
    compile_s = warm_up(program)
    run_block(program, 0, case.warmup_ticks, Collected())
    reference, blocks = Reference(), list[Block]()

    def block() -> None:
        begin = case.warmup_ticks + len(blocks) * TICKS
        blocks.append(run_block(program, begin, begin + TICKS, Collected()))

    def sample() -> None:
        reference.sample()

    benchmark.pedantic(block, setup=sample, rounds=ROUNDS)
    reference.sample()  # there is at least one where timing is switched off
    per_s = float(np.median([one.updates / max(one.cpu_s, 1e-9) for one in blocks]))
    benchmark.extra_info |= {
        "per_s": per_s, "reference_per_s": reference.per_s, "relative": per_s / reference.per_s, "compile_s": compile_s,
    }
    check_invariants(program)
    assert sum(one.updates for one in blocks) > 0
    assert program.work.count[Count.STILL] == 0, "a network in gridlock is no measure of speed"
