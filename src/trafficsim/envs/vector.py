"""Several environments in one process, stepped together."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from trafficsim.envs.copies import Copies
from trafficsim.envs.signal_env import SCALE, SignalEnv


class SignalVectorEnv(VectorEnv[Any, Any, Any]):
    """Copies of one environment, each with its own realisation of demand; one process, no copying between any.

    An environment that is over begins anew in the next step (``AutoresetMode.NEXT_STEP``), whose reward is 0.

    Parameters
    ----------
    num_envs
        How many.
    threads
        How many share the work; results do not depend on it.
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

    def __init__(self, num_envs: int = 2, threads: int = 1, **of_each: Any) -> None:
        self.num_envs, self.render_mode = num_envs, None
        self.envs = [SignalEnv(**of_each) for _ in range(num_envs)]
        self.single_observation_space = self.envs[0].observation_space
        self.single_action_space = self.envs[0].action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._copies = Copies([env.episode for env in self.envs], threads)
        self._over = np.zeros(num_envs, np.bool_)
        self._seen = np.zeros(self.observation_space.shape or (), np.float32)

    def reset(self, *, seed: int | list[int | None] | None = None,
              options: dict[str, Any] | None = None) -> tuple[NDArray[np.float32], dict[str, Any]]:
        """Begin an episode in each: with one seed they have this one and those that follow it."""
        seeds = seed if isinstance(seed, list) else [None if seed is None else seed + place
                                                     for place in range(self.num_envs)]
        for place, (env, one) in enumerate(zip(self.envs, seeds, strict=True)):
            self._seen[place], _ = env.reset(seed=one)
            self._copies.begun(place)
        self._over[:] = False
        return self._seen.copy(), self._infos(self._copies.present())

    def step(self, actions: Any) -> tuple[Any, ...]:
        """Go on by one step in each."""
        which = ~self._over
        for place in np.flatnonzero(self._over).tolist():
            self._seen[place], _ = self.envs[place].reset()
            self._copies.begun(place)
        self._copies.go_on(np.asarray(actions, np.int64).reshape(self.num_envs, -1), which)
        self._seen[which] = self._copies.seen()[which]
        present = self._copies.present()
        rewards = np.where(which, -present * self.envs[0].episode.step_s / SCALE, 0.0)
        ended = self._copies.ended & which
        gone = ended & (present == 0)
        self._over = ended
        return self._seen.copy(), rewards, gone, ended & ~gone, self._infos(present)

    def close_extras(self, **kwargs: Any) -> None:
        """Let go of the threads."""
        self._copies.shut()

    def _infos(self, present: NDArray[np.int64]) -> dict[str, Any]:
        """Return what :class:`SignalEnv` tells beside, an array for each; all environments tell all of it."""
        told = {"time_s": self._copies.time_s, "present": present, "arrived": self._copies.arrived}
        return told | {f"_{name}": np.ones(self.num_envs, np.bool_) for name in told}
