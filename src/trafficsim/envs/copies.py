"""Episodes of one world that go on together: what single ones see and get, worked out for all at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import InputError
from trafficsim.control.python import Requests
from trafficsim.envs.episode import F4, LONG_GREEN_S, AgentSpace, Episode
from trafficsim.kernels.control.tables import SHOWS_GREEN
from trafficsim.run.session import Together

I8 = NDArray[np.int64]


class Copies:
    """Episodes that are stepped together.

    Parameters
    ----------
    episodes
        Of the same world.
    threads
        How many share the work.
    """

    def __init__(self, episodes: Sequence[Episode], threads: int = 1) -> None:
        self._episodes, self._spaces = list(episodes), list(episodes[0].spaces.values())
        self._together = Together([one.run for one in episodes], threads)
        self._due: list[I8] = [np.zeros(1, np.int64)] * len(self._episodes)
        self._step = np.zeros(len(self._episodes), np.int64)
        self._table = np.zeros((len(self._episodes), 1), np.int64)

    def begun(self, row: int) -> None:
        """Take notice that an episode has begun."""
        episode = self._episodes[row]
        self._together.replace(row, episode.run)
        self._step[row], self._due[row] = 0, episode.due()
        most = max(map(len, self._due))
        self._table = np.array([np.pad(one, (0, most - len(one)), "edge") for one in self._due])

    def shut(self) -> None:
        """Let go of the threads."""
        self._together.shut()

    def go_on(self, actions: I8, which: NDArray[np.bool_]) -> None:
        """Ask for stages, a row for each episode and a column for each signal, and go on by one step."""
        most = np.array([space.stages for space in self._spaces])
        if ((actions < 0) | (actions >= most))[which].any():
            raise InputError("actions", str(actions[which].tolist()), f"stages 0 to {int(most.max()) - 1}",
                             "correct them")
        for row in np.flatnonzero(which).tolist():
            requests: Requests = self._together.requests(row)
            for space, stage in zip(self._spaces, actions[row].tolist(), strict=True):
                requests.set(requests.views[space.name], 1 << stage)
        self._together.advance(self._episodes[0].step_s, which)
        self._step += which

    @property
    def time_s(self) -> NDArray[np.float64]:
        """Clock time of each."""
        return self._together.time_s

    @property
    def arrived(self) -> I8:
        """Trips that have arrived, of each."""
        return self._together.completed.copy()

    @property
    def ended(self) -> NDArray[np.bool_]:
        """Whether the time of each is over, or everybody has arrived."""
        return self._together.ended

    def present(self) -> I8:
        """Vehicles on their way, those before the entries included, of each."""
        return np.asarray(self._table[np.arange(len(self._step)), self._step] - self._together.completed)

    def seen(self) -> F4:
        """What the agents of each see, one signal after the other."""
        return np.concatenate([self._of(space) for space in self._spaces], axis=1)

    def _of(self, space: AgentSpace) -> F4:
        requests, seen = self._together.requests(0), self._together.seen
        view, moves = requests.views[space.name], len(space.storage)
        cuts = np.cumsum([len(one) for one in requests.sights[2:5]])
        waiting, on_link, state, begin = np.split(seen, cuts, axis=1)
        found, rows = np.zeros((len(seen), space.size), np.float32), np.arange(len(seen))
        green = state[:, view.phase] == SHOWS_GREEN
        stage, steady = green.argmax(axis=1), green.any(axis=1)
        found[rows[steady], stage[steady]] = 1.0
        since = (self._together.steps - begin[:, view.phase][rows, stage]) * requests.control_tick_s
        found[:, space.stages] = np.where(steady, since, 0.0) / LONG_GREEN_S
        found[:, space.stages + 1 : space.stages + 1 + moves] = waiting[:, view.turn] / space.storage
        beyond = space.stages + 1 + moves
        found[:, beyond:] = (on_link[:, view.from_link] / space.storage)[:, space.before]
        return np.minimum(found, 1.0, out=found)
