"""Limits on variable signs by detected flow and speed, with hysteresis, which a share of drivers follows."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.policies.roadside import TRAIT, one_road, put_up
from trafficsim.spec.behaviour import Response
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.roadside import EveryS, HarmonisingSigns, LimitStep
from trafficsim.spec.selectors import Links

STEPS = (
    LimitStep(limit_kmh=120, flow_veh_h_lane=1100), LimitStep(limit_kmh=100, flow_veh_h_lane=1500, speed_kmh=95),
    LimitStep(limit_kmh=80, flow_veh_h_lane=1800, speed_kmh=75), LimitStep(limit_kmh=60, speed_kmh=50),
)


class LineControl(Policy):
    """Show lower limits on the signs of a motorway the denser and slower traffic is; a share of drivers follows them.

    Mechanism: every ``every_s`` each link's flow and speed over the last interval choose the limit of its sign: the
    lowest of the steps that hold. A step holds from its thresholds on, and until traffic is better than they by the
    bands. Before a low limit others announce it in steps. Who follows drives ``limit * (1 + margin)`` at most, from the
    moment on at which the sign changes, and everybody else as before.

    Source: line control on German motorways in kind (MARZ); limits that harmonise speeds go with 16 % fewer crashes
    (Trafikksikkerhetshåndboken; grade A); without enforcement hardly anybody follows (Soriguera 2014, B-23 Barcelona;
    grade C). The thresholds are a modelling assumption: give those of your road. Origin: limits are emergent, who
    follows is input.

    Limits: a link is one section with one sign and one detector, whose flow and speed are means over the link and all
    lanes, vehicles and not passenger-car units; no weather, no lane closures, no warnings. The published effect on
    crashes is evidence to hold against and is not computed here.

    Parameters
    ----------
    on
        Links of one road, each with a sign.
    steps
        Limits from the highest to the lowest, with the traffic from which on each is shown. Those that are not below
        the limit of the link are not shown.
    compliance
        Share of drivers who follow.
    every_s
        Time between two looks.
    flow_band_veh_h_lane, speed_band_kmh
        Hysteresis: how much better traffic must be for a limit to go.
    funnel_kmh
        Highest step from one sign down to the next.
    hold_s
        A limit is raised no sooner than this after it changed.
    margin_mean, margin_sd
        Margin over the limit that those who follow allow themselves (share of the limit), normal.

    Examples
    --------
    >>> LineControl(on=Links(group="A8"), compliance=0.6).steps[-1].limit_kmh
    60.0
    """

    kind: ClassVar[str] = "line_control"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "Each link's flow and speed choose the limit of its sign, with hysteresis and announced upstream; a share of "
        "drivers keeps to it."
    )
    source: ClassVar[str] = (
        "MARZ (German line control, in kind); Trafikksikkerhetshåndboken (crashes); Soriguera 2014 (compliance)"
    )
    grade: ClassVar[str] = "A (crashes), C (compliance); thresholds are a modelling assumption"
    limits: ClassVar[str] = (
        "One sign and one detector per link, means over its length and lanes. No weather, no crash effect. Without "
        "enforcement hardly anybody follows."
    )
    example: ClassVar[str] = '{ kind = "line_control", on = { group = "A8" }, compliance = 0.6 }'
    numbers: ClassVar[Mapping[str, str]] = {
        "steps": "modelling assumption in the manner of MARZ", "compliance": "given by the user",
        "every_s": "input: MARZ, intervals of one minute",
        "flow_band_veh_h_lane": "modelling assumption", "speed_band_kmh": "modelling assumption",
        "funnel_kmh": "modelling assumption: steps of 20 km/h", "hold_s": "modelling assumption",
        "margin_mean": "modelling assumption: who follows keeps to the limit",
        "margin_sd": "modelling assumption: who follows keeps to the limit",
    }

    on: Links
    steps: tuple[LimitStep, ...] = Field(default=STEPS, min_length=1)
    compliance: float = Field(ge=0, le=1)
    every_s: EveryS = 60.0
    flow_band_veh_h_lane: float = Field(default=200.0, ge=0, le=2000)
    speed_band_kmh: float = Field(default=10.0, ge=0, le=100)
    funnel_kmh: float = Field(default=20.0, gt=0, le=200)
    hold_s: float = Field(default=120.0, ge=0, le=3600)
    margin_mean: float = Field(default=0.0, ge=-0.5, le=0.5)
    margin_sd: float = Field(default=0.0, ge=0, le=0.5)

    @model_validator(mode="after")
    def _descending(self) -> Self:
        for one, after in pairwise(self.steps):
            if after.limit_kmh >= one.limit_kmh:
                raise ValueError(f"limit {after.limit_kmh:g} after {one.limit_kmh:g}; order steps from the highest "
                                 "limit to the lowest, each once")
            if None not in (one.flow_veh_h_lane, after.flow_veh_h_lane) and (
                    (after.flow_veh_h_lane or 0.0) <= (one.flow_veh_h_lane or 0.0)):
                raise ValueError(f"limit {after.limit_kmh:g} is shown from {after.flow_veh_h_lane:g} veh/h on, limit "
                                 f"{one.limit_kmh:g} from {one.flow_veh_h_lane:g}; a lower limit needs a higher flow")
            if None not in (one.speed_kmh, after.speed_kmh) and (after.speed_kmh or 0.0) >= (one.speed_kmh or 0.0):
                raise ValueError(f"limit {after.limit_kmh:g} is shown below {after.speed_kmh:g} km/h, limit "
                                 f"{one.limit_kmh:g} below {one.speed_kmh:g}; a lower limit needs a lower speed")
        return self

    def lower(self, builder: Builder) -> None:
        """Put up the signs."""
        links = one_road(builder, self.on, self.kind)
        name = f"line control from {links[0]}"
        builder.react(HarmonisingSigns(
            name=name, links=links, every_s=self.every_s, steps=self.steps,
            flow_band_veh_h_lane=self.flow_band_veh_h_lane, speed_band_kmh=self.speed_band_kmh,
            funnel_kmh=self.funnel_kmh, hold_s=self.hold_s))
        put_up(builder, links, name, Response(trait=TRAIT, margin_mean=self.margin_mean, margin_sd=self.margin_sd,
                                              unaffected=1.0 - self.compliance))
