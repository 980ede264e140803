"""Assignment matrices of a scenario: on static paths, and as an engine drives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from trafficsim.base.errors import DemandError
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.assignment_matrix import Place, Streams, Times, assignment_matrix, free_times
from trafficsim.plan.equilibrium import EquilibriumSearch
from trafficsim.plan.experience import INTERVAL_S, driven_to_learn
from trafficsim.plan.lower import DESIGN_DAY, lower
from trafficsim.plan.prepare import Prepared
from trafficsim.plan.record import Record
from trafficsim.plan.routes import RouteTable
from trafficsim.plan.turn_times import turn_times_s
from trafficsim.run.driving import drive
from trafficsim.run.equilibrium import STATIC_ROUNDS, in_equilibrium
from trafficsim.run.rehearsal import rehearsed
from trafficsim.run.volume_delay import volume_delay
from trafficsim.spec.equilibrium import Equilibrium


@dataclass(frozen=True)
class Loading:
    """Routes and times under which vehicles are followed to the places of counts.

    Attributes
    ----------
    routes, times : who takes which route, and when it is passed
    plan, record : of the run of an engine; ``None`` on static paths
    """

    routes: RouteTable
    times: Times
    plan: Plan | None = None
    record: Record | None = None


def static_loading(prepared: Prepared) -> Loading:
    """Return the routes of a static equilibrium, interval by interval of departure, and free-flow times.

    Where all routes are given, or everybody takes the fastest path on empty roads, those are the routes.
    """
    times = free_times(prepared.network, prepared.world.scenario.time.start_s)
    if prepared.world.demand.routes in ("free_flow", "logit"):
        return Loading(prepared.routes, times)
    try:
        search = EquilibriumSearch(in_equilibrium(prepared), Equilibrium(interval_s=INTERVAL_S))
    except DemandError:  # all routes are given
        return Loading(prepared.routes, times)
    search.begin(volume_delay(prepared), STATIC_ROUNDS)
    return Loading(search.routes, times)


def engine_loading(prepared: Prepared, engine: str) -> Loading:
    """Let an engine drive the design day on the routes that drivers know, and take routes and times from it."""
    known = rehearsed(prepared, engine)
    plan = driven_to_learn(lower(known, (), DESIGN_DAY).plan, INTERVAL_S)
    record = drive(engine, plan, known, "run for the assignment matrix")
    times = Times(plan.start_s, plan.interval_s, turn_times_s(plan, record), _waits_s(plan, record))
    return Loading(known.routes, times, plan, record)


def _waits_s(plan: Plan, record: Record) -> F8:
    """Mean wait (s) for entry by interval of departure and first link; who never entered waited to the end."""
    intervals, links = len(record.links.entered), len(plan.link_id)
    first = plan.trips.route_link[plan.trips.route_start[:-1]].astype(np.int64)
    interval = np.clip((plan.trips.depart_s - plan.start_s) // plan.interval_s, 0, intervals - 1).astype(np.int64)
    entered = np.where(record.trips.entry_s < plan.start_s, record.end_s, record.trips.entry_s)
    wait_s = np.maximum(entered - plan.trips.depart_s, 0.0)
    place = interval * links + first
    number = np.maximum(np.bincount(place, minlength=intervals * links), 1)
    return np.asarray((np.bincount(place, wait_s, minlength=intervals * links) / number).reshape(intervals, links))


def proportions(prepared: Prepared, loading: Loading, streams: Streams, edges_s: F8, places: Sequence[Place],
                ) -> csr_array:
    """Return the assignment matrix of streams at places."""
    return assignment_matrix(prepared, loading.routes, loading.times, streams, edges_s, places)


def driven_flow(loading: Loading, places: Sequence[Place]) -> F8:
    """Vehicles that entered the links of places in a run; NaN for turns, and without a run."""
    if loading.plan is None or loading.record is None:
        return np.full(len(places), np.nan)
    entered = np.asarray(loading.record.links.entered, np.float64)
    edges_s = loading.plan.start_s + np.arange(len(entered) + 1) * loading.plan.interval_s
    total = np.concatenate([np.zeros((1, entered.shape[1])), np.cumsum(entered, axis=0)])
    return np.array([np.nan if place.to_link >= 0 else
                     float(np.diff(np.interp((place.begin_s, place.end_s), edges_s, total[:, place.link]))[0])
                     for place in places])
