"""Intelligent speed assistance by equipped share, or by year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from trafficsim.policies.people_groups import groups_named, population_of
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

ALL_NEW_SINCE = 2024.5
"""All new vehicles of the European Union have it from July 2024 on (Regulation 2019/2144)."""


class Isa(Policy):
    """Equip a share of drivers' vehicles with intelligent speed assistance.

    Mechanism: an equipped vehicle drives at the limit at most. ``"soft"``: some drivers override it, always and
    everywhere; ``"hard"``: nobody can.

    Source: Regulation (EU) 2019/2144 for who has it. Effects on crashes are estimates before the fact (collisions -30
    %, deaths -20 %: ETSC; fatal crashes -19 to -28 %: PROSPER), grade D, and not put in: casualties follow from free
    speeds. The share by year is ``(year - 2024.5) / fleet_life_years``. Origin: input.

    Those equipped at a smaller share are equipped at a larger one, and so for overriding. That others follow slower
    vehicles is traffic, not input.

    Limits: warnings that do not touch the speed, learning to use it, disuse, and the safety of other vehicles'
    reactions are left out; maps are taken to know every limit. It needs a scenario with a ``[population]``. Equipment
    is drawn by person, not by the age of the car. That overriding is a trait is a modelling assumption.

    Parameters
    ----------
    groups
        Groups; all without any.
    share
        Equipped share; or give ``year``.
    year
        Year for which the share is worked out, from new vehicles alone.
    fleet_life_years
        Years in which the whole fleet is renewed.
    type
        ``"soft"`` or ``"hard"``.
    override_share
        Share of equipped drivers who override it, where they can.

    Examples
    --------
    >>> Isa(year=2030).equipped_share
    0.34375
    """

    kind: ClassVar[str] = "isa"
    phase: ClassVar[PolicyPhase] = "behaviour"
    mechanism: ClassVar[str] = (
        "The desired speed of equipped vehicles is the limit at most, unless the driver overrides it."
    )
    source: ClassVar[str] = (
        "Regulation (EU) 2019/2144; effects on crashes (ETSC, PROSPER) are estimates before the fact and not put in"
    )
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = (
        "Overriding is a trait of the driver; equipment does not go with the age of the car; maps know all limits."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "groups": "given by the user", "share": "given by the user", "year": "given by the user",
        "fleet_life_years": "modelling assumption: a sixteenth of the fleet is new every year",
        "override_share": "modelling assumption: three in ten",
    }
    example: ClassVar[str] = '{ kind = "isa", year = 2030, type = "soft" }'

    groups: tuple[str, ...] = ()
    share: float | None = Field(default=None, ge=0, le=1)
    year: float | None = Field(default=None, ge=2000, le=2100)
    fleet_life_years: float = Field(default=16.0, gt=0, le=100)
    type: Literal["soft", "hard"] = "soft"
    override_share: float = Field(default=0.3, ge=0, le=1)

    @model_validator(mode="after")
    def _one_share(self) -> Self:
        if (self.share is None) == (self.year is None):
            raise ValueError("share and year: give one of the two")
        return self

    @property
    def equipped_share(self) -> float:
        """Share of drivers with equipped vehicles."""
        if self.share is not None:
            return self.share
        assert self.year is not None
        return min(max((self.year - ALL_NEW_SINCE) / self.fleet_life_years, 0.0), 1.0)

    def lower(self, builder: Builder) -> None:
        """Set the equipped share of the groups, and who overrides."""
        groups = groups_named(population_of(builder, self.kind), self.groups, self.kind)
        names = tuple(group.name for group in groups)
        builder.set("group.isa_share", names, self.equipped_share)
        builder.set("group.isa_override_share", names, 0.0 if self.type == "hard" else self.override_share)
