"""Flows of CityFlow: single vehicles as trips, streams as flows of equally spaced departures, vehicles as classes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from trafficsim.base.errors import InputError
from trafficsim.io.cityflow.roads import Road, whole_kmh
from trafficsim.io.cityflow.values import MOST_NUMBER, Item
from trafficsim.io.ledger import Ledger
from trafficsim.spec.demand import MOST_VOLUME_VEH_H, Flow, Trip, Unserved
from trafficsim.spec.model import bounds
from trafficsim.spec.vehicles import VehicleClass

HOUR_S = 3600.0
OPEN_END = -1.0
"""Of ``endTime``: the flow goes on (engine.cpp of CityFlow)."""
READ = ("length", "minGap", "maxSpeed", "maxPosAcc", "maxNegAcc", "headwayTime")
UNREAD = ("width", "usualPosAcc", "usualNegAcc")


class Found(NamedTuple):
    """What flow files hold."""

    trips: list[Trip]
    flows: list[Flow]
    classes: dict[tuple[float, ...], VehicleClass]
    unserved: list[Unserved]


class Departures(NamedTuple):
    """When the vehicles of a flow depart: the first, one every interval, the last at the latest."""

    begin_s: float
    end_s: float | None
    interval_s: float

    @property
    def vehicles(self) -> float:
        """Number of vehicles; infinite where the flow has no end."""
        if self.end_s is None:
            return math.inf
        return 1.0 if self.end_s == self.begin_s else math.floor((self.end_s - self.begin_s) / self.interval_s) + 1


def read_flow(item: Item, name: str, roads: Mapping[str, Road], found: Found, ledger: Ledger) -> None:
    """Read one flow; one whose route names an unknown road is kept apart, with its reason.

    Raises
    ------
    InputError
        If a value is missing, has the wrong type or lies outside its range.
    """
    departures, route = _departures(item), item.texts("route")
    kind = _class_of(item.item("vehicle"), found, ledger)
    unknown = [road for road in route if road not in roads]
    if not route or unknown:
        reason = f"a route over an unknown road {unknown[0]!r}" if unknown else "an empty route"
        ledger.repair("trip-unserved", f"{item.where}: {reason}")
        vehicles = None if departures.end_s is None else departures.vehicles
        what = "trip" if departures.vehicles == 1 else "flow"
        found.unserved.append(Unserved(name, what, kind, departures.begin_s, reason, vehicles))  # type: ignore[arg-type]
    elif departures.vehicles == 1:
        found.trips.append(Trip(id=name, depart_s=departures.begin_s, route=route, vehicle_class=kind))
        ledger.note("read", "flow of one vehicle", item.where)
    else:
        found.flows.append(_flow(item, name, departures, route, kind))
        ledger.note("read", "flow", item.where)


def _flow(item: Item, name: str, departures: Departures, route: tuple[str, ...], kind: str) -> Flow:
    volume = HOUR_S / departures.interval_s
    if volume > MOST_VOLUME_VEH_H:
        raise item.wrong("interval", departures.interval_s, f"at least {HOUR_S / MOST_VOLUME_VEH_H:g} s")
    end_s = None if departures.end_s is None else departures.begin_s + departures.vehicles * departures.interval_s
    return Flow(id=name, volume_veh_h=volume, route=route, begin_s=departures.begin_s, end_s=end_s,
                departures="scheduled", vehicle_classes={kind: 1.0})


def _departures(item: Item) -> Departures:
    begin_s = item.number("startTime", 0.0) if item.has("startTime") else 0.0
    end_s = item.number("endTime", OPEN_END) if item.has("endTime") else OPEN_END
    if end_s != OPEN_END and end_s < begin_s:
        raise InputError(f"{item.where}: endTime", f"{end_s:g} s", f"{begin_s:g} s (startTime) or later, or -1 for "
                         "no end", "correct startTime or endTime")
    return Departures(begin_s, None if end_s == OPEN_END else end_s, item.above_zero("interval"))


def _class_of(vehicle: Item, found: Found, ledger: Ledger) -> str:
    """Name of the class with the parameters of a vehicle; made when they are met for the first time.

    CityFlow's driver keeps ``headwayTime`` times the speed to the leader's rear (vehicle.cpp, getCarFollowSpeed); ours
    keeps the standing gap beside the headway, which is therefore shorter by that gap at the highest speed.
    """
    values = tuple(vehicle.number(name, 0.0) for name in READ)
    if values in found.classes:
        return found.classes[values].name
    for name in UNREAD:
        if vehicle.has(name):
            ledger.note("ignored", f"{name} of a vehicle", vehicle.where)
    length_m, gap_m, speed_ms, faster_ms2, slower_ms2, headway_s = values
    for name in ("maxSpeed", "maxPosAcc", "maxNegAcc", "length"):
        vehicle.above_zero(name)
    wanted = {"length_m": length_m, "min_gap_m": gap_m, "max_speed_kmh": whole_kmh(speed_ms),
              "acceleration_ms2": faster_ms2, "deceleration_ms2": slower_ms2,
              "headway_s": headway_s - gap_m / speed_ms}
    number = len(found.classes)
    found.classes[values] = VehicleClass(
        name="cityflow" + (f"_{number}" if number else ""), speed_factor_mean=1.0, speed_factor_sd=0.0,
        acceleration_fade_per_s=0.0, **{name: _within(name, value, vehicle, ledger) for name, value in wanted.items()})
    ledger.note("read", "vehicle parameters", vehicle.where)
    ledger.note("inferred", "headway beside the standing gap, from headwayTime", vehicle.where)
    return found.classes[values].name


def _within(name: str, value: float, vehicle: Item, ledger: Ledger) -> float:
    least, most = bounds(VehicleClass, name)
    least = max(least, 0.1) if name in ("acceleration_ms2", "length_m") else least
    kept = min(max(value, least), min(most, MOST_NUMBER))
    if kept != value:
        ledger.repair("value-capped", f"{vehicle.where}: {name} {value:.4g}, now {kept:.4g}")
    return round(kept, 4)
