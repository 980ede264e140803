"""Parameters that counts and speeds can tell about, what is believed of them before, and what they change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from trafficsim.base.errors import InputError, quoted
from trafficsim.spec.drivers import Drivers, SpeedChoice
from trafficsim.spec.schema import ROAD_CLASSES
from trafficsim.spec.vehicles import VehicleClass

REFERENCE_SPEED_MS = 50.0 / 3.6
"""Speed at which a queue discharges in town: where the saturation flow is judged."""
SATURATION_FLOW = "saturation_flow"
FREE_SPEED, SPEED_SPREAD = "free_speed", "speed_spread"


@dataclass(frozen=True)
class Belief:
    """A parameter as a factor on what the scenario says: believed to be 1, give or take ``sd``."""

    sd: float
    low: float
    high: float
    meaning: str
    source: str


BELIEFS: dict[str, Belief] = {
    FREE_SPEED: Belief(
        0.10, 0.6, 1.5, "mean of the free speeds on roads of a class",
        "means of places of one class differ from those of the class by a tenth (modelling assumption)"),
    SPEED_SPREAD: Belief(
        0.15, 0.4, 2.5, "standard deviation of the free speeds on roads of a class",
        "coefficients of variation of 0.11 to 0.15 in national surveys (Taylor et al. 2000, TRL 421), two standard "
        "deviations to either side (modelling assumption)"),
    SATURATION_FLOW: Belief(
        0.08, 0.6, 1.4,
        "saturation flow of a lane, and capacity with it: drivers of all classes keep shorter or longer headways",
        "1,780 to 1,950 veh/h in the field beside the 1,880 of the default drivers, and base values of "
        "1,750 to 1,900 by size of town (HCM 2016, ch. 19)"),
}


@dataclass(frozen=True)
class Knob:
    """A parameter to fit: what it is, on which road class (empty: all)."""

    kind: str
    road_class: str = ""

    @property
    def name(self) -> str:
        """Its name, as in ``--parameters``."""
        return f"{self.kind}.{self.road_class}" if self.road_class else self.kind

    @property
    def belief(self) -> Belief:
        """What is believed of it before anything is observed."""
        return BELIEFS[self.kind]


def knob_named(name: str) -> Knob:
    """Read the name of a parameter.

    Raises
    ------
    InputError
        Naming all that there are.

    Examples
    --------
    >>> knob_named("free_speed.urban").road_class, knob_named("saturation_flow").road_class
    ('urban', '')
    """
    known = all_knobs()
    if name not in known:
        raise InputError("parameters", quoted(name), f"one of {', '.join(known)}", "correct the name")
    return known[name]


def all_knobs() -> dict[str, Knob]:
    """Return all parameters by name.

    Examples
    --------
    >>> list(all_knobs())[0], len(all_knobs())
    ('free_speed.urban', 7)
    """
    by_class = [Knob(kind, road) for kind in (FREE_SPEED, SPEED_SPREAD) for road in ROAD_CLASSES]
    return {one.name: one for one in (*by_class, Knob(SATURATION_FLOW))}


def drivers_with(drivers: Drivers, factors: Mapping[str, float]) -> Drivers:
    """Return drivers whose free speeds are those times the factors of ``free_speed`` and ``speed_spread``.

    Raises
    ------
    InputError
        If a spread would be more than half of its mean.

    Examples
    --------
    >>> faster = drivers_with(Drivers(), {"free_speed.urban": 1.1}).urban
    >>> round(faster.share_over_limit, 3), round(faster.cv, 4)
    (0.748, 0.1364)
    """
    changed = {road: speeds_with(getattr(drivers, road), factors.get(f"{FREE_SPEED}.{road}", 1.0),
                                 factors.get(f"{SPEED_SPREAD}.{road}", 1.0), road) for road in ROAD_CLASSES}
    return drivers.model_copy(update=changed)


def speeds_with(choice: SpeedChoice, mean: float, spread: float, road: str) -> SpeedChoice:
    """Return the speed choice whose mean and standard deviation are so many times those of another."""
    if mean == 1.0 and spread == 1.0:
        return choice
    over = NormalDist().inv_cdf(1.0 - choice.share_over_limit)  # mean = limit / (1 + cv * over)
    cv = choice.cv * spread / mean
    if not 0.0 < cv <= 0.5:
        raise InputError(f"free speeds on {road} roads", f"a standard deviation of {cv:.2f} of the mean",
                         "at most 0.5", "fit without speed_spread")
    z = ((1.0 + choice.cv * over) / mean - 1.0) / cv
    share = min(max(1.0 - NormalDist().cdf(z), 1e-6), 1.0 - 1e-6)
    return SpeedChoice(share_over_limit=share, cv=cv)


def classes_with(classes: Sequence[VehicleClass], factor: float) -> tuple[VehicleClass, ...]:
    """Return classes that discharge so many times as much at 50 km/h: headways are shorter, vehicles as long as before.

    Raises
    ------
    InputError
        If a headway would be below 0.6 s or above 4 s.

    Examples
    --------
    >>> round(classes_with((VehicleClass(name="car"),), 1.05)[0].headway_s, 3)
    1.262
    """
    return tuple(_with_headway(one, factor) for one in classes)


def _with_headway(one: VehicleClass, factor: float) -> VehicleClass:
    if factor == 1.0:
        return one
    room_s = (one.length_m + one.min_gap_m) / REFERENCE_SPEED_MS
    headway_s = (one.headway_s + room_s) / factor - room_s
    if not 0.6 <= headway_s <= 4.0:
        raise InputError(f"vehicle class {one.name!r}", f"a headway of {headway_s:.2f} s at {factor:.2f} times its "
                         "saturation flow", "0.6 to 4 s", "check the counts, or fit without saturation_flow")
    return one.model_copy(update={"headway_s": headway_s})
