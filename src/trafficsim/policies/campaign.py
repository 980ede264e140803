"""Campaigns: temporary, fading, and never on top of the enforcement that they accompany."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import PolicyError
from trafficsim.policies.people_groups import groups_named, population_of
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

Theme = Literal["speed", "alcohol", "belts"]
OFFENCE: Mapping[str, str] = {"speed": "speeding", "alcohol": "drink_driving"}
"""Offence whose enforcement a campaign goes with."""


class Campaign(Policy):
    """Run a campaign in media, at the roadside or in person, about one behaviour.

    Mechanism: while it runs, a share of those who would break the rule keeps it: people who would speed keep to the
    limit, people who would drink and drive drive sober, people without a belt wear one. Afterwards the effect halves
    every ``half_life_days``.

    Source: Phillips, Ulleberg & Vaa 2011: crashes -9 % (-12 to -6), 67 studies, most of them together with enforcement;
    campaigns of the 2000s -2 % (-14 to +11) (CAST). The default is at the upper end of modern campaigns, and it is a
    share of violators, never a factor on crashes. Grade A for the pooled number, D for a campaign alone. Origin: input.

    Limits: refused beside enforcement of the same offence: published effects are mostly those of enforcement with
    publicity, and would count twice. Give the enforcement its ``publicity`` instead.

    Parameters
    ----------
    theme
        ``"speed"``, ``"alcohol"`` or ``"belts"``.
    groups
        Groups; all without any.
    violators
        Share of violators who keep the rule while it runs.
    first_day, last_day
        Days of the study on which it runs.
    half_life_days
        Days in which its effect halves afterwards.

    Examples
    --------
    >>> drive = Campaign(theme="speed", last_day=60)
    >>> drive.strength(30), drive.strength(90), round(drive.strength(150), 3)
    (1.0, 0.5, 0.125)
    """

    kind: ClassVar[str] = "campaign"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = "While it runs a share of violators keeps the rule; afterwards the effect fades."
    source: ClassVar[str] = (
        "Phillips, Ulleberg & Vaa 2011, Accident Analysis & Prevention 43:1204-1218; CAST D1.3 for the 2000s"
    )
    grade: ClassVar[str] = "A (pooled, mostly with enforcement), D (alone)"
    limits: ClassVar[str] = (
        "Not beside enforcement of the same offence: most published effects are those of both. Temporary."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "groups": "given by the user", "violators": "modelling assumption: -2 to -5 % for modern campaigns, read as a "
        "share of violators; -9 % is an upper end", "first_day": "given by the user; 1: from the beginning",
        "half_life_days": "modelling assumption: an eighth is left after three months",
    }

    theme: Theme
    groups: tuple[str, ...] = ()
    violators: float = Field(default=0.05, ge=0, le=1)
    first_day: int = Field(default=1, ge=1)
    last_day: int | None = Field(default=None, ge=1)
    half_life_days: float = Field(default=30.0, gt=0, le=3650)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError(f"first_day is {self.first_day} and last_day {self.last_day}: the campaign ends before it "
                             "begins; exchange the two")
        return self

    def strength(self, day: int) -> float:
        """Part of the effect on a day of the study."""
        if day < self.first_day:
            return 0.0
        over = 0 if self.last_day is None else max(day - self.last_day, 0)
        return float(0.5 ** (over / self.half_life_days))

    def lower(self, builder: Builder) -> None:
        """Let a share of violators keep the rule, as much as is left of it on the day."""
        self._refuse_beside_enforcement(builder)
        groups = groups_named(population_of(builder, self.kind), self.groups, self.kind)
        names, share = tuple(group.name for group in groups), self.violators * self.strength(builder.day)
        if self.theme == "alcohol":
            builder.scale("group.alcohol_factor", names, 1.0 - share)
        elif self.theme == "belts":
            before = builder.value("group.belt_share", names)
            builder.floor("group.belt_share", names, before + share * (1.0 - before))
        else:
            builder.floor("group.lawful_share", names, share)

    def _refuse_beside_enforcement(self, builder: Builder) -> None:
        offence = OFFENCE.get(self.theme)
        beside = [one.name for one in builder.deployments
                  if one.sanction is not None and one.sanction.offence == offence]
        if beside:
            raise PolicyError(
                f"policy campaign: theme {self.theme!r}", f"enforcement of {offence} beside it ({beside[0]!r})",
                "a campaign alone, or the enforcement alone: published effects of campaigns (-9 %) are mostly those of "
                "campaigns with enforcement, and added to it they would count twice",
                "drop the campaign and give the enforcement a publicity above 0, or compare the two as alternatives")
