"""How many bytes the arrays of a program take, by vehicle and by lane."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from trafficsim.engines.ca.program import Program

BY_SLOT = ("leader", "moved", "candidate", "listed", "bound")
"""Scratch of one tick with a row for every vehicle that may be on the road; the rest of it goes by lane."""


def footprint(program: Program) -> dict[str, float]:
    """Return the bytes of all arrays of a program by vehicle and by lane, and what does not grow with either in MB.

    Returns
    -------
    dict
        ``bytes_per_vehicle``: all that grows with the trips over their number, those that have not departed or have
        arrived included; it is the sum of ``road_bytes`` (words of vehicles on the road, and the scratch of a tick),
        ``trip_bytes`` (constants and what happened to it) and ``route_bytes``. ``bytes_per_lane``: all that grows with
        the network, the slots that are kept free by lane included. ``fixed_mb``: buffers of events, traces and
        traversals.

    Examples
    --------
    >>> from trafficsim.engines.bench.cases import ring_case
    >>> from trafficsim.engines.bench.measure import ready
    >>> parts = footprint(ready(ring_case(2, 40, (50, 10)))[1])
    >>> parts["bytes_per_vehicle"] == parts["road_bytes"] + parts["trip_bytes"] + parts["route_bytes"]
    True
    """
    vehicles, lanes = max(len(program.trips.row) - 1, 1), program.net.lanes
    trips, work = program.trips, program.work
    slots = [getattr(work, name) for name in BY_SLOT]
    room = len(program.vehicles.X)
    road = bytes_of([*program.vehicles, *slots]) * min(vehicles, room) / room
    route = bytes_of([trips.route])
    trip = bytes_of([trips.row, trips.end, trips.stop, program.queues.trip, program.zones.factor,
                     program.sections.opened, program.counters.traced])
    fixed = bytes_of([program.counters.events, program.counters.trace, program.sections.traversals])
    network = bytes_of(arrays(tuple(vars(program).values()))) - road - route - trip - fixed
    parts = {"road_bytes": road / vehicles, "trip_bytes": trip / vehicles, "route_bytes": route / vehicles}
    return {"bytes_per_vehicle": sum(parts.values()), **parts, "bytes_per_lane": network / lanes,
            "fixed_mb": fixed / 2**20}


def arrays(part: Any) -> Iterator[Any]:
    """Yield all arrays in tuples of tuples."""
    if isinstance(part, np.ndarray):
        yield part
    elif isinstance(part, tuple):
        for inner in part:
            yield from arrays(inner)


def bytes_of(arrays: Iterable[Any]) -> float:
    """Return the bytes of arrays; memory that two of them show in different words counts once."""
    return float(sum({array.ctypes.data: array.nbytes for array in arrays}.values()))
