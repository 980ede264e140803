"""What delays are measured against: free-flow times under do nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import COMPLETED, WAITING
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.free_flow_paths import FreeFlow
from trafficsim.plan.record import Record


@dataclass(frozen=True)
class Reference:
    """Free-flow values of one replication *under do nothing*, else a lower speed limit would "reduce" delay.

    Attributes
    ----------
    free_flow : free-flow ways of the trips in the plan's order, without the dwell of their stops
    free_speed_ms : mean free speed of each link
    """

    free_flow: FreeFlow
    free_speed_ms: F8

    def matched_to(self, baseline: Plan, plan: Plan, of: Callable[[Plan], Reference]) -> Reference:
        """Reorder the baseline's values to another plan by the names of trips and links.

        A trip or link that the baseline does not know (a policy added it) takes its value from the plan's own ones,
        which ``of`` gives where there is one.
        """
        if plan.trips.name == baseline.trips.name and plan.link_id == baseline.link_id:
            return self
        trips = _by_name(baseline.trips.name, plan.trips.name)
        links = _by_name(baseline.link_id, plan.link_id)
        if max(trips.max(initial=-1) - len(baseline.trips.name), links.max(initial=-1) - len(baseline.link_id)) < 0:
            return Reference(self.free_flow.rows(trips), self.free_speed_ms[links])
        own = of(plan)
        return Reference(self.free_flow.joined(own.free_flow).rows(trips),
                         np.concatenate([self.free_speed_ms, own.free_speed_ms])[links])


def _by_name(names: tuple[str, ...], wanted: tuple[str, ...]) -> NDArray[np.int64]:
    """Position of each wanted name among the known ones, or behind all of them at its own position."""
    known = {name: position for position, name in enumerate(names)}
    return np.array([known.get(name, len(names) + position) for position, name in enumerate(wanted)], np.int64)


@dataclass(frozen=True)
class Journeys:
    """Times of all trips so far, in the plan's order, shape (trips,).

    Attributes
    ----------
    entered, completed : what happened
    due : whether the trip is due in the analysis period
    wait_s : from departure to entry, or to the end of the run
    travel_s : from entry to exit, or to the end of the run; 0 before entry
    delay_s : ``wait_s + travel_s - dwell_s`` less the free-flow time of the distance covered
    """

    entered: np.ndarray
    completed: np.ndarray
    due: np.ndarray
    wait_s: F8
    travel_s: F8
    delay_s: F8


def journeys(plan: Plan, record: Record, reference: Reference) -> Journeys:
    """Work out times so far of all trips; the status decides what happened, whatever stands in the time columns."""
    trips, depart_s = record.trips, plan.trips.depart_s
    entered = trips.status != WAITING
    completed = trips.status == COMPLETED
    entry_s = np.where(entered, trips.entry_s, record.end_s)
    exit_s = np.where(completed, trips.exit_s, record.end_s)
    wait_s = np.maximum(entry_s - depart_s, 0.0)
    travel_s = np.where(entered, exit_s - entry_s, 0.0)
    covered_m = np.where(completed, np.inf, np.where(entered, trips.distance_m, 0.0))
    dwell_s = np.where(entered, trips.dwell_s, 0.0)
    due = (depart_s >= plan.analysis_begin_s) & (depart_s < plan.analysis_end_s)
    delay_s = wait_s + travel_s - dwell_s - reference.free_flow.until(covered_m)
    return Journeys(entered, completed, due, wait_s, travel_s, delay_s)
