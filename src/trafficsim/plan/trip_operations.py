"""Operations of policies on trips: drop, give another vehicle class, add, reroute; each sees what came before it.

Everybody else keeps name, random numbers and departure, so alternatives differ by those who are changed and by nothing
else. What an operation did is told by flow and vehicle class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import DemandError, PolicyError
from trafficsim.plan.arrays import BOOL, TripArrays
from trafficsim.plan.classes import class_permissions
from trafficsim.plan.day import shifted
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.ragged import gather
from trafficsim.plan.realise import hash_names, normal_scores, vehicle_keys
from trafficsim.plan.routes import Access, RouteRequest, build_routes, permission_name
from trafficsim.plan.trip_rows import in_order, joined, kept, pick, with_routes
from trafficsim.plan.trip_selection import Known, check_names, class_rows, flow_of, mark_uniform, meeting
from trafficsim.spec.trip_selection import Trips

NUMBER, CLASS, ROUTE = TRIP_FIELDS = ("trip.number", "trip.vehicle_class", "trip.route")
"""What the ledger calls how many trips there are, which vehicles make them and which way they take."""
SINGLE = "(trips)"
"""What cells call trips that belong to no flow."""
NOBODY = -1


class NewRoute(NamedTuple):
    """How trips are to go on: all links of a route, or links to pass, or links not to use."""

    route: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


class _Done(NamedTuple):
    policy: str
    field: str
    operation: str
    moved: Counter[str]
    """Trips that it touched, by cell."""


class _Cells:
    """Counts trips by flow and vehicle class, from the number of the flow of each: texts are made for cells alone."""

    def __init__(self, trips: TripArrays, classes: Sequence[str]) -> None:
        self._plan, self._classes = trips, classes

    @cached_property
    def _flows(self) -> list[str]:
        return list(dict.fromkeys(flow_of(name) if "#" in name else SINGLE for name in self._plan.name))

    @cached_property
    def _flow(self) -> NDArray[np.int64]:
        number = {flow: row for row, flow in enumerate(self._flows)}
        return np.array([number[flow_of(name) if "#" in name else SINGLE] for name in self._plan.name], np.int64)

    @cached_property
    def before(self) -> Counter[str]:
        """Counts of all trips before any operation; asked for before the first one."""
        return self.of(self._plan, np.ones(len(self._plan.key), np.bool_))

    def of(self, trips: TripArrays, chosen: BOOL) -> Counter[str]:
        """Numbers of the trips chosen, by cell."""
        key = self._flow[chosen] * len(self._classes) + trips.vehicle_class[chosen]
        cells, counts = np.unique(key, return_counts=True)
        return Counter({f"{self._flows[cell // len(self._classes)]}/{self._classes[cell % len(self._classes)]}": count
                        for cell, count in zip(cells.tolist(), counts.tolist(), strict=True)})

    def keep(self, rows: NDArray[np.int64]) -> None:
        """Keep the trips of some rows, in their order."""
        self._take(self._flow[rows])

    def add(self, rows: NDArray[np.int64]) -> None:
        """Add trips of the flows of some rows."""
        self._take(np.concatenate([self._flow, self._flow[rows]]))

    def _take(self, flow: NDArray[np.int64]) -> None:
        _ = self.before
        self.__dict__["_flow"] = flow


class TripOperations:
    """The trips of a plan while policies change them.

    Parameters
    ----------
    known
        The plan without any policy, and what can be selected.
    roads
        Its network.
    """

    def __init__(self, known: Known, roads: NetworkPlan) -> None:
        self._known, self._roads = known, roads
        self.trips = known.plan.trips
        count = len(self.trips.key)
        group = known.plan.drivers.group
        self._group = group if len(group) else np.full(count, NOBODY, np.int32)
        self._policies: list[str] = []
        self._by = {field: np.full(count, NOBODY, np.int64) for field in (CLASS, ROUTE)}
        """Number of the policy that changed the class or the route of each trip."""
        self._done: list[_Done] = []
        self._cells = _Cells(known.plan.trips, known.plan.classes.name)

    def drop(self, policy: str, selection: Trips) -> None:
        """Take trips out of the demand."""
        met, taken = self._chosen(policy, selection)
        self._note(policy, (NUMBER, "drop"), met, taken)
        self._keep(np.flatnonzero(~taken))

    def retype(self, policy: str, selection: Trips, vehicle_class: str) -> None:
        """Let trips be made with another vehicle class.

        Raises
        ------
        PolicyError
            If there is no such class, it may not use a link or movement of a route, or another policy chose the class
            of a trip.
        """
        row = class_rows(policy, (vehicle_class,), self._known.plan)[0]
        met, taken = self._chosen(policy, selection)
        taken &= self.trips.vehicle_class != row
        self._take_over(policy, CLASS, taken)
        self._check_open(policy, taken, row)
        self._note(policy, (CLASS, "retype"), met, taken)
        self.trips = self.trips._replace(vehicle_class=np.where(taken, np.int32(row), self.trips.vehicle_class))

    def add(self, policy: str, selection: Trips, suffix: str) -> None:
        """Add a trip like each chosen one: a traveller of its own, up to five minutes earlier or later.

        Raises
        ------
        PolicyError
            If a name that results is taken, or the suffix is empty or has a ``#``.
        """
        met, chosen = self._chosen(policy, selection)
        rows = np.flatnonzero(chosen)
        copies = pick(self.trips, rows)
        names = tuple(name + suffix for name in copies.name)
        present = set(self.trips.name)
        taken = [name for name in names if name in present]
        if taken or not suffix or "#" in suffix:
            found = f"trip {taken[0]!r}, which is there" if taken else "a suffix that makes no name of its own"
            raise PolicyError(f"policy {policy}: suffix {suffix!r}", found,
                              "names that no trip has", "choose another suffix")
        plan = self._known.plan
        key = vehicle_keys(hash_names(names), plan.seed_key)
        depart_s = shifted(copies.depart_s, key, (plan.start_s, plan.analysis_end_s))
        self._note(policy, (NUMBER, "add"), met, chosen)
        # whose trips they are follows from their keys, once all policies have acted
        nobody = {"person": np.full(len(rows), NOBODY, np.int64), "limit_factor": np.full(len(rows), np.inf)}
        self.trips = joined(self.trips, copies._replace(name=names, key=key, z=normal_scores(key), depart_s=depart_s,
                                                        **nobody))
        self._group = np.concatenate([self._group, np.full(len(rows), NOBODY, np.int32)])
        self._by = {field: np.concatenate([by, by[rows]]) for field, by in self._by.items()}
        self._cells.add(rows)
        self._keep(in_order(self.trips.name, self.trips.depart_s))

    def reroute(self, policy: str, selection: Trips, asked: NewRoute) -> None:
        """Give trips another way between the same first and last links.

        Raises
        ------
        PolicyError
            If a link is unknown or closed to the vehicle, links are not joined, there is no such way, a trip begins or
            ends elsewhere or stops on its way, or another policy chose its route.
        """
        given = [name for name in NewRoute._fields if getattr(asked, name)]
        if len(given) != 1:
            raise PolicyError(f"policy {policy}: reroute", " and ".join(given) or "no way",
                              "one of a route, links to pass (via) and links to avoid", "give one of them")
        check_names(policy, "link", asked.avoid, self._roads.link_index)
        met, taken = self._chosen(policy, selection)
        self._take_over(policy, ROUTE, taken)
        rows = np.flatnonzero(taken)
        self._check_stops(policy, rows)
        number, routes = self._new_routes(policy, rows, asked)
        self._note(policy, (ROUTE, "reroute"), met, taken)
        self.trips = kept(with_routes(self.trips, number, routes), rows)

    def ledger_rows(self) -> tuple[LedgerRow, ...]:
        """One row per operation, by flow and class: trips that it touched, and how many there were and are.

        Of a route: how many have another one than without any policy.
        """
        if not self._done:
            return ()
        before, after = self._cells.before, self._cells.of(self.trips, np.ones(len(self.trips.key), np.bool_))
        counts = {NUMBER: (before, after), CLASS: (before, after),
                  ROUTE: (Counter[str](), self._cells.of(self.trips, self._by[ROUTE] != NOBODY))}
        rows = []
        for one in self._done:
            cells = tuple(sorted(one.moved))
            moved, was, now = (tuple(float(count[cell]) for cell in cells)
                               for count in (one.moved, *counts[one.field]))
            rows.append(LedgerRow(one.policy, one.field, "1", one.operation, cells, moved, was, now))
        return tuple(rows)

    def _chosen(self, policy: str, selection: Trips) -> tuple[BOOL, BOOL]:
        """Which trips meet the conditions of a selection, and which of those its share takes."""
        met = meeting(selection, self.trips, self._group, self._known, policy)
        mark = selection.mark or policy.partition(" #")[0]
        return met, met & (mark_uniform(self.trips, mark, self._known.seed) < selection.share)

    def _keep(self, rows: NDArray[np.int64]) -> None:
        if len(rows) < len(self.trips.key) or (np.diff(rows) < 0).any():
            self.trips = pick(self.trips, rows)
            self._group = self._group[rows]
            self._by = {field: by[rows] for field, by in self._by.items()}
            self._cells.keep(rows)

    def _take_over(self, policy: str, field: str, taken: BOOL) -> None:
        """Note that a policy changes trips; who has been changed already is in conflict."""
        by = self._by[field]
        twice = np.flatnonzero(taken & (by != NOBODY))
        if len(twice):
            what = "vehicle class" if field == CLASS else "route"
            raise PolicyError(
                f"policies {self._policies[by[twice[0]]]} and {policy}: {what} of trip {self.trips.name[twice[0]]!r}",
                "both change it", "one policy that changes it", "let them select different trips, or drop one of them")
        self._policies.append(policy)
        by[taken] = len(self._policies) - 1

    def _note(self, policy: str, what: tuple[str, str], met: BOOL, taken: BOOL) -> None:
        """Note what is about to be done, in every cell that has a trip which meets the conditions."""
        moved = Counter(dict.fromkeys(self._cells.of(self.trips, met), 0))
        moved.update(self._cells.of(self.trips, taken))
        self._done.append(_Done(policy, *what, moved))

    def _check_open(self, policy: str, taken: BOOL, vehicle_class: int) -> None:
        """Refuse a class that may not use what the routes of trips need."""
        permission = int(class_permissions(self._known.plan.classes)[vehicle_class])
        rows = np.flatnonzero(taken)
        start, flat = gather(self.trips.route_start, rows)
        links = self.trips.route_link[flat]
        closed = Access(self._roads, permission).first_closed(start, links) if len(rows) else None
        if closed is not None:
            trip = self.trips.name[rows[np.searchsorted(start, closed, side="right") - 1]]
            name = self._known.plan.classes.name[vehicle_class]
            raise PolicyError(f"policy {policy}: trip {trip!r}: link {self._roads.link_id[links[closed]]!r}",
                              f"a link, or a movement from it to the next one, closed to {permission_name(permission)}",
                              f"a route that is open to class {name!r}", "select other trips, or reroute them first")

    def _check_stops(self, policy: str, rows: NDArray[np.int64]) -> None:
        stopping = rows[np.diff(self.trips.stop_start)[rows] > 0]
        if len(stopping):
            raise PolicyError(f"policy {policy}: trip {self.trips.name[stopping[0]]!r}", "stops on its way",
                              "trips without stops", "leave it out of the selection")

    def _new_routes(
        self, policy: str, rows: NDArray[np.int64], asked: NewRoute
    ) -> tuple[NDArray[np.int64], list[tuple[int, ...]]]:
        """For every trip the number of its new route, and these, found once per pair of ends and permission."""
        trips, permission = self.trips, class_permissions(self._known.plan.classes)
        ends = [(int(trips.route_link[trips.route_start[row]]), int(trips.route_link[trips.route_start[row + 1] - 1]),
                 int(permission[trips.vehicle_class[row]])) for row in rows.tolist()]
        number = np.full(len(trips.key), NOBODY, np.int64)
        position: dict[tuple[int, int, int], int] = {}
        routes: list[tuple[int, ...]] = []
        for row, end in zip(rows.tolist(), ends, strict=True):
            if end not in position:
                position[end] = len(routes)
                routes.append(self._new_route(f"policy {policy}: trip {trips.name[row]!r}", end, asked))
            number[row] = position[end]
        return number, routes

    def _new_route(self, where: str, ends: tuple[int, int, int], asked: NewRoute) -> tuple[int, ...]:
        origin, destination, permission = ends
        first, last = (self._roads.link_id[link] for link in (origin, destination))
        if asked.route and (asked.route[0], asked.route[-1]) != (first, last):
            raise PolicyError(f"{where}: route from {asked.route[0]!r} to {asked.route[-1]!r}",
                              f"a trip from {first!r} to {last!r}", "a route between the same links",
                              "correct the route, or select other trips")
        request = RouteRequest(where, asked.route, (first, *asked.via, last), (permission,))
        try:
            table = build_routes([request], without(self._roads, set(asked.avoid) - {first, last}))
        except DemandError as error:
            remedy = "avoid fewer links, or drop these trips" if asked.avoid else error.remedy
            raise PolicyError(error.where, error.found, error.expected, remedy) from None
        return tuple(table.link.tolist())


def without(roads: NetworkPlan, closed: Iterable[str]) -> NetworkPlan:
    """Return a network in which nobody, whatever the permission, gets onto some links."""
    rows = [roads.link_index[link] for link in sorted(closed)]
    if not rows:
        return roads
    kept = np.flatnonzero(~np.isin(roads.lanes.link[roads.connections.to_lane], rows))
    columns = ("from_lane", "to_lane", "turn", "length_m", "speed_ms")  # all that paths follow from
    return replace(roads, connections=roads.connections._replace(
        **{name: getattr(roads.connections, name)[kept] for name in columns}))

