"""A Gymnasium environment: one agent for one signal, or for all signals of a world together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import NDArray

from trafficsim.engines.registry import DEFAULT_ENGINE
from trafficsim.envs.episode import F4, Episode
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

SCALE = 1000.0


class SignalEnv(gymnasium.Env[F4, Any]):
    """Choose the stage of every signal every few seconds, so that all vehicles together take less time.

    Observation: for every signal which stage is green (one place each; none while it changes), how long it has been
    (of a minute), vehicles by movement and by link before it (of what the link holds); all between 0 and 1.
    Action: the stage to be shown; one number per signal where there are several. The plant keeps minimum greens and
    intergreens, whatever is asked. Reward: minus the vehicles on their way (those before the entries included) times
    the step, in 1,000 veh·s: their sum over an episode is the total time spent.
    An episode ends (``truncated``) with the analysis period, or when everybody has arrived (``terminated``).

    Parameters
    ----------
    world
        ``"four_arm"``, ``"corridor"``, ``"grid"``; or a scenario file, a scenario, a world.
    engine
        ``"ca"`` or ``"queue"``.
    step_s
        Time between decisions.
    signals
        The signals that the agent controls; all that have two stages without.
    render_mode
        There is none but ``None``: results of an episode are drawn by the report and its pictures.

    Raises
    ------
    InputError
        If the world has no such signals.

    Examples
    --------
    >>> env = SignalEnv(engine="queue")
    >>> observation, info = env.reset(seed=1)
    >>> observation, reward, terminated, truncated, info = env.step(1)
    >>> info["time_s"]
    5.0
    """

    metadata = {"render_modes": []}  # noqa: RUF012

    def __init__(self, world: str | Path | Scenario | World = "four_arm", engine: str = DEFAULT_ENGINE,
                 step_s: float = 5.0, signals: tuple[str, ...] | None = None, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.episode = Episode(world, engine, step_s, signals)
        spaces = list(self.episode.spaces.values())
        size = sum(space.size for space in spaces)
        self.observation_space = gymnasium.spaces.Box(0.0, 1.0, (size,), np.float32)
        self._single = len(spaces) == 1
        self.action_space = (gymnasium.spaces.Discrete(spaces[0].stages) if self._single else
                             gymnasium.spaces.MultiDiscrete([space.stages for space in spaces]))

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[F4, dict[str, Any]]:
        """Begin an episode: a seed gives one realisation of demand and drivers, without one another each time."""
        super().reset(seed=seed)
        self.episode.begin(int(self.np_random.integers(1 << 31)) if seed is None else seed)
        return self._seen(), self._info()

    def step(self, action: Any) -> tuple[F4, float, bool, bool, dict[str, Any]]:
        """Ask for stages, and go on by one step."""
        episode = self.episode
        stages = [action] if self._single else np.asarray(action).tolist()
        episode.go_on(dict(zip(episode.names, stages, strict=True)))
        present = episode.present()
        gone, over = present == 0 and episode.ended, episode.ended
        return self._seen(), -present * episode.step_s / SCALE, gone, over and not gone, self._info(present)

    def checkpoint(self) -> tuple[Any, ...]:
        """Keep the episode as it is: :meth:`restore` goes back to it bit for bit, as often as wanted."""
        return self.episode.checkpoint(), self.np_random.bit_generator.state

    def restore(self, checkpoint: tuple[Any, ...]) -> F4:
        """Go back to a checkpoint; return what is seen there."""
        state, generator = checkpoint
        self.episode.restore(state)
        self.np_random.bit_generator.state = generator
        return self._seen()

    def _seen(self) -> F4:
        parts: list[NDArray[np.float32]] = list(self.episode.seen().values())
        return parts[0] if self._single else np.concatenate(parts)

    def _info(self, present: int | None = None) -> dict[str, Any]:
        return {"time_s": self.episode.time_s, "present": self.episode.present() if present is None else present,
                "arrived": self.episode.run.completed}
