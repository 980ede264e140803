"""The same run gives the same digest in another process, in slices of other lengths, and without the compiler."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.support.small_city import city_digest, city_program
from trafficsim.engines.ca.loop import advance

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("disable_jit", ["0", "1"])
def test_another_process_gives_the_same_digest(disable_jit: str) -> None:
    code = """if True:
        import numpy; numpy.seterr(over="ignore")
        from tests.support.small_city import city_digest; print(city_digest())
    """
    environment = {**os.environ, "NUMBA_DISABLE_JIT": disable_jit, "PYTHONHASHSEED": disable_jit}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == city_digest()


def test_the_length_of_slices_does_not_matter() -> None:
    states = []
    for slices in ([100], [1] * 100, [7] * 14 + [2], [33, 34, 33]):
        program, tick = city_program(), 0
        for length in slices:
            advance(program, tick, tick + length)
            tick += length
        n = int(program.start[-1])
        states.append((program.start.tolist(), *(np.asarray(word[:n]).tolist() for word in program.vehicles)))
    assert all(state == states[0] for state in states)
    assert states[0][0][-1] > 20


def test_replications_differ() -> None:
    assert city_digest(1) != city_digest(2)
