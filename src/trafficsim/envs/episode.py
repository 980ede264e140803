"""An episode: an open run whose signals are asked every few seconds, seen as arrays of numbers between 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.api.stepping import open_run
from trafficsim.base.errors import InputError
from trafficsim.engines.registry import DEFAULT_ENGINE
from trafficsim.envs.worlds import world_of
from trafficsim.plan.approaches import approaches_of
from trafficsim.run.session import Session
from trafficsim.spec.scenario import Scenario
from trafficsim.spec.world import World

F4 = NDArray[np.float32]
LONG_GREEN_S = 60.0
"""Greens of this length and longer look alike (modelling assumption)."""
VEHICLE_M = 7.5
"""Room of a queued car (HCM 2016: 25 ft)."""
MOST_SEED = 1 << 31


@dataclass(frozen=True)
class AgentSpace:
    """What one signal sees and does.

    Attributes
    ----------
    name : of the signal
    stages : how many stages it chooses from
    storage : by movement, vehicles that its link holds
    before : the first movement of each link that leads to it
    """

    name: str
    stages: int
    storage: F4
    before: NDArray[np.int64]

    @property
    def size(self) -> int:
        """Length of an observation: the stage that is green, how long it has been, vehicles by movement and link."""
        return self.stages + 1 + len(self.storage) + len(self.before)


class Episode:
    """Runs of one world, one after the other, with its signals as agents.

    Parameters
    ----------
    world
        A name of :data:`trafficsim.envs.worlds.WORLDS`, a scenario file, a scenario or a world.
    engine
        ``"ca"`` or ``"queue"``.
    step_s
        Time between decisions.
    signals
        The agents; all signals that take requests without.

    Raises
    ------
    InputError
        If there are no such signals, or the step is not above 0.

    Examples
    --------
    >>> one = Episode("four_arm", "queue")
    >>> one.begin(1)
    >>> one.go_on({"centre": 1}), one.time_s
    (None, 5.0)
    """

    def __init__(self, world: str | Path | Scenario | World, engine: str = DEFAULT_ENGINE, step_s: float = 5.0,
                 signals: tuple[str, ...] | None = None) -> None:
        if not step_s > 0.0:
            raise InputError("step_s", f"{step_s:g}", "seconds above 0", "5 is usual")
        self._world, self._engine, self.step_s = world_of(world), engine, float(step_s)
        asked = [one.id for one in self._world.network.controls if one.method == "requested"]
        unknown = [one for one in signals or () if one not in asked]
        if unknown:
            raise InputError(f"signal {unknown[0]!r}", "none that takes requests", f"one of {', '.join(asked)}",
                             "correct the name")
        self.names = tuple(asked if signals is None else signals)
        self._first: tuple[int, Session, Any] | None = None
        self.run: Session
        self.begin(1)
        self.spaces = {name: self._space(name) for name in self.names}

    @property
    def time_s(self) -> float:
        """Clock time."""
        return float(self.run.time_s)

    @property
    def ended(self) -> bool:
        """Whether time is over, or everybody has arrived."""
        return bool(self.run.ended)

    def begin(self, seed: int) -> None:
        """Begin an episode; a seed is a realisation of the demand. The same one again costs little."""
        if self._first is None or self._first[0] != seed:
            scenario = self._world.scenario.model_copy(update={"seed": seed % MOST_SEED})
            run = open_run(replace(self._world, scenario=scenario), engine=self._engine)
            self._first = seed, run, run.checkpoint()
        _, self.run, start = self._first
        self.run.restore(start)
        self._depart_s = np.sort(self.run.plan.trips.depart_s)

    def go_on(self, actions: Mapping[str, int]) -> None:
        """Ask signals for stages, and go on by one step."""
        for name, stage in actions.items():
            self.run.request(name, int(stage))
        self.run.advance(self.run.time_s + self.step_s)

    def present(self) -> int:
        """Vehicles on their way now, those before the entries of the network included."""
        return int(np.searchsorted(self._depart_s, self.run.time_s, side="right")) - self.run.completed

    def due(self) -> NDArray[np.int64]:
        """Trips that have departed by the end of each step from now on."""
        steps = int(np.ceil((self.run.plan.end_s - self.time_s) / self.step_s)) + 2
        times = self.run.times_after(self.step_s, steps)
        return np.searchsorted(self._depart_s, times, side="right").astype(np.int64)

    def seen(self) -> dict[str, F4]:
        """What every agent sees."""
        observation = self.run.observe()
        return {name: _vector(space, observation[name]) for name, space in self.spaces.items()}

    def queued(self, name: str) -> int:
        """Vehicles on the links that lead to a signal."""
        return int(self.run.observe()[name].on_link_before[self.spaces[name].before].sum())

    def checkpoint(self) -> tuple[Any, ...]:
        """Keep the episode as it is."""
        return self._first, self.run, self._depart_s, self.run.checkpoint()

    def restore(self, checkpoint: tuple[Any, ...]) -> None:
        """Go back to a checkpoint, bit for bit."""
        self._first, self.run, self._depart_s, state = checkpoint
        self.run.restore(state)

    def _space(self, name: str) -> AgentSpace:
        view = self.run.observe()[name].view
        plan = self.run.plan
        road_m = approaches_of(plan).total(plan.links.length_m * np.diff(plan.links.lane_start))
        storage = np.maximum(road_m / VEHICLE_M, 1.0)[view.from_link].astype(np.float32)
        first = np.unique(view.from_link, return_index=True)[1].astype(np.int64)
        return AgentSpace(name, len(view.stages), storage, first)


def _vector(space: AgentSpace, seen: Any) -> F4:
    found = np.zeros(space.size, np.float32)
    stage, moves = seen.stage, len(space.storage)
    if stage >= 0:
        found[stage] = 1.0
    found[space.stages] = seen.since_s / LONG_GREEN_S
    found[space.stages + 1 : space.stages + 1 + moves] = seen.waiting / space.storage
    found[space.stages + 1 + moves :] = (seen.on_link_before / space.storage)[space.before]
    return np.minimum(found, 1.0, out=found)
