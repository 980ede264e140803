"""Crossings for pedestrians at signals: who must have red while they walk."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
I4 = NDArray[np.int32]
Groups = tuple[tuple[int, ...], ...]


class CrossingArrays(NamedTuple):
    """One row per crossing at a fixed-time or reacting signal, by program.

    A crossing either has a signal group of its own, or it is the street of an approach, which can be crossed while
    none of its vehicles goes.
    """

    name: tuple[str, ...]
    program: I4
    """Its program of the plan."""
    group: I4
    """Its own group of the plan; -1 for a street."""
    length_m: F8
    approach: Groups
    """Groups of the plan for vehicles that come up the street."""
    entering: Groups
    """Groups for vehicles that drive into the street and do not give way to pedestrians."""
    turning: Groups
    """Groups for vehicles that turn into it across the opposing traffic; with permitted green they give way."""
    others: Groups
    """All groups for vehicles of the program."""


def no_crossings() -> CrossingArrays:
    """Return the crossings of a plan without any."""
    whole = np.zeros(0, np.int32)
    return CrossingArrays((), whole, whole, np.zeros(0), (), (), (), ())
