"""Routes of SUMO vehicles: written in the vehicle, named elsewhere, or to be found."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from trafficsim.base.errors import DemandError
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.xml import Element


@dataclass(frozen=True)
class Itinerary:
    """Where a vehicle goes: a route, or an origin and a destination with edges between; and what holds its stops."""

    route: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    via: tuple[str, ...] = ()
    element: Element | None = None

    @property
    def first(self) -> str:
        """The link on which the vehicle enters."""
        return self.route[0] if self.route else str(self.origin)


@dataclass
class RouteBook:
    """Named routes and what the network allows.

    Attributes
    ----------
    links : attributes of the links of the network that was read, by id
    absent : edges of the file that are not in the network, each with the reason
    named : ``<route>`` elements by id
    """

    links: Mapping[str, Mapping[str, Any]]
    absent: Mapping[str, str]
    ledger: Ledger
    named: dict[str, Element] = field(default_factory=dict)

    def read(self, element: Element) -> None:
        """Keep a named route, or the most probable one of a named distribution."""
        chosen = self._most_probable(element) if element.tag == "routeDistribution" else element
        if chosen is not None:
            self.named[element.text("id")] = chosen
            self.ledger.note("read", "named route", element.where)

    def itinerary_of(self, vehicle: Element) -> Itinerary:
        """Return where a vehicle, trip or flow goes.

        Raises
        ------
        DemandError
            If it has neither a route nor an origin and a destination, or names what is not there.
        """
        element = self._route_element(vehicle)
        if element is not None:
            for attribute in ("repeat", "cycleTime"):
                if element.get(attribute):
                    self.ledger.note("ignored", f"attribute {attribute} of a route", element.where, level="warning")
            return Itinerary(tuple(element.text("edges").split()), element=element)
        if vehicle.get("from") and vehicle.get("to"):
            return self._between(vehicle)
        raise DemandError(vehicle.where, "neither a route nor edges from and to",
                          "a route, or attributes from and to that name edges", "write its route or its two edges")

    def usable(self, itinerary: Itinerary, vehicle: Element) -> Itinerary:
        """Leave out what is not in the network between the ends of a way.

        Raises
        ------
        DemandError
            If its first or last edge is not in the network.
        """
        for edge in (
            (itinerary.route[0], itinerary.route[-1])
            if itinerary.route
            else (str(itinerary.origin), str(itinerary.destination))
        ):
            if edge not in self.links:
                raise self._absent(edge, vehicle)
        for edge in (*itinerary.route, *itinerary.via):
            if edge not in self.links:
                self.ledger.repair("route-edge-left-out", f"{vehicle.where}: edge {edge!r}")
        return replace(itinerary, route=tuple(edge for edge in itinerary.route if edge in self.links),
                       via=tuple(edge for edge in itinerary.via if edge in self.links))

    def _absent(self, edge: str, vehicle: Element) -> DemandError:
        where = f"{vehicle.where}: edge {edge!r}"
        if edge in self.absent:
            return DemandError(where, self.absent[edge], "edges that the vehicle may use", "correct the route")
        close = difflib.get_close_matches(edge, self.links, n=1)
        remedy = f"did you mean {close[0]!r}? Or give the network that belongs to this file" if close \
            else "give the network that belongs to this file"
        return DemandError(where, "no such edge in the network", "edges of the network", remedy)

    def _route_element(self, vehicle: Element) -> Element | None:
        for child in vehicle.all("route", "routeDistribution"):
            return self._most_probable(child) if child.tag == "routeDistribution" else child
        name = vehicle.get("route")
        if not name:
            return None
        if name not in self.named:
            close = difflib.get_close_matches(name, self.named, n=1)
            raise DemandError(f"{vehicle.where}: route", repr(name), "the id of a route of the given files",
                              f"did you mean {close[0]!r}?" if close else "give the file that defines it")
        return self.named[name]

    def _most_probable(self, distribution: Element) -> Element | None:
        routes = list(distribution.all("route"))
        if not routes:
            raise DemandError(distribution.where, "no route element inside", "routes with probabilities",
                              "write the routes inside the distribution")
        self.ledger.repair("route-distribution", distribution.where)
        if distribution.get("last").isdecimal() and int(distribution.get("last")) < len(routes):
            return routes[int(distribution.get("last"))]
        return max(routes, key=lambda route: route.number("probability", 1.0))

    def _between(self, vehicle: Element) -> Itinerary:
        self.ledger.note("inferred", "trip or flow without a route: one is found and frozen",
                         vehicle.where)
        return Itinerary(
            origin=vehicle.get("from"), destination=vehicle.get("to"), via=tuple(vehicle.get("via").split())
        )
