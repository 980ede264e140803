"""Random numbers as a function: uniform, independent of order and type, silent about overflow."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit, uint32
from scipy import stats

from trafficsim.kernels.rng import GOLDEN, MASK64, Stream, draw32, hash_name, mix64, tick_key, u01


def mixed(value: int) -> int:
    """SplitMix64's finaliser in Python integers."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK64
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK64
    return value ^ (value >> 31)


def test_mix64_is_the_finaliser_of_splitmix64() -> None:
    # First outputs of SplitMix64 seeded with 0: the finaliser of GOLDEN and of 2 GOLDEN (reference values of the
    # public domain implementation by S. Vigna).
    found = mix64(np.array([GOLDEN, 2 * GOLDEN & MASK64], np.uint64))
    assert found.tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


@pytest.mark.parametrize("key", [0, 1, 7, MASK64])
@pytest.mark.parametrize("stream", [1, 11, Stream.SPEED])
def test_u01_equals_its_definition_in_python_integers(key: int, stream: int) -> None:
    state = mixed((key + GOLDEN * (stream + 1)) & MASK64)
    state = mixed((state + GOLDEN * (5 + 1)) & MASK64)
    state = mixed((state + GOLDEN * (3 + 1)) & MASK64)
    assert u01(key, stream, 5, 3).tolist() == [((state >> 12) + 0.5) * 2.0**-52]


def test_u01_broadcasts_and_does_not_depend_on_order() -> None:
    entities, occasions = np.arange(50), np.arange(4)
    table = u01(9, Stream.TRAIT, entities[:, np.newaxis], occasions)
    assert table.shape == (50, 4)
    assert table[7, 2] == u01(9, Stream.TRAIT, 7, 2)[0]
    np.testing.assert_array_equal(u01(9, Stream.TRAIT, entities[::-1], 1)[::-1], table[:, 1])


def test_u01_is_uniform_and_streams_are_unrelated() -> None:
    number = 100_000
    speed, dither = (u01(1, stream, np.arange(number), 0) for stream in (Stream.SPEED, Stream.DITHER))
    assert 0.0 < speed.min() < speed.max() < 1.0
    assert stats.kstest(speed, stats.uniform.cdf).pvalue > 0.01
    # Correlation of independent draws: 3 standard errors of 1 / sqrt(n).
    assert abs(np.corrcoef(speed, dither)[0, 1]) < 3 / np.sqrt(number)
    assert abs(np.corrcoef(speed[1:], speed[:-1])[0, 1]) < 3 / np.sqrt(number)


def test_hash_name_keeps_parts_apart() -> None:
    assert len({hash_name("a", "bc"), hash_name("ab", "c"), hash_name("abc"), hash_name("a", "b", "c")}) == 4
    assert hash_name(1, 2) == hash_name("1", "2")


@njit
def many(seed, stream, tick, number):
    out = np.empty(number, np.uint32)
    key = tick_key(seed, stream, tick)
    for vehicle in range(number):
        out[vehicle] = draw32(uint32(vehicle), key)
    return out


def test_32_bit_draws_are_uniform_over_vehicles_and_differ_by_tick_and_stream() -> None:
    number = 50_000
    with np.errstate(over="ignore"):  # the run without compilation wraps and warns
        first, second, other = (many(5, stream, tick, number) / 2.0**32 for stream, tick in ((5, 1), (5, 2), (7, 1)))
    for draw in (first, second, other):
        assert stats.kstest(draw, stats.uniform.cdf).pvalue > 0.01
    for draw in (second, other):
        assert abs(np.corrcoef(first, draw)[0, 1]) < 3 / np.sqrt(number)
