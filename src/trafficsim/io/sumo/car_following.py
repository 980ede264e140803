"""From the driver parameters of a SUMO ``vType`` to those of our car-following rule.

Both rules keep a safe distance (Krauss 1998), but the same numbers mean different traffic. SUMO's drivers dawdle by up
to ``sigma * accel`` in every step; ours by 0.5 m/s in one second of five, which is given back, and one in five starts a
second late. At low speed ours follow at 0.95 s whatever their headway. So a law with reasons comes first, then a
correction that is a smooth function of the type's parameters. Its coefficients were fitted to 48 types drawn at random
and measured in SUMO 1.28.0 (steps of 1 s) on one approach at 50 km/h, one of them (0.13) also to SUMO's default types
and those of one scenario; ``benchmarks/sumo_drivers.py`` measures both sides anew.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from trafficsim.base.errors import InputError
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.permissions import ClassDefaults
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.model import bounds
from trafficsim.spec.vehicles import VehicleClass

RANGES: dict[str, tuple[float, float, str]] = {
    "accel": (0.1, 20.0, " m/s2"), "decel": (0.1, 20.0, " m/s2"), "tau": (0.1, 10.0, " s"), "sigma": (0.0, 1.0, ""),
    "minGap": (0.0, 10.0, " m"),
}
"""What a driver can be, far beyond what drivers are; sigma is a share of 1 by its definition in SUMO."""
LEAST_HEADWAY_S, MOST_HEADWAY_S = bounds(VehicleClass, "headway_s")
LEAST_ACCELERATION_MS2, MOST_ACCELERATION_MS2 = RANGES["accel"][0], bounds(VehicleClass, "acceleration_ms2")[1]
LEAST_BRAKING_MS2, MOST_BRAKING_MS2 = bounds(VehicleClass, "deceleration_ms2")
"""What our car-following rule takes (:class:`~trafficsim.spec.vehicles.VehicleClass`)."""


class Krauss(NamedTuple):
    """Parameters of SUMO's Krauss model (``accel``, ``decel``, ``tau``, ``sigma``)."""

    accel_ms2: float
    decel_ms2: float
    tau_s: float
    sigma: float

    @property
    def dawdling_ms(self) -> float:
        """Mean speed lost on a free road: a step of 1 s takes off up to ``sigma * accel``, half of it on average."""
        return self.sigma * self.accel_ms2 / 2.0


class Space(NamedTuple):
    """Length and standing gap (m) of a type."""

    length_m: float
    min_gap_m: float


class CarFollowingRule(NamedTuple):
    """Parameters of the default car-following rule."""

    acceleration_ms2: float
    headway_s: float
    deceleration_ms2: float
    dawdling_ms: float


def krauss(element: Element, default: ClassDefaults) -> Krauss:
    """Read the parameters of a type; what it does not give is SUMO's default of its class.

    Raises
    ------
    InputError
        If one of them is outside what a driver can be.

    Examples
    --------
    >>> from trafficsim.io.sumo.permissions import DEFAULTS
    >>> krauss(Element("vType", {"id": "lorry", "tau": "1.4"}, 1, "demo.rou.xml"), DEFAULTS["truck"])
    Krauss(accel_ms2=1.3, decel_ms2=4.0, tau_s=1.4, sigma=0.5)
    """
    number_within(element, "minGap", default.min_gap_m)
    return Krauss(
        number_within(element, "accel", default.accel_ms2), number_within(element, "decel", default.decel_ms2),
        number_within(element, "tau", default.tau_s), number_within(element, "sigma", default.sigma),
    )


def number_within(element: Element, name: str, default: float) -> float:
    """Return an attribute as a number within its range.

    Raises
    ------
    InputError
        If it is not; names file, type, attribute and range.
    """
    value = element.number(name, default)
    least, most, unit = RANGES[name]
    if not least <= value <= most:
        raise InputError(f"{element.where}: {name}", f"{value:g}{unit}", f"{least:g} to {most:g}{unit}",
                         f"correct {name} of this type, or remove it for SUMO's default, {default:g}{unit}")
    return value


def rule_of(driver: Krauss, space: Space) -> CarFollowingRule:
    """Map the parameters of a driver, so that queues at a signal leave and free vehicles drive as in SUMO.

    Examples
    --------
    >>> rule = rule_of(Krauss(accel_ms2=2.6, decel_ms2=4.5, tau_s=1.0, sigma=0.5), Space(5.0, 2.5))
    >>> [round(value, 2) for value in rule]
    [2.39, 1.14, 4.5, 0.65]
    """
    return CarFollowingRule(_acceleration_ms2(driver), _headway_s(driver, space), driver.decel_ms2, driver.dawdling_ms)


def _acceleration_ms2(driver: Krauss) -> float:
    """Acceleration from standstill; it decides the start-up lost time.

    Dawdling takes off half of ``sigma`` on average. The rest is the correction: ours start late and must make up for
    it, the more the faster they are; and a headway that is short at low speed starts a queue sooner than ``tau`` does.
    """
    noise = driver.sigma**2 * driver.accel_ms2
    correction = 0.13 + 0.10 * driver.accel_ms2 - 0.36 * (driver.tau_s - 1.0) - 0.285 * noise
    return driver.accel_ms2 * (1.0 - driver.sigma / 2.0) * math.exp(correction)


def _headway_s(driver: Krauss, space: Space) -> float:
    """Headway at speed; it decides the saturation flow.

    Both rules keep ``tau`` times the speed behind a leader of the same speed. The correction: ours is shorter at low
    speed, hence longer at speed; the noise of SUMO's drivers opens gaps, relatively more between short vehicles.
    """
    spacing_m = max(space.length_m + space.min_gap_m, 1.0)
    noise = driver.sigma**2 * (0.32 * driver.accel_ms2 + 5.35 / spacing_m)
    return driver.tau_s + 0.39 * (driver.tau_s - 1.0) - 0.054 * min(driver.decel_ms2, MOST_BRAKING_MS2) + noise


def within_range(rule: CarFollowingRule, element: Element, ledger: Ledger) -> CarFollowingRule:
    """Bring a rule into what the engine takes, and say where that changes it."""
    within = CarFollowingRule(
        min(max(rule.acceleration_ms2, LEAST_ACCELERATION_MS2), MOST_ACCELERATION_MS2),
        min(max(rule.headway_s, LEAST_HEADWAY_S), MOST_HEADWAY_S),
        min(max(rule.deceleration_ms2, LEAST_BRAKING_MS2), MOST_BRAKING_MS2), rule.dawdling_ms,
    )
    for name, wanted, taken in zip(CarFollowingRule._fields, rule, within, strict=True):
        if wanted != taken:
            ledger.note("repaired", f"{name} of a vehicle type that the engine cannot hold, "
                        f"{'at least' if taken > wanted else 'at most'} {taken:g} taken", element.where)
    return within
