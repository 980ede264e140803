"""What searches of paths read and write. Times are whole milliseconds since the beginning of the run."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.kernels.jit import scalar

I8 = NDArray[np.int64]
NEVER = np.int64(1) << np.int64(60)
"""Cost of what cannot be reached."""
LONGEST = 1 << 30
"""Longest time of a turn, twelve days: times of profiles have 32 bits."""
NO_LINK, NO_HASH = -1, np.uint64(0)


class Turns(NamedTuple):
    """Movements that are open to a permission; those that leave link i are ``start[i]:start[i + 1]``."""

    start: I8
    to: I8
    open: NDArray[np.bool_]


class Profile(NamedTuple):
    """Time from entering a link to entering the next, and cost beyond it, at moments ``begin + k * width`` of entry.

    Between moments both are linear, before the first and after the last they are constant. The last column stands
    twice. ``time`` and ``extra`` have shape (turns, moments + 1); an ``extra`` without columns is none.
    """

    begin: int
    width: int
    time: NDArray[np.int32]
    extra: NDArray[np.int32]


class Tree(NamedTuple):
    """A tree of cheapest paths, by link: cost, clock at which the link is entered, hash and number of links so far."""

    cost: I8
    clock: I8
    hash: NDArray[np.uint64]
    links: I8
    before: NDArray[np.int32]
    heap: I8
    place: I8
    """Of each link in the heap; -1: not in it."""


class Roots(NamedTuple):
    """Origins with the moments at which their first link is entered; their cells are ``start[i]:start[i + 1]``."""

    origin: I8
    clock: I8
    start: I8


class Cells(NamedTuple):
    """Ends of paths, and what is found about each."""

    target: I8
    cost: I8
    hash: NDArray[np.uint64]
    links: I8


def empty_tree(links: int) -> Tree:
    """Return room for a tree."""
    whole = [np.zeros(links, np.int64) for _ in range(5)]
    return Tree(whole[0], whole[1], np.zeros(links, np.uint64), whole[2], np.zeros(links, np.int32), whole[3], whole[4])


@scalar
def mixed(state, link):
    """Hash of a path that goes on by a link (SplitMix64's finaliser: Steele, Lea & Flood 2014)."""
    value = np.uint64(np.uint64(state) + np.uint64(link + 1) * np.uint64(0x9E3779B97F4A7C15))
    value = np.uint64((value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9))
    value = np.uint64((value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB))
    return np.uint64(value ^ (value >> np.uint64(31)))


@scalar
def column_of(profile, clock):
    """Last moment of a profile that is not after a clock time; 0 before the first."""
    if clock <= profile.begin:
        return 0
    return min((clock - profile.begin) // profile.width, profile.time.shape[1] - 2)


@scalar
def part_of(profile, clock, column):
    """How far a clock time lies beyond a moment, no further than to the next."""
    return min(max(clock - profile.begin - column * profile.width, 0), profile.width)


@scalar
def between(values, row, column, part, width):
    """Value on the line between two moments, rounded down."""
    first, second = np.int64(values[row, column]), np.int64(values[row, column + 1])
    return first if first == second else first + (second - first) * part // width
