"""Links closed to some vehicles, at some hours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from trafficsim.spec.calendar import Hours
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.selectors import Links
from trafficsim.spec.trip_selection import Trips


class VehicleBan(Policy):
    """Ban vehicles of some classes from links, all day or at some hours, with access free: a night truck ban, say.

    Mechanism: of the trips that pass the links and neither begin nor end there, a share obeys. They take the fastest
    free-flow route without the links, or are not made. Hours are those of departure.

    Source: none; compliance is the user's. Origin: input.

    Limits: a trip that departs before the hours and reaches the links within them is not banned, and the other way
    round. Trips are neither shifted to other hours nor to other vehicles (``vehicle_shift``). Where a trip has no other
    way the ban is refused: let such trips be dropped.

    Parameters
    ----------
    on
        The links.
    vehicle_classes
        Names of the classes.
    hours
        Hours of departure; all day, where not given.
    answer
        What who obeys does: ``"reroute"`` or ``"drop"``.
    compliance
        Share who obey; those of 10 % are among those of 20 %.

    Examples
    --------
    >>> VehicleBan(on=Links(group="centre"), vehicle_classes=("truck",), hours=(Hours(begin_h=22, end_h=6),)).answer
    'reroute'
    """

    kind: ClassVar[str] = "vehicle_ban"
    phase: ClassVar[PolicyPhase] = "demand"
    mechanism: ClassVar[str] = (
        "Trips of the classes that pass the links, and neither begin nor end there, take another way or are not made."
    )
    source: ClassVar[str] = "none: who obeys is given by the user"
    grade: ClassVar[str] = "D (what is simulated is given, not predicted)"
    limits: ClassVar[str] = (
        "Hours are those of departure. Nobody departs at other hours or with another vehicle instead. Delay is against "
        "the free-flow time of the earlier way: the detour is part of it."
    )
    example: ClassVar[str] = (
        '{ kind = "vehicle_ban", on = { group = "centre" }, vehicle_classes = ["truck"], '
        'hours = [{ begin_h = 22, end_h = 6 }] }'
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "hours": "given by the user",
        "compliance": "modelling assumption: everybody obeys; give the share of your enforcement",
    }

    on: Links
    vehicle_classes: tuple[str, ...] = Field(min_length=1)
    hours: tuple[Hours, ...] | None = Field(default=None, min_length=1)
    answer: Literal["reroute", "drop"] = "reroute"
    compliance: float = Field(default=1.0, ge=0, le=1)

    def lower(self, builder: Builder) -> None:
        """Reroute or drop the trips that obey."""
        trips = Trips(vehicle_classes=self.vehicle_classes, hours=self.hours, between=self.on, share=self.compliance)
        if self.answer == "drop":
            builder.drop(trips)
        else:
            builder.reroute(trips, avoid=self.on.resolve(builder.network))
