"""What all policies of enforcement have in common: places, when they are there, and what follows an offence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import KMH_PER_MS
from trafficsim.plan.measurement_sections import SPOT_WINDOW_M, spot_window
from trafficsim.policies.halo import downstream, upstream
from trafficsim.policies.kernels import Kernel
from trafficsim.spec.behaviour import Response, SpeedCheck, Zone
from trafficsim.spec.calendar import Schedule
from trafficsim.spec.enforcement import Offence, Sanction, require_detection
from trafficsim.spec.model import Model
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

NONE_UNLESS_GIVEN = "given by the user; 0: none"
OFTEN = "modelling assumption: as often as the user says; 1 is always"
COMMON_NUMBERS: Mapping[str, str] = {
    "detection": OFTEN, "sanctioned": OFTEN, "present": OFTEN, "fine_eur": NONE_UNLESS_GIVEN,
    "points": NONE_UNLESS_GIVEN, "publicity": "given by the user; 0: nobody hears of it",
}
"""Origin of the numbers that all policies of enforcement have."""


class Place(Model):
    """Where enforcement stands: link and position in m from its start.

    Parameters
    ----------
    link
        Link.
    position_m
        Distance from its start.

    Examples
    --------
    >>> Place(link="east2", position_m=150.0).link
    'east2'
    """

    link: str
    position_m: float = Field(ge=0)


class EnforcementPolicy(Policy):
    """Base of all policies of enforcement; it has no kind of its own.

    Parameters
    ----------
    schedule
        Days, weeks, weekdays and hours in force.
    present
        Probability that it really is in force on such a day.
    detection, sanctioned
        Probability that an offence there is detected, and that a detected one is sanctioned.
    fine_eur, points
        Fine and demerit points.
    publicity
        Probability per person and day of hearing of it.
    """

    phase: ClassVar[PolicyPhase] = "behaviour"
    offence: ClassVar[Offence] = "speeding"

    schedule: Schedule = Schedule()
    present: float = Field(default=1.0, ge=0, le=1)
    detection: float = Field(default=1.0, ge=0, le=1)
    sanctioned: float = Field(default=1.0, ge=0, le=1)
    fine_eur: float = Field(default=0.0, ge=0, le=1.0e6)
    points: int = Field(default=0, ge=0, le=100)
    publicity: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _fines_need_detection(self) -> Self:
        require_detection(self.detection, self.sanctioned, self.fine_eur, self.points)
        return self

    def sanction(self, **more: float) -> Sanction:
        """What follows an offence, with further values of :class:`~trafficsim.spec.enforcement.Sanction`."""
        values = {"detection": self.detection, "sanctioned": self.sanctioned, "fine_eur": self.fine_eur, **more}
        return Sanction.model_validate({"offence": self.offence, "points": self.points, **values})


class SpeedEnforcement(EnforcementPolicy):
    """Base of policies that enforce limits at places; it has no kind of its own.

    Parameters
    ----------
    noticed
        Share of passing drivers who notice it.
    margin_mean, margin_sd
        Margin over the limit that drivers allow themselves there (share of the limit).
    unaffected
        Share of drivers who do not care.
    tolerance_kmh
        Vehicles faster than the limit by more than this are cited.
    """

    noticed: float | None = Field(default=None, ge=0, le=1)
    margin_mean: float = Field(default=0.0, ge=-0.5, le=0.5)
    margin_sd: float = Field(default=0.0, ge=0, le=0.5)
    unaffected: float = Field(default=0.0, ge=0, le=1)
    tolerance_kmh: float = Field(default=6.0, ge=0, le=50)

    @property
    def response(self) -> Response:
        """How drivers respond who notice it."""
        return Response(trait=self.kind, margin_mean=self.margin_mean, margin_sd=self.margin_sd,
                        unaffected=self.unaffected)


def camera_check(builder: Builder, name: str, place: Place, tolerance_kmh: float) -> SpeedCheck:
    """Return the check of spot speeds at a place, over the limit that policies on limits leave."""
    limit_kmh = float(builder.value("link.speed_limit_ms", (place.link,))[0]) * KMH_PER_MS
    return spot_check(builder, name, place).model_copy(
        update={"role": "camera", "citation_kmh": limit_kmh + tolerance_kmh})


def spot_check(builder: Builder, name: str, place: Place) -> SpeedCheck:
    """Return a checkpoint over the 50 m around a place."""
    begin_m, end_m = spot_window(place.position_m, length_of(builder, place.link, name))
    return SpeedCheck(name=name, role="checkpoint", begin=(place.link, begin_m), end=(place.link, end_m),
                      length_m=end_m - begin_m)


Reach = tuple[float, Kernel]
"""How far something is felt (m), and how strongly with the distance."""


def felt(builder: Builder, place: Place, before: Reach, beyond: Reach) -> tuple[Zone, ...]:
    """Return the zones around a place."""
    spot = (place.link, place.position_m)
    return (*upstream(builder.network, spot, max(before[0], SPOT_WINDOW_M), before[1]),
            *downstream(builder.network, spot, max(beyond[0], SPOT_WINDOW_M), beyond[1]))


def one_limit_kmh(builder: Builder, links: Sequence[str], where: str) -> float:
    """Return the limit of links that all have the same.

    Raises
    ------
    PolicyError
        If they do not.
    """
    limits = sorted({round(float(limit) * KMH_PER_MS, 6)
                     for limit in builder.value("link.speed_limit_ms", tuple(links))})
    if len(limits) > 1:
        raise PolicyError(where, f"limits of {' and '.join(f'{x:g}' for x in limits)} km/h",
                          "one limit along a section", "control the parts as sections of their own")
    return limits[0]


def require_places(builder: Builder, kind: str, places: Sequence[Place]) -> None:
    """Refuse places on unknown links or beyond their links.

    Raises
    ------
    PolicyError
        Naming the place and the remedy.
    """
    for place in places:
        name = f"policy {kind}: {place.link} {place.position_m:g} m"
        length_m = length_of(builder, place.link, name)
        if place.position_m > length_m:
            raise PolicyError(name, f"position {place.position_m:g} m",
                              f"a position on link {place.link!r}, from 0 to {length_m:g} m", "correct position_m")


def length_of(builder: Builder, link: str, name: str) -> float:
    """Length of a link in m.

    Raises
    ------
    PolicyError
        If there is no such link.
    """
    links = builder.network.links
    if link not in links:
        raise PolicyError(name, f"no link {link!r}", "a link of the network", "correct the link")
    return float(links[link]["length_m"])
