"""Routes of SUMO vehicles: written in the vehicle, named elsewhere, or to be found; checked against the network."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from trafficsim.base.errors import DemandError
from trafficsim.io.sumo.ledger import Ledger
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.network import Network
from trafficsim.spec.vehicles import KINDS, VehicleClass

Pairs = set[tuple[str, str]]


@dataclass(frozen=True)
class Way:
    """Where a vehicle goes: a route, or an origin and a destination; and the element that holds its stops."""

    route: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
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
    network : the network that was read
    dropped : edges of the file that no vehicle of ours may use
    named : ``<route>`` elements by id
    checked : routes that were found to hold, with what was asked of them
    """

    network: Network
    dropped: Iterable[str]
    ledger: Ledger
    named: dict[str, Element] = field(default_factory=dict)
    checked: set[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.links = self.network.links
        self.open, self.joined = _permissions(self.network, self.links)

    def read(self, element: Element) -> None:
        """Keep a named route, or the most probable one of a named distribution."""
        chosen = self._most_probable(element) if element.tag == "routeDistribution" else element
        if chosen is not None:
            self.named[element.text("id")] = chosen
            self.ledger.note("read", "named route", element.where)

    def way_of(self, vehicle: Element) -> Way:
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
            return Way(tuple(element.text("edges").split()), element=element)
        if vehicle.get("from") and vehicle.get("to"):
            return self._between(vehicle)
        raise DemandError(vehicle.where, "neither a route nor edges from and to",
                          "a route, or attributes from and to that name edges", "write its route or its two edges")

    def check(self, way: Way, classes: Sequence[VehicleClass], vehicle: Element) -> None:
        """Refuse unknown edges and gaps in a route.

        Raises
        ------
        DemandError
            If an edge is unknown or closed, or two consecutive ones are not joined, for one of the classes.
        """
        for edge in way.route or (way.origin, way.destination):
            if edge not in self.links:
                raise self._unknown(str(edge), vehicle)
        wanted = tuple(sorted({"all" if each.ignores_permissions else each.kind for each in classes}))
        if (way.route, wanted) in self.checked:
            return
        for kind in wanted:
            self._check_open(way, kind, vehicle)
        self.checked.add((way.route, wanted))

    def _check_open(self, way: Way, kind: str, vehicle: Element) -> None:
        who = "any vehicle" if kind == "all" else f"a {kind}"
        for edge in way.route:
            if edge not in self.open[kind]:
                raise DemandError(f"{vehicle.where}: route", f"edge {edge!r} has no lane that {who} may use",
                                  f"edges open to {who}", "correct the route, the vClass or the lane's permissions")
        for pair in pairwise(way.route):
            if pair not in self.joined[kind]:
                raise DemandError(f"{vehicle.where}: route", f"a gap: no connection from {pair[0]!r} to {pair[1]!r} "
                                  f"for {who}", "consecutive edges joined by a connection",
                                  "correct the route, or give from and to so that one is found")

    def _unknown(self, edge: str, vehicle: Element) -> DemandError:
        if edge in self.dropped:
            return DemandError(f"{vehicle.where}: edge {edge!r}", "an edge that no car, van, truck or bus may use",
                               "edges that the vehicle may use", "correct the route")
        close = difflib.get_close_matches(edge, self.links, n=1)
        remedy = f"did you mean {close[0]!r}? Or give the network that belongs to this file" if close \
            else "give the network that belongs to this file"
        return DemandError(f"{vehicle.where}: edge {edge!r}", "no such edge in the network", "edges of the network",
                           remedy)

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
        self.ledger.note("repaired", "distribution of routes, replaced by its most probable route", distribution.where)
        if distribution.get("last").isdecimal() and int(distribution.get("last")) < len(routes):
            return routes[int(distribution.get("last"))]
        return max(routes, key=lambda route: route.number("probability", 1.0))

    def _between(self, vehicle: Element) -> Way:
        """Origin and destination; edges to pass (``via``) are kept if with them the route is complete."""
        origin, destination, via = vehicle.get("from"), vehicle.get("to"), vehicle.get("via").split()
        if not via:
            self.ledger.note("inferred", "trip or flow without a route: one is found and frozen",
                             vehicle.where)
            return Way(origin=origin, destination=destination)
        route = (origin, *via, destination)
        if all(pair in self.joined["all"] for pair in pairwise(route)):
            return Way(route)
        raise DemandError(f"{vehicle.where}: via", repr(vehicle.get("via")), "a complete route, edge by edge",
                          "write all edges of the route, for example with SUMO's duarouter")


def _permissions(network: Network, links: Mapping[str, Mapping[str, object]]) -> tuple[dict[str, set[str]],
                                                                                      dict[str, Pairs]]:
    """Links that are open and pairs of links that are joined, by kind; ``"all"`` stands for ignoring permissions."""
    lane_kinds: dict[str, list[tuple[str, ...]]] = {}
    for link, attributes in links.items():
        allow = attributes.get("allow") or (None,) * int(str(attributes["lanes"]))
        lane_kinds[link] = [KINDS if kinds is None else tuple(kinds) for kinds in allow]  # type: ignore[attr-defined]
    usable: dict[str, set[str]] = {"all": set(links)}
    usable |= {kind: {link for link, lanes in lane_kinds.items() if any(kind in lane for lane in lanes)}
               for kind in KINDS}
    joined: dict[str, Pairs] = defaultdict(set)
    for each in network.connections:
        pair = (each.from_link, each.to_link)
        joined["all"].add(pair)
        for kind in set(lane_kinds[each.from_link][each.from_lane]) & set(lane_kinds[each.to_link][each.to_lane]):
            joined[kind].add(pair)
    return usable, joined
