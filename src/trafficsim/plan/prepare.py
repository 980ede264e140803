"""Prepare a world once: everything that does not change between replications and alternatives."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from trafficsim.base.errors import DemandError, InputError
from trafficsim.base.findings import Finding
from trafficsim.base.memory import require_memory
from trafficsim.plan.arrays import (
    BOOL,
    F8,
    I4,
    AreaArrays,
    ClassArrays,
    CrossingArrays,
    DetectorArrays,
    SectionArrays,
    SignalArrays,
    no_crossings,
)
from trafficsim.plan.classes import Mixes, class_permissions, cumulative_shares, lower_classes, permissions_of
from trafficsim.plan.connectors import with_least_cost_connectors
from trafficsim.plan.crossings import lower_crossings
from trafficsim.plan.day import GivenTrips, copy_suffix
from trafficsim.plan.departures import Rates, rates_of
from trafficsim.plan.measurement_sections import (
    detector_sections,
    on_other_lanes,
    path_sections,
    section_arrays,
    short_sections,
)
from trafficsim.plan.measuring import area_arrays, requested_sections
from trafficsim.plan.network import NetworkPlan, lower_network
from trafficsim.plan.realise import check_names, clipped_flows, hash_names
from trafficsim.plan.routes import RouteRequest, RouteTable, build_routes, link_of
from trafficsim.plan.serving import Served, Travellers, in_time, serve, waypoints
from trafficsim.plan.signals import lower_signals, signal_groups
from trafficsim.plan.stops import StopTable, build_stops, check_place
from trafficsim.plan.surging import with_surges
from trafficsim.spec.demand import Demand, Trip, Unserved
from trafficsim.spec.route_choice import EVERY_OTHER, RouteChoice
from trafficsim.spec.scenario import Detector
from trafficsim.spec.vehicles import KINDS
from trafficsim.spec.world import World

BYTES_PER_TRIP, BYTES_PER_ROUTE_POSITION = 600.0, 32.0
"""Memory at the peak of a run, measured with 2 and 20 links per trip and 0.2 to 1 million trips."""
MOST_TRIPS = 2**31 - 2
"""Trips are numbered in 32 bits."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A world whose network, routes and rates have been worked out; replications and alternatives share it.

    Requests are the flows in the order written, then the trips in the order written.

    Attributes
    ----------
    network, signals, classes, detectors, areas, sections, crossings : arrays of the plan before any policy
    routes, stops : by request and permission
    permission : of each class
    timetabled : whether a flow is the same on every day
    mix_cumulative : cumulative share by request and class
    rates : arrival rates of the flows
    trips : the given trips
    findings : what was repaired, flows that were cut to the departure window, how many routes were found, not given
    unserved : trips and flows that are not among the requests, because nothing can carry them
    memory : what policies worked out from the network and the design day
    blocked_s : by incident that lasts until help has cleared the road, how long it did in an earlier run
    """

    world: World
    network: NetworkPlan
    signals: SignalArrays
    classes: ClassArrays
    detectors: DetectorArrays
    areas: AreaArrays
    sections: SectionArrays
    routes: RouteTable
    stops: StopTable
    permission: I4
    mix_cumulative: F8
    rates: Rates
    timetabled: BOOL
    trips: GivenTrips
    findings: tuple[Finding, ...]
    unserved: tuple[Unserved, ...] = ()
    memory: dict[Hashable, Any] = field(default_factory=dict)
    blocked_s: Mapping[str, float] = field(default_factory=dict)
    crossings: CrossingArrays = field(default_factory=no_crossings)


def prepare(world: World) -> Prepared:
    """Work out everything of a world that does not depend on the replication or on policies.

    Raises
    ------
    NetworkError, DemandError, InputError
        If the network, the demand or the drivers cannot be lowered; the message names the place and the remedy.
    """
    world = with_surges(world)
    time = world.scenario.time
    signals = lower_signals(world.network.signals)
    network = lower_network(world.network, world.scenario.drivers, signal_groups(signals))
    classes = lower_classes(world.vehicle_classes)
    check_names(world.demand)
    if world.connectors:
        able = permissions_of(_shares(world.demand, classes), class_permissions(classes))
        world = with_least_cost_connectors(world, network, able)
    _check_values_of_time(world.scenario.route_choice, classes)
    served = _served(world, classes, network)
    world, demand = replace(world, demand=served.demand), served.demand
    rates = rates_of(demand.flows, time)
    _check_not_empty(demand, rates, served)
    shares = _shares(demand, classes)
    permission = class_permissions(classes)
    requests = _requests(demand, shares, permission)
    routes = build_routes(requests, network)
    _check_memory(rates, len(demand.trips), routes)
    _check_departures(demand.trips, network)
    detectors = _detectors(world.scenario.detectors, network)
    timetabled = _timetabled(demand, shares, classes)
    sections = section_arrays([
        *detector_sections(detectors, network), *path_sections(world.network.paths, network),
        *requested_sections(world.scenario, detectors, network),
    ])
    return Prepared(
        world, network, signals, classes, detectors, area_arrays(world.scenario.areas, network), sections,
        routes,
        build_stops(demand.trips, len(demand.flows), routes, network), permission, cumulative_shares(shares), rates,
        timetabled[:rates.flows], _given_trips(demand.trips, timetabled[rates.flows:]),
        (*served.findings, *clipped_flows(demand, time), *_routed(requests, demand.routes),
         *_unheeded_tolls(world, network), *short_sections(sections, network)),
        served.unserved, crossings=lower_crossings(world.network, signals),
    )


def relaned(prepared: Prepared, world: World, moved: I4) -> Prepared:
    """Return a prepared world whose links have other lanes; links, movements and requests are the same.

    Parameters
    ----------
    prepared
        The prepared world; it stays.
    world
        Its world with other lanes, and with all that lies on them.
    moved
        By lane of the prepared world, the lanes that its link has got on its nearside.
    """
    network = lower_network(world.network, world.scenario.drivers, signal_groups(prepared.signals))
    detectors = _detectors(world.scenario.detectors, network)
    trips, flows = world.demand.trips, len(world.demand.flows)
    return replace(
        prepared, world=world, network=network, detectors=detectors,
        sections=on_other_lanes(prepared.sections, (prepared.network, network), moved),
        areas=area_arrays(world.scenario.areas, network), memory={},
        stops=build_stops(trips, flows, prepared.routes, network),
        trips=_given_trips(trips, prepared.trips.timetabled))


def _served(world: World, classes: ClassArrays, network: NetworkPlan) -> Served:
    """The demand that departs in time and can be carried."""
    demand, outside = in_time(world.demand, world.scenario.time)
    who = Travellers(_shares(demand, classes), classes.name, class_permissions(classes))
    served = serve(demand, who, network, world.scenario.time)
    flows = {flow.id for flow in served.demand.flows}
    for one in served.unserved:
        if one.kind == "flow" and one.name in world.written - flows:
            raise DemandError(f"flow {one.name!r}", one.reason, "a flow that can be served by open lanes and movements",
                              "correct its origin, destination or route (links have a direction), or connect them")
    return Served(served.demand, (*world.unserved, *served.unserved), (*outside, *served.findings))


def _check_values_of_time(choice: RouteChoice, classes: ClassArrays) -> None:
    unknown = sorted(set(choice.value_of_time_eur_h) - {EVERY_OTHER, *classes.name})
    if unknown:
        raise InputError("route_choice.value_of_time_eur_h", f"an unknown vehicle class {unknown[0]!r}",
                         f"{EVERY_OTHER!r} or one of {', '.join(classes.name)}", "correct the name of the class")


def route_requests(prepared: Prepared) -> list[RouteRequest]:
    """What each flow and trip of a prepared world asks of its route."""
    demand = prepared.world.demand
    return _requests(demand, _shares(demand, prepared.classes), prepared.permission)


def _check_not_empty(demand: Demand, rates: Rates, served: Served) -> None:
    if not demand.trips and rates.expected.sum() <= 0.0:
        if served.unserved:
            first, number = served.unserved[0], len(served.unserved)
            raise DemandError(f"{first.kind} {first.name!r}", first.reason, "a trip or flow that can be served",
                              f"correct it; none of {number} trips and flows can be served")
        if served.findings:
            outside = served.findings[0]
            raise DemandError(outside.where, outside.message, "a departure in the time of the scenario", outside.remedy)
        found = f"{len(demand.flows)} flows that bring no vehicle, no trips" if demand.flows else "no flows, no trips"
        raise DemandError("demand", found, "at least one trip or flow in the departure window",
                          "add demand, or correct volumes, profiles and times")


def _check_memory(rates: Rates, trips: int, routes: RouteTable) -> None:
    """Refuse more trips than can be numbered, or than the memory of the machine holds, before they are realised."""
    expected = np.concatenate([rates.expected, np.ones(trips)])
    if not expected.sum() <= MOST_TRIPS:
        raise DemandError("demand", f"{expected.sum():.3g} trips", f"no more than {MOST_TRIPS:,}",
                          "correct volumes, profiles and times")
    longest = np.where(routes.of >= 0, np.diff(routes.start)[routes.of], 0).max(axis=1, initial=0)
    route_positions = float((expected * longest).sum())
    require_memory("demand", f"{expected.sum():,.0f} trips over {route_positions:,.0f} links of routes",
                   BYTES_PER_TRIP * float(expected.sum()) + BYTES_PER_ROUTE_POSITION * route_positions,
                   "shorten time.analysis_s, lower volumes, or split the scenario; fewer --workers share the memory "
                   "among fewer runs")


def _shares(demand: Demand, classes: ClassArrays) -> F8:
    """Shares by request and class."""
    mixes = Mixes(classes, demand.mixes)
    row = [mixes.row(flow.vehicle_classes, f"flow {flow.id!r}: vehicle_classes") for flow in demand.flows]
    row += [mixes.row({trip.vehicle_class: 1.0}, f"trip {trip.id!r}: vehicle_class") for trip in demand.trips]
    return mixes.shares[row]


def _requests(demand: Demand, shares: F8, permission: I4) -> list[RouteRequest]:
    permissions = permissions_of(shares, permission)
    flows = [RouteRequest(f"flow {flow.id!r}", flow.route, waypoints(flow), permissions[row])
             for row, flow in enumerate(demand.flows)]
    trips = [RouteRequest(f"trip {trip.id!r}", trip.route, waypoints(trip), permissions[row], bool(trip.stops))
             for row, trip in enumerate(demand.trips, start=len(flows))]
    return flows + trips


def _check_departures(trips: Sequence[Trip], network: NetworkPlan) -> None:
    for trip in trips:
        if trip.depart_position_m is not None or trip.depart_lane is not None:
            name = trip.route[0] if trip.route else str(trip.origin)
            where = f"trip {trip.id!r}: departure on link {name!r}"
            check_place(where, network.link_index[name], trip.depart_position_m or 0.0, trip.depart_lane, network)


def _timetabled(demand: Demand, shares: F8, classes: ClassArrays) -> BOOL:
    """Whether each request is the same on every day: it stops on the way, or only buses make it."""
    only_buses = (shares[:, classes.kind != KINDS.index("bus")] == 0.0).all(axis=1)
    stopping = [bool(trip.stops) for trip in demand.trips]
    return np.asarray(only_buses | np.array([False] * len(demand.flows) + stopping, np.bool_))


def _given_trips(trips: Sequence[Trip], timetabled: BOOL) -> GivenTrips:
    lane = [-1 if trip.depart_lane is None else trip.depart_lane for trip in trips]
    position = [-1.0 if trip.depart_position_m is None else trip.depart_position_m for trip in trips]
    names = [trip.id for trip in trips]
    return GivenTrips(names, hash_names(names), np.array([trip.depart_s for trip in trips], np.float64),
                      np.array(lane, np.int32), np.array(position, np.float64), timetabled, copy_suffix(names))


TAKEN = {
    "experienced": ("routed-experienced", "the routes that drivers know: cheapest paths by interval of departure under "
                    "the times of a few rehearsals on the design day"),
    "equilibrium": ("routed-equilibrium", "the routes of a dynamic user equilibrium of the design day, by interval of "
                    "departure"),
    "free_flow": ("routed-free-flow", "the fastest free-flow path"),
    "logit": ("routed-logit", "one of the cheapest paths each, by a path-size logit model; policies may change it"),
}
"""Finding and words for each way in which routes are found."""


def _routed(requests: Sequence[RouteRequest], routes: str) -> tuple[Finding, ...]:
    number = sum(1 for request in requests if not request.route)
    code, path = TAKEN[routes]
    frozen = "" if routes == "logit" else ", frozen"
    message = f"{number} of {len(requests)} trips and flows have no route and take {path}{frozen}"
    return (Finding("info", code, "demand", message),) if number else ()


def _unheeded_tolls(world: World, network: NetworkPlan) -> tuple[Finding, ...]:
    """Tell of tolls of the network where nobody chooses a route by its cost."""
    number = int((network.toll_eur > 0.0).sum())
    if not number or world.demand.routes == "logit" or world.scenario.route_choice.informed_share > 0.0:
        return ()
    return (Finding("warning", "toll-unheeded", "network", f"{number} links have a toll that no driver heeds",
                    'write routes = "logit" under [demand], or give an informed_share under [route_choice]'),)


def _detectors(detectors: Sequence[Detector], network: NetworkPlan) -> DetectorArrays:
    name, lane, position = [], [], []
    for detector in detectors:
        link = link_of(detector.link, f"detector {detector.id!r}", network)
        check_place(f"detector {detector.id!r}", link, detector.position_m, detector.lane, network)
        first, last = int(network.links.lane_start[link]), int(network.links.lane_start[link + 1])
        lanes = range(first, last) if detector.lane is None else [first + detector.lane]
        for row in lanes:
            name.append(detector.id)
            lane.append(row)
            position.append(detector.position_m)
    return DetectorArrays(tuple(name), np.array(lane, np.int32), np.array(position, np.float64))
