"""SUMO's vehicle classes: the kind of ours that each belongs to, its lanes, and its default dimensions."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.io.sumo.xml import Element
from trafficsim.spec.vehicles import KINDS, Kind

KIND_OF_VCLASS: dict[str, Kind] = {
    "passenger": "car", "private": "car", "taxi": "car", "hov": "car", "evehicle": "car", "custom1": "car",
    "custom2": "car", "ignoring": "car", "emergency": "car", "authority": "car", "army": "car", "vip": "car",
    "motorcycle": "motorcycle", "moped": "motorcycle", "delivery": "van", "truck": "truck", "trailer": "truck",
    "bus": "bus", "coach": "bus",
}
# A lane is open to a kind if one of these classes may use it. Taxi, hov, evehicle or custom alone do not open a lane
# to all cars: it is a reserved lane, as most bus-and-taxi lanes are.
_OPENED_BY: dict[Kind, frozenset[str]] = {
    "car": frozenset({"passenger", "private"}), "van": frozenset({"delivery"}),
    "truck": frozenset({"truck", "trailer"}), "bus": frozenset({"bus", "coach"}),
    "motorcycle": frozenset({"motorcycle", "moped"}),
}
_RESERVED = frozenset({"taxi", "hov", "evehicle", "custom1", "custom2"})


def kinds_allowed(element: Element) -> tuple[Kind, ...]:
    """Return the kinds that may use a lane or connection, from its ``allow`` or ``disallow`` attribute.

    Examples
    --------
    >>> kinds_allowed(Element("lane", {"allow": "bus bicycle"}, 1, "demo.net.xml"))
    ('bus',)
    >>> kinds_allowed(Element("lane", {"disallow": "tram"}, 1, "demo.net.xml"))
    ('car', 'van', 'truck', 'bus', 'motorcycle')
    """
    allow, disallow = element.get("allow").split(), set(element.get("disallow").split())
    if allow and "all" not in allow:
        return tuple(kind for kind in KINDS if not _OPENED_BY[kind].isdisjoint(allow))
    return tuple(kind for kind in KINDS if "all" not in disallow and not _OPENED_BY[kind] <= disallow)


def is_reserved_for_some_cars(element: Element) -> bool:
    """Tell whether only a special sort of car (taxi, hov ...) may use the lane."""
    return "car" not in kinds_allowed(element) and not _RESERVED.isdisjoint(element.get("allow").split())


class ClassDefaults(NamedTuple):
    """Default dimensions of a SUMO vehicle class."""

    length_m: float = 5.0
    min_gap_m: float = 2.5
    max_speed_kmh: float = 200.0
    speed_factor_sd: float = 0.1
    accel_ms2: float = 2.6
    decel_ms2: float = 4.5
    tau_s: float = 1.0
    sigma: float = 0.5


# Read out of SUMO 1.28.0 itself (vehicletype.getLength, getMinGap, getMaxSpeed, getSpeedDeviation, getAccel, getDecel,
# getTau, getImperfection of empty types); the mean speed factor is 1 for all.
DEFAULTS: dict[str, ClassDefaults] = {
    "taxi": ClassDefaults(speed_factor_sd=0.05),
    "emergency": ClassDefaults(length_m=6.5, speed_factor_sd=0.0),
    "authority": ClassDefaults(speed_factor_sd=0.0),
    "army": ClassDefaults(speed_factor_sd=0.0),
    "ignoring": ClassDefaults(speed_factor_sd=0.0),
    "delivery": ClassDefaults(length_m=6.5, speed_factor_sd=0.05),
    "truck": ClassDefaults(7.1, max_speed_kmh=130.0, speed_factor_sd=0.05, accel_ms2=1.3, decel_ms2=4.0),
    "trailer": ClassDefaults(16.5, max_speed_kmh=130.0, speed_factor_sd=0.05, accel_ms2=1.1, decel_ms2=4.0),
    "bus": ClassDefaults(12.0, max_speed_kmh=100.0, speed_factor_sd=0.0, accel_ms2=1.2, decel_ms2=4.0),
    "coach": ClassDefaults(14.0, max_speed_kmh=100.0, speed_factor_sd=0.05, accel_ms2=2.0, decel_ms2=4.0),
    "motorcycle": ClassDefaults(length_m=2.2, accel_ms2=6.0, decel_ms2=10.0),
    "moped": ClassDefaults(length_m=2.1, max_speed_kmh=60.0, accel_ms2=1.1, decel_ms2=7.0),
}
