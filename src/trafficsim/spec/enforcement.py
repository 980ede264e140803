"""Enforcement: what a deployment is, where and when it works, and what happens to who is caught."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.behaviour import GapResponse, Response, SpeedCheck, Zone
from trafficsim.spec.calendar import Schedule
from trafficsim.spec.model import Model

EnforcementKind = Literal["speed_camera", "section_control", "mobile_camera", "patrol", "red_light_camera",
                          "close_following", "feedback_sign", "breath_test", "licence_check"]
STANDING = "enforcement"
"""Name under which ``Network.graph.graph`` lists enforcement that a reader found: tables of kind, link and place."""
Offence = Literal["speeding", "red_running", "close_following", "drink_driving", "unlicensed"]


class Sanction(Model):
    """What follows an offence where it is enforced.

    Parameters
    ----------
    offence
        What is punished.
    detection
        Probability that an offence at the place and in the hours of the deployment is detected.
    sanctioned
        Probability that a detected offence is sanctioned (the driver is identified, the fine is served).
    tolerance_kmh
        Speed over the limit that is let pass.
    legal_gap_s
        Close following: a time gap (rear to front) below this is an offence.
    offending_share
        Drink driving, driving without a licence: share of the drivers who pass who commit it, where the scenario has no
        population that says who does.
    red_tolerance_s
        Time after the onset of red in which crossings are let pass.
    fine_eur, points
        Fine and demerit points.
    """

    offence: Offence = "speeding"
    detection: float = Field(default=1.0, ge=0, le=1)
    sanctioned: float = Field(default=1.0, ge=0, le=1)
    tolerance_kmh: float = Field(default=6.0, ge=0, le=50)
    legal_gap_s: float = Field(default=0.9, gt=0, le=5)
    offending_share: float = Field(default=0.0, ge=0, le=1)
    red_tolerance_s: float = Field(default=0.0, ge=0, le=10)
    fine_eur: float = Field(default=0.0, ge=0)
    points: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _is_ever_imposed(self) -> Self:
        require_detection(self.detection, self.sanctioned, self.fine_eur, self.points)
        return self


def require_detection(detection: float, sanctioned: float, fine_eur: float, points: int) -> None:
    """Refuse a fine or points that nobody can ever get."""
    if (fine_eur or points) and not detection * sanctioned:
        never = "detection" if not detection else "sanctioned"
        raise ValueError(f"a fine of {fine_eur:g} EUR and {points} points, but {never} is 0: nobody is ever "
                         "sanctioned; give a probability above 0, or no fine and no points")


class Roster(Model):
    """Officers shared by several deployments: which of them stand on a day is drawn, within the hours of the officers.

    Parameters
    ----------
    name
        What is shared; deployments of one roster give the same numbers.
    officer_hours_per_day
        Most officer hours on a day.
    """

    name: str = Field(min_length=1)
    officer_hours_per_day: float = Field(ge=0)


class Deployment(Model):
    """One piece of enforcement in space and time.

    Parameters
    ----------
    name
        What tables call it.
    kind
        Kind of enforcement: people keep a perceived risk for each.
    along
        Links of the place: who has one of them in the route passes it. Empty: it works on the whole network.
    link
        Link whose limit is enforced; ``None`` where no limit is.
    response, zones
        How drivers respond while it is there, and where.
    gaps
        How drivers who pass it keep their time gaps, on the whole of these trips.
    checks
        Where speeds are measured and cited, gaps measured, or vehicles stopped.
    schedule
        When it is there.
    noticed
        Share of passing drivers who notice that it is there: 1 overt, near 0 covert.
    halo_h
        How long the response outlasts it on the day, in hours.
    half_life_days
        Days after which its response has fallen to one half where drivers get used to it; ``None``: it does not fade.
    publicity
        Probability per person and day of hearing of it while it is in force.
    sanction
        What happens to who is caught; ``None``: nobody is (a sign that only shows speeds).
    present
        Probability that it works on a day on which the schedule has it (uptime of a device, officers called away).
    roster
        Officers shared with other deployments, which do not suffice for all of them every day.
    officer_hours_per_day, devices
        What it needs on a day in force.
    """

    name: str
    kind: EnforcementKind
    along: tuple[str, ...] = ()
    link: str | None = None
    response: Response | None = None
    zones: tuple[Zone, ...] = ()
    gaps: GapResponse | None = None
    checks: tuple[SpeedCheck, ...] = ()
    schedule: Schedule = Schedule()
    noticed: float = Field(default=1.0, ge=0, le=1)
    halo_h: float = Field(default=0.0, ge=0, le=24)
    half_life_days: float | None = Field(default=None, gt=0)
    publicity: float = Field(default=0.0, ge=0, le=1)
    sanction: Sanction | None = None
    present: float = Field(default=1.0, ge=0, le=1)
    roster: Roster | None = None
    officer_hours_per_day: float = Field(default=0.0, ge=0)
    devices: int = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _responds_somewhere(self) -> Self:
        if self.response is not None and (self.link is None or not self.along):
            raise ValueError(f"deployment {self.name!r} has a response without "
                             f"{'link' if self.link is None else 'along'}: give the link whose limit it is about, and "
                             "the links of the place")
        return self
