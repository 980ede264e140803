"""Keeping junctions clear: everywhere the same drivers do, and more of them at a larger share."""

from __future__ import annotations

from numba import int32, uint32

from trafficsim.kernels.jit import scalar
from trafficsim.kernels.rng import Stream, draw32

KEEP_CLEAR = int(Stream.KEEP_CLEAR)


@scalar
def keeps_clear(key, share):
    """Whether a driver keeps junctions clear, of whom a ``share`` in 1/65536 does."""
    return int32(draw32(key, uint32(KEEP_CLEAR)) & uint32(0xFFFF)) < share
