"""Demand and detectors of a file, fitted to a network that fixes have changed, so that no import fails for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from trafficsim.base.repairs import repair
from trafficsim.io.imported import Imported
from trafficsim.spec.demand import Flow, Stop, Trip, Unserved
from trafficsim.spec.network import Network
from trafficsim.spec.scenario import Detector
from trafficsim.spec.zones import Ends, Zone

MORE_INFORMATION = "correct the entry of the fixes file if this is not meant"


@dataclass
class _Fitter:
    """What a network has, and what was repaired on the way: places by code."""

    links: Mapping[str, Mapping[str, Any]]
    turns: frozenset[tuple[str, str]]
    repaired: dict[str, list[str]] = field(default_factory=dict)
    unserved: list[Unserved] = field(default_factory=list)

    def trip(self, trip: Trip) -> Trip | None:
        reason = self._reason(trip)
        if reason:
            self.unserved.append(Unserved(trip.id, "trip", trip.vehicle_class, trip.depart_s, reason))
            return None
        changed: dict[str, Any] = self._route(trip, f"trip {trip.id!r}")
        stops = tuple(stop for stop in trip.stops if self._has(stop))
        if len(stops) < len(trip.stops):
            self._note("stop-left-out", f"trip {trip.id!r}")
            changed["stops"] = stops
        start = trip.route[0] if trip.route else trip.origin
        if trip.depart_lane is not None and trip.depart_lane >= self.links[str(start)]["lanes"]:
            self._note("depart-lane-free", f"trip {trip.id!r}")
            changed["depart_lane"] = None
        return trip.model_copy(update=changed) if changed else trip

    def flow(self, flow: Flow) -> Flow | None:
        reason = self._reason(flow)
        if reason:
            self.unserved.append(Unserved(flow.id, "flow", ", ".join(flow.vehicle_classes), flow.begin_s, reason, None))
            return None
        changed = self._route(flow, f"flow {flow.id!r}")
        return flow.model_copy(update=changed) if changed else flow

    def detector(self, detector: Detector) -> bool:
        there = self._has(detector)
        if not there:
            self._note("detector-left-out", f"detector {detector.id!r}")
        return there

    def zone(self, zone: Zone) -> Zone:
        return zone.model_copy(update={name: self._ends(getattr(zone, name)) for name in ("origins", "destinations")})

    def _ends(self, ends: Ends) -> Ends:
        if isinstance(ends, dict):
            return {link: weight for link, weight in ends.items() if link in self.links}
        return tuple(link for link in ends if link in self.links)

    def _reason(self, one: Trip | Flow) -> str:
        ends = (one.route[0], one.route[-1]) if one.route else (one.origin, one.destination)
        gone = [link for link in (*ends, *one.via) if link is not None and link not in self.links]
        return f"link {gone[0]!r} was removed by fixes" if gone else ""

    def _route(self, one: Trip | Flow, place: str) -> dict[str, Any]:
        """Leave a route that cannot be driven any more to the fastest path between its ends."""
        if all(turn in self.turns for turn in pairwise(one.route)):
            return {}
        self._note("route-completed", place)
        return {"route": (), "origin": one.route[0], "destination": one.route[-1]}

    def _has(self, one: Stop | Detector) -> bool:
        link = self.links.get(one.link)
        return link is not None and one.position_m <= link["length_m"] and (one.lane or 0) < link["lanes"]

    def _note(self, code: str, place: str) -> None:
        self.repaired.setdefault(code, []).append(place)


def with_network(found: Imported, network: Network) -> Imported:
    """Return an import with another network, and with its demand, stops, detectors and zones fitted to that.

    Trips and flows that begin or end on a link that is gone are kept apart (``unserved``); routes over one, or over a
    turn that is gone, become the fastest path between their ends.

    Examples
    --------
    >>> from trafficsim.design.synthetic import ring
    >>> with_network(Imported(ring(1000.0)), ring(500.0)).network.links["ring0"]["length_m"]
    500.0
    """
    fitter = _Fitter(network.links, frozenset((one.from_link, one.to_link) for one in network.connections))
    trips = tuple(trip for trip in map(fitter.trip, found.demand.trips) if trip is not None)
    flows = tuple(flow for flow in map(fitter.flow, found.demand.flows) if flow is not None)
    detectors = tuple(filter(fitter.detector, found.detectors))
    zones = tuple(map(fitter.zone, found.zones))
    told = tuple(repair(code, places, remedy=MORE_INFORMATION) for code, places in fitter.repaired.items())
    if fitter.unserved:
        told += (repair("trip-unserved", [f"{one.kind} {one.name!r} ({one.reason})" for one in fitter.unserved],
                        remedy=MORE_INFORMATION),)
    return replace(found, network=replace(network, findings=(*network.findings, *told)), detectors=detectors,
                   demand=found.demand.model_copy(update={"trips": trips, "flows": flows}), zones=zones,
                   unserved=(*found.unserved, *fitter.unserved))
