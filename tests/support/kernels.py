"""Ways from Python into parts of kernels, which otherwise only kernels call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import njit


def from_python(part: Callable[..., Any]) -> Callable[..., Any]:
    """Return a kernel that does nothing but call the part."""
    return njit(lambda *arguments: part(*arguments))
