"""Where the tables of the kernels lie in memory: what is read together lies side by side.

A step of the loop waits for memory most of the time. Columns of a table are therefore views into one array of
records, so that all of a vehicle, a lane or a link comes with a line of the cache or two, and times and numbers have 32
bits. Kernels see columns as before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np

from trafficsim.kernels.queue.tables import Trips, World

Table = TypeVar("Table", bound=NamedTuple)
LINE_BYTES = 64
WIDE = frozenset({"vehicle_ms", "waiting_ms", "free_ms", "travel_ms", "delay_ms", "total", "analysis", "stride",
                  "charged"})
"""Columns that keep 64 bits: sums."""
BY_LINK = ("first", "last", "arrival", "taken", "waited", "held", "entered", "ring_first", "ring_count")
RING = ("ring_time", "ring_room", "ring_lane")
COUNTS = ("entered", "left", "vehicle_ms", "vehicle_m", "waiting_ms", "traversed", "free_ms")
BY_TURN = ("volume", "travel_ms", "delay_ms")
SHOWN = ("state", "since", "opened")
VEHICLE = ("covered", "distance", "cursor", "since", "ready", "before", "after", "planned", "ahead", "waiting", "stops",
           "kind", "key", "slower", "depart", "begun", "ended")
"""Of vehicles and of their trips: what is read at every line fills the first line of the cache."""
BY_TRIP = ("kind", "key", "slower", "depart")
APPROACHES = ("stride", "charged")
NET_LANES = ("link_of", "lane_room", "lane_share", "allowed")
NET_LINKS = ("wide", "room", "back", "changes", "own_headway", "exit_headway")
NET_CONNECTIONS = ("turn", "origin", "to", "group", "manner", "inside", "line_speed", "headway")


def in_lines(world: World) -> World:
    """Return a world whose tables lie side by side, in 32 bits but for sums.

    Examples
    --------
    >>> from trafficsim.kernels.queue.tables import Shown
    >>> shown = side_by_side(Shown(*(np.arange(2) for _ in range(4))), SHOWN)
    >>> shown.since.strides, shown.since.dtype.name, shown.since.tolist()
    ((16,), 'int32', [0, 1])
    """
    vehicles = joined({**world.trips._asdict(), **world.vehicles._asdict()}, VEHICLE)
    trips = {name: vehicles[name] for name in BY_TRIP}
    return world._replace(
        net=side_by_side(world.net, NET_LANES, NET_LINKS, NET_CONNECTIONS), trips=_with(world.trips, trips),
        vehicles=_with(world.vehicles, vehicles),
        lanes=side_by_side(world.lanes, world.lanes._fields), links=side_by_side(world.links, BY_LINK, RING),
        shown=side_by_side(world.shown, SHOWN),
        counts=side_by_side(world.counts, COUNTS, BY_TURN), merges=side_by_side(world.merges, APPROACHES))


def trips_in_lines(trips: Trips) -> Trips:
    """Return the constants of trips so that those of one trip lie side by side."""
    return side_by_side(trips, BY_TRIP)


def side_by_side(table: Table, *groups: tuple[str, ...]) -> Table:
    """Return a table in which each group of columns is an array of records; the others stay as they are."""
    for group in groups:
        table = _with(table, joined(table._asdict(), group))
    return table


def joined(columns: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Return columns as views into one array of records, in this order; those that there are not are left out."""
    names = tuple(name for name in names if name in columns)
    rows = records(len(columns[names[0]]), {name: _kind(name, columns[name]) for name in names})
    for name in names:
        rows[name] = columns[name]
    return {name: rows[name] for name in names}


def _with(table: Table, columns: Mapping[str, np.ndarray]) -> Table:
    """Return a table with those of the columns that it has."""
    return table._replace(**{name: column for name, column in columns.items() if name in table._fields})


def records(count: int, kinds: dict[str, np.dtype[np.generic]]) -> np.ndarray:
    """Return an array of records that begins with a line of the cache; every column lies at a multiple of its size."""
    offsets, size = [], 0
    for kind in kinds.values():
        offsets.append(-(-size // kind.base.itemsize) * kind.base.itemsize)
        size = offsets[-1] + kind.itemsize
    size = next((one for one in (4, 8, 16, 32) if size <= one), -(-size // LINE_BYTES) * LINE_BYTES)
    dtype = np.dtype({"names": list(kinds), "formats": list(kinds.values()), "offsets": offsets, "itemsize": size})
    memory = np.empty(count * size + LINE_BYTES, np.uint8)
    begin = -memory.ctypes.data % LINE_BYTES
    return memory[begin:begin + count * size].view(dtype)


def _kind(name: str, column: np.ndarray) -> np.dtype[np.generic]:
    one = np.dtype(np.int32) if column.dtype == np.int64 and name not in WIDE else column.dtype
    return np.dtype((one, column.shape[1:])) if column.ndim > 1 else one
