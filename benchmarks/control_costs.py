"""What signals that react cost: CPU seconds of the loop beside fixed-time signals, on the same grid, in turn.

``python -m benchmarks.control_costs [ENGINE [ROUNDS]]`` prints, by method, the cost of a vehicle moved by a tick (links
driven in the queue engine) relative to fixed time: methods change how many vehicles there are.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np

import trafficsim as ts
from trafficsim.engines.registry import DEFAULT_ENGINE
from trafficsim.envs.worlds import grid_world
from trafficsim.spec.world import World

METHODS = ("fixed", "actuated", "max_pressure")
SIZE, SPAN_S = 6, 1800.0


def cost(world: World, method: str, engine: str) -> float:
    """CPU seconds per update of an open run from its first to its last minute."""
    policies = {"fixed": [], "actuated": [ts.policies.Actuated()], "max_pressure": [ts.policies.MaxPressure()]}[method]
    run = ts.open_run(world, engine=engine, policies=policies)
    run.advance(60.0)
    began = time.process_time()
    run.advance(SPAN_S)
    took_s = time.process_time() - began
    return took_s / run.record().performance.vehicle_updates


if __name__ == "__main__":
    engine, rounds = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_ENGINE, int(sys.argv[2]) if len(sys.argv) > 2 else 5
    world = grid_world(SIZE, SIZE)
    world = replace(world, network=replace(world.network, controls=()))
    found = np.array([[cost(world, method, engine) for method in METHODS] for _ in range(rounds)])
    for method, ratio in zip(METHODS[1:], (found[:, 1:] / found[:, :1]).T, strict=True):
        print(f"{engine}, {method}: {np.median(ratio):.3f} of fixed time ({ratio.min():.3f} to {ratio.max():.3f})")
    print(f"fixed time: {1e9 * np.median(found[:, 0]):.1f} ns per update")
