"""What a run can change, kept as it is at one moment, and put back: arrays in place, lists and attributes as they were.

Arrays keep their place in memory: several may be views of one, and compiled kernels may know where they are.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from trafficsim.plan.arrays import Plan

CONSTANT = (Plan, str, bytes, int, float, np.generic, type(None))


class Memento:
    """All that can be changed of some objects.

    Followed are attributes of objects of this package, tuples, lists and dictionaries. What stands in a list of arrays
    or tuples has been put away there, and does not change. Objects of others are copied whole.

    Parameters
    ----------
    roots
        What is followed.

    Examples
    --------
    >>> counts, names = np.zeros(2), ["a"]
    >>> before = Memento((counts, names))
    >>> counts[0], _ = 7.0, names.append("b")
    >>> before.restore()
    >>> counts.tolist(), names
    ([0.0, 0.0], ['a'])
    """

    def __init__(self, *roots: Any) -> None:
        self._arrays: list[tuple[np.ndarray, np.ndarray]] = []
        self._lists: list[tuple[list[Any], list[Any]]] = []
        self._dicts: list[tuple[dict[Any, Any], dict[Any, Any]]] = []
        self._known: dict[int, Any] = {}
        for one in roots:
            self._follow(one)

    def restore(self) -> None:
        """Put everything back; as often as wanted."""
        for array, kept in self._arrays:
            array[...] = kept
        for items, listed in self._lists:
            items[:] = [_own_copy(one) for one in listed]
        for table, entries in self._dicts:
            table.clear()
            table.update({key: _own_copy(value) for key, value in entries.items()})

    def _follow(self, value: Any) -> None:
        if isinstance(value, CONSTANT) or id(value) in self._known:
            return
        self._known[id(value)] = value
        if isinstance(value, np.ndarray):
            self._keep(value)
        elif isinstance(value, tuple):
            for one in value:
                self._follow(one)
        elif isinstance(value, list):
            self._lists.append((value, [_own_copy(one) for one in value]))
            for one in value:
                if hasattr(one, "__dict__") and not isinstance(one, np.ndarray | tuple):
                    self._follow(one)
        elif isinstance(value, dict):
            self._attributes(value)
        elif _is_own(value):
            self._attributes(value.__dict__)

    def _keep(self, array: np.ndarray) -> None:
        """Keep the bytes of an array: copying records goes column by column."""
        if array.flags.writeable and array.size:
            raw = array.view(np.ndarray)
            raw = raw.view(np.uint8) if raw.flags.c_contiguous and raw.ndim else raw
            self._arrays.append((raw, raw.copy()))

    def _attributes(self, table: dict[Any, Any]) -> None:
        self._dicts.append((table, {key: _own_copy(value) for key, value in table.items()}))
        for value in list(table.values()):
            if not _is_foreign(value):
                self._follow(value)


def _is_own(value: Any) -> bool:
    return type(value).__module__.startswith("trafficsim.") and hasattr(value, "__dict__") and not callable(value)


def _is_foreign(value: Any) -> bool:
    """Whether an attribute is an object that somebody else has written, with a state of its own."""
    module = type(value).__module__
    inside = ("builtins", "numpy", "numba", "trafficsim", "functools")
    return hasattr(value, "__dict__") and not module.startswith(inside)


def _own_copy(value: Any) -> Any:
    return deepcopy(value) if _is_foreign(value) else value
