"""Signed diversions: a share of the trips takes another way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.selectors import Links
from trafficsim.spec.trip_selection import Trips


class Diversion(Policy):
    """Let a share of the trips take another way between the same ends, as signs or messages ask.

    Mechanism: the trips get the route that is given, or the fastest free-flow route by way of links, or the fastest one
    that avoids links (their own first and last link they may use). It is fixed before departure. Who follows belongs to
    the traveller and the mark: those who follow at 10 % follow at 20 % too.

    Source: none; how many follow is the user's scenario (or a survey). Origin: input.

    Limits: nobody else changes route, whatever the traffic becomes, and nobody turns back. The delay of who follows is
    against the free-flow time of the earlier way: the detour is part of it.

    Parameters
    ----------
    trips
        The trips that follow; their ``share`` above all.
    route
        Links of the new route, first and last link included.
    via
        Links to pass on the way, in driving order.
    avoid
        Links not to use.

    Examples
    --------
    >>> Diversion(trips=Trips(flows=("east",), share=0.4), via=("bypass",)).via
    ('bypass',)
    """

    kind: ClassVar[str] = "diversion"
    phase: ClassVar[PolicyPhase] = "demand"
    mechanism: ClassVar[str] = "A share of the trips takes another way between the same ends, fixed before departure."
    source: ClassVar[str] = "none: how many follow is given by the user"
    grade: ClassVar[str] = "D (what is simulated is given, not predicted)"
    limits: ClassVar[str] = (
        "Nobody else changes route, and nobody decides on the way. Delay is against the free-flow time of the earlier "
        "way: the detour is part of it."
    )
    example: ClassVar[str] = '{ kind = "diversion", trips = { flows = ["east"], share = 0.4 }, via = ["bypass"] }'
    numbers: ClassVar[Mapping[str, str]] = {"trips": "given by the user"}

    trips: Trips
    route: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    avoid: Links | None = Field(default=None)

    @model_validator(mode="after")
    def _one_of_three(self) -> Self:
        given = [name for name in ("route", "via", "avoid") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"a diversion needs one of route, via and avoid; given: {', '.join(given) or 'none'}")
        return self

    def lower(self, builder: Builder) -> None:
        """Give the chosen trips their new route."""
        avoid = () if self.avoid is None else self.avoid.resolve(builder.network)
        builder.reroute(self.trips, route=self.route, via=self.via, avoid=avoid)
