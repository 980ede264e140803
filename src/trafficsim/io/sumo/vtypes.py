"""Vehicle classes and mixes from SUMO's ``vType`` and ``vTypeDistribution`` elements."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from trafficsim.base.errors import DemandError, InputError
from trafficsim.base.units import ms_to_kmh
from trafficsim.io.ledger import Ledger
from trafficsim.io.sumo.car_following import Space, krauss, rule_of, within_range
from trafficsim.io.sumo.models import make
from trafficsim.io.sumo.permissions import DEFAULTS, KIND_OF_VCLASS, ClassDefaults
from trafficsim.io.sumo.xml import Element
from trafficsim.spec.model import bounds
from trafficsim.spec.network_source import DriversOf
from trafficsim.spec.vehicles import DEFAULT_CLASSES, Kind, VehicleClass

DEFAULT_TYPE = "DEFAULT_VEHTYPE"
FASTEST_KMH = bounds(VehicleClass, "max_speed_kmh")[1]
READ = {"id", "vClass", "length", "minGap", "maxSpeed", "speedFactor", "speedDev", "probability"}
MAPPED = {"accel", "decel", "tau", "sigma"}
FOLLOWING = {*MAPPED, "emergencyDecel", "apparentDecel", "carFollowModel"}
KRAUSS = ("Krauss", "krauss", "KraussOrig1", "KraussPS")
_DISTRIBUTION = re.compile(r"\s*norm(c?)\(([^)]*)\)\s*")


@dataclass
class VehicleTypes:
    """Classes and mixes by name, and types of vehicles that are not simulated (by name: their vClass)."""

    classes: dict[str, VehicleClass] = field(default_factory=dict)
    mixes: dict[str, dict[str, float]] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    drivers: DriversOf = "file"

    def members(self, name: str) -> tuple[VehicleClass, ...]:
        """Return the classes that a vehicle of this type can have."""
        return tuple(self.classes[each] for each in self.mixes.get(name, {name: 1.0}))

    def mean_length_m(self, name: str) -> float:
        """Mean length over the mix, by share."""
        shares = self.mixes.get(name, {name: 1.0})
        return sum(share * self.classes[each].length_m for each, share in shares.items()) / sum(shares.values())

    def known(self, name: str, of: Element) -> None:
        """Refuse a type that no file defines.

        Raises
        ------
        DemandError
            If there is no such type.
        """
        if name not in self.classes and name not in self.mixes and name not in self.foreign:
            raise DemandError(f"{of.where}: type", repr(name), "a vType or vTypeDistribution of the given files",
                              "give the additional file that defines it")


def read_types(elements: Iterable[Element], ledger: Ledger, drivers: DriversOf = "file") -> VehicleTypes:
    """Read all types, then the mixes, which may name types that stand elsewhere.

    With ``drivers="own"`` car following is that of our class of the same kind.

    Raises
    ------
    InputError
        If a value is not usable.
    """
    types = VehicleTypes(drivers=drivers)
    types.classes[DEFAULT_TYPE] = make_class(Element("vType", {"id": DEFAULT_TYPE}, 0, "SUMO"), Ledger("sumo"), drivers)
    distributions = []
    for element in elements:
        if element.tag == "vType":
            _read_type(types, element, ledger)
        elif element.tag == "vTypeDistribution":
            distributions.append(element)
            for child in element.all("vType"):
                _read_type(types, child, ledger)
    for element in distributions:
        _read_mix(types, element, ledger)
    return types


def _read_type(types: VehicleTypes, element: Element, ledger: Ledger) -> None:
    name, vclass = element.text("id"), element.get("vClass", "passenger")
    types.foreign.pop(name, None)
    types.classes.pop(name, None)
    if vclass not in KIND_OF_VCLASS:
        types.foreign[name] = vclass
        ledger.note("ignored", f"vehicle type of class {vclass}", element.where, level="warning")
        return
    types.classes[name] = make_class(element, ledger, types.drivers)
    ledger.note("read", "vehicle type", element.where)
    _note_ignored(element, ledger, types.drivers)


def _note_ignored(element: Element, ledger: Ledger, drivers: DriversOf) -> None:
    model = element.get("carFollowModel", "Krauss")
    for attribute in element.attributes:
        if drivers == "file" and (attribute in MAPPED or (attribute == "carFollowModel" and model in KRAUSS)):
            continue
        if attribute == "carFollowModel" and drivers == "file":
            ledger.note("repaired", f"car-following model {model}: its accel, decel, tau and sigma are read as "
                        "those of Krauss", element.where)
        elif attribute in FOLLOWING:
            ledger.note("ignored", f"attribute {attribute} of another car-following model", element.where)
        elif attribute not in READ:
            ledger.note("ignored", f"attribute {attribute} of a vehicle type", element.where)


def make_class(element: Element, ledger: Ledger, drivers: DriversOf = "file") -> VehicleClass:
    """Make the class of a ``vType``, with its drivers, or with those of its kind in this project.

    Examples
    --------
    >>> van = Element("vType", {"id": "van", "vClass": "delivery", "speedFactor": "1.1"}, 1, "demo")
    >>> made = make_class(van, Ledger("sumo"))
    >>> made.kind, made.length_m, made.speed_factor_mean, made.speed_factor_sd, made.dawdling_ms
    ('van', 6.5, 1.1, 0.05, 0.65)
    """
    vclass = element.get("vClass", "passenger")
    kind, default = KIND_OF_VCLASS[vclass], DEFAULTS.get(vclass, ClassDefaults())
    fastest = ms_to_kmh(element.number("maxSpeed", default.max_speed_kmh / 3.6))
    if fastest > FASTEST_KMH:
        ledger.note("repaired", f"maximum speed above {FASTEST_KMH:g} km/h, capped", element.where)
    mean, spread = _speed_factor(element, default.speed_factor_sd)
    return make(
        VehicleClass, element, name=element.get("id"), kind=kind, length_m=element.number("length", default.length_m),
        min_gap_m=element.number("minGap", default.min_gap_m), max_speed_kmh=min(fastest, FASTEST_KMH),
        speed_factor_mean=mean, speed_factor_sd=spread, ignores_permissions=vclass == "ignoring",
        **_following(element, (kind, drivers), default, ledger),
    )


def _following(element: Element, of: tuple[Kind, DriversOf], default: ClassDefaults,
               ledger: Ledger) -> dict[str, float]:
    """Car-following parameters; the file's are judged even where ours are taken."""
    kind, drivers = of
    driver = krauss(element, default)
    if drivers == "file":
        space = Space(element.number("length", default.length_m), element.number("minGap", default.min_gap_m))
        return {**within_range(rule_of(driver, space), element, ledger)._asdict(), "acceleration_fade_per_s": 0.0}
    ours = next(each for each in DEFAULT_CLASSES if each.kind == kind)
    return {"acceleration_ms2": ours.acceleration_ms2, "acceleration_fade_per_s": ours.acceleration_fade_per_s,
            "headway_s": ours.headway_s, "deceleration_ms2": ours.deceleration_ms2}


def _speed_factor(element: Element, spread: float) -> tuple[float, float]:
    """Mean and standard deviation; ``speedDev`` wins over the one in ``normc(...)``, as in SUMO."""
    text, mean = element.get("speedFactor", "1"), 1.0
    match = _DISTRIBUTION.fullmatch(text)
    try:
        if match:
            mean, spread = (float(part) for part in match[2].split(",")[:2])
        else:
            mean = float(text)
    except ValueError:
        raise InputError(f"{element.where}: speedFactor", repr(text), "a number, norm(mean, sd) or "
                         "normc(mean, sd, least, most)", "correct speedFactor") from None
    return mean, element.number("speedDev", spread)


def _read_mix(types: VehicleTypes, element: Element, ledger: Ledger) -> None:
    name = element.text("id")
    shares = {child.get("id"): child.number("probability", 1.0) for child in element.all("vType")}
    named = element.get("vTypes").split()
    weights = element.get("probabilities").split()
    for index, each in enumerate(named):
        types.known(each, element)
        weight = Element("vTypeDistribution", {"probabilities": weights[index]}, element.line, element.file) \
            if index < len(weights) else element
        shares[each] = weight.number("probabilities", 1.0)
    present = {each: share for each, share in shares.items() if each in types.classes}
    if not present or min(present.values()) < 0 or sum(present.values()) <= 0:
        if any(each in types.foreign for each in shares):
            types.foreign[name] = types.foreign[next(each for each in shares if each in types.foreign)]
            return
        raise DemandError(element.where, f"probabilities {shares}", "types with probabilities >= 0, not all 0",
                          "correct the distribution")
    if len(present) < len(shares):
        ledger.note("ignored", "member of a distribution whose class is not simulated", element.where, level="warning")
    types.mixes[name] = present
    ledger.note("read", "vehicle type distribution", element.where)
