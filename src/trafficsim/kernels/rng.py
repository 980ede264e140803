"""Randomness as a function: ``u01(key, stream, entity, occasion)``, nothing to save and nothing to order.

Two hashes serve two places. Plans draw with a 64-bit hash in NumPy (SplitMix64 finaliser: Steele, Lea & Flood 2014,
doi:10.1145/2660193.2660195). Hot loops draw with a 32-bit hash (multiply-xorshift with two rounds, constants found by
C. Wellons' public search "hash-prospector"), because only 32-bit integer arithmetic fills a vector register.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum

import numpy as np
from numba import uint32
from numpy.typing import ArrayLike, NDArray

from trafficsim.kernels.jit import scalar

GOLDEN = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio: the increment of SplitMix64."""
MASK64 = 2**64 - 1
PROBABILITY_UNIT = 65536
"""Kernels keep probabilities in 1/65536: they compare them with 16 random bits."""


class Stream(IntEnum):
    """Names of decisions; each has a random stream of its own."""

    ARRIVALS = 1
    CLASS = 2
    SPEED = 3
    TRAIT = 4
    DITHER = 5
    YELLOW = 6
    LANE_CHANGE = 7
    COURTESY = 8
    TRACE = 9
    START = 10
    BRAKING = 11
    DAY = 12
    HEADWAY = 13
    ROUTE = 14
    KEEP_CLEAR = 25


def hash_name(*parts: object) -> int:
    """Hash names and numbers to 64 bits, the same on every machine and in every run.

    Examples
    --------
    >>> hash_name("flow", 3) == hash_name("flow", 3), hash_name("flow", 3) == hash_name("flow", 4)
    (True, False)
    """
    text = "\x1f".join(str(part) for part in parts).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")


def mix64(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Finaliser of SplitMix64, element by element (uint64 array in and out)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def u01(key: ArrayLike, stream: int, entity: ArrayLike, occasion: ArrayLike) -> NDArray[np.float64]:
    """Draw uniform numbers in the open interval (0, 1), one per broadcast element.

    Parameters
    ----------
    key
        64-bit random key (of a run or a vehicle).
    stream
        A :class:`Stream`.
    entity, occasion
        Non-negative integers that name who draws and when.

    Examples
    --------
    >>> draw = u01(7, Stream.SPEED, [0, 1], 0)
    >>> draw.shape, bool((draw == u01(7, Stream.SPEED, [0, 1], 0)).all())
    ((2,), True)
    """
    parts = np.broadcast_arrays(*(np.atleast_1d(np.asarray(part, np.uint64)) for part in (key, entity, occasion)))
    keys, entities, occasions = parts
    golden = np.uint64(GOLDEN)
    # A product of scalars is taken in Python integers: NumPy warns when scalars overflow, arrays wrap silently.
    state = mix64(keys + np.uint64(GOLDEN * (int(stream) + 1) & MASK64))
    state = mix64(state + golden * (entities + np.uint64(1)))
    state = mix64(state + golden * (occasions + np.uint64(1)))
    return ((state >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


@scalar
def hash32(value):
    """Scramble 32 bits."""
    value = uint32(value ^ (value >> uint32(16)))
    value = uint32(value * uint32(0x7FEB352D))
    value = uint32(value ^ (value >> uint32(15)))
    value = uint32(value * uint32(0x846CA68B))
    return uint32(value ^ (value >> uint32(16)))


@scalar
def tick_key(seed, stream, tick):
    """Key of a stream in one tick: 32 bits from the run's 32-bit seed."""
    spread = uint32(uint32(tick) * uint32(0x85EBCA6B))
    return hash32(uint32(spread ^ hash32(uint32(uint32(seed) + uint32(uint32(stream) * uint32(0x9E3779B9))))))


@scalar
def draw32(vehicle_key, key):
    """32 random bits of a vehicle under a tick or occasion key."""
    return hash32(uint32(uint32(vehicle_key) ^ uint32(key)))
