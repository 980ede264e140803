"""Where the tables of the kernels lie in memory: what is read together lies side by side.

A step of the loop waits for memory most of the time. Columns of a table are therefore views into one array of
records, so that all of a vehicle, a lane or a link comes with a line of the cache or two, and times and numbers have 32
bits. Kernels see columns as before.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from trafficsim.kernels.queue.tables import World

Table = TypeVar("Table", bound=NamedTuple)
LINE_BYTES = 64
WIDE = frozenset({"vehicle_ms", "waiting_ms", "free_ms", "travel_ms", "delay_ms", "total", "analysis", "stride",
                  "charged"})
"""Columns that keep 64 bits: sums."""
BY_LINK = ("first", "last", "arrival", "taken", "waited", "entered", "ring_first", "ring_count")
RING = ("ring_time", "ring_room")
COUNTS = ("entered", "left", "vehicle_ms", "vehicle_m", "waiting_ms", "traversed", "free_ms")
BY_TURN = ("volume", "travel_ms", "delay_ms")
SHOWN = ("state", "since", "opened")
BY_TRIP = ("kind", "key", "depart", "slower")
APPROACHES = ("stride", "charged")
NET_LANES = ("link_of", "lane_room", "lane_share", "allowed")
NET_LINKS = ("wide", "room", "back", "own_headway", "exit_headway")
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
    return world._replace(
        net=side_by_side(world.net, NET_LANES, NET_LINKS, NET_CONNECTIONS), trips=side_by_side(world.trips, BY_TRIP),
        vehicles=side_by_side(world.vehicles, world.vehicles._fields),
        lanes=side_by_side(world.lanes, world.lanes._fields), links=side_by_side(world.links, BY_LINK, RING),
        shown=side_by_side(world.shown, SHOWN),
        agenda=world.agenda._replace(due=world.agenda.due.astype(np.int32), node=world.agenda.node.astype(np.int32)),
        counts=side_by_side(world.counts, COUNTS, BY_TURN), merges=side_by_side(world.merges, APPROACHES))


def side_by_side(table: Table, *groups: tuple[str, ...]) -> Table:
    """Return a table in which each group of columns is an array of records; the others stay as they are."""
    for group in groups:
        columns = {name: getattr(table, name) for name in group}
        rows = records(len(columns[group[0]]), {name: _kind(name, column) for name, column in columns.items()})
        for name, column in columns.items():
            rows[name] = column
        table = table._replace(**{name: rows[name] for name in columns})
    return table


def records(count: int, kinds: dict[str, np.dtype[np.generic]]) -> np.ndarray:
    """Return an array of records that begins with a line of the cache."""
    names = sorted(kinds, key=lambda name: -kinds[name].base.itemsize)
    offsets = np.concatenate([[0], np.cumsum([kinds[name].itemsize for name in names])]).tolist()
    size = offsets.pop()
    size = next((one for one in (4, 8, 16, 32) if size <= one), -(-size // LINE_BYTES) * LINE_BYTES)
    dtype = np.dtype({"names": names, "formats": [kinds[name] for name in names], "offsets": offsets,
                      "itemsize": size})
    memory = np.empty(count * size + LINE_BYTES, np.uint8)
    begin = -memory.ctypes.data % LINE_BYTES
    return memory[begin:begin + count * size].view(dtype)


def _kind(name: str, column: np.ndarray) -> np.dtype[np.generic]:
    one = np.dtype(np.int32) if column.dtype == np.int64 and name not in WIDE else column.dtype
    return np.dtype((one, column.shape[1:])) if column.ndim > 1 else one
