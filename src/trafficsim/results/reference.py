"""What delays are measured against: free-flow times under do nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import COMPLETED, WAITING, Record


@dataclass(frozen=True)
class Reference:
    """Free-flow values of one replication *under do nothing*, else a lower speed limit would "reduce" delay.

    Attributes
    ----------
    free_flow_s : free-flow driving time of each trip, in the plan's order, without the dwell of its stops
    route_length_m : length of each trip's way
    free_speed_ms : mean free speed of each link
    """

    free_flow_s: F8
    route_length_m: F8
    free_speed_ms: F8

    def matched_to(self, baseline: Plan, plan: Plan, own: Reference) -> Reference:
        """Reorder the baseline's values to another plan by the names of trips and links.

        A trip or link that the baseline does not know (a policy added it) takes its value from ``own``.
        """
        if plan.trips.name == baseline.trips.name and plan.link_id == baseline.link_id:
            return self
        return Reference(
            _by_name(baseline.trips.name, self.free_flow_s, plan.trips.name, own.free_flow_s),
            _by_name(baseline.trips.name, self.route_length_m, plan.trips.name, own.route_length_m),
            _by_name(baseline.link_id, self.free_speed_ms, plan.link_id, own.free_speed_ms),
        )


def _by_name(names: tuple[str, ...], values: F8, wanted: tuple[str, ...], otherwise: F8) -> F8:
    known = dict(zip(names, values.tolist(), strict=True))
    return np.array([known.get(name, value) for name, value in zip(wanted, otherwise.tolist(), strict=True)])


@dataclass(frozen=True)
class Journeys:
    """Times of all trips so far, in the plan's order, shape (trips,).

    Attributes
    ----------
    entered, completed : what happened
    due : whether the trip is due in the analysis period
    wait_s : from departure to entry, or to the end of the run
    travel_s : from entry to exit, or to the end of the run; 0 before entry
    delay_s : ``wait_s + travel_s - dwell_s`` less the free-flow time of the distance covered. For a trip on its way
        that is the free-flow time of the whole way times the share of its length covered (modelling assumption: free
        speeds are taken as even along the way)
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
    covered = np.divide(trips.distance_m, reference.route_length_m, out=np.zeros(len(depart_s)),
                        where=reference.route_length_m > 0.0)
    share = np.where(completed, 1.0, np.where(entered, np.clip(covered, 0.0, 1.0), 0.0))
    dwell_s = np.where(entered, trips.dwell_s, 0.0)
    due = (depart_s >= plan.analysis_begin_s) & (depart_s < plan.analysis_end_s)
    delay_s = wait_s + travel_s - dwell_s - share * reference.free_flow_s
    return Journeys(entered, completed, due, wait_s, travel_s, delay_s)
