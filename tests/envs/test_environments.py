"""Environments of reinforcement learning: what their libraries demand, the same bits, and what agents get."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import trafficsim as ts
from trafficsim.envs.agent import LinearAgent, time_spent_veh_h, train
from trafficsim.envs.episode import Episode

gymnasium = pytest.importorskip("gymnasium", reason="NOT INSTALLED: gymnasium (extra 'rl')")
pettingzoo = pytest.importorskip("pettingzoo", reason="NOT INSTALLED: pettingzoo (extra 'rl')")
ENGINES = ("ca", "queue")
EMERGENCY = Path(__file__).parents[2] / "scenarios" / "emergency" / "scenario.toml"


def played(env: Any, actions: list[int], seed: int | None = 3) -> bytes:
    """What an agent sees and gets, as bytes."""
    found = [] if seed is None else [env.reset(seed=seed)[0].tobytes()]
    for action in actions:
        seen, reward, *_ = env.step(action)
        found += [seen.tobytes(), np.float64(reward).tobytes()]
    return b"".join(found)


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
@pytest.mark.parametrize("name", ["FourArm-v0", "Corridor-v0", "Grid-v0"])
def test_the_checker_of_gymnasium_passes(name: str) -> None:
    from gymnasium.utils.env_checker import check_env

    env = gymnasium.make(f"trafficsim/{name}", engine="queue")
    check_env(env.unwrapped, skip_render_check=True)
    assert env.unwrapped.episode.step_s == 5.0


def test_the_checkers_of_pettingzoo_pass() -> None:
    from pettingzoo.test import parallel_api_test, parallel_seed_test

    from trafficsim.envs import SignalsParallelEnv

    env = SignalsParallelEnv(engine="queue")
    parallel_api_test(env, num_cycles=20)
    parallel_seed_test(lambda: SignalsParallelEnv(engine="queue"), num_cycles=10)
    assert env.possible_agents == ["r0c0", "r0c1", "r1c0", "r1c1"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_checkpoint_is_replayed_bit_for_bit(engine: str) -> None:
    env = gymnasium.make("trafficsim/FourArm-v0", engine=engine).unwrapped
    before, after = [0, 0, 0, 1, 1, 1] * 4, [1, 1, 0, 0, 0, 1] * 4
    first = played(env, before)
    kept = env.checkpoint()
    rest = played(env, after, seed=None)
    env.restore(kept)
    assert played(env, after, seed=None) == rest
    assert played(env, before) == first  # a seed is a realisation
    assert played(env, before, seed=4) != first


def test_rewards_add_up_to_the_time_that_all_spend() -> None:
    env = gymnasium.make("trafficsim/FourArm-v0", engine="queue").unwrapped
    env.reset(seed=2)
    total, over = 0.0, False
    while not over:
        _, reward, gone, out_of_time, _ = env.step(0)
        total, over = total + reward, gone or out_of_time
    trips = env.episode.run.finish().trips
    end_s = env.episode.time_s
    spent_s = (trips["exit_s"].fillna(end_s).clip(upper=end_s) - trips["depart_s"]).clip(lower=0.0).sum()
    # Sums over steps of 5 s against integrals: half a step for each trip at either end, whose mean is nought.
    assert total == pytest.approx(-spent_s / 1000.0, rel=0.01)


@pytest.mark.parametrize(("engine", "threads"), [("queue", 1), ("queue", 2), ("ca", 1)])
def test_environments_in_one_process_are_those_of_their_own(engine: str, threads: int) -> None:
    envs = gymnasium.make_vec("trafficsim/FourArm-v0", num_envs=2, vectorization_mode="vector_entry_point",
                              engine=engine, threads=threads)
    seen, told = envs.reset(seed=5)
    one = gymnasium.make("trafficsim/FourArm-v0", engine=engine).unwrapped
    assert np.array_equal(seen[1], one.reset(seed=6)[0])
    assert told["present"].dtype == np.int64
    for step in range(40):
        action = step // 3 % 2
        seen, rewards, _, _, told = envs.step(np.array([1 - action, action]))
        alone, reward, _, _, info = one.step(action)
        assert np.array_equal(seen[1], alone)
        assert rewards[1] == reward
        assert {name: told[name][1] for name in info} == info
    results = [run.run.finish().as_json()["digest"] for run in (envs.envs[1].episode, one.episode)]
    assert results[0] == results[1]


@pytest.mark.parametrize("engine", ENGINES)
def test_worlds_with_a_crash_and_an_ambulance_go_on_together_as_alone(engine: str) -> None:
    from trafficsim.envs import SignalEnv, SignalVectorEnv

    of_each = {"world": EMERGENCY, "engine": engine, "step_s": 90.0}
    envs, one = SignalVectorEnv(2, **of_each), SignalEnv(**of_each)
    seen, _ = envs.reset(seed=5)
    assert np.array_equal(seen[1], one.reset(seed=6)[0])
    over, step = False, 0
    while not over:
        action = np.full(one.action_space.shape or (1,), step % 2)
        seen, rewards, gone, out_of_time, _ = envs.step(np.array([action, action]))
        alone, reward, *ends, _ = one.step(action)
        assert np.array_equal(seen[1], alone)
        assert (rewards[1], [gone[1], out_of_time[1]]) == (reward, ends)
        over, step = any(ends), step + 1
    results = [run.run.finish().as_json()["digest"] for run in (envs.envs[1].episode, one.episode)]
    assert results[0] == results[1]
    assert (one.episode.run.record().emergency.arrived_s > 0.0).tolist() == [True]


def test_a_run_whose_results_were_taken_goes_on_neither_alone_nor_with_others() -> None:
    from trafficsim.envs import SignalVectorEnv

    envs = SignalVectorEnv(2, threads=2, engine="queue")
    envs.reset(seed=1)
    envs.step(np.array([0, 1]))
    envs.envs[1].episode.run.finish()
    with pytest.raises(ts.InputError, match="its results have been taken"):
        envs.step(np.array([0, 1]))
    envs.close()


def test_environments_in_one_process_end_and_begin_anew() -> None:
    envs = gymnasium.make_vec("trafficsim/FourArm-v0", num_envs=2, vectorization_mode="vector_entry_point",
                              engine="queue", step_s=600.0)
    envs.reset(seed=1)
    over = [envs.step(np.array([0, 1]))[3].tolist() for _ in range(6)]
    assert over == [[False, False]] * 5 + [[True, True]]
    _, rewards, _, out_of_time, told = envs.step(np.array([0, 0]))
    assert (rewards.tolist(), out_of_time.tolist(), told["time_s"].tolist()) == ([0.0, 0.0], [False, False], [0.0, 0.0])
    with pytest.raises(ts.InputError, match="actions"):
        envs.step(np.array([0, 2]))


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ts.InputError, match="neither a world nor a file"):
        Episode("atlantis")
    with pytest.raises(ts.InputError, match="none that takes requests"):
        Episode("four_arm", "queue", signals=("nowhere",))
    with pytest.raises(ts.InputError, match="step_s"):
        Episode("four_arm", "queue", step_s=0.0)
    with pytest.raises(ts.InputError, match="weights"):
        LinearAgent((1.0, float("nan"), 0.0, 0.0))


def test_an_agent_learns_and_serves_as_a_controller() -> None:
    agent, curve = train(engine="queue", generations=3, population=8, seeds=(1,))
    assert curve[-1] < curve[0]
    episode = Episode("four_arm", "queue")
    others = [time_spent_veh_h(episode, one, 11) for one in (agent, LinearAgent((-1.0, 0.0, 0.0, 0.0)))]
    assert others[0] < others[1]
    again, _ = train(engine="queue", generations=3, population=8, seeds=(1,))
    assert again.weights == agent.weights
