"""ALINEA: a signal at a ramp that lets one vehicle go per green, at a rate that keeps the road at an occupancy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.plan.meters import MOST_VEH_H_LANE
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.roadside import EveryS, RampMeter


class RampMetering(Policy):
    """Meter a ramp by ALINEA: one vehicle per green, at a rate that keeps the road beyond the merge at an occupancy.

    Mechanism: every ``every_s`` the rate is ``r(k) = r(k-1) + K_R (o* - o(k))``, within its bounds, with the occupancy
    ``o`` of the road beyond the merge over the last interval. The signal at the end of the ramp shows green for one
    vehicle, yellow, then red until the next may go. While a queue takes ``queue_share`` of the ramp it lets go at its
    highest rate. A ramp without a signal gets one.

    Source: Papageorgiou, Hadj-Salem & Blosseville 1991 (Transportation Research Record 1320), with K_R = 70 veh/h per
    percentage point. Field results differ by site; there is no number to expect. Origin: emergent.

    Limits: occupancy is that of a detector in the mean lane over the link, from its density and a length of vehicle
    and detector. Vehicles in free flow may cross in the yellow, as at any signal. The remembered rate is the commanded
    one, not the measured flow of the ramp. Ramps are metered each for itself (no HERO). Where discharge from a
    queue equals capacity (no capacity drop: queue engine, default start-up of the automaton) metering moves delay from
    the road to the ramp and saves none by itself.

    Parameters
    ----------
    ramp
        Last link of the ramp.
    measured
        Link whose occupancy is kept; ``None``: the one that the ramp leads onto.
    occupancy_percent
        Occupancy that is kept, a little below the one at capacity.
    gain_veh_h
        K_R: change of the rate per percentage point.
    every_s
        Time between two looks.
    least_veh_h, most_veh_h
        Bounds of the rate, over all lanes of the ramp; ``None``: the most that cycles of 4 s let through.
    effective_length_m
        Length over which a vehicle occupies a detector: its own and the detector's.
    queue_share
        From this share of the ramp's storage on that vehicles take it lets go at its highest rate; 1 and more: never.

    Examples
    --------
    >>> RampMetering(ramp="on1", occupancy_percent=17).gain_veh_h
    70.0
    """

    kind: ClassVar[str] = "ramp_metering"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "A signal at the ramp lets one vehicle go per green; its rate follows the occupancy of the road beyond the "
        "merge (ALINEA), unless the queue fills the ramp."
    )
    source: ClassVar[str] = "Papageorgiou, Hadj-Salem & Blosseville 1991, Transportation Research Record 1320"
    grade: ClassVar[str] = "B (the method); its effect differs by site"
    limits: ClassVar[str] = (
        "Each ramp for itself. Occupancy from the density of a link. Without a capacity drop delay is moved to the "
        "ramp and not saved."
    )
    example: ClassVar[str] = '{ kind = "ramp_metering", ramp = "on1", occupancy_percent = 17 }'
    numbers: ClassVar[Mapping[str, str]] = {
        "ramp": "given by the user", "measured": "given by the user", "occupancy_percent": "given by the user",
        "gain_veh_h": "input: Papageorgiou et al. 1991",
        "every_s": "input: Papageorgiou et al. 1991 (10 s to some minutes)",
        "least_veh_h": "modelling assumption: a cycle of 15 s; beyond it drivers take a signal for broken",
        "most_veh_h": "cycles of 4 s and more", "effective_length_m": "modelling assumption: car of 4.5 m, loop of 2 m",
        "queue_share": "modelling assumption",
    }

    ramp: str = Field(min_length=1)
    measured: str | None = Field(default=None, min_length=1)
    occupancy_percent: float = Field(gt=0, lt=100)
    gain_veh_h: float = Field(default=70.0, gt=0, le=1000)
    every_s: EveryS = 40.0
    least_veh_h: float = Field(default=240.0, ge=30, le=4000)
    most_veh_h: float | None = Field(default=None, gt=0, le=4000)
    effective_length_m: float = Field(default=6.5, gt=0, le=30)
    queue_share: float = Field(default=0.8, gt=0, le=10)

    @model_validator(mode="after")
    def _bounds(self) -> Self:
        if self.most_veh_h is not None and self.most_veh_h < self.least_veh_h:
            raise ValueError(f"most_veh_h = {self.most_veh_h:g} below least_veh_h = {self.least_veh_h:g}; raise it")
        if self.measured == self.ramp:
            raise ValueError(f"measured = {self.measured!r}, the ramp itself; name a link beyond the merge, or leave "
                             "it out")
        return self

    def lower(self, builder: Builder) -> None:
        """Put up the meter."""
        roads = builder.network.links
        where = f"policy {self.kind}: ramp {self.ramp!r}"
        if self.ramp not in roads:
            raise PolicyError(where, "no such link in the network", "the last link of a ramp", "correct the name")
        if self.measured is not None and self.measured not in roads:
            raise PolicyError(f"policy {self.kind}: measured {self.measured!r}", "no such link in the network",
                              "a link beyond the merge", "correct the name, or leave it out")
        most = MOST_VEH_H_LANE * int(roads[self.ramp]["lanes"])
        if self.least_veh_h > most or (self.most_veh_h or 0.0) > most:
            raise PolicyError(where, f"a rate of {max(self.least_veh_h, self.most_veh_h or 0.0):g} veh/h",
                              f"at most {most:g} veh/h: one vehicle per lane in a cycle of 4 s", "lower the rate")
        builder.react(RampMeter(
            name=f"ramp meter {self.ramp}", ramp=self.ramp, measured=self.measured or self._beyond(builder),
            every_s=self.every_s, occupancy_percent=self.occupancy_percent, gain_veh_h=self.gain_veh_h,
            least_veh_h=self.least_veh_h,
            most_veh_h=most if self.most_veh_h is None else self.most_veh_h,
            effective_length_m=self.effective_length_m, queue_share=self.queue_share))

    def _beyond(self, builder: Builder) -> str:
        onto = dict.fromkeys(one.to_link for one in builder.network.connections if one.from_link == self.ramp)
        if len(onto) != 1:
            raise PolicyError(f"policy {self.kind}: ramp {self.ramp!r}",
                              f"it leads onto {', '.join(map(repr, onto)) or 'no link'}", "a ramp that leads onto one "
                              "link", "name the link that is measured, or the last link of the ramp")
        return next(iter(onto))
