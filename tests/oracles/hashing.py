"""The 32-bit hash in Python's unbounded integers."""

from __future__ import annotations

MASK = 0xFFFFFFFF


def hash32(value: int) -> int:
    """Scramble 32 bits: xor-shift, multiply, xor-shift, multiply, xor-shift."""
    value ^= value >> 16
    value = value * 0x7FEB352D & MASK
    value ^= value >> 15
    value = value * 0x846CA68B & MASK
    return value ^ (value >> 16)


def tick_key(seed: int, stream: int, tick: int) -> int:
    """Key of a stream in a tick."""
    return hash32((tick * 0x85EBCA6B & MASK) ^ hash32((seed + (stream * 0x9E3779B9 & MASK)) & MASK))


def draw32(vehicle: int, key: int) -> int:
    """32 random bits of a vehicle."""
    return hash32(vehicle ^ key)
