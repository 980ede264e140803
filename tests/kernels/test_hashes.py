"""Compiled hashes against Python's integers."""

from __future__ import annotations

import numpy as np
from numba import njit, uint32

from tests.oracles import hashing
from trafficsim.kernels import rng


@njit
def all_draws(keys, ticks, seed, stream, out):  # type: ignore[no-untyped-def]
    for i in range(len(keys)):
        out[i, 0] = rng.hash32(uint32(keys[i]))
        out[i, 1] = rng.tick_key(seed, stream, ticks[i])
        out[i, 2] = rng.draw32(keys[i], uint32(out[i, 1]))


def test_hashes_are_those_of_plain_integers() -> None:
    generator = np.random.default_rng(1)
    keys = generator.integers(0, 2**32, 300, np.uint32)
    keys[:3] = (0, 1, 2**32 - 1)
    ticks = generator.integers(0, 10**6, 300)
    seed, stream = np.uint32(0xDEADBEEF), 5
    out = np.zeros((300, 3), np.uint32)
    all_draws(keys, ticks, seed, stream, out)
    for key, tick, found in zip(keys.tolist(), ticks.tolist(), out.tolist(), strict=True):
        tick_key = hashing.tick_key(int(seed), stream, tick)
        assert found == [hashing.hash32(key), tick_key, hashing.draw32(key, tick_key)]


def test_draws_of_successive_ticks_are_uniform_and_independent() -> None:
    # 20,000 draws of one vehicle: mean within 4 standard errors (0.29 / sqrt(20,000)), no correlation of neighbours
    count = 20_000
    seed, ticks = 7, range(count)
    draws = np.array([hashing.draw32(12345, hashing.tick_key(seed, 5, tick)) for tick in ticks]) / 2**32
    assert abs(draws.mean() - 0.5) < 4 * 0.2887 / count**0.5
    assert abs(np.corrcoef(draws[1:], draws[:-1])[0, 1]) < 4 / count**0.5
