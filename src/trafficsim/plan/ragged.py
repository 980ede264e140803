"""Ragged arrays: rows of different lengths behind each other, with the position at which each begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import I4


def gather(start: NDArray[Any], rows: NDArray[Any]) -> tuple[I4, NDArray[np.int64]]:
    """Pick ragged rows: their new ``start`` array, and the flat positions of their elements.

    Examples
    --------
    >>> start, flat = gather(np.array([0, 2, 5]), np.array([1, 0, 1]))
    >>> start.tolist(), flat.tolist()
    ([0, 3, 5, 8], [2, 3, 4, 0, 1, 2, 3, 4])
    """
    first = np.asarray(start, np.int64)[rows]
    counts = np.asarray(start, np.int64)[np.asarray(rows) + 1] - first
    begin = np.concatenate([[0], np.cumsum(counts)])
    flat = np.repeat(first - begin[:-1], counts) + np.arange(begin[-1])
    return begin.astype(np.int32), flat
