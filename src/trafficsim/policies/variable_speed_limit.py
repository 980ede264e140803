"""Lower limits by time of day on variable signs, which a share of drivers follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from trafficsim.base.errors import PolicyError
from trafficsim.base.units import KMH_PER_MS, kmh_to_ms
from trafficsim.policies.hours import windows_s
from trafficsim.spec.behaviour import Response, ResponseRule, Zone
from trafficsim.spec.calendar import Hours
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.schema import within
from trafficsim.spec.selectors import Links


class VariableSpeedLimit(Policy):
    """Show a lower limit on variable signs at some hours; a share of drivers follows it.

    Mechanism: at these hours who follows drives ``limit * (1 + margin)`` at most on the links, and everybody else as
    before; speeds become more alike. Signs stand close enough to be seen everywhere: who follows slows down,
    comfortably, as soon as the sign changes. Who follows belongs to the driver: those of 10 % are among those of 20 %.
    Cameras and section controls on the links cite above the limit in force, with their tolerance.

    Source: variable limits that harmonise speeds go with 16 % fewer crashes (Trafikksikkerhetshåndboken; grade A); on
    the B-23 at Barcelona hardly anybody followed without enforcement (Soriguera 2014, grade C), for which no share is
    published: give the one of your road. Origin: input.

    Limits: by the clock, and not by the state of traffic or weather. The published effect on crashes is evidence to
    hold against and is not computed here; nor may anything be claimed about jams that do not form (see the limits of
    the engine). A limit above the present one is refused: it is not known who would drive faster.

    Parameters
    ----------
    on
        Links.
    limit_kmh
        Limit on the signs.
    hours
        Hours in which it is shown, every day.
    compliance
        Share of drivers who follow it.
    margin_mean, margin_sd
        Margin over the limit that those allow themselves (share of the limit), normal.

    Examples
    --------
    >>> peak = Hours(begin_h=7, end_h=9)
    >>> VariableSpeedLimit(on=Links(group="ring"), limit_kmh=80, hours=(peak,), compliance=0.3).margin_mean
    0.0
    """

    kind: ClassVar[str] = "variable_speed_limit"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "At the hours on the sign a share of drivers keeps to the lower limit, and everybody else drives as before."
    )
    source: ClassVar[str] = (
        "Trafikksikkerhetshåndboken (limits that harmonise speeds); Soriguera 2014 (B-23 Barcelona: compliance)"
    )
    grade: ClassVar[str] = "A (crashes), C (compliance); the share who follow is given by the user"
    limits: ClassVar[str] = (
        "By the clock, not by traffic or weather. No crash effect and no jam that does not form is claimed. Without "
        "enforcement hardly anybody follows."
    )
    example: ClassVar[str] = (
        '{ kind = "variable_speed_limit", on = { group = "ring" }, limit_kmh = 80, '
        'hours = [{ begin_h = 7, end_h = 9 }], compliance = 0.3 }'
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "limit_kmh": "given by the user", "hours": "given by the user", "compliance": "given by the user",
        "margin_mean": "modelling assumption: who follows keeps to the limit",
        "margin_sd": "modelling assumption: who follows keeps to the limit",
    }

    on: Links
    limit_kmh: float = Field(**within("speed_limit_kmh"))
    hours: tuple[Hours, ...] = Field(min_length=1)
    compliance: float = Field(ge=0, le=1)
    margin_mean: float = Field(default=0.0, ge=-0.5, le=0.5)
    margin_sd: float = Field(default=0.0, ge=0, le=0.5)

    def lower(self, builder: Builder) -> None:
        """Schedule the limit, and let drivers respond to it at its hours."""
        links, roads = self.on.resolve(builder.network), builder.network.links
        self._check_lower(builder, links)
        response = Response(trait=self.kind, margin_mean=self.margin_mean, margin_sd=self.margin_sd,
                            unaffected=1.0 - self.compliance)
        zones = tuple(Zone(link=link, begin_m=0.0, end_m=float(roads[link]["length_m"]), strength=1.0)
                      for link in links)
        for begin_s, end_s in windows_s(self.hours, builder.run_s, self.kind):
            builder.schedule("link.speed_limit_ms", links, kmh_to_ms(self.limit_kmh), begin_s, end_s)
            name = f"variable limit {self.limit_kmh:g} on {links[0]} from {begin_s:g} s"
            builder.respond(ResponseRule(name=name, link=links[0], response=response, along=links, zones=zones,
                                         begin_s=begin_s, end_s=end_s))

    def _check_lower(self, builder: Builder, links: tuple[str, ...]) -> None:
        present = builder.value("link.speed_limit_ms", links) * KMH_PER_MS
        lowest = int(np.argmin(present))
        if self.limit_kmh > present[lowest] + 1e-6:
            raise PolicyError(f"policy {self.kind}: limit_kmh", f"{self.limit_kmh:g} km/h on link {links[lowest]!r}, "
                              f"whose limit is {present[lowest]:g} km/h", "a limit that is not above the present one",
                              "lower it, or select other links")
