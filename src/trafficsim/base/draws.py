"""Uniform numbers as a function of names: the 64-bit hash that plans and published intervals draw with.

SplitMix64's finaliser (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195) in NumPy; no compiler is needed.
"""

from __future__ import annotations

import hashlib
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

GOLDEN = 0x9E3779B97F4A7C15
"""2^64 divided by the golden ratio: the increment of SplitMix64."""
MASK64 = 2**64 - 1


class PeopleStream(IntEnum):
    """Random streams of people; those of vehicles and signals are ``trafficsim.kernels.rng.Stream``, all below 64."""

    GROUP = 64
    AGE = 65
    LICENCE = 66
    SPEED = 67
    ALCOHOL = 68
    BELT = 69
    ISA = 70
    LICENSED = 71
    POINTS = 72
    OF_TRIP = 73
    IMPAIRED = 74
    ISA_OVERRIDE = 75
    COMPLIES = 76
    LAWFUL = 76
    HABIT = 90
    PATH = 91
    INFORMED = 92


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
        Number of the kind of decision, as in ``Stream``.
    entity, occasion
        Non-negative integers that name who draws and when.

    Examples
    --------
    >>> draw = u01(7, 3, [0, 1], 0)
    >>> draw.shape, bool((draw == u01(7, 3, [0, 1], 0)).all())
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


def draw_states(key: int, stream: int, entity: ArrayLike) -> NDArray[np.uint64]:
    """First two thirds of :func:`u01` for who draws on many occasions; shape of ``entity`` (at least one-dimensional).

    Examples
    --------
    >>> who = np.arange(5)
    >>> bool((draw_on(draw_states(7, 3, who), 11) == u01(7, 3, who, 11)).all())
    True
    """
    entities = np.atleast_1d(np.asarray(entity, np.uint64))
    first = mix64(np.array([(int(key) + GOLDEN * (int(stream) + 1)) & MASK64], np.uint64))
    return mix64(first + np.uint64(GOLDEN) * (entities + np.uint64(1)))


def draw_on(states: NDArray[np.uint64], occasion: int) -> NDArray[np.float64]:
    """Uniform numbers in (0, 1) of those whose ``draw_states`` are given, on one occasion: the bits of :func:`u01`."""
    state = mix64(states + np.uint64(GOLDEN * (int(occasion) + 1) & MASK64))
    return ((state >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


class EnforcementStream(IntEnum):
    """Random streams of enforcement; those of vehicles and signals are ``trafficsim.kernels.rng.Stream``, below 64."""

    ROSTER = 80
    PRESENT = 81
    DETECTION = 82
    SANCTION = 83
    OFFENCE = 84


class EmergencyStream(IntEnum):
    """Random streams of emergency response, by crash or by driver who is met."""

    BY_ECALL = 110
    ECALL = 111
    WITNESS = 112
    HANDLING = 113
    TURNOUT = 114
    CARE = 115
    CLEARANCE = 116
    YIELDS = 117
    CRASH = 118
