"""Vehicle types, trips and flows as SUMO's routes, in the order of their departures."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from trafficsim.base.units import kmh_to_ms
from trafficsim.io.sumo.names import Names
from trafficsim.io.sumo.xml_text import element
from trafficsim.spec.demand import Flow, Stop, Trip
from trafficsim.spec.scenario import Time
from trafficsim.spec.vehicles import VehicleClass
from trafficsim.spec.world import World

VCLASS = {"car": "passenger", "van": "delivery", "truck": "truck", "bus": "bus", "motorcycle": "motorcycle"}
HOUR_S = 3600.0


def demand_elements(world: World, links: Names) -> Iterator[str]:
    """Yield types, mixes of types, then trips and flows by departure.

    Acceleration, deceleration, headway and standing gap are ours, with sigma 0: SUMO's model spreads drivers in other
    ways than ours does, so that traffic is alike and not the same.
    """
    demand, time = world.demand, world.scenario.time
    kinds = Names([*(one.name for one in world.vehicle_classes), *demand.mixes,
                   *(_mix_name(flow) for flow in demand.flows)])
    for one in world.vehicle_classes:
        yield element("vType", _type(one, kinds))
    mixes = {**demand.mixes, **{_mix_name(flow): flow.vehicle_classes for flow in demand.flows
                                if len(flow.vehicle_classes) > 1}}
    for name, shares in mixes.items():
        yield element("vTypeDistribution", {"id": kinds[name], "vTypes": " ".join(kinds[kind] for kind in shares),
                                            "probabilities": " ".join(f"{share:g}" for share in shares.values())})
    names = Names([*(trip.id for trip in demand.trips), *(flow.id for flow in demand.flows)])
    rows = [(trip.depart_s, _trip(trip, names, kinds, links)) for trip in demand.trips]
    for flow in demand.flows:
        rows += _flow(flow, time, names, (kinds, links))
    yield from (row for _, row in sorted(rows, key=lambda one: one[0]))


def _mix_name(flow: Flow) -> str:
    return next(iter(flow.vehicle_classes)) if len(flow.vehicle_classes) == 1 else f"mix of {flow.id}"


def _type(one: VehicleClass, kinds: Names) -> dict[str, Any]:
    mean, spread = one.speed_factor_mean, one.speed_factor_sd
    return {"id": kinds[one.name], "vClass": "ignoring" if one.ignores_permissions else VCLASS[one.kind],
            "length": one.length_m, "minGap": one.min_gap_m, "maxSpeed": float(kmh_to_ms(one.max_speed_kmh)),
            "accel": one.acceleration_ms2, "decel": one.deceleration_ms2, "tau": one.headway_s, "sigma": 0,
            "speedFactor": None if mean is None else f"{mean:g}", "speedDev": None if spread is None else f"{spread:g}"}


def _trip(trip: Trip, names: Names, kinds: Names, links: Names) -> str:
    given = {"id": names[trip.id], "type": kinds[trip.vehicle_class], "depart": trip.depart_s,
             "departLane": "best" if trip.depart_lane is None else trip.depart_lane,
             "departPos": trip.depart_position_m}
    stops = [_stop(stop, links) for stop in trip.stops]
    if trip.route:
        return element("vehicle", given, [_route(trip.route, links), *stops])
    return element("trip", {**given, **_ends(trip, links)}, stops)


def _flow(flow: Flow, time: Time, names: Names, tables: tuple[Names, Names]) -> Iterator[tuple[float, str]]:
    """Yield a flow, or one for every step of its profile."""
    kinds, links = tables
    begin = time.start_s if flow.begin_s is None else flow.begin_s
    end = time.analysis_end_s if flow.end_s is None else flow.end_s
    cuts = sorted({begin, end, *(step for step, _ in flow.profile if begin < step < end)})
    for number, (first, last) in enumerate(itertools.pairwise(cuts)):
        factor = next((factor for step, factor in reversed(flow.profile) if step <= first), 1.0)
        rate = flow.volume_veh_h * factor / HOUR_S
        if rate <= 0:
            continue
        given = {"id": names[flow.id] + (f".{number}" if len(cuts) > 2 else ""), "type": kinds[_mix_name(flow)],
                 "begin": first, "end": last, "departLane": "best",
                 "period": f"exp({rate:.6g})" if flow.departures == "poisson" else f"{1 / rate:.6g}"}
        ends = {} if flow.route else _ends(flow, links)
        yield first, element("flow", {**given, **ends}, [_route(flow.route, links)] if flow.route else [])


def _ends(one: Trip | Flow, links: Names) -> dict[str, Any]:
    return {"from": links[one.origin], "to": links[one.destination],
            "via": " ".join(links[link] for link in one.via) or None}


def _route(route: Iterable[str], links: Names) -> str:
    return element("route", {"edges": " ".join(links[link] for link in route)})


def _stop(stop: Stop, links: Names) -> str:
    lane = f"{links[stop.link]}_{stop.lane or 0}"
    return element("stop", {"lane": lane, "endPos": stop.position_m, "duration": stop.dwell_s})
