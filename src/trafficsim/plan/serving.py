"""Which trips and flows can be served: routes with gaps are completed; what no path serves is kept with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.findings import Finding
from trafficsim.base.repairs import repair
from trafficsim.plan.arrays import F8, I4
from trafficsim.plan.classes import permissions_of
from trafficsim.plan.departures import rates_of
from trafficsim.plan.network import NetworkPlan
from trafficsim.plan.route_finder import RouteFinder
from trafficsim.plan.routes import link_of
from trafficsim.spec.demand import Demand, Flow, Stop, Trip, Unserved
from trafficsim.spec.scenario import Time

Wish = TypeVar("Wish", Flow, Trip)


@dataclass(frozen=True)
class Travellers:
    """Who makes the flows, then the trips: shares (request, class), and name and permission of each class."""

    share: F8
    name: tuple[str, ...]
    permission: I4


@dataclass(frozen=True)
class Served:
    """The demand that can be served, the rest with its reasons, and what was repaired."""

    demand: Demand
    unserved: tuple[Unserved, ...]
    findings: tuple[Finding, ...]


def in_time(demand: Demand, time: Time) -> tuple[Demand, tuple[Finding, ...]]:
    """Leave out trips and flows that depart outside the departures of the scenario, and count them."""
    trips = tuple(trip for trip in demand.trips if time.start_s <= trip.depart_s <= time.analysis_end_s)
    flows = tuple(flow for flow in demand.flows if _touches(flow, time))
    if len(trips) == len(demand.trips) and len(flows) == len(demand.flows):
        return demand, ()
    kept = {id(one) for one in (*trips, *flows)}
    places = [f"flow {flow.id!r}" for flow in demand.flows if id(flow) not in kept]
    places += [f"trip {trip.id!r} at {trip.depart_s:g} s" for trip in demand.trips if id(trip) not in kept]
    found = f"departures are from {time.start_s:g} s to {time.analysis_end_s:g} s"
    remedy = ("correct depart_s, begin_s and end_s, which are clock times, or time.start_s, time.warmup_s and "
              "time.analysis_s")
    return (demand.model_copy(update={"trips": trips, "flows": flows}),
            (repair("departure-outside", places, found, remedy=remedy),))


def _touches(flow: Flow, time: Time) -> bool:
    """Whether a part of a flow lies within the departures; one that ends before it begins is refused elsewhere."""
    begin = time.start_s if flow.begin_s is None else flow.begin_s
    end = np.inf if flow.end_s is None else flow.end_s
    return end <= begin or (begin < time.analysis_end_s and end > time.start_s)


def serve(demand: Demand, who: Travellers, network: NetworkPlan, time: Time) -> Served:
    """Complete routes and leave out what cannot be served.

    Parameters
    ----------
    demand
        Flows and trips within the departures of the scenario.
    who
        Who makes them.
    network
        The lowered network.
    time
        Says how many vehicles a flow brings.
    """
    serving = _Serving(demand, who, network, time)
    flows = [serving.flow(flow, row) for row, flow in enumerate(demand.flows)]
    trips = [serving.trip(trip, row) for row, trip in enumerate(demand.trips, start=len(flows))]
    served = demand.model_copy(update={
        "flows": tuple(flow for flow in flows if flow is not None),
        "trips": tuple(trip for trip in trips if trip is not None), "mixes": serving.mixes,
    })
    return Served(served, tuple(serving.unserved), serving.findings())


class _Serving:
    """Looks at flows and trips one by one, and keeps what it had to do to them."""

    def __init__(self, demand: Demand, who: Travellers, network: NetworkPlan, time: Time) -> None:
        self._who, self._network, self._time = who, network, time
        self._finder = RouteFinder(network)
        self.mixes = dict(demand.mixes)
        self.unserved: list[Unserved] = []
        self._places: dict[str, list[str]] = {}
        self._permissions = permissions_of(who.share, who.permission)
        self._known: set[tuple[str, ...]] = set()

    def flow(self, flow: Flow, row: int) -> Flow | None:
        """Return the part of a flow that can be served; the other is kept apart."""
        served, refused = self._resolved(flow, f"flow {flow.id!r}", row)
        if not refused:
            return served
        lost = self._lost(row, refused)
        reason, names = next(iter(refused.values())), self._names(lost)
        vehicles = float(rates_of([flow], self._time).expected[0] * self._who.share[row, lost].sum())
        begin_s = self._time.start_s if flow.begin_s is None else max(flow.begin_s, self._time.start_s)
        self._refuse(Unserved(flow.id, "flow", ", ".join(names), begin_s, reason, vehicles))
        left = self._left(row, lost)
        if not left:
            return None
        return served.model_copy(update={"vehicle_classes": {self._mix(flow.id, left): 1.0},
                                         "volume_veh_h": flow.volume_veh_h * sum(left.values())})

    def trip(self, trip: Trip, row: int) -> Trip | None:
        """Return a trip that can be served, by those of its classes that can make it."""
        served, refused = self._resolved(trip, f"trip {trip.id!r}", row)
        if not refused:
            return served
        left = self._left(row, self._lost(row, refused))
        if not left:
            self._refuse(Unserved(trip.id, "trip", trip.vehicle_class, trip.depart_s, next(iter(refused.values()))))
            return None
        return served.model_copy(update={"vehicle_class": self._mix(trip.vehicle_class, left)})

    def findings(self) -> tuple[Finding, ...]:
        """One finding for each kind of repair."""
        return tuple(repair(code, places) for code, places in self._places.items())

    def _resolved(self, wish: Wish, label: str, row: int) -> tuple[Wish, dict[int, str]]:
        """The wish with a route that holds, and why some permissions cannot have it."""
        permissions, links = self._permissions[row], wish.route or waypoints(wish)
        if links not in self._known:
            for link in links:
                link_of(link, label, self._network)
            self._known.add(links)
        if not wish.route:
            return wish, self._finder.refused(links, permissions)
        route, refused = self._finder.completed(wish.route, permissions)
        if route is None:
            return wish, refused
        if route != wish.route:
            self._note("route-completed", label)
            wish = wish.model_copy(update={"route": route})
            if isinstance(wish, Trip) and wish.stops:
                wish = self._with_stops_passed(wish, label)
        return wish, refused

    def _with_stops_passed(self, trip: Trip, label: str) -> Trip:
        """Leave out stops that the completed route does not pass in their order."""
        route_position, position = 0, trip.depart_position_m or 0.0
        kept: list[Stop] = []
        for number, stop in enumerate(trip.stops):
            link_of(stop.link, f"{label}: stop {number} on link {stop.link!r}", self._network)
            begin = route_position if stop.position_m >= position else route_position + 1
            if stop.link in trip.route[begin:]:
                route_position, position = trip.route.index(stop.link, begin), stop.position_m
                kept.append(stop)
            else:
                self._note("stop-left-out", f"{label}: stop on link {stop.link!r}")
        return trip if len(kept) == len(trip.stops) else trip.model_copy(update={"stops": tuple(kept)})

    def _lost(self, row: int, refused: dict[int, str]) -> NDArray[np.bool_]:
        lost: NDArray[np.bool_] = np.isin(self._who.permission, list(refused)) & (self._who.share[row] > 0.0)
        return lost

    def _left(self, row: int, lost: NDArray[np.bool_]) -> dict[str, float]:
        """Shares of the classes that can be served, by name."""
        left = np.flatnonzero((self._who.share[row] > 0.0) & ~lost)
        return {self._who.name[place]: float(self._who.share[row, place]) for place in left}

    def _mix(self, of: str, left: dict[str, float]) -> str:
        name = f"{of} ({', '.join(left)})"
        self.mixes[name] = left
        return name

    def _names(self, lost: NDArray[np.bool_]) -> Sequence[str]:
        return [self._who.name[place] for place in np.flatnonzero(lost)]

    def _refuse(self, one: Unserved) -> None:
        self.unserved.append(one)
        self._note("trip-unserved", f"{one.kind} {one.name!r}: {one.reason}")

    def _note(self, code: str, place: str) -> None:
        self._places.setdefault(code, []).append(place)


def waypoints(wish: Flow | Trip) -> tuple[str, ...]:
    """Origin, links to pass, links of the stops on the way, destination; empty where the route is given."""
    if wish.route or wish.origin is None or wish.destination is None:
        return ()
    stops = tuple(stop.link for stop in wish.stops) if isinstance(wish, Trip) else ()
    return (wish.origin, *wish.via, *stops, wish.destination)
