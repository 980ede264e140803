"""What roadside checks of drivers have in common: places or an area, who is stopped, who is sanctioned."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.policies.enforcing import EnforcementPolicy, Place, length_of, require_places, spot_check
from trafficsim.spec.enforcement import Deployment, EnforcementKind
from trafficsim.spec.policy import Builder
from trafficsim.spec.selectors import Links


class Checkpoints(EnforcementPolicy):
    """Base of policies that stop drivers at the roadside; it has no kind of its own.

    Parameters
    ----------
    at
        Places.
    area
        Links in whose middle vehicles are stopped, by one team that moves about.
    noticed
        Share of passing drivers who notice it.
    offending_share
        Share of drivers who offend, where the scenario has no population.
    officers
        Officers at each place, or in the area.
    """

    called: ClassVar[str] = ""
    enforcement: ClassVar[EnforcementKind]

    at: tuple[Place, ...] = ()
    area: Links | None = None
    noticed: float = Field(default=1.0, ge=0, le=1)
    offending_share: float = Field(default=0.0, ge=0, le=1)
    officers: float = Field(default=4.0, ge=0, le=100)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not self.at and self.area is None:
            raise ValueError("no place: give at, area, or both")
        return self

    def lower(self, builder: Builder) -> None:
        """Stop vehicles at every place and in the area."""
        require_places(builder, self.kind, self.at)
        for place in self.at:
            self._deploy(builder, f"{self.called} {place.link} {place.position_m:g} m", (place,))
        if self.area is not None:
            links = self.area.resolve(builder.network)
            middles = tuple(Place(link=link, position_m=length_of(builder, link, self.kind) / 2.0) for link in links)
            self._deploy(builder, f"{self.called} in an area of {len(links)} links from {links[0]}", middles)

    def _deploy(self, builder: Builder, name: str, places: tuple[Place, ...]) -> None:
        numbered = [name] if len(places) == 1 else [f"{name}: {place.link}" for place in places]
        builder.deploy(Deployment(
            name=name, kind=self.enforcement, along=tuple(dict.fromkeys(place.link for place in places)),
            checks=tuple(spot_check(builder, one, place) for one, place in zip(numbered, places, strict=True)),
            schedule=self.schedule, noticed=self.noticed, publicity=self.publicity, present=self.present,
            sanction=self.sanction(offending_share=self.offending_share),
            officer_hours_per_day=self.officers * self.schedule.hours_on_day))
