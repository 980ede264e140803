"""What kernels hand each other: small records of numbers, each with one type whoever makes it.

Every further type of an argument would be compiled again: records are made by the functions here, which cast.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import int32, int64, njit, uint32


class Requester(NamedTuple):
    """Who requests a gap: the vehicle that waits before a connection, in a tick."""

    conn: int
    lane: int
    """Lane on whose requests it is noted: of a waiting area the one that leads to it."""
    key: int
    tick: int
    waited: int
    """Ticks."""


class PackedState(NamedTuple):
    """What a vehicle takes along when it goes to another place."""

    cells: int
    """Length, standing gap included."""
    z: int
    key: int
    trip: int
    w: int


class Arrival(NamedTuple):
    """Where a vehicle comes to in this tick."""

    lane: int
    place: int
    """Cells, stop line 0."""
    v: int
    """Speed half of packed state X."""
    cap: int
    """Desired speed, 1/256 cell per tick."""
    tracked: bool
    """Whether it is still on a connector that must be watched."""


class Crossing(NamedTuple):
    """A vehicle that crosses a stop line."""

    slot: int
    trip: int
    v: int
    lane: int
    conn: int
    time: float
    """Instant (ticks)."""
    first: bool
    """Whether this is the line before which the vehicle stood, and not one of a short link behind it."""


class Event(NamedTuple):
    """What is written down: codes of :mod:`trafficsim.base.codes`."""

    time: float
    code: int
    trip: int
    link: int
    value: float
    """Ticks since the onset of red, or between two vehicles."""


class Speeds(NamedTuple):
    """Desired speeds in 1/256 cell per tick: on the next link, and on the connector to it."""

    beyond: int
    connector: int


@njit(inline="always")
def make_requester(conn, lane, key, tick, waited):
    """Return who requests a gap."""
    return Requester(int64(conn), int64(lane), int64(key), int64(tick), int64(waited))


@njit(inline="always")
def make_packed_state(cells, z, key, trip, w):
    """Return the packed state of a vehicle."""
    return PackedState(int32(cells), int32(z), uint32(key), int32(trip), int32(w))


@njit(inline="always")
def make_arrival(lane, place, v, cap, tracked):
    """Return where a vehicle comes to."""
    return Arrival(int64(lane), int32(place), int32(v), int32(cap), bool(tracked))


@njit(inline="always")
def make_event(time, code, trip, link, value):
    """Return what is written down."""
    return Event(float(time), int64(code), int64(trip), int64(link), float(value))
