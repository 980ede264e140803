"""The groups table: the delay of the trips of each vehicle class, origin, destination and flow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trafficsim.plan.arrays import Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels, frame, nullable, ratio, strings
from trafficsim.results.reference import Reference, journeys

GROUPINGS = ("class", "origin", "destination", "flow")


def groups_table(plan: Plan, record: Record, labels: Labels, reference: Reference) -> pd.DataFrame:
    """One row per group of trips that are due in the analysis period, followed to the end of the run.

    ``grouping`` says what the trips of ``group`` share: their vehicle ``class``, their ``origin`` (first link) or
    ``destination`` (last link), or their ``flow``. A flow that has one trip is left out: that is a trip, not a group.
    ``mean_delay_s`` is that of the indicator of this name, over ``trips`` trips.
    """
    seen = journeys(plan, record, reference)
    parts = [_rows(*_members(plan, grouping), seen.due, seen.delay_s) for grouping in GROUPINGS]
    names = [name for part, _, _ in parts for name in part]
    count = np.concatenate([part for _, part, _ in parts])
    delay_s = np.concatenate([part for _, _, part in parts])
    grouping = [one for one, (part, _, _) in zip(GROUPINGS, parts, strict=True) for _ in part]
    kept = (count > 1) | (np.array(grouping, dtype=object) != "flow")
    mean_s, _ = ratio(delay_s, count)
    return frame(labels, {
        "grouping": strings(np.array(grouping, dtype=object)[kept]),
        "group": strings(np.array(names, dtype=object)[kept]),
        "trips": nullable(count[kept]),
        "mean_delay_s": nullable(mean_s[kept]),
    })


def _members(plan: Plan, grouping: str) -> tuple[Sequence[str], np.ndarray]:
    """Names of the groups, and the number of the group of each trip."""
    trips = plan.trips
    if grouping == "class":
        return plan.classes.name, trips.vehicle_class
    if grouping == "flow":
        flow = np.array([name.rpartition("#")[0] or name for name in trips.name], dtype=object)
        number, names = pd.factorize(flow, sort=True)  # hashes names, of which a million take seconds to sort
        return names.tolist(), number
    place = trips.route_start[:-1] if grouping == "origin" else trips.route_start[1:] - 1
    return plan.link_id, trips.route_link[place]


def _rows(names: Sequence[str], member: np.ndarray, due: np.ndarray, delay_s: np.ndarray
          ) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, numbers of trips and sums of delay of the groups that have any trip."""
    count = np.bincount(member[due], minlength=len(names))
    total_s = np.bincount(member[due], delay_s[due], minlength=len(names))
    some = np.flatnonzero(count)
    return [names[row] for row in some.tolist()], count[some], total_s[some]
