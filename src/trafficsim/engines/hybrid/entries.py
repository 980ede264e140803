"""Kernels that are called once per tick: which types their arguments have is found out once for all ticks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import config, typeof


def entry_of(kernel: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """Return a compiled kernel for arguments of the types of these, which must not change afterwards.

    Finding out the types of some two hundred arrays takes six times as long as handing them over.
    """
    if config.DISABLE_JIT:  # type: ignore[attr-defined]  # made when Numba is imported
        return kernel
    entry: Callable[..., Any] = kernel.compile(tuple(typeof(one) for one in arguments))  # type: ignore[attr-defined]
    return entry
