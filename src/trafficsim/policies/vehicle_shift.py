"""Trips that are made with another class of vehicle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.trip_selection import Trips


class VehicleShift(Policy):
    """Let a share of the trips be made with another class of vehicle, such as vans instead of trucks.

    Mechanism: the trips keep driver, departure and route, and have the size, acceleration and speed of the other class.
    Who changes belongs to the traveller and the mark: those who change at 10 % change at 20 % too.

    Source: none; how many change is the user's scenario. Origin: input.

    Limits: one trip stays one trip, whatever the vehicles carry. The delay of who changes is against the free-flow time
    of the earlier vehicle: a slower one shows as delay. Refused where the other class may not use the route.

    Parameters
    ----------
    trips
        The trips that change; their ``share`` above all.
    to
        Name of the other class.

    Examples
    --------
    >>> VehicleShift(trips=Trips(vehicle_classes=("truck",), share=0.3), to="van").to
    'van'
    """

    kind: ClassVar[str] = "vehicle_shift"
    phase: ClassVar[PolicyPhase] = "demand"
    mechanism: ClassVar[str] = "A share of the trips has the size, acceleration and speed of another class of vehicle."
    source: ClassVar[str] = "none: how many change is given by the user"
    grade: ClassVar[str] = "D (what is simulated is given, not predicted)"
    limits: ClassVar[str] = (
        "One trip stays one trip, whatever the vehicles carry. Delay is against the free-flow time of the earlier "
        "vehicle."
    )
    example: ClassVar[str] = (
        '{ kind = "vehicle_shift", trips = { vehicle_classes = ["truck"], share = 0.3 }, to = "van" }'
    )
    numbers: ClassVar[Mapping[str, str]] = {"trips": "given by the user"}

    trips: Trips
    to: str = Field(min_length=1)

    def lower(self, builder: Builder) -> None:
        """Give the chosen trips the other class."""
        builder.retype(self.trips, self.to)
