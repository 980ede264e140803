"""Limits upstream of moving jams, for as long as it takes these to dissolve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.policies.roadside import TRAIT, one_road, put_up
from trafficsim.spec.behaviour import Response
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.roadside import EveryS, MovingJamSigns
from trafficsim.spec.selectors import Links


class MovingJamLimit(Policy):
    """Show a limit upstream of a moving jam, over the way and for the time that it takes the jam to dissolve.

    Mechanism: every ``every_s`` slow links with free traffic on both sides are taken for a moving jam. A limit that all
    upstream meet at once lets their density be and lowers the flow into the jam, whose tail then moves upstream more
    slowly than its front. From the density upstream, the front's speed and the jam's length follow the time until it is
    gone, and how far upstream the limit must reach (kinematic waves). A jam that would not dissolve, or for which the
    signs do not reach far enough, is left alone. Limits go from the downstream end, once traffic flows there.

    Source: SPECIALIST (Hegyi et al. 2008, in kind); A12, Netherlands: about 80 % of the jams that it was meant for
    were resolved, while about half of all activations met other kinds of jams (Hegyi & Hoogendoorn 2010; grade C).
    Compliance: Soriguera 2014 (grade C). Origin: limits and jams are emergent, who follows is input.

    Limits: needs a rule with a capacity drop: without one the flow out of a jam is the capacity, and nothing is
    gained (``[ca] rule = "default"`` with ``start_p`` of 0.45 and more has one; the queue engine has none). A link is
    one section with one sign and one detector. One jam at a time.

    Parameters
    ----------
    on
        Links of one road, each with a sign, of some hundred metres.
    limit_kmh
        Limit upstream of a jam.
    compliance
        Share of drivers who follow.
    every_s
        Time between two looks.
    jam_speed_kmh, free_speed_kmh
        Below the first mean speed a link is jammed, from the second on it is free.
    front_kmh
        Speed at which the front of a jam moves upstream.
    jam_density_veh_km_lane
        Density inside jams.
    longest_m
        Longest jam that is taken for a moving one.
    release_kmh
        Speed at which the end of the limits moves upstream once the jam is gone.
    margin
        The limits reach further upstream than worked out by this factor.

    Examples
    --------
    >>> MovingJamLimit(on=Links(group="A12"), compliance=0.9).limit_kmh
    60.0
    """

    kind: ClassVar[str] = "moving_jam_limit"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "A limit upstream of a moving jam lowers the flow into it, over the way and for the time that it takes to "
        "dissolve; a share of drivers keeps to it."
    )
    source: ClassVar[str] = (
        "SPECIALIST (Hegyi et al. 2008, in kind); A12, Netherlands (Hegyi & Hoogendoorn 2010); Soriguera 2014 "
        "(compliance)"
    )
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = (
        "Needs a car-following rule with a capacity drop. One sign and one detector per link, one jam at a time. "
        "Without enforcement hardly anybody follows."
    )
    example: ClassVar[str] = '{ kind = "moving_jam_limit", on = { group = "A12" }, compliance = 0.9 }'
    numbers: ClassVar[Mapping[str, str]] = {
        "limit_kmh": "input: SPECIALIST on the A12", "compliance": "given by the user",
        "every_s": "modelling assumption", "jam_speed_kmh": "input: SPECIALIST",
        "free_speed_kmh": "modelling assumption",
        "front_kmh": "input: jam fronts move at 15 to 20 km/h (Kerner & Rehborn 1996)",
        "jam_density_veh_km_lane": "modelling assumption",
        "longest_m": "modelling assumption", "release_kmh": "modelling assumption",
        "margin": "modelling assumption",
    }

    on: Links
    limit_kmh: float = Field(default=60.0, ge=1, le=300)
    compliance: float = Field(ge=0, le=1)
    every_s: EveryS = 30.0
    jam_speed_kmh: float = Field(default=50.0, gt=0, le=150)
    free_speed_kmh: float = Field(default=65.0, gt=0, le=200)
    front_kmh: float = Field(default=16.0, gt=0, le=40)
    jam_density_veh_km_lane: float = Field(default=110.0, gt=0, le=400)
    longest_m: float = Field(default=3000.0, gt=0, le=20000)
    release_kmh: float = Field(default=20.0, gt=0, le=150)
    margin: float = Field(default=1.2, ge=1, le=3)

    @model_validator(mode="after")
    def _free_is_faster(self) -> Self:
        if self.free_speed_kmh < self.jam_speed_kmh:
            raise ValueError(f"free_speed_kmh = {self.free_speed_kmh:g} below jam_speed_kmh = {self.jam_speed_kmh:g}; "
                             "a link cannot be free and jammed: raise free_speed_kmh")
        return self

    def lower(self, builder: Builder) -> None:
        """Put up the signs."""
        links = one_road(builder, self.on, self.kind)
        name = f"moving-jam limit from {links[0]}"
        builder.react(MovingJamSigns(
            name=name, links=links, **{key: getattr(self, key) for key in MovingJamSigns.model_fields
                                       if key not in ("kind", "name", "links")}))
        put_up(builder, links, name, Response(trait=TRAIT, unaffected=1.0 - self.compliance))
