"""Dynamic equilibrium of routes: what a rehearsal says about the routes taken, and who switches after it.

Costs of routes and least costs stand on the same profile of times (:mod:`trafficsim.plan.time_dependent`), for all of a
cell (origin, destination, permission, interval of departure) from the middle of the interval on: so the relative gap is
never negative, and 0 exactly if nobody finds a cheaper path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.codes import COMPLETED, WAITING
from trafficsim.base.errors import DemandError
from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.cells import Cheapest, cell_table, cheapest_of_cells
from trafficsim.plan.experience import (
    driven_to_learn,
    travellers,
    used_cells,
    usual_routes,
    with_routes,
    without_rounds,
)
from trafficsim.plan.lower import DESIGN_DAY, lower
from trafficsim.plan.marginal import cost_to_others_s
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.prepare import Prepared, route_requests
from trafficsim.plan.ragged import gather
from trafficsim.plan.record import Record
from trafficsim.plan.rehearsals import Iteration
from trafficsim.plan.route_book import UNKNOWN, RouteBook
from trafficsim.plan.routes import RouteTable, wishes_of
from trafficsim.plan.switching import Excess, Step, shares_of_cells
from trafficsim.plan.time_dependent import MS_PER_S, NEVER, Profile, profile_of, route_costs
from trafficsim.plan.timed_turns import times_by_entry_s
from trafficsim.plan.turn_means import turn_means
from trafficsim.spec.equilibrium import Equilibrium
from trafficsim.spec.policy import Policy

S_PER_H = 3600.0
I8 = NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """What a rehearsal says: its row of the table, and the routes with one more round."""

    told: Iteration
    after: RouteTable


class EquilibriumSearch:
    """The state of the search for a dynamic equilibrium of a prepared world under the policies of one alternative.

    Parameters
    ----------
    prepared
        The world with its free-flow routes.
    settings
        Interval, rule of switching, objective.
    policies
        The alternative.
    draws
        Number of the draws that say who switches.

    Raises
    ------
    DemandError
        If all routes are given.

    Attributes
    ----------
    routes : the routes of the next rehearsal
    """

    def __init__(self, prepared: Prepared, settings: Equilibrium, policies: Sequence[Policy] = (), draws: int = 0,
                 ) -> None:
        self._prepared, self._settings, self._policies = prepared, settings, tuple(policies)
        requests = route_requests(prepared)
        _check_free(prepared)
        free = without_rounds(prepared, settings.interval_s)
        wishes = wishes_of(requests)
        self._cells = cell_table(wishes, used_cells(prepared, requests, wishes, free), prepared.network)
        self._book = RouteBook(free.start, free.link, prepared.network.turns)
        self.routes = replace(free, share=np.zeros(free.found.shape, np.float32), draws=draws)
        self._who = travellers(prepared, self.routes)
        wish = self._who.wish
        self._cell = np.where(wish >= 0, self._cells.number[self._who.interval, wish], -1)
        self._usual = usual_routes(self.routes)
        self._plan: Plan | None = None
        self._step, self._judged = Step(), 0

    def rehearsal(self) -> Plan:
        """Plan of the next rehearsal: the design day under the policies.

        Policies may react to routes (plans of signals are designed for volumes): with some, all is lowered anew.
        """
        if self._plan is None or self._policies:
            prepared = with_routes(self._prepared, self.routes)
            plan = lower(prepared, self._policies, DESIGN_DAY).plan
            self._plan = driven_to_learn(plan, self._settings.interval_s)
            return self._plan
        start, place = gather(self._book.start, self._who.route)
        trips = self._plan.trips._replace(route_start=start, route_link=self._book.link[place])
        self._plan = replace(self._plan, trips=trips)
        return self._plan

    def begin(self, link_time_s: Callable[[F8], F8], rounds: int) -> None:
        """Begin with routes that are nearly in static equilibrium, interval by interval of departure.

        Parameters
        ----------
        link_time_s
            Time on each link by volumes (veh/h), both of shape (intervals, links).
        rounds
            Most rounds; fewer where the gap is reached before.
        """
        network, width = self._prepared.network, self._settings.interval_s
        connector_m, speed_ms = turn_means(network.connections, len(network.turns.from_link))
        clock = np.rint((self._cells.root_interval + 0.5) * width * MS_PER_S).astype(np.int64)
        for _ in range(rounds):
            times = link_time_s(self._volumes())[:, network.turns.from_link] + connector_m / speed_ms
            excess, after = self._switched(network, profile_of(times, width), clock)
            if excess.relative_gap <= self._settings.gap:
                break
            self.go_on(after)
        self._step, self._judged = Step(), 0

    def judge(self, plan: Plan, record: Record) -> Judged:
        """Look back on a rehearsal: how far from equilibrium it was, and who switches to which route.

        Parameters
        ----------
        plan, record
            Of the rehearsal.
        """
        excess, after = self._switched(plan, self._profile(plan, record), self._clock(plan, record))
        free, target = self._next
        switched = float((target != self._who.route[free]).mean()) if len(free) else 0.0
        return Judged(_iteration(plan, record, excess, switched), after)

    def go_on(self, after: RouteTable) -> None:
        """Take the routes with one more round for the next rehearsal."""
        free, target = self._next
        self.routes = after
        self._who.route[free] = target

    def _switched(self, network: NetworkPlan | Plan, profile: Profile, clock: I8) -> tuple[Excess, RouteTable]:
        """What everybody's route costs, and the routes with a round in which some switch to the cheapest ones."""
        cells, who = self._cells, self._who
        cheapest = cheapest_of_cells(cells, clock, network, profile, self._book)
        free = np.flatnonzero(self._cell >= 0)
        excess = self._excess(free, clock, cheapest, profile)
        number = len(self.routes.found) + 1
        averages = self._settings.switching == "msa"
        self._judged += 1
        step = 1.0 / (self._judged + 1) if averages else self._step.after(excess.relative_gap)
        share = shares_of_cells(excess, len(cells.wish), step, self._settings)
        after = self._with_round(cheapest, np.where(cheapest.route == UNKNOWN, 0.0, share))
        cell = self._cell[free]
        switch = after.switching(number, who.key[free], (cells.interval[cell], cells.wish[cell].astype(np.int32)))
        self._next = free, np.where(switch, cheapest.route[cell], who.route[free]).astype(np.int32)
        return excess, after

    def _volumes(self) -> F8:
        """Trips per hour whose routes have a link, by interval of departure: shape (intervals, links)."""
        intervals, links = self.routes.found.shape[1], len(self._prepared.network.link_id)
        pairs, number = np.unique(self._who.interval * len(self._book) + self._who.route, return_counts=True)
        interval, route = np.divmod(pairs, len(self._book))
        start, place = gather(self._book.start, route)
        row = np.repeat(interval * links, np.diff(start)) + self._book.link[place]
        trips = np.bincount(row, np.repeat(number, np.diff(start)), minlength=intervals * links)
        return np.asarray(trips.reshape(intervals, links) * (S_PER_H / self._settings.interval_s))

    def _profile(self, plan: Plan, record: Record) -> Profile:
        times, width = times_by_entry_s(plan, record), self._settings.interval_s
        return profile_of(times, width, cost_to_others_s(times, width) if self._settings.optimises else None)

    def _clock(self, plan: Plan, record: Record) -> I8:
        """When the first link is entered, by root (ms): the middle of the interval and the mean wait for entry.

        Those who still wait at the end have waited until then.
        """
        cells, width = self._cells, self._settings.interval_s
        middle = (cells.root_interval + 0.5) * width
        row = {name: place for place, name in enumerate(plan.trips.name)} if self._policies else None
        free = np.flatnonzero(self._cell >= 0)
        place = free if row is None else np.array([row.get(self._who.name[one], -1) for one in free.tolist()], np.int64)
        free, place = free[place >= 0], place[place >= 0]
        entered = np.where(record.trips.status[place] == WAITING, record.end_s, record.trips.entry_s[place])
        wait = np.maximum(entered - plan.trips.depart_s[place], 0.0)
        root = cells.root[self._cell[free]]
        count = np.maximum(np.bincount(root, minlength=len(middle)), 1)
        wait_s = np.bincount(root, wait, minlength=len(middle)) / count
        return np.rint((middle + wait_s) * MS_PER_S).astype(np.int64)

    def _excess(self, free: I8, clock: I8, cheapest: Cheapest, profile: Profile) -> Excess:
        """Cost of everybody's route, and the least cost; those without an open path are left out."""
        cell, route = self._cell[free], self._who.route[free].astype(np.int64)
        pairs, of_pair = np.unique(cell * len(self._book) + route, return_inverse=True)
        pair_cell, pair_route = np.divmod(pairs, len(self._book))
        cost = route_costs(profile, self._book.start, self._book.turn, pair_route, clock[self._cells.root[pair_cell]])
        least = cheapest.cost[cell]
        known = least < NEVER
        paid = np.where(known, cost[of_pair], 0)
        return Excess(cell, paid / MS_PER_S, np.where(known, np.minimum(least, paid), 0) / MS_PER_S, known)

    def _with_round(self, cheapest: Cheapest, share: F8) -> RouteTable:
        cells, routes = self._cells, self.routes
        found = np.tile(self._usual, (routes.found.shape[1], 1))
        shares = np.zeros(found.shape, np.float32)
        has = cheapest.route != UNKNOWN
        found[cells.interval[has], cells.wish[has]] = cheapest.route[has]
        shares[cells.interval, cells.wish] = share
        return replace(routes, start=self._book.start.astype(np.int32), link=self._book.link,
                       found=np.concatenate([routes.found, found[np.newaxis]]),
                       share=np.concatenate([routes.share, shares[np.newaxis]]))


def _check_free(prepared: Prepared) -> None:
    if not prepared.routes.found.shape[2]:
        raise DemandError("demand", "a route for every trip and flow", "some with an origin and a destination only",
                          "leave out the routes that are to be found")


def _iteration(plan: Plan, record: Record, excess: Excess, switched: float) -> Iteration:
    trips, arrived = record.trips, record.trips.status == COMPLETED
    took = np.where(arrived, trips.exit_s, record.end_s) - plan.trips.depart_s
    number = max(len(excess.cell), 1)
    return Iteration(
        relative_gap=excess.relative_gap, switched=switched, mean_time_s=float(excess.paid_s.sum()) / number,
        least_time_s=float(excess.least_s.sum()) / number,
        travel_time_s=float(took[arrived].mean()) if arrived.any() else None,
        total_time_h=float(took.sum()) / S_PER_H, unfinished=int((~arrived).sum()),
        without_path=int((~excess.known).sum()))
