"""Kernels for arguments whose types are found out once, and do not depend on how many rows a table has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import config, typeof, types


def entry_of(kernel: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """Return a compiled kernel for arguments of the types of these, which must not change afterwards.

    Finding out the types of some two hundred arrays takes six times as long as handing them over.
    """
    if config.DISABLE_JIT:  # type: ignore[attr-defined]  # made when Numba is imported
        return kernel
    entry: Callable[..., Any] = kernel.compile(tuple(map(type_of, arguments)))  # type: ignore[attr-defined]
    return entry


def known_entry(kernel: Callable[..., Any], *arguments: Any) -> Callable[..., Any]:
    """Return the compiled kernel that a call with these arguments takes, for arguments of the same types.

    Tables that may be replaced by ones of one row, whose columns have other types, must go the usual way.
    """
    if config.DISABLE_JIT:  # type: ignore[attr-defined]  # made when Numba is imported
        return kernel
    entry: Callable[..., Any] = kernel.compile(tuple(map(typeof, arguments)))  # type: ignore[attr-defined]
    return entry


def type_of(value: Any) -> Any:
    """Return the type of an argument of a kernel: of arrays by their strides.

    Numba takes the column of a table of one row for an array without gaps, for which it would compile all once more.
    """
    if isinstance(value, np.ndarray):
        return typeof(value).copy(layout="C" if _is_dense(value) else "A")
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return types.BaseTuple.from_types(tuple(map(type_of, value)), pyclass=type(value))
    return typeof(value)


def _is_dense(array: np.ndarray) -> bool:
    size = array.itemsize
    for length, stride in zip(array.shape[::-1], array.strides[::-1], strict=True):
        if stride != size and (stride or array.size):  # empty arrays may have the stride 0
            return False
        size *= length
    return True
