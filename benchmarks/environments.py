"""Steps per second of the environments, and of sumo-rl (libsumo) where a Python that has it is given.

``python -m benchmarks.environments [PYTHON_WITH_SUMO_RL]``: a step is 5 s of traffic at one signalised junction.
"""

from __future__ import annotations

import subprocess
import sys
import time

import gymnasium
import numpy as np

import trafficsim.envs  # noqa: F401 - registers

PEER = """
import os, time
os.environ["LIBSUMO_AS_TRACI"] = "1"
import sumo
os.environ["SUMO_HOME"] = sumo.SUMO_HOME
import sumo_rl
folder = os.path.join(os.path.dirname(sumo_rl.__file__), "nets", "single-intersection", "single-intersection")
env = sumo_rl.SumoEnvironment(net_file=folder + ".net.xml", route_file=folder + ".rou.xml", single_agent=True,
                              num_seconds=3600, delta_time=5, sumo_warnings=False)
env.reset(seed=1)
began, steps, over = time.perf_counter(), 0, False
while not over and steps < 720:
    _, _, gone, out, _ = env.step(steps // 4 % env.action_space.n)
    over, steps = gone or out, steps + 1
print("STEPS", steps / (time.perf_counter() - began))
"""


def steps_per_s(engine: str) -> float:
    """Of an episode of an hour, the best of three; stages change every 20 s."""
    env, best = gymnasium.make("trafficsim/FourArm-v0", engine=engine).unwrapped, 0.0
    for _ in range(3):
        env.reset(seed=1)
        began, steps, over = time.perf_counter(), 0, False
        while not over:
            _, _, gone, out, _ = env.step(steps // 4 % 2)
            over, steps = gone or out, steps + 1
        best = max(best, steps / (time.perf_counter() - began))
    return best


def several_per_s(engine: str, number: int = 8) -> float:
    """Steps of all environments together, in one process."""
    envs = gymnasium.make_vec("trafficsim/FourArm-v0", num_envs=number, vectorization_mode="vector_entry_point",
                              engine=engine)
    envs.reset(seed=1)
    began = time.perf_counter()
    for step in range(360):
        envs.step(np.full(number, step // 4 % 2))
    return 360 * number / (time.perf_counter() - began)


def peer_per_s(python: str) -> float:
    """Steps per second of sumo-rl on its own junction, the best of three."""
    return max(float(subprocess.run([python, "-c", PEER], capture_output=True, text=True, check=True)
                     .stdout.split("STEPS")[1]) for _ in range(3))


if __name__ == "__main__":
    peer = peer_per_s(sys.argv[1]) if len(sys.argv) > 1 else None
    if peer:
        print(f"sumo-rl with libsumo: {peer:,.0f} steps/s")
    for name in ("ca", "queue"):
        one = steps_per_s(name)
        print(f"{name}: {one:,.0f} steps/s, eight in one process {several_per_s(name):,.0f}"
              + (f"; {one / peer:.1f} times sumo-rl" if peer else ""))
