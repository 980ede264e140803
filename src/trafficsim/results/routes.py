"""Which routes were taken: a table, and indicators of drivers who change theirs on the way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels, frame, names_of, nullable, strings
from trafficsim.results.indicator import Indicator, Observation
from trafficsim.results.reference import Journeys

TABLE = "routes"
DUE = "trips due in the analysis period, followed to the end of the run"
NONE_DUE = "no trip is due in the analysis period"


def as_driven(plan: Plan, record: Record) -> Plan:
    """Return the plan with the routes as they were driven, and what was shown; itself where neither could change."""
    if record.roadside is not None:
        plan = replace(plan, roadside=record.roadside)
    if record.routes is None:
        return plan
    return replace(plan, trips=plan.trips._replace(route_start=record.routes.route_start,
                                                   route_link=record.routes.route_link))


def has_choice(plan: Plan, record: Record) -> bool:
    """Whether trips chose among several routes, before departure or on the way."""
    return bool((plan.trips.wish >= 0).any()) or record.routes is not None


def routes_table(plan: Plan, record: Record, labels: Labels, seen: Journeys) -> pd.DataFrame:
    """One row per origin, destination and route that was taken by a trip due in the analysis period.

    Only where trips choose among several routes, or may change them on the way. ``links`` has the links of the route in
    driving order; of who had not arrived, those that were still meant to follow too. ``share`` is that of the trips of
    the same origin and destination; ``informed`` are trips whose drivers know the times of the moment, ``changed``
    those that changed route on the way; ``mean_travel_time_s`` is from entry to exit, null where nobody arrived.
    """
    trips = as_driven(plan, record).trips
    due = np.flatnonzero(seen.due)
    routes = [tuple(part.tolist()) for part in np.split(trips.route_link, trips.route_start[1:-1])] if len(due) else []
    number = {route: row for row, route in enumerate(sorted({routes[row] for row in due.tolist()}))}
    of_trip = np.array([number[routes[row]] for row in due.tolist()], np.int64)
    count = len(number)
    completed, informed, changed = seen.completed[due], _informed(plan)[due], _changes(plan, record)[due] > 0
    total = np.bincount(of_trip, minlength=count).astype(np.float64)
    arrived = np.bincount(of_trip, completed, count)
    time_s = np.bincount(of_trip, np.where(completed, seen.travel_s[due], 0.0), count)
    ends = np.array([(route[0], route[-1]) for route in number], np.int64).reshape(count, 2)
    _, pair = np.unique(ends, axis=0, return_inverse=True)
    of_pair = np.bincount(pair.ravel(), total)[pair.ravel()] if count else total
    return frame(labels, {
        "origin": names_of(plan.link_id, ends[:, 0]),
        "destination": names_of(plan.link_id, ends[:, 1]),
        "links": strings(" ".join(plan.link_id[link] for link in route) for route in number),
        "trips": nullable(total.astype(np.int64)),
        "share": nullable(total / np.maximum(of_pair, 1.0)),
        "informed": nullable(np.bincount(of_trip, informed, count).astype(np.int64)),
        "changed": nullable(np.bincount(of_trip, changed, count).astype(np.int64)),
        "mean_travel_time_s": nullable(time_s / np.maximum(arrived, 1.0), arrived > 0.0),
    })


def _informed(plan: Plan) -> np.ndarray:
    informed = plan.en_route.informed
    return informed if len(informed) else np.zeros(len(plan.trips.key), np.bool_)


def _changes(plan: Plan, record: Record) -> np.ndarray:
    return np.zeros(len(plan.trips.key), np.int32) if record.routes is None else record.routes.changes


def _mean_of(seen: Observation, values: np.ndarray) -> float | None:
    return seen.mean(values.astype(np.float64), seen.due)


ROUTE_CHANGES = (
    Indicator("informed_share", "trips whose drivers know the times of the moment / trips", "1", "none", DUE, "input",
              lambda seen: _mean_of(seen, _informed(seen.plan)), NONE_DUE, of_traffic=False, only_with=TABLE),
    Indicator("route_changes_per_trip", "number of times a route was changed on the way / trips", "1", "none", DUE,
              "emergent", lambda seen: _mean_of(seen, _changes(seen.plan, seen.record)), NONE_DUE, only_with=TABLE),
)
"""Only of scenarios with informed drivers."""
