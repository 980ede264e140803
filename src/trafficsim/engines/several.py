"""Several open runs of the same kind go on together: one call of compiled code for all, where their loops are quiet."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import config, types
from numpy.typing import NDArray

from trafficsim.engines.open_run import Loop, OpenRun
from trafficsim.kernels.several import address_of, places_of, several, words_of

I8 = NDArray[np.int64]
F8 = NDArray[np.float64]
ALONE = -1
"""Instead of a kind: the loop of such a run is never quiet."""


class Several:
    """Runs that go on together; each gives the same bits as alone.

    Parameters
    ----------
    runs
        Of the same engine.
    threads
        How many share the work.
    """

    def __init__(self, runs: Sequence[OpenRun], threads: int = 1) -> None:
        self.runs, self._parts = list(runs), min(threads, max(len(runs), 1))
        self._pool = ThreadPoolExecutor(self._parts - 1) if self._parts > 1 else None
        count = len(self.runs)
        self.now, self._quiet = np.zeros(count, np.int64), np.zeros(count, np.int64)
        self._row = np.zeros((count, 2), np.int64)
        self._loops: list[Loop | None] = [None] * count
        self._words: list[tuple[I8, I8]] = [(np.zeros(0, np.int64),) * 2] * count
        self._kinds: dict[Any, int] = {}
        self._called: list[tuple[Any, I8, int]] = []
        self._kind = np.full(count, ALONE)
        self._arrays: list[tuple[NDArray[Any], ...]] = [()] * count
        self._last = np.zeros(count, np.int64)
        self._start_s, self._units_per_s = np.zeros(count), np.ones(count)
        self._control_tick_s = np.ones(count)
        self.demanded = np.zeros(count, np.int64)
        self.place, self.value = np.zeros((count, 1), np.int64), np.zeros((count, 1), np.int64)

    def _watch(self, row: int) -> None:
        """Read numbers of a run after every step: trips that have arrived, then what is seen of signals."""
        running = self.runs[row].running
        sights = running.requests.sights
        self._arrays[row] = running.counted, sights.waiting, sights.on_link, sights.state, sights.begin
        places = [place for array in self._arrays[row] for place in places_of(array)]
        if self.place.shape[1] != len(places):
            self.place, self.value = (np.zeros((len(self.runs), len(places)), np.int64) for _ in range(2))
        self.place[row], self.value[row] = places, np.concatenate(self._arrays[row])

    def replace(self, row: int, run: OpenRun) -> None:
        """Put another run in the place of one, or the same that has gone back to a checkpoint."""
        running = run.running
        self.runs[row], self.now[row], self._quiet[row] = run, running.now, running.quiet
        self._last[row], self.demanded[row] = running.last, len(running.plan.trips.name)
        self._start_s[row], self._units_per_s[row] = running.plan.start_s, run.units_per_s
        self._control_tick_s[row] = running.requests.control_tick_s
        self._watch(row)
        self._take_apart(row)

    def shut(self) -> None:
        """Let go of the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def time_s(self) -> F8:
        """Return the clock time of each."""
        return self._start_s + self.now / self._units_per_s

    def control_ticks(self) -> I8:
        """Return the control tick at which each is."""
        return np.rint((self.time_s() - self._start_s) / self._control_tick_s).astype(np.int64)

    def ended(self) -> NDArray[np.bool_]:
        """Return whether each is at its end, or everybody has arrived."""
        ended = np.array((self.now >= self._last) | (self.value[:, 0] >= self.demanded))
        for row in np.flatnonzero(ended & (self._kind == ALONE)).tolist():
            ended[row] = self.runs[row].running.ended  # units may still drive where everybody has arrived
        return ended

    def advance(self, step_s: float, which: NDArray[np.bool_]) -> None:
        """Let some go on by a step, or to their ends.

        Raises
        ------
        InputError
            If one of them is closed, and not at its end.
        """
        for row in np.flatnonzero(which).tolist():
            self.runs[row].check_open()
        after = np.rint((self.time_s() + step_s - self._start_s) * self._units_per_s).astype(np.int64)
        until = np.where(which, np.minimum(after, self._last), self.now)
        for row in np.flatnonzero(which & (self._kind == ALONE)).tolist():
            running = self.runs[row].running
            running.advance(int(until[row]))
            self.now[row] = until[row] = running.now
            self.value[row] = np.concatenate(self._arrays[row])
        alive = until > self.now
        while alive.any():
            for row in np.flatnonzero(alive & (self.now >= self._quiet)).tolist():
                self._open(row)
            self._go(np.where(alive, np.minimum(until, self._quiet), self.now))
            over = self.value[:, 0] >= self.demanded
            for row in np.flatnonzero(alive & ((self.now >= self._quiet) | over)).tolist():
                self._close(row)
            alive &= (until > self.now) & ~over
        for run, now in zip(self.runs, self.now.tolist(), strict=True):
            run.running.now = now

    def _open(self, row: int) -> None:
        running = self.runs[row].running
        running.now = int(self.now[row])
        running.open()
        self._quiet[row] = running.quiet
        self._take_apart(row)

    def _close(self, row: int) -> None:
        running = self.runs[row].running
        running.now = int(self.now[row])
        running.close()
        self._quiet[row] = running.quiet

    def _take_apart(self, row: int) -> None:
        """Note what the loop of a run is called with, where it is not what it was."""
        loop, known = self.runs[row].running.loop(), self._loops[row]
        if loop is None or config.DISABLE_JIT:  # type: ignore[attr-defined]  # made when Numba is imported
            self._kind[row] = ALONE
            return
        if known is not None and self._kind[row] != ALONE and _same(loop, known):
            return  # most often: only signals and the like are replaced
        words = np.array(words_of(loop.arguments), np.int64), np.array(words_of(loop.looks), np.int64)
        self._loops[row], self._words[row] = loop, words
        self._row[row] = words[0].ctypes.data, words[1].ctypes.data
        kind = tuple(map(loop.type_of, loop.arguments)), tuple(map(loop.type_of, loop.looks))
        if kind not in self._kinds:
            self._kinds[kind] = len(self._called)
            self._called.append(_called(loop, *kind))
        self._kind[row] = self._kinds[kind]

    def _go(self, until: I8) -> None:
        """Call all of one kind at once, in as many threads as were asked for."""
        for kind, (call, entry, every) in enumerate(self._called):
            only = np.where(self._kind == kind, until, self.now)
            cuts = [len(self.runs) * part // self._parts for part in range(self._parts + 1)]
            parts: list[tuple[Any, ...]] = [(
                entry, self._row[a:b], every, self.now[a:b], only[a:b], self.place[a:b], self.value[a:b])
                                            for a, b in itertools.pairwise(cuts)]
            others = [self._pool.submit(call, *part) for part in parts[1:]] if self._pool else []
            call(*parts[0])
            for other in others:
                other.result()


def _same(loop: Loop, known: Loop) -> bool:
    pairs = zip((*loop.arguments, *loop.looks), (*known.arguments, *known.looks), strict=True)
    return all(one is other or (isinstance(one, tuple) and len(one) == len(other) and
                                all(map(operator.is_, one, other))) for one, other in pairs)


def _called(loop: Loop, arguments: tuple[Any, ...], looks: tuple[Any, ...]) -> tuple[Any, I8, int]:
    """Return what runs several runs of a kind, where its kernels begin, and how often the second is called."""
    begins, returns = address_of(loop.kernel, (*arguments, types.int64, types.int64))
    look = address_of(loop.look, (*looks, types.int64))[0] if loop.look is not None else 0
    return several(returns, arguments, looks if loop.look is not None else None), np.array([begins, look]), loop.every
