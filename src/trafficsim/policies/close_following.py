"""Enforcement against close following."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.policies.enforcing import COMMON_NUMBERS, EnforcementPolicy, Place, require_places, spot_check
from trafficsim.spec.behaviour import GapResponse
from trafficsim.spec.enforcement import Deployment, Offence
from trafficsim.spec.policy import Builder


class CloseFollowing(EnforcementPolicy):
    """Measure time gaps between vehicles at places and sanction short ones.

    Mechanism: drivers affected, on trips that pass a place, keep a time gap (rear to front) of no less than
    ``kept_gap_s``. Offences are measured at the place: time gaps below ``legal_gap_s``. Speeds are not changed.

    Source: no study of the effect was found. The share that responds is carried over from a roadside sign that asked
    for gaps (Michael et al. 2000, Transportation Research F 3:55-64: headways below 1 s from 7.3 to 3.0 %); it is an
    extrapolation from a sign to enforcement. The legal gap is that of the German catalogue of fines (less than half
    of half the speed in metres, above 80 km/h: 0.9 s), from knowledge, to be checked. Grade D. Origin: input.

    Halo after it has gone: nothing is known. Over days it follows from what people learn, in a study over days with a
    population.

    Limits: no kernel in space is known and the engine keeps one headway per driver and trip: the longer gap holds along
    the whole of a trip that passes a place during its hours, not near it alone. With drivers who are alike within a
    class (no ``headway_spread`` of the engine) nobody follows closer than the class does, and nothing changes. Gaps of
    the engine below a second are no evidence for crashes; no crash effect is claimed.

    Parameters
    ----------
    at
        Places.
    schedule
        Days, weeks, weekdays and hours in force.
    legal_gap_s
        A shorter time gap is an offence.
    kept_gap_s
        Time gap that drivers keep at least who are affected.
    noticed
        Share of passing drivers who notice it.
    unaffected
        Share of drivers who do not care.
    present, detection, sanctioned
        Probability that it is there on such a day, that an offence is detected, and that a detected one is sanctioned.
    fine_eur, points
        Fine and demerit points.
    publicity
        Probability per person and day of hearing of it.
    officers
        Officers at each place.

    Examples
    --------
    >>> CloseFollowing(at=(Place(link="east2", position_m=200.0),)).kept_gap_s
    1.0
    """

    kind: ClassVar[str] = "close_following"
    offence: ClassVar[Offence] = "close_following"
    mechanism: ClassVar[str] = (
        "Drivers affected keep no time gap below one second on trips that pass the place; shorter gaps than the legal "
        "one are sanctioned there."
    )
    source: ClassVar[str] = (
        "none for enforcement; share that responds from a roadside sign, Michael et al. 2000, Transportation "
        "Research F 3:55-64"
    )
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = (
        "No effect of enforcement is published. The gap holds on the whole trip. It needs drivers with headways of "
        "their own (headway_spread). No crash effect is claimed."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        **COMMON_NUMBERS,
        "legal_gap_s": "input: 0.9 s, German catalogue of fines (from knowledge, to be checked)",
        "kept_gap_s": "modelling assumption: a second, a little above the legal gap",
        "noticed": "modelling assumption: signed",
        "unaffected": "extrapolated from a sign: headways below 1 s 7.3 to 3.0 % (Michael et al. 2000)",
        "officers": "modelling assumption: one to operate it",
    }

    at: tuple[Place, ...] = Field(min_length=1)
    legal_gap_s: float = Field(default=0.9, gt=0, le=5)
    kept_gap_s: float = Field(default=1.0, gt=0, le=5)
    noticed: float = Field(default=1.0, ge=0, le=1)
    unaffected: float = Field(default=0.41, ge=0, le=1)
    officers: float = Field(default=1.0, ge=0, le=100)

    @model_validator(mode="after")
    def _keeps_the_law(self) -> Self:
        if self.kept_gap_s < self.legal_gap_s:
            raise ValueError(f"kept_gap_s is {self.kept_gap_s:g} and legal_gap_s {self.legal_gap_s:g}: who responds "
                             "would still offend; make kept_gap_s as long or longer")
        return self

    def lower(self, builder: Builder) -> None:
        """Measure gaps at every place."""
        require_places(builder, self.kind, self.at)
        gaps = GapResponse(trait=self.kind, kept_gap_s=self.kept_gap_s, unaffected=self.unaffected)
        for place in self.at:
            name = f"gap check {place.link} {place.position_m:g} m"
            builder.deploy(Deployment(
                name=name, kind="close_following", along=(place.link,), gaps=gaps,
                checks=(spot_check(builder, name, place),), schedule=self.schedule, noticed=self.noticed,
                publicity=self.publicity, present=self.present, sanction=self.sanction(legal_gap_s=self.legal_gap_s),
                devices=1, officer_hours_per_day=self.officers * self.schedule.hours_on_day))
