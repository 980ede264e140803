"""Closures: links that nobody gets onto, and movements that nobody makes, always or at some hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import Field

from trafficsim.policies.hours import windows_s
from trafficsim.spec.calendar import Hours
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.selectors import Links

LIMITS = (
    "Who does not know meets the closure, and decides at it by the times of empty roads. Nobody gives up the trip or "
    "turns back where no movement allows it: who has no other route waits until it opens, and is named if it does not."
)
NUMBERS = {"hours": "given by the user"}


class Closure(Policy):
    """Close links, all the time or at some hours: works, an incident, a square for people.

    Mechanism: nobody gets onto the links. Trips that choose among several routes (``[demand] routes = "logit"``) know a
    closure that holds over the whole run; informed drivers (``route_choice.informed_share``) know every one from their
    next look on, and go round it. All others drive up to it, and from the link before it take the best route of empty
    roads round all that is closed. Who is on a link when it closes drives on, and trips that begin there begin.

    Source: none; places and times are given. Origin: input; what traffic makes of them is emergent.

    Limits: who does not know decides at the closure, and by the times of empty roads. Nobody gives up the trip, or
    turns back where no movement allows it: who has no other route waits until the link opens. A closure over the whole
    run that leaves a trip no route is refused.

    Parameters
    ----------
    on
        Links.
    hours
        Hours in which they are closed, every day; always, where not given.

    Examples
    --------
    >>> Closure(on=Links(ids=("bridge",)), hours=(Hours(begin_h=7.5, end_h=8),)).on.ids
    ('bridge',)
    """

    kind: ClassVar[str] = "closure"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = (
        "Nobody gets onto the links. Who knows goes round them; who does not drives up to them and takes the best "
        "route from there."
    )
    source: ClassVar[str] = "none: places and times are given by the user"
    grade: ClassVar[str] = "D (what is simulated is given, not predicted)"
    limits: ClassVar[str] = LIMITS
    example: ClassVar[str] = '{ kind = "closure", on = { ids = ["bridge"] }, hours = [{ begin_h = 7.5, end_h = 8 }] }'
    numbers: ClassVar[Mapping[str, str]] = NUMBERS

    on: Links
    hours: tuple[Hours, ...] | None = Field(default=None, min_length=1)

    def lower(self, builder: Builder) -> None:
        """Close the links."""
        links = self.on.resolve(builder.network)
        for begin_s, end_s in _times(self.hours, builder, self.kind):
            builder.close(links, begin_s=begin_s, end_s=end_s)


class TurnBan(Policy):
    """Ban movements through junctions, all the time or at some hours, for everybody.

    Mechanism: as under ``closure``, for movements: nobody makes them, and routes with one of them change before
    departure, on the way, or where the ban is met.

    Source: none; places and times are given. Origin: input; what traffic makes of them is emergent.

    Limits: everybody obeys. Signals keep their plan, and give green to a movement that nobody makes; let another policy
    retime them. Who does not know decides at the junction, by the times of empty roads.

    Parameters
    ----------
    movements
        Pairs of the link in and the link out.
    hours
        Hours in which they are banned, every day; always, where not given.

    Examples
    --------
    >>> TurnBan(movements=(("main1", "side"),)).hours is None
    True
    """

    kind: ClassVar[str] = "turn_ban"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = (
        "Nobody makes the movements; routes with one of them change, or turn off where it is met."
    )
    source: ClassVar[str] = "none: places and times are given by the user"
    grade: ClassVar[str] = "D (what is simulated is given, not predicted)"
    limits: ClassVar[str] = LIMITS
    example: ClassVar[str] = '{ kind = "turn_ban", movements = [["main1", "side"]] }'
    numbers: ClassVar[Mapping[str, str]] = {**NUMBERS, "movements": "given by the user"}

    movements: tuple[tuple[str, str], ...] = Field(min_length=1)
    hours: tuple[Hours, ...] | None = Field(default=None, min_length=1)

    def lower(self, builder: Builder) -> None:
        """Ban the movements."""
        for begin_s, end_s in _times(self.hours, builder, self.kind):
            builder.close(movements=self.movements, begin_s=begin_s, end_s=end_s)


def _times(hours: Sequence[Hours] | None, builder: Builder, kind: str,
           ) -> Sequence[tuple[float | None, float | None]]:
    return ((None, None),) if hours is None else windows_s(hours, builder.run_s, kind)
