"""Enforcement: what a deployment is, where and when it works, and what happens to who is caught."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trafficsim.spec.behaviour import Response, SpeedCheck, Zone
from trafficsim.spec.calendar import Schedule
from trafficsim.spec.model import Model

EnforcementKind = Literal["speed_camera", "section_control", "mobile_camera", "patrol", "red_light_camera",
                          "close_following", "feedback_sign", "breath_test", "licence_check"]
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
    fine_eur, points
        Fine and demerit points.
    """

    offence: Offence = "speeding"
    detection: float = Field(default=1.0, ge=0, le=1)
    sanctioned: float = Field(default=1.0, ge=0, le=1)
    tolerance_kmh: float = Field(default=6.0, ge=0, le=50)
    fine_eur: float = Field(default=0.0, ge=0)
    points: int = Field(default=0, ge=0)


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
    checks
        Where speeds are measured and cited.
    schedule
        When it is there.
    noticed
        Share of passing drivers who notice that it is there: 1 overt, near 0 covert.
    publicity
        Probability per person and day of hearing of it while it is in force.
    sanction
        What happens to who is caught; ``None``: nobody is (a sign that only shows speeds).
    present
        Share of its hours in which it really works or stands at this place (uptime, random schedules).
    officer_hours_per_day, devices
        What it needs on a day in force.
    """

    name: str
    kind: EnforcementKind
    along: tuple[str, ...] = ()
    link: str | None = None
    response: Response | None = None
    zones: tuple[Zone, ...] = ()
    checks: tuple[SpeedCheck, ...] = ()
    schedule: Schedule = Schedule()
    noticed: float = Field(default=1.0, ge=0, le=1)
    publicity: float = Field(default=0.0, ge=0, le=1)
    sanction: Sanction | None = None
    present: float = Field(default=1.0, ge=0, le=1)
    officer_hours_per_day: float = Field(default=0.0, ge=0)
    devices: int = Field(default=0, ge=0)
