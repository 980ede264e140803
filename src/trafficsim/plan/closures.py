"""Closures: movements that nobody may make for a time, as policies ask for them, and whom they leave without a path."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.errors import PolicyError
from trafficsim.plan.arrays import BOOL, Plan
from trafficsim.plan.classes import class_permissions
from trafficsim.plan.emergency_builder import EmergencyBuilder
from trafficsim.plan.incident_arrays import IncidentArrays
from trafficsim.plan.k_shortest import PathNetwork
from trafficsim.plan.ledger import LedgerRow
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.route_arrays import ClosureArrays
from trafficsim.plan.routes import Access, permission_name
from trafficsim.plan.timeline import check_times
from trafficsim.plan.trip_operations import TripOperations
from trafficsim.spec.world import World

CLOSED = "movement.closed"
"""What the ledger calls closures; its cells are movements."""
Movement = tuple[str, str]


class RoadBuilder(EmergencyBuilder):
    """The part of a plan builder that closes roads.

    Parameters
    ----------
    trips
        The trips of the plan.
    roads
        Its network.
    run_s
        Clock times at which a run begins and ends.
    incidents
        What happens on the road.
    world
        Its scenario; ``None``: nothing happens in it.
    """

    def __init__(self, trips: TripOperations, roads: NetworkPlan, run_s: tuple[float, float],
                 incidents: IncidentArrays, world: World | None = None) -> None:
        super().__init__(trips, None if world is None else world.scenario.emergency)
        self._world = world
        self._roads, self._between_s, self._incidents = roads, run_s, incidents
        self._closed: list[tuple[LedgerRow, NDArray[np.int64]]] = []

    def incidents_on(self, links: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return the names of the incidents on some links, on all without any: cells of ``incident.duration_s``."""
        found = zip(self._incidents.name, self._incidents.link.tolist(), strict=True)
        return tuple(name for name, link in found if links is None or self._roads.link_id[link] in links)

    def close(self, links: Sequence[str] = (), movements: Sequence[Movement] = (), begin_s: float | None = None,
              end_s: float | None = None) -> None:
        """Let nobody get onto links, or make movements (link in, link out), between two clock times.

        Who is on a link when it closes drives on, and trips that begin there begin. ``None``: from the start, or to
        the end.

        Raises
        ------
        PolicyError
            If a link or movement is unknown, or the times are none of the run.
        """
        begin, end = (given if given is not None else free
                      for given, free in ((begin_s, -np.inf), (end_s, np.inf)))
        check_times((begin, end), self._between_s, f"policy {self._policy}: close")
        turns = np.unique([*self._onto(links), *self._making(movements)]).astype(np.int64)
        name, known = self._roads.link_id, self._roads.turns
        cells = tuple(f"{name[tail]} > {name[head]}" for tail, head in zip(known.from_link[turns].tolist(),
                                                                            known.to_link[turns].tolist(), strict=True))
        ones = (1.0,) * len(cells)
        row = LedgerRow(self._policy, CLOSED, "1", "close", cells, ones, (0.0,) * len(cells), ones, begin_s=begin_s,
                        end_s=end_s)
        self._closed.append((row, turns))

    def _onto(self, links: Sequence[str]) -> Iterable[int]:
        for link in links:
            row = self._link(link)
            found = np.flatnonzero(self._roads.turns.to_link == row)
            if not len(found):
                raise PolicyError(f"policy {self._policy}: close link {link!r}", "a link onto which no movement leads",
                                  "links that are entered from others", "drop the trips that begin there instead")
            yield from found.tolist()

    def _making(self, movements: Sequence[Movement]) -> Iterable[int]:
        turns = self._roads.turns
        for tail, head in movements:
            found = np.flatnonzero((turns.from_link == self._link(tail)) & (turns.to_link == self._link(head)))
            if not len(found):
                raise PolicyError(f"policy {self._policy}: close movement from {tail!r} to {head!r}",
                                  "no such movement", "movements of the network", "correct its links")
            yield from found.tolist()

    def _link(self, link: str) -> int:
        row = self._roads.link_index.get(link)
        if row is None:
            raise PolicyError(f"policy {self._policy}: close", f"unknown link {link!r}", "links of the network",
                              "correct the link")
        return row

    @property
    def closing_rows(self) -> tuple[LedgerRow, ...]:
        """Rows of the ledger, those of emergency response among them."""
        return (*(row for row, _ in self._closed), *self.response_rows)

    def closures(self) -> ClosureArrays:
        """All closures in order of movement and time, whoever came first."""
        rows = sorted((int(turn), -np.inf if row.begin_s is None else row.begin_s,
                       np.inf if row.end_s is None else row.end_s) for row, turns in self._closed for turn in turns)
        turn, begin, end = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 3
        return ClosureArrays(turn.astype(np.int32), begin.astype(np.float64), end.astype(np.float64),
                             np.zeros(len(turn), np.bool_))


def closed_at(plan: Plan, time_s: float) -> BOOL:
    """Whether nobody can make each movement at a clock time."""
    return _closed(plan, _holding(plan, time_s) & ~plan.closures.passable)


def avoided_at(plan: Plan, time_s: float) -> BOOL:
    """Whether each movement is closed at a clock time, or the road beyond it is known to be blocked."""
    return _closed(plan, _holding(plan, time_s))


def _holding(plan: Plan, time_s: float) -> BOOL:
    return np.asarray((plan.closures.begin_s <= time_s) & (time_s < plan.closures.end_s))


def closed_throughout(plan: Plan) -> BOOL:
    """Whether each movement is closed over the whole run: what all know who choose a route before departure."""
    return _closed(plan, (plan.closures.begin_s <= plan.start_s) & (plan.closures.end_s >= plan.end_s)
                   & ~plan.closures.passable)


def _closed(plan: Plan, rows: BOOL) -> BOOL:
    found = np.zeros(len(plan.turns.from_link), np.bool_)
    found[plan.closures.turn[rows]] = True
    return found


def require_paths(plan: Plan) -> None:
    """Refuse closures over the whole run that leave a trip no path.

    Raises
    ------
    PolicyError
        Naming the first such trip and the link.
    """
    shut = closed_throughout(plan)
    if not shut.any():
        return
    trips, permission = plan.trips, class_permissions(plan.classes)[plan.trips.vehicle_class]
    first, last = trips.route_link[trips.route_start[:-1]], trips.route_link[trips.route_start[1:] - 1]
    for kind in np.unique(permission).tolist():
        is_open = Access(roads_of(plan), kind).turn_open & ~shut
        roads = PathNetwork(plan.turns, len(plan.link_id), np.ones(len(shut)), is_open)
        mine = np.flatnonzero(permission == kind)
        for target in np.unique(last[mine]).tolist():
            there = mine[last[mine] == target]
            apart = np.isinf(roads.distances(np.array([target]))[0][first[there]])
            if apart.any():
                raise no_path(plan, int(there[np.argmax(apart)]), shut, kind)


def no_path(plan: Plan, trip: int, shut: BOOL, permission: int) -> PolicyError:
    """Return the error of a trip that closures leave no path."""
    name, trips = plan.link_id, plan.trips
    origin, target = (name[trips.route_link[place]] for place in (trips.route_start[trip],
                                                                  trips.route_start[trip + 1] - 1))
    links = [name[link] for link in np.unique(plan.turns.to_link[shut]).tolist()]
    more = f" (and movements onto {len(links) - 1} more links)" if len(links) > 1 else ""
    return PolicyError(
        f"closure: trip {trips.name[trip]!r}", f"no path from {origin!r} to {target!r} for "
        f"{permission_name(permission)} with movements onto {links[0]!r}{more} closed", "a path that is left open",
        "close fewer links or movements, or for a time only, or drop these trips (mode_shift)")


def roads_of(plan: Plan) -> NetworkPlan:
    """Return the network of a plan."""
    index = {link: row for row, link in enumerate(plan.link_id)}
    return NetworkPlan(plan.link_id, index, plan.links, plan.lanes, plan.turns, plan.connections,
                       toll_eur=plan.tolls.toll_eur)
