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
began, used, steps, over = time.perf_counter(), time.process_time(), 0, False
while not over and steps < 720:
    _, _, gone, out, _ = env.step(steps // 4 % env.action_space.n)
    over, steps = gone or out, steps + 1
print("STEPS", steps / (time.perf_counter() - began), steps / (time.process_time() - used))
"""


def steps_per_s(engine: str) -> tuple[float, float]:
    """Of an episode of an hour, by the clock and the processor, the best of three; stages change every 20 s."""
    env, wall, cpu = gymnasium.make("trafficsim/FourArm-v0", engine=engine).unwrapped, [], []
    for _ in range(3):
        env.reset(seed=1)
        began, used, steps, over = time.perf_counter(), time.process_time(), 0, False
        while not over:
            _, _, gone, out, _ = env.step(steps // 4 % 2)
            over, steps = gone or out, steps + 1
        wall.append(steps / (time.perf_counter() - began))
        cpu.append(steps / (time.process_time() - used))
    return max(wall), max(cpu)


def several_per_s(engine: str, number: int = 64, threads: int = 1) -> tuple[float, float]:
    """Steps of all environments in one process, per second of the clock and of the processor: the best of three."""
    envs = gymnasium.make_vec("trafficsim/FourArm-v0", num_envs=number, vectorization_mode="vector_entry_point",
                              engine=engine, threads=threads)
    wall, cpu = [], []
    for _ in range(3):
        envs.reset(seed=1)
        began, used = time.perf_counter(), time.process_time()
        for step in range(720):
            envs.step(np.full(number, step // 4 % 2))
        wall.append(720 * number / (time.perf_counter() - began))
        cpu.append(720 * number / (time.process_time() - used))
    return max(wall), max(cpu)


def peer_per_s(python: str) -> tuple[float, float]:
    """Steps of sumo-rl on its own junction per second of the clock and of the processor, the best of three."""
    found = [subprocess.run([python, "-c", PEER], capture_output=True, text=True, check=True).stdout.split("STEPS")[1]
             for _ in range(3)]
    wall, cpu = zip(*(map(float, one.split()[:2]) for one in found), strict=True)
    return max(wall), max(cpu)


def tell(what: str, found: tuple[float, float], peer: tuple[float, float] | None) -> None:
    """Print steps per second of the clock and of the processor, and how many times those of sumo-rl they are."""
    times = f"; {found[0] / peer[0]:.1f} and {found[1] / peer[1]:.1f} times sumo-rl" if peer else ""
    print(f"{what}: {found[0]:,.0f} steps/s, {found[1]:,.0f} per CPU s{times}", flush=True)


if __name__ == "__main__":
    peer = peer_per_s(sys.argv[1]) if len(sys.argv) > 1 else None
    if peer:
        tell("sumo-rl with libsumo", peer, None)
    for name in ("queue", "ca"):
        tell(f"{name}, one environment", steps_per_s(name), peer)
        tell(f"{name}, 64 in one process, one thread", several_per_s(name), peer)
        tell(f"{name}, 64 in one process, two threads", several_per_s(name, threads=2), peer)
