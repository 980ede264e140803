"""A PettingZoo environment: every signal is an agent of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from pettingzoo import ParallelEnv

from trafficsim.engines.registry import DEFAULT_ENGINE
from trafficsim.envs.episode import F4, Episode
from trafficsim.envs.signal_env import SCALE
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World


class SignalsParallelEnv(ParallelEnv[str, F4, int]):
    """Every signal chooses its stage every few seconds, all at the same time.

    Observations and actions are those of :class:`trafficsim.envs.SignalEnv`, by signal. The reward of an agent is minus
    the vehicles on the links that lead to it times the step, in 1,000 veh·s.

    Parameters
    ----------
    world
        ``"grid"``, ``"corridor"``, ``"four_arm"``; or a scenario file, a scenario, a world.
    engine
        ``"ca"`` or ``"queue"``.
    step_s
        Time between decisions.
    signals
        The agents; all signals that have two stages without.

    Raises
    ------
    InputError
        If the world has no such signals.

    Examples
    --------
    >>> env = SignalsParallelEnv(engine="queue")
    >>> observations, infos = env.reset(seed=1)
    >>> sorted(observations)
    ['r0c0', 'r0c1', 'r1c0', 'r1c1']
    """

    metadata = {"render_modes": [], "name": "trafficsim/Signals-v0", "is_parallelizable": True}  # noqa: RUF012

    def __init__(self, world: str | Path | Scenario | World = "grid", engine: str = DEFAULT_ENGINE, step_s: float = 5.0,
                 signals: tuple[str, ...] | None = None, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.episode = Episode(world, engine, step_s, signals)
        self.possible_agents = list(self.episode.names)
        self.agents: list[str] = []
        self._generator = np.random.default_rng()
        self.observation_spaces = {name: gymnasium.spaces.Box(0.0, 1.0, (space.size,), np.float32)
                                   for name, space in self.episode.spaces.items()}
        self.action_spaces = {name: gymnasium.spaces.Discrete(space.stages)
                              for name, space in self.episode.spaces.items()}

    def observation_space(self, agent: str) -> Any:
        """Return the space of what an agent sees."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Any:
        """Return the stages that an agent chooses from."""
        return self.action_spaces[agent]

    def reset(self, seed: int | None = None,
              options: dict[str, Any] | None = None) -> tuple[dict[str, F4], dict[str, dict[str, Any]]]:
        """Begin an episode: a seed gives one realisation of demand and drivers, without one another each time."""
        if seed is not None:
            self._generator = np.random.default_rng(seed)
        self.episode.begin(int(self._generator.integers(1 << 31)) if seed is None else seed)
        self.agents = list(self.possible_agents)
        return self.episode.seen(), {name: {} for name in self.agents}

    def step(self, actions: dict[str, int]) -> tuple[Any, ...]:
        """Ask for stages, and go on by one step."""
        episode, agents = self.episode, self.agents
        episode.go_on(actions)
        seen = episode.seen()
        rewards = {name: -episode.queued(name) * episode.step_s / SCALE for name in agents}
        over = episode.ended
        gone = over and episode.present() == 0
        if over:
            self.agents = []
        return ({name: seen[name] for name in agents}, rewards, dict.fromkeys(agents, gone),
                dict.fromkeys(agents, over and not gone), {name: {"time_s": episode.time_s} for name in agents})

    def checkpoint(self) -> tuple[Any, ...]:
        """Keep the episode as it is: :meth:`restore` goes back to it bit for bit, as often as wanted."""
        return self.episode.checkpoint(), list(self.agents)

    def restore(self, checkpoint: tuple[Any, ...]) -> dict[str, F4]:
        """Go back to a checkpoint; return what is seen there."""
        state, agents = checkpoint
        self.episode.restore(state)
        self.agents = list(agents)
        return self.episode.seen()

    def render(self) -> None:
        """Draw nothing: results of an episode are drawn by the report and its pictures."""
