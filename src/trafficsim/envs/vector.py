"""Several environments in one process, stepped together."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from trafficsim.envs.signal_env import SignalEnv


class SignalVectorEnv(VectorEnv[Any, Any, Any]):
    """Copies of one environment, each with its own realisation of demand; one process, no copying between any.

    An environment that is over begins anew in the next step (``AutoresetMode.NEXT_STEP``), whose reward is 0.

    Parameters
    ----------
    num_envs
        How many.
    **of_each
        What :class:`trafficsim.envs.SignalEnv` takes.

    Examples
    --------
    >>> envs = SignalVectorEnv(2, engine="queue")
    >>> observations, infos = envs.reset(seed=1)
    >>> observations.shape == (2, *envs.single_observation_space.shape)
    True
    """

    metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP, "render_modes": []}  # noqa: RUF012

    def __init__(self, num_envs: int = 2, **of_each: Any) -> None:
        self.num_envs, self.render_mode = num_envs, None
        self.envs = [SignalEnv(**of_each) for _ in range(num_envs)]
        self.single_observation_space = self.envs[0].observation_space
        self.single_action_space = self.envs[0].action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._over = np.zeros(num_envs, np.bool_)
        self._seen = np.zeros(self.observation_space.shape or (), np.float32)

    def reset(self, *, seed: int | list[int | None] | None = None,
              options: dict[str, Any] | None = None) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode in each: with one seed they have this one and those that follow it."""
        seeds = seed if isinstance(seed, list) else [None if seed is None else seed + place
                                                     for place in range(self.num_envs)]
        infos: dict[str, Any] = {}
        for place, (env, one) in enumerate(zip(self.envs, seeds, strict=True)):
            self._seen[place], info = env.reset(seed=one)
            infos = self._add_info(infos, info, place)
        self._over[:] = False
        return self._seen.copy(), infos

    def step(self, actions: Any) -> tuple[Any, ...]:
        """Go on by one step in each."""
        rewards = np.zeros(self.num_envs)
        gone, over = np.zeros(self.num_envs, np.bool_), np.zeros(self.num_envs, np.bool_)
        infos: dict[str, Any] = {}
        for place, (env, action) in enumerate(zip(self.envs, actions, strict=True)):
            if self._over[place]:
                self._seen[place], info = env.reset()
            else:
                self._seen[place], rewards[place], gone[place], over[place], info = env.step(action)
            infos = self._add_info(infos, info, place)
        self._over = gone | over
        return self._seen.copy(), rewards, gone, over, infos
