"""Road pricing: a charge on links, such as the links into a cordon."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.schema import within
from trafficsim.spec.selectors import Links


class RoadPricing(Policy):
    """Charge every vehicle that enters a link: a toll road, or a cordon where the links are those that lead into it.

    Mechanism: the charge is part of the generalised cost of routes, divided by the value of time of the vehicle's
    class. Trips that choose among several routes (``[demand] routes = "logit"``) choose under it before departure, and
    informed drivers (``route_choice.informed_share``) on the way. Who takes another route under a charge takes it under
    a higher one too.

    Source: values of time are those of the scenario (``route_choice.value_of_time_eur_h``; the defaults are
    placeholders). Origin: the charge is input, the change of routes emergent.

    Limits: routes change, and nothing else: nobody gives up a trip, changes its time or takes the bus instead, which is
    where most of the effect of congestion charges was seen (Eliasson 2009, doi:10.1016/j.tra.2008.09.014). Routes that
    are given, experienced or free-flow stay as they are. Choices rest on the times of empty roads, not on the traffic
    that the charge leaves.

    Parameters
    ----------
    on
        Links.
    toll_eur
        Charge for entering each of them, instead of the present one.

    Examples
    --------
    >>> RoadPricing(on=Links(group="cordon"), toll_eur=2.5).toll_eur
    2.5
    """

    kind: ClassVar[str] = "road_pricing"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = (
        "The charge counts in the generalised cost of routes, at the value of time of the vehicle's class; trips that "
        "choose among several routes choose under it."
    )
    source: ClassVar[str] = "none for the change of routes, which the model gives; values of time of the scenario"
    grade: ClassVar[str] = "D (derived)"
    limits: ClassVar[str] = (
        "Routes change, and nothing else: no trip is given up, made at another time or by another mode. Routes that "
        "are given, experienced or free-flow stay."
    )
    example: ClassVar[str] = '{ kind = "road_pricing", on = { group = "cordon" }, toll_eur = 2.5 }'
    numbers: ClassVar[Mapping[str, str]] = {"toll_eur": "given by the user"}

    on: Links
    toll_eur: float = Field(**within("toll_eur"))

    def lower(self, builder: Builder) -> None:
        """Set the charge."""
        builder.set("link.toll_eur", self.on.resolve(builder.network), self.toll_eur)
