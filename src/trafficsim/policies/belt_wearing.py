"""Seat belts: more people wear them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.policies.people_groups import groups_named, population_of
from trafficsim.spec.policy import Builder, Policy, PolicyPhase


class BeltWearing(Policy):
    """Let more drivers wear belts, by reminders or by checks.

    Mechanism: severity alone: killed and seriously injured are ``(1 - 0.6 w1) / (1 - 0.6 w0)`` of those before, crashes
    are as many.

    Source: Høye 2016: wearing a belt, killed and seriously injured -60 % in front seats (-44 % in rear seats, which are
    not modelled: people here are drivers). Grade A for wearing; what a programme does to wearing is given by the user.
    Origin: input.

    Limits: who begins to wear one is taken to be at average risk; those who do not wear belts today crash more often,
    so that this is rather too little. Passengers are not counted.

    Parameters
    ----------
    groups
        Groups; all without any.
    share
        Share of drivers who wear a belt under the measure.

    Examples
    --------
    >>> BeltWearing(share=0.98).share
    0.98
    """

    kind: ClassVar[str] = "belt_wearing"
    phase: ClassVar[PolicyPhase] = "behaviour"
    mechanism: ClassVar[str] = "More drivers wear belts: crashes are as many, and less severe."
    source: ClassVar[str] = (
        "Høye 2016, Accident Analysis & Prevention 97:175-186: killed and seriously injured -60 % in front seats"
    )
    grade: ClassVar[str] = "A (wearing); what raises it is given"
    limits: ClassVar[str] = (
        "Drivers alone. New wearers are taken to be at average risk; it acts on severity, never on frequency."
    )
    numbers: ClassVar[Mapping[str, str]] = {"groups": "given by the user", "share": "given by the user"}

    groups: tuple[str, ...] = ()
    share: float = Field(ge=0, le=1)

    def lower(self, builder: Builder) -> None:
        """Set the share of the groups."""
        groups = groups_named(population_of(builder, self.kind), self.groups, self.kind)
        builder.set("group.belt_share", tuple(group.name for group in groups), self.share)
