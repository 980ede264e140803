"""A small agent to hold others against: four weights, the same for every stage of every signal, learnt by trying.

It is a controller in Python like any other (``decide(observation)``): what was learnt in one world can be judged in any
other by a paired study.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.control.observation import Observation, SignalObservation
from trafficsim.engines.registry import DEFAULT_ENGINE
from trafficsim.envs.episode import LONG_GREEN_S, Episode
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

F8 = NDArray[np.float64]
FEATURES = ("waiting", "beyond", "green", "since")
VEHICLES = 10.0
"""Vehicles are counted in tens, so that weights are of one size."""
START, SPREAD = (1.0, 0.0, 0.5, 0.0), 0.5
"""Where learning begins: the longest queue, with some reluctance to change (modelling assumption)."""
ELITE, LEAST_SPREAD = 0.25, 0.05


class LinearAgent:
    """Show the stage of the highest score: a weighted sum of what is known of it.

    Known are vehicles that wait for it (tens), those on the links beyond it (tens), whether it is green, and for how
    long it has been (of a minute).

    Parameters
    ----------
    weights
        One per feature, in the order of :data:`FEATURES`.

    Raises
    ------
    InputError
        If there are not four finite weights.

    Examples
    --------
    >>> LinearAgent().weights
    (1.0, 0.0, 0.5, 0.0)
    """

    def __init__(self, weights: Sequence[float] = START) -> None:
        self.weights = tuple(float(one) for one in weights)
        if len(self.weights) != len(FEATURES) or not np.isfinite(self.weights).all():
            raise InputError("weights", repr(list(weights)), f"{len(FEATURES)} finite numbers: {', '.join(FEATURES)}",
                             "take those that train() returned")

    def decide(self, observation: Observation) -> dict[str, int]:
        """Return the stage of every signal that is not just changing."""
        return {name: self._best(seen) for name, seen in observation.signals.items() if seen.stage >= 0}

    def _best(self, seen: SignalObservation) -> int:
        waiting, beyond, green, since = self.weights
        now, before, after = seen.stage, seen.waiting, seen.on_link_beyond
        scores = [(waiting * float(before[places].sum()) + beyond * float(after[places].sum())) / VEHICLES
                  for places in seen.serves]
        scores[now] += green + since * min(seen.since_s / LONG_GREEN_S, 1.0)
        return int(np.argmax(scores))


def time_spent_veh_h(episode: Episode, agent: LinearAgent, seed: int) -> float:
    """Return the time that all vehicles together spend in an episode under an agent, those before entries included.

    Examples
    --------
    >>> time_spent_veh_h(Episode("four_arm", "queue"), LinearAgent(), 1) < 35.0
    True
    """
    episode.begin(seed)
    total = 0.0
    while not episode.ended:
        episode.go_on(agent.decide(episode.run.observe()))
        total += episode.present() * episode.step_s
    return total / 3600.0


def train(world: str | Path | Scenario | World = "four_arm", *, engine: str = DEFAULT_ENGINE, generations: int = 8,
          population: int = 16, seeds: Sequence[int] = (1, 2), seed: int = 0) -> tuple[LinearAgent, list[float]]:
    """Train an agent by the cross-entropy method: the best quarter of each generation says where the next one is.

    Source: Rubinstein, The cross-entropy method for combinatorial and continuous optimization, Methodology and
    Computing in Applied Probability 1 (1999).

    Parameters
    ----------
    world
        Where it learns; see :class:`trafficsim.envs.episode.Episode`.
    engine
        ``"queue"`` or ``"ca"``.
    generations, population
        How often, and how many agents each time.
    seeds
        Realisations of demand on which agents are compared, all on the same. Judge on others.
    seed
        Of the trying itself.

    Returns
    -------
    agent : at the middle of the last generation
    curve : mean time spent (veh h) of the best quarter of each generation

    Examples
    --------
    >>> agent, curve = train(engine="queue", generations=1, population=2, seeds=(1,))
    >>> len(curve), len(agent.weights)
    (1, 4)
    """
    if generations < 1 or population < 2 or not seeds:
        raise InputError("training", f"{generations} generations of {population} on {len(seeds)} seeds",
                         "at least one generation, two agents and one seed", "raise them")
    episode, generator = Episode(world, engine), np.random.default_rng(seed)
    mean, spread = np.array(START), np.full(len(FEATURES), SPREAD)
    curve = list[float]()
    for _ in range(generations):
        tried = mean + spread * generator.standard_normal((population, len(FEATURES)))
        spent = np.array([np.mean([time_spent_veh_h(episode, LinearAgent(one.tolist()), number) for number in seeds])
                          for one in tried])
        best = np.argsort(spent, kind="stable")[: max(2, round(ELITE * population))]
        curve.append(float(spent[best].mean()))
        mean, spread = tried[best].mean(axis=0), np.maximum(tried[best].std(axis=0), LEAST_SPREAD)
    return LinearAgent(mean.tolist()), curve
