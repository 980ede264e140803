"""Vehicle classes: dimensions, limits and car-following parameters."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trafficsim.spec.model import Model

Kind = Literal["car", "van", "truck", "bus", "motorcycle"]
KINDS: tuple[Kind, ...] = ("car", "van", "truck", "bus", "motorcycle")
HEAVY: tuple[Kind, ...] = ("truck", "bus")
"""Kinds that count as heavy vehicles in passenger-car units."""


class VehicleClass(Model):
    """A class of vehicles that share dimensions and car-following parameters.

    Lengths and the minimum gap follow the passenger-car equivalents used by the Highway Capacity Manual; acceleration,
    headway and deceleration are those of the engine's default rule (see the theory page), for trucks a modelling
    assumption. The other rules use lengths and speeds only.

    Parameters
    ----------
    name
        Name that trips refer to.
    kind
        Car, van, truck, bus or motorcycle: determines which lanes may be used.
    length_m
        Length of the vehicle.
    min_gap_m
        Standing gap to the leader; ``length_m + min_gap_m`` is the spacing in a queue.
    max_speed_kmh
        Technical or legal maximum of the class, whatever the road allows.
    acceleration_ms2, acceleration_fade_per_s
        Acceleration from standstill and its decrease per m/s of speed.
    headway_s
        Time gap (front bumper to the leader's rear bumper, less the minimum gap) kept when following steadily.
    deceleration_ms2
        Deceleration that a driver assumes, for itself and its leader, when it keeps a safe distance.
    dawdling_ms
        By how much an unimpeded driver is slower, on average, than the desired speed; this counts as delay.
        0: dawdling is compensated. In SUMO's Krauss model it is half of ``sigma * accel`` (the importer sets it).
    speed_factor_mean, speed_factor_sd
        When given, the desired speed on a link is this factor (normal, truncated) times its limit, instead of the
        scenario's speed choice by road class.
    ignores_permissions
        May use reserved lanes (the importer's ``ignoring`` class).

    Examples
    --------
    >>> VehicleClass(name="car", kind="car").length_m
    4.5
    """

    name: str
    kind: Kind = "car"
    length_m: float = Field(default=4.5, gt=0, le=60)
    min_gap_m: float = Field(default=2.5, ge=0, le=10)
    max_speed_kmh: float = Field(default=200.0, ge=1.8, le=400)
    acceleration_ms2: float = Field(default=1.6, gt=0, le=6)
    acceleration_fade_per_s: float = Field(default=0.010, ge=0, le=1)
    headway_s: float = Field(default=1.35, ge=0.6, le=4.0)
    deceleration_ms2: float = Field(default=4.0, ge=1.0, le=6.0)
    dawdling_ms: float = Field(default=0.0, ge=0, le=10)
    speed_factor_mean: float | None = Field(default=None, gt=0, le=3)
    speed_factor_sd: float | None = Field(default=None, ge=0, le=1)
    ignores_permissions: bool = False


# Lengths: design vehicles of European practice, rounded (modelling assumption). Truck and bus acceleration: modelling
# assumption in the range of loaded vehicles (0.5-1.0 m/s2 from standstill). Speed limiter of trucks: EU directive
# 92/6/EEC (90 km/h), of buses 100 km/h. Motorcycle: length as of SUMO's class of that name; acceleration between that
# of a car and what the machine could do (modelling assumption).
DEFAULT_CLASSES: tuple[VehicleClass, ...] = (
    VehicleClass(name="car", kind="car"),
    VehicleClass(name="van", kind="van", length_m=6.0, max_speed_kmh=160.0, acceleration_ms2=1.4),
    VehicleClass(
        name="truck", kind="truck", length_m=12.0, max_speed_kmh=90.0, acceleration_ms2=0.8, headway_s=1.6
    ),
    VehicleClass(name="bus", kind="bus", length_m=12.0, max_speed_kmh=100.0, acceleration_ms2=1.0, headway_s=1.5),
    VehicleClass(name="motorcycle", kind="motorcycle", length_m=2.2, acceleration_ms2=2.5),
)
