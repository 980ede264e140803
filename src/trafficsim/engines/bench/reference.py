"""A fixed loop of integer arithmetic: what the machine can do now, to hold measured speeds against."""

from __future__ import annotations

import time

import numpy as np
from numba import njit, uint64

from trafficsim.kernels.rng import hash32

WORDS, ROUNDS = 4096, 60_000


@njit(cache=True, nogil=True)
def _scramble(words: np.ndarray, rounds: int) -> None:
    for _ in range(rounds):
        for k in range(uint64(len(words))):
            words[k] = hash32(words[k])


class Reference:
    """The loop, and how fast it was each time it was asked.

    It scrambles 4,096 words of 32 bits (they stay in the innermost cache) again and again: integer arithmetic in vector
    registers, as in the step of the cellular automaton, and no memory traffic. Never change it: numbers measured at
    different times are held against it.
    """

    def __init__(self) -> None:
        self._words = np.arange(WORDS, dtype=np.uint32)
        self._speeds: list[float] = []
        _scramble(self._words, 1)

    def sample(self) -> float:
        """Time the loop once; return words per second."""
        began = time.process_time()
        _scramble(self._words, ROUNDS)
        self._speeds.append(WORDS * ROUNDS / max(time.process_time() - began, 1e-9))
        return self._speeds[-1]

    @property
    def per_s(self) -> float:
        """Words per second: the median of all samples."""
        return float(np.median(self._speeds))
