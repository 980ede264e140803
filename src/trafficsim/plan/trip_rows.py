"""Rows of trips: pick some, join two lists, give some another route."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import F8, TripArrays
from trafficsim.plan.ragged import gather

RAGGED = {"route_start": ("route_link",),
          "stop_start": ("stop_position", "stop_position_m", "stop_dwell_s", "stop_lane")}
"""Where ragged columns begin, and those columns; every other column has one value per trip."""
NOT_PER_TRIP = {"name", *RAGGED, *(name for names in RAGGED.values() for name in names)}


def pick(trips: TripArrays, rows: NDArray[Any]) -> TripArrays:
    """Return some trips, in the order of the rows."""
    columns: dict[str, Any] = {"name": tuple(trips.name[row] for row in rows.tolist())}
    for name in trips._fields:
        if name not in NOT_PER_TRIP:
            column = getattr(trips, name)
            columns[name] = column[rows] if len(column) else column
    for start, names in RAGGED.items():
        columns[start], flat = gather(getattr(trips, start), rows)
        columns |= {name: getattr(trips, name)[flat] for name in names}
    return TripArrays(**columns)


def joined(first: TripArrays, second: TripArrays) -> TripArrays:
    """Return the trips of one list behind those of another, with the names of both."""
    columns: dict[str, Any] = {"name": first.name + second.name}
    for name in first._fields:
        one, other = getattr(first, name), getattr(second, name)
        if name in RAGGED:
            columns[name] = np.concatenate([one, other[1:] + one[-1]])
        elif name != "name":
            columns[name] = np.concatenate([one, other])
    return TripArrays(**columns)


def in_order(names: Sequence[str], depart_s: F8) -> NDArray[np.int64]:
    """Rows in the order of all trips of a plan: by departure, then by name.

    Examples
    --------
    >>> in_order(["c", "b", "a"], np.array([5.0, 0.0, 5.0])).tolist()
    [1, 2, 0]
    """
    order = np.argsort(depart_s, kind="stable")
    same = depart_s[order][1:] == depart_s[order][:-1]
    tied = np.flatnonzero(np.concatenate([same, [False]]) | np.concatenate([[False], same]))
    # Names are compared only where departures are equal: a million of them take seconds to sort.
    order[tied] = sorted(order[tied].tolist(), key=lambda row: (depart_s[row], names[row]))
    return order


def with_routes(trips: TripArrays, number: NDArray[Any], routes: Sequence[Sequence[int]]) -> TripArrays:
    """Give trips other routes.

    Parameters
    ----------
    number
        For every trip the position of its new route, -1 where it keeps its own.
    routes
        Links of the new routes.
    """
    lengths = np.array([len(route) for route in routes], np.int64)
    start = np.concatenate([trips.route_start, trips.route_start[-1] + np.cumsum(lengths)])
    links = np.concatenate([trips.route_link, *(np.asarray(route, np.int32) for route in routes)])
    own = np.arange(len(trips.key))
    route_start, flat = gather(start, np.where(number >= 0, len(own) + number, own))
    return trips._replace(route_start=route_start, route_link=links[flat].astype(np.int32))


def kept(trips: TripArrays, rows: NDArray[Any]) -> TripArrays:
    """Let some trips keep the routes that they have, whatever routes cost."""
    if not len(trips.wish):
        return trips
    wish = trips.wish.copy()
    wish[rows] = -1
    return trips._replace(wish=wish)
