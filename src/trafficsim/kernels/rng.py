"""Randomness as a function: ``u01(key, stream, entity, occasion)``, nothing to save and nothing to order.

Two hashes serve two places. Plans draw with a 64-bit hash in NumPy (SplitMix64 finaliser: Steele, Lea & Flood 2014,
doi:10.1145/2660193.2660195). Hot loops draw with a 32-bit hash (multiply-xorshift with two rounds, constants found by
C. Wellons' public search "hash-prospector"), because only 32-bit integer arithmetic fills a vector register.
"""

from __future__ import annotations

from enum import IntEnum

from numba import uint32

from trafficsim.base.draws import GOLDEN as GOLDEN
from trafficsim.base.draws import MASK64 as MASK64
from trafficsim.base.draws import hash_name as hash_name
from trafficsim.base.draws import mix64 as mix64
from trafficsim.base.draws import u01 as u01
from trafficsim.kernels.jit import scalar

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
    INCIDENT = 15
    KEEP_CLEAR = 25
    OUTCOME = 32
    INATTENTION = 41
    HARD_STOP = 42


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
