"""Trips and flows from SUMO's ``vehicle``, ``trip`` and ``flow`` elements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from trafficsim.base.errors import DemandError, InputError
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.routes import Itinerary, RouteBook
from trafficsim.io.sumo.stops import Place, lane_length_m, parking_edge, read_stop
from trafficsim.io.sumo.vtypes import DEFAULT_TYPE, VehicleTypes
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.demand import Demand, Flow, Stop, Trip, Unserved

VEHICLE_READ = {"id", "type", "route", "from", "to", "via", "depart", "departLane", "departPos"}
FLOW_READ = {"id", "type", "route", "from", "to", "via", "begin", "end", "number", "period", "vehsPerHour", "perHour",
             "probability"}
# Departures that wait for another vehicle or person; nobody of ours would ever call them.
CALLED = ("triggered", "containerTriggered", "split")
PASSENGERS = ("person", "personFlow", "container", "containerFlow")
# SUMO's "base" leaves this much behind the rear of the vehicle (its POSITION_EPS; seen as departPos in its tripinfo).
BEHIND_REAR_M = 0.1
_EXPONENTIAL = re.compile(r"exp\((.+)\)")

Departures = Literal["poisson", "scheduled"]


@dataclass
class DemandReader:
    """Reads vehicles in the order of the files.

    Attributes
    ----------
    types, routes, places : vehicle types, routes and bus stops, which may stand anywhere in the files
    """

    types: VehicleTypes
    routes: RouteBook
    places: Mapping[str, Place | None]
    ledger: Ledger
    trips: list[Trip] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    unserved: list[Unserved] = field(default_factory=list)
    earliest_s: float = 0.0
    """First departure of the files; who departs with the simulation (``begin``) departs then."""

    def read(self, elements: Iterable[Element]) -> Demand:
        """Read all vehicles, trips and flows among the elements; those that cannot be served are kept apart.

        Raises
        ------
        InputError
            If a value is not usable, or two have one name.
        """
        elements = list(elements)
        timed = (element for element in elements if element.get("depart")[:1].isdigit())
        self.earliest_s = min((element.clock("depart") for element in timed), default=0.0)
        for element in elements:
            if element.tag in ("vehicle", "trip", "flow"):
                self._one(element)
            elif element.tag in PASSENGERS:
                self.ledger.note("ignored", f"element {element.tag}", element.where, level="warning")
        return Demand(flows=tuple(self.flows), trips=tuple(self.trips), mixes=self.types.mixes)

    def _one(self, element: Element) -> None:
        name, vehicle_type = element.text("id"), element.get("type") or DEFAULT_TYPE
        if vehicle_type in self.types.foreign:
            self.ledger.note("ignored", f"{element.tag} of class {self.types.foreign[vehicle_type]}", element.where,
                             level="warning")
            return
        if name in self.seen:
            raise DemandError(element.where, f"this id a second time (first: {self.seen[name]})",
                              "unique ids of vehicles, trips and flows", "rename or remove one of them")
        self.seen[name] = f"{element.file}, line {element.line}"
        try:
            self.types.known(vehicle_type, element)
            itinerary = self.routes.usable(self.routes.itinerary_of(element), element)
        except DemandError as error:
            self._refuse(element, vehicle_type, error)
            return
        if element.tag == "flow":
            self._flow(element, vehicle_type, itinerary)
        elif element.get("depart") in CALLED:
            self.ledger.note("ignored", f"vehicle that departs when {element.get('depart')}", element.where,
                             level="warning")
        else:
            self._trip(element, vehicle_type, itinerary)

    def _refuse(self, element: Element, vehicle_type: str, error: DemandError) -> None:
        """Keep what cannot be served, with its reason."""
        self.ledger.repair("trip-unserved", f"{error.where}: {error.found}")
        is_flow = element.tag == "flow"
        called = element.get("depart") in CALLED
        depart_s = self._clock_or_none(element, "begin") if is_flow else None if called else self._departure(element)
        self.unserved.append(Unserved(
            element.get("id"), "flow" if is_flow else "trip", vehicle_type, depart_s,
            f"{error.where}: found {error.found}; expected {error.expected}. Remedy: {error.remedy}",
            self._vehicles(element)))

    def _vehicles(self, element: Element) -> float | None:
        """How many vehicles a vehicle, trip or flow brings; ``None`` for a flow without an end."""
        if element.tag != "flow":
            return 1.0
        volume_veh_h, end_s, _ = self._rate(element)
        return None if end_s is None else volume_veh_h / 3600.0 * (end_s - element.clock("begin", 0.0))

    def _trip(self, element: Element, vehicle_type: str, itinerary: Itinerary) -> None:
        lane = self._depart_lane(element, itinerary)
        stops, parked = self._stops(element, itinerary), self._parked(element, itinerary)
        self.trips.append(
            make(
                Trip,
                element,
                id=element.get("id"),
                depart_s=self._departure(element),
                route=itinerary.route,
                origin=itinerary.origin,
                destination=itinerary.destination,
                via=(*itinerary.via, *parked),
                vehicle_class=vehicle_type,
                depart_lane=lane,
                depart_position_m=self._depart_position(element, vehicle_type, itinerary, lane),
                stops=stops,
            )
        )
        self.ledger.note("read", element.tag, element.where)
        self._ignored_attributes(element, VEHICLE_READ)

    def _departure(self, element: Element) -> float:
        return self.earliest_s if element.get("depart") == "begin" else element.clock("depart")

    def _depart_lane(self, element: Element, itinerary: Itinerary) -> int | None:
        given = element.get("departLane")
        if not given.isdecimal():
            if given not in ("", "best", "allowed", "free", "first"):
                self.ledger.note("inferred", f"departLane {given}: the best lane is taken", element.where)
            return None
        lanes = int(self.routes.links[itinerary.first]["lanes"])
        if int(given) >= lanes:
            self.ledger.repair("depart-lane-free", f"{element.where}: departLane {given}")
            return None
        return int(given)

    def _depart_position(self, element: Element, vehicle_type: str, itinerary: Itinerary, lane: int | None) -> float:
        """Front of the vehicle on its first link; SUMO's ``base`` puts its rear at the start of the link."""
        given, length = element.get("departPos", "base"), lane_length_m(self.routes.links, itinerary.first, lane)
        try:
            at = float(given)
        except ValueError:
            base_m = self.types.mean_length_m(vehicle_type) + BEHIND_REAR_M
            return self._base_position(element, vehicle_type, min(length, base_m))
        at = at + length if at < 0 else at
        if not 0 <= at <= length:
            self.ledger.repair("place-moved", f"{element.where}: departPos")
        return min(max(at, 0.0), length)

    def _base_position(self, element: Element, vehicle_type: str, base_m: float) -> float:
        given = element.get("departPos", "base")
        if given != "base":
            self.ledger.note("inferred", f"departPos {given}: taken as base", element.where)
        if vehicle_type in self.types.mixes:
            self.ledger.note("inferred", "departPos base of a mix of types: their mean length is taken", element.where)
        return base_m

    def _parked(self, element: Element, itinerary: Itinerary) -> tuple[str, ...]:
        """Links beside which the vehicle parks: the path of a trip without a route leads past them."""
        edges = (
            parking_edge(stop, self.places, self.routes.links) for stop in element.all("stop") if not itinerary.route
        )
        return tuple(edge for edge in edges if edge is not None)

    def _stops(self, element: Element, itinerary: Itinerary) -> tuple[Stop, ...]:
        of_route = itinerary.element.all("stop") if itinerary.element is not None else ()
        found = [(stop, read_stop(stop, self.places, self.routes.links, self.ledger))
                 for stop in (*of_route, *element.all("stop"))]
        return tuple(self._passed([(where, stop) for where, stop in found if stop is not None], itinerary))

    def _passed(self, stops: Sequence[tuple[Element, Stop]], itinerary: Itinerary) -> Iterator[Stop]:
        """Stops that a given route passes in their order; the path of a trip without a route is led past all."""
        route_position, position_m = 0, 0.0
        for element, stop in stops:
            begin = route_position if stop.position_m >= position_m else route_position + 1
            if itinerary.route and stop.link not in itinerary.route[begin:]:
                self.ledger.repair("stop-left-out", f"{element.where}: {stop.link!r} is not on the route")
                continue
            route_position, position_m = (
                itinerary.route.index(stop.link, begin) if itinerary.route else 0,
                stop.position_m,
            )
            yield stop

    def _flow(self, element: Element, vehicle_type: str, itinerary: Itinerary) -> None:
        volume, end, departures = self._rate(element)
        for _ in element.all("stop"):
            self.ledger.note("ignored", "stop of a flow", element.where, level="warning")
        self.flows.append(
            make(
                Flow,
                element,
                id=element.get("id"),
                volume_veh_h=volume,
                origin=itinerary.origin,
                destination=itinerary.destination,
                route=itinerary.route,
                via=itinerary.via,
                begin_s=self._clock_or_none(element, "begin"),
                end_s=end,
                departures=departures,
                vehicle_classes=self.types.mixes.get(vehicle_type, {vehicle_type: 1.0}),
            )
        )
        self.ledger.note("read", "flow", element.where)
        self._ignored_attributes(element, FLOW_READ)

    def _rate(self, element: Element) -> tuple[float, float | None, Departures]:
        """Volume (veh/h), end (s) and kind of departures; two of number, rate and end give the third."""
        end = self._clock_or_none(element, "end")
        rate_s, departures = _vehicles_per_s(element)
        begin = element.clock("begin", 0.0)
        if end is not None and end <= begin:
            raise DemandError(f"{element.where}: end", f"{end:g}", f"a time after its begin {begin:g}", "correct end")
        if not element.get("number"):
            if rate_s is None:
                raise DemandError(element.where, "no number, period, vehsPerHour or probability",
                                  "one of them", "say how many vehicles flow")
            return rate_s * 3600.0, end, departures
        number = element.whole("number")
        if rate_s is None:
            if end is None:
                raise DemandError(element.where, "a number without an end or a rate", "number and end, or a rate",
                                  "add end")
            return number / (end - begin) * 3600.0, end, departures
        last = begin + (number / rate_s if rate_s > 0 else 0.0)
        return rate_s * 3600.0, last if end is None else min(end, last), departures

    def _clock_or_none(self, element: Element, name: str) -> float | None:
        return element.clock(name) if element.get(name) else None

    def _ignored_attributes(self, element: Element, read: set[str]) -> None:
        for attribute, value in element.attributes.items():
            if attribute in read or (attribute == "arrivalPos" and value == "max"):
                continue
            self.ledger.note("ignored", f"attribute {attribute} of a {element.tag}", element.where)


def _vehicles_per_s(element: Element) -> tuple[float | None, Departures]:
    """Return the rate of a flow, ``None`` when it has none, and whether departures are random.

    Examples
    --------
    >>> _vehicles_per_s(Element("flow", {"period": "exp(0.25)"}, 1, "demo.rou.xml"))
    (0.25, 'poisson')
    >>> _vehicles_per_s(Element("flow", {"vehsPerHour": "720"}, 1, "demo.rou.xml"))
    (0.2, 'scheduled')
    """
    for name in ("vehsPerHour", "perHour"):
        if element.get(name):
            return _not_negative(element, name) / 3600.0, "scheduled"
    if element.get("probability"):
        return _not_negative(element, "probability"), "poisson"
    period = element.get("period")
    if not period:
        return None, "scheduled"
    match = _EXPONENTIAL.fullmatch(period)
    if match:
        inner = Element(element.tag, {**element.attributes, "period": match[1]}, element.line, element.file)
        return _not_negative(inner, "period"), "poisson"
    seconds = element.clock("period")
    if seconds <= 0:
        raise InputError(f"{element.where}: period", f"{seconds:g}", "a number above 0, or exp(rate)", "correct period")
    return 1.0 / seconds, "scheduled"


def _not_negative(element: Element, name: str) -> float:
    value = element.number(name)
    if value < 0:
        raise InputError(f"{element.where}: {name}", f"{value:g}", "a number >= 0", f"correct {name}")
    return value
