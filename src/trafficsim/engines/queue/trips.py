"""Constants of trips and of the places of their routes, worked out for some trips at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trafficsim.engines.queue.kinds import kinds_of
from trafficsim.engines.queue.layout import records
from trafficsim.engines.queue.network import ragged
from trafficsim.engines.queue.route_times import slower_than_mean, times_and_lengths, turns_of_places
from trafficsim.engines.queue.stops import stop_columns
from trafficsim.kernels.queue.tables import Trips
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.trip_rows import pick

PLACES_AT_ONCE = 1 << 17
"""Of routes: their columns then stay in the cache while they are worked on."""
PLACE: dict[str, np.dtype[np.generic]] = {"length": np.dtype(np.float64), "turn": np.dtype(np.int32),
                                          "free": np.dtype(np.int32)}


def compile_trips(plan: Plan) -> Trips:
    """Return the constants of trips: no place of a route takes less than a millisecond.

    Which lanes lead on is not known yet.
    """
    trips, count = plan.trips, len(plan.link_id)
    start = np.asarray(trips.route_start, np.int64)
    places = records(len(trips.route_link), PLACE)
    for part, first, last in parts_of(plan):
        seconds, metres = times_and_lengths(part)
        rows = places[start[first]:start[last]]
        rows["length"], rows["turn"] = metres, turns_of_places(part)
        rows["free"] = np.maximum(np.rint(seconds * 1000.0), 1)
    entry_start, entry = ragged(np.asarray(trips.route_link[start[:-1]], np.int64), count)
    return Trips(
        route_start=start, link=np.asarray(trips.route_link, np.int32), turn=places["turn"],
        lanes=np.zeros(len(places), np.uint16), free=places["free"], length=places["length"],
        kind=kinds_of(plan).of_trip, slower=slower_than_mean(plan),
        key=(trips.key & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        depart=np.maximum(np.rint((trips.depart_s - plan.start_s) * 1000.0), 0).astype(np.int64),
        entry_start=entry_start, entry=entry, **stop_columns(plan),
    )


def places_in_lines(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return columns by place of the routes so that those that are read together lie side by side."""
    places = records(len(columns["link"]), PLACE)
    for name in PLACE:
        places[name] = columns[name]
    return {**columns, **{name: places[name] for name in PLACE}}


def times_of_places(plan: Plan) -> F8:
    """Return the seconds of every place of the routes at the own speed."""
    parts = [times_and_lengths(part)[0] for part, _, _ in parts_of(plan)]
    return np.concatenate(parts) if parts else np.zeros(0)


def parts_of(plan: Plan) -> Iterator[tuple[Plan, int, int]]:
    """Yield the plan with some of its trips, and the numbers of the first and of the one behind the last."""
    trips, count = plan.trips, len(plan.trips.name)
    if len(trips.route_link) <= PLACES_AT_ONCE:
        yield plan, 0, count
        return
    first = 0
    while first < count:
        last = int(np.searchsorted(trips.route_start, trips.route_start[first] + PLACES_AT_ONCE, side="right")) - 1
        last = max(last, first + 1)
        rules = plan.behaviour
        if len(rules.factor):
            rules = rules._replace(factor=rules.factor[:, first:last])
        yield replace(plan, trips=pick(trips, np.arange(first, last)), behaviour=rules), first, last
        first = last
