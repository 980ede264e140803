"""Signs that show drivers their speed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.policies.enforcing import Place, felt, require_places
from trafficsim.policies.kernels import linear
from trafficsim.spec.behaviour import Response
from trafficsim.spec.calendar import Schedule
from trafficsim.spec.enforcement import Deployment
from trafficsim.spec.policy import Builder, Policy, PolicyPhase


class FeedbackSign(Policy):
    """Show drivers their speed at places; nobody is sanctioned.

    Mechanism: a share of the drivers who pass and are faster than ``limit * (1 + margin)`` slows down to it within 50 m
    before the sign and speeds up again within 300 m beyond it. The response halves every ``half_life_days``: drivers
    get used to the sign.

    Source: Trafikksikkerhetshåndboken ch. 3.20 (reduces speed, fades with time). Grade B for the direction; no number
    of its size or of its fading is at hand: both are modelling assumptions (D). Origin: input.

    Halo after it has gone: none is known; none is modelled.

    Limits: how much drivers slow down, over which way and for how long are assumptions: vary them before a number is
    used. No crash effect is claimed.

    Parameters
    ----------
    at
        Places.
    schedule
        Days, weeks, weekdays and hours in which it shows speeds.
    noticed
        Share of passing drivers who look at it.
    margin_mean, margin_sd, unaffected
        Margin over the limit that drivers allow themselves (share of the limit), and share who do not care.
    upstream_m, reach_m
        From how far before the sign drivers slow down, and distance beyond it at which nothing is left.
    half_life_days
        Days after which the response has fallen to one half.

    Examples
    --------
    >>> FeedbackSign(at=(Place(link="east2", position_m=200.0),)).half_life_days
    90.0
    """

    kind: ClassVar[str] = "feedback_sign"
    phase: ClassVar[PolicyPhase] = "behaviour"
    mechanism: ClassVar[str] = (
        "Some drivers slow down at a sign that shows their speed; they get used to it over months."
    )
    source: ClassVar[str] = "Trafikksikkerhetshåndboken ch. 3.20 (direction and fading, no sizes)"
    grade: ClassVar[str] = "B (direction), D (sizes)"
    limits: ClassVar[str] = (
        "How much, over which way and for how long are modelling assumptions. No crash effect is claimed."
    )
    numbers: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("noticed", "margin_mean", "margin_sd", "unaffected", "upstream_m", "reach_m", "half_life_days"),
        "modelling assumption, grade D")

    at: tuple[Place, ...] = Field(min_length=1)
    schedule: Schedule = Schedule()
    noticed: float = Field(default=1.0, ge=0, le=1)
    margin_mean: float = Field(default=0.02, ge=-0.5, le=0.5)
    margin_sd: float = Field(default=0.05, ge=0, le=0.5)
    unaffected: float = Field(default=0.5, ge=0, le=1)
    upstream_m: float = Field(default=50.0, gt=0, le=5000)
    reach_m: float = Field(default=300.0, gt=0, le=10000)
    half_life_days: float | None = Field(default=90.0, gt=0)

    def lower(self, builder: Builder) -> None:
        """Put a sign at every place."""
        require_places(builder, self.kind, self.at)
        response = Response(trait=self.kind, margin_mean=self.margin_mean, margin_sd=self.margin_sd,
                            unaffected=self.unaffected)
        for place in self.at:
            builder.deploy(Deployment(
                name=f"feedback sign {place.link} {place.position_m:g} m", kind="feedback_sign", along=(place.link,),
                link=place.link, response=response, schedule=self.schedule, noticed=self.noticed,
                zones=felt(builder, place, (self.upstream_m, linear(self.upstream_m)),
                           (self.reach_m, linear(self.reach_m))),
                half_life_days=self.half_life_days, devices=1))
