"""Traversals: who crossed both points of a measurement section, when, and how fast in the mean between them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trafficsim.engines.queue.places import Places
from trafficsim.plan.arrays import F8
from trafficsim.plan.record import TraversalRecord, no_traversals

LEAST_S = 1e-3
"""No time between two points is shorter: the clock of the engine."""
Rows = NDArray[np.int64]


def traversal_record(places: Places) -> TraversalRecord:
    """Return the traversals of all measurement sections of the plan, by section, lane and time."""
    plan = places.plan
    parts = [_of_section(places, row) for row in range(len(plan.sections.name))]
    if not parts:
        return no_traversals()
    seen = TraversalRecord._make(np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((seen.time_s, seen.lane, seen.section))
    return TraversalRecord._make(column[order] for column in seen)


def _of_section(places: Places, row: int) -> TraversalRecord:
    sections, plan = places.plan.sections, places.plan
    from_link, to_link = int(sections.from_link[row]), int(sections.to_link[row])
    begin_s = places.passing_s(from_link, float(sections.from_m[row]))
    end_s = places.passing_s(to_link, float(sections.to_m[row]))
    lane = places.lanes_at(to_link, float(sections.to_m[row]))
    mine = np.isfinite(end_s) & (lane >= sections.lane_start[row]) & (lane < sections.lane_end[row])
    first = first_points(places.of(from_link).place, places.of(to_link).place, plan.trips.route_start)
    since_s = np.where(first >= 0, begin_s[first], np.inf) if len(begin_s) else np.full(len(end_s), np.inf)
    mine = np.flatnonzero(mine & np.isfinite(since_s))
    taken_s: F8 = np.maximum(end_s[mine] - since_s[mine], LEAST_S)
    return TraversalRecord(
        section=np.full(len(mine), row, np.int32), trip=places.of(to_link).trip[mine].astype(np.int32),
        lane=lane[mine].astype(np.int32), time_s=plan.start_s + end_s[mine],
        speed_ms=float(sections.length_m[row]) / taken_s,
    )


def first_points(from_place: Rows, to_place: Rows, route_start: NDArray[np.int32]) -> Rows:
    """Return, by place at a second point, the row of the last place at the first point on the same trip; -1 without.

    Places are those of all routes, one trip behind the other. A first point serves one second point: the next one.

    Examples
    --------
    >>> first_points(np.array([7, 0]), np.array([2, 3, 5, 9]), np.array([0, 4, 8, 10])).tolist()
    [1, -1, -1, -1]
    """
    order = np.argsort(from_place, kind="stable")
    at = np.searchsorted(from_place[order], to_place, side="right") - 1
    found = np.where(at >= 0, order[at], -1) if len(order) else np.full(len(to_place), -1, np.int64)
    trip = np.searchsorted(route_start, to_place, side="right")
    same = np.zeros(len(to_place), np.bool_)
    known = found >= 0
    same[known] = np.searchsorted(route_start, from_place[found[known]], side="right") == trip[known]
    served = np.argsort(to_place, kind="stable")
    again = np.zeros(len(to_place), np.bool_)
    again[served[1:]] = np.diff(found[served]) == 0
    return np.where(same & ~again, found, -1)
