"""Routes that change within a run: the plan with the routes as they are now, and where each place of a route came from.

All routes lie behind each other, those of one trip at its row: whoever keeps something by place of the routes
(turns, times, cursors) moves it along with the routes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.plan.arrays import Plan
from trafficsim.plan.ragged import gather
from trafficsim.plan.trip_rows import pick

I8 = NDArray[np.int64]


class NewRoutes(NamedTuple):
    """What became of the routes of a plan."""

    plan: Plan
    """With all routes as they are now: the part that has been driven, and the rest."""
    part: Plan
    """The same with the changed trips alone."""
    trip: I8
    """Rows of these."""
    source: I8
    """By place of the routes: the place before, or, beyond those, the place in ``part``."""
    shift: I8
    """By trip: by how many places its route has moved."""

    def moved(self, before: NDArray[Any], fresh: NDArray[Any]) -> NDArray[Any]:
        """Values by place of the routes, from those before and those of the part."""
        return np.concatenate([before, fresh.astype(before.dtype)])[self.source]


def rewritten(plan: Plan, rows: I8, routes: Sequence[Sequence[int]]) -> NewRoutes:
    """Give trips other routes.

    Parameters
    ----------
    plan
        With the routes so far.
    rows
        The trips, ascending.
    routes
        Their whole routes: the links that have been driven first.
    """
    trips, count = plan.trips, len(plan.trips.key)
    lengths = np.array([len(route) for route in routes], np.int64)
    links = np.concatenate([np.asarray(route, np.int32) for route in routes])
    begin = np.concatenate([[0], np.cumsum(lengths)])
    start = np.concatenate([np.asarray(trips.route_start, np.int64), trips.route_start[-1] + begin[1:]])
    number = np.arange(count)
    number[rows] = count + np.arange(len(rows))
    route_start, source = gather(start, number)
    route_link = np.concatenate([trips.route_link, links])[source]
    changed = plan.trips._replace(route_start=route_start, route_link=route_link)
    shift = np.asarray(route_start[:-1], np.int64) - trips.route_start[:-1]
    new = replace(plan, trips=changed)
    return NewRoutes(new, part_of(new, rows), rows, source, shift)


def part_of(plan: Plan, rows: I8) -> Plan:
    """Return the plan with some of its trips alone, and what drivers of these do."""
    behaviour, kept = plan.behaviour, plan.kept_gap_s
    return replace(plan, trips=pick(plan.trips, rows), kept_gap_s=kept[rows] if len(kept) else kept,
                   behaviour=behaviour._replace(factor=behaviour.factor[:, rows]))
