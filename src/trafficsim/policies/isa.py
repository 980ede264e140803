"""Intelligent speed assistance: a share of drivers whom the car holds to the limit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.population import ISA_OVERRIDE_SHARE

ALL_NEW_SINCE = 2024.5
"""All new cars of the European Union have it from July 2024 on (Regulation 2019/2144)."""
SHARE, OVERRIDE = "group.isa_share", "group.isa_override_share"


class Isa(Policy):
    """Equip a share of drivers with intelligent speed assistance.

    Mechanism: an equipped driver who does not override the assistance desires the limit at most, on every link: where
    the own desired speed is lower it stays. Hard assistance cannot be overridden; soft assistance is overridden by a
    share of drivers, always the same ones and everywhere. Those equipped at a smaller share are equipped at a larger
    one, and so for overriding. Everybody else drives as before; that others follow slower vehicles is traffic, not
    input.

    Source: EU Regulation 2019/2144 (new types from July 2022, all new cars from July 2024) for what the assistance is.
    The equipped share is given by the user; or by year, ``(year - 2024.5) / fleet_life_years``, as all new cars have it
    from July 2024 on. The share who override is a modelling assumption. Published
    effects are estimates before the fact, grade D (collisions -30 %, deaths -20 %; fatal crashes -37 % in a simulation
    for the United Kingdom; PROSPER -19 to -28 %): to be held against, they are not used here. Origin: input.

    Limits: warnings that do not touch the speed, wrong signs and maps, learning to use or disuse it, and the safety of
    other vehicles' reactions are left out. Nothing is claimed about crashes beyond what the speed model of the outcomes
    says. It needs a scenario with a ``[population]``.

    Parameters
    ----------
    share
        Share of drivers who are equipped; or give ``year``.
    year
        Year for which the share is worked out, from new cars alone.
    fleet_life_years
        Years in which the whole fleet is renewed.
    groups
        Groups of the population; all without it.
    type
        ``"soft"`` can be overridden, ``"hard"`` cannot.
    override_share
        Share of drivers with soft assistance who override it.

    Examples
    --------
    >>> Isa(share=0.2).override_share, Isa(year=2032.5).equipped_share
    (0.3, 0.5)
    """

    kind: ClassVar[str] = "isa"
    phase: ClassVar[PolicyPhase] = "behaviour"
    mechanism: ClassVar[str] = (
        "Equipped drivers who do not override it desire the limit at most on every link; all others drive as before."
    )
    source: ClassVar[str] = (
        "EU Regulation 2019/2144 for what it is; published effects are ex ante (ETSC 2014, 2019, PROSPER) and not used"
    )
    grade: ClassVar[str] = "D"
    example: ClassVar[str] = '{ kind = "isa", share = 0.3, type = "soft" }'
    limits: ClassVar[str] = (
        "Who overrides is a modelling assumption; no mere warnings, no wrong maps, no learning. Needs a population."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "share": "given by the user",
        "year": "given by the user",
        "fleet_life_years": "modelling assumption: a sixteenth of the fleet is new every year",
        "override_share": "modelling assumption",
    }

    share: float | None = Field(default=None, ge=0, le=1)
    year: float | None = Field(default=None, ge=2000, le=2100)
    fleet_life_years: float = Field(default=16.0, gt=0, le=100)
    groups: tuple[str, ...] = ()
    type: Literal["soft", "hard"] = "soft"
    override_share: float = Field(default=ISA_OVERRIDE_SHARE, ge=0, le=1)

    @model_validator(mode="after")
    def _one_share(self) -> Self:
        if (self.share is None) == (self.year is None):
            raise ValueError("share and year: give one of the two")
        return self

    @property
    def equipped_share(self) -> float:
        """Share of drivers who are equipped."""
        if self.share is not None:
            return self.share
        assert self.year is not None
        return min(max((self.year - ALL_NEW_SINCE) / self.fleet_life_years, 0.0), 1.0)

    def lower(self, builder: Builder) -> None:
        """Set the equipped share of the groups, and who of them overrides it."""
        known = builder.cells(SHARE)
        if not known:
            raise PolicyError(f"policy {self.kind}", "a scenario without people", "a scenario with a [population]",
                              "add [population] with the number of people to the scenario")
        groups = self.groups or known
        builder.set(SHARE, groups, self.equipped_share)
        builder.set(OVERRIDE, groups, 0.0 if self.type == "hard" else self.override_share)
