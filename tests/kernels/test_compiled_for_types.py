"""Kernels are compiled for types, not for the values of constants that they are called with."""

from __future__ import annotations

import numpy as np
import pytest
from numba import config, types

from trafficsim.kernels.jit import kernel, part
from trafficsim.kernels.several import words_of


@part
def added(number, other):
    """Add two numbers."""
    return number + other


@kernel
def sums(number):
    """Call another kernel with constants."""
    return added(number, 1) + added(number, 2) + added(3, number)


@pytest.mark.skipif(bool(config.DISABLE_JIT), reason="nothing is compiled")  # type: ignore[attr-defined]
def test_constants_do_not_compile_a_kernel_once_more() -> None:
    assert sums(1) == 9
    for constant in (1, 2, 3):  # as a kernel that calls it asks for it, also where that one came from the cache
        added.get_call_template([types.int64, types.literal(constant)], {})
    assert added.signatures == [(types.int64, types.int64)]


def test_arguments_are_taken_apart_in_the_order_of_their_parts() -> None:
    values = np.zeros((2, 3), np.int32)[:, ::2]
    assert words_of((values, (4, True), 0.0)) == [0, 0, 4, 4, values.ctypes.data, 2, 2, 12, 8, 4, 1, 0]
    assert words_of(np.float32(1.0)) == [0x3F800000]
