"""Trips that leave the road for another mode, or are not made any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.trip_selection import Trips


class ModeShift(Policy):
    """Let a share of the trips on the road be made by another mode, or not at all.

    Mechanism: those trips are taken out of the demand; all others keep driver, departure and route. Who leaves belongs
    to the traveller and the mark: those who leave at 10 % leave at 20 % too.

    Source: none; how many leave is the user's scenario. Origin: input.

    Limits: time and money of those who leave are not known, so that means per trip are over the others. No
    induced demand: in reality a part of the room is taken up by new trips (give them as demand). No routes or
    departures change in answer.

    Parameters
    ----------
    trips
        The trips that leave; their ``share`` above all.

    Examples
    --------
    >>> ModeShift(trips=Trips(vehicle_classes=("car",), share=0.1)).phase
    'demand'
    """

    kind: ClassVar[str] = "mode_shift"
    phase: ClassVar[PolicyPhase] = "demand"
    mechanism: ClassVar[str] = "A share of the trips is not on the road; all others keep driver, departure and route."
    source: ClassVar[str] = "none: how many leave is given by the user"
    grade: ClassVar[str] = "D (what is simulated is given, not predicted)"
    limits: ClassVar[str] = (
        "Time and money of those who leave are not known: means per trip are over the others. No induced demand, no "
        "change of route or departure."
    )
    example: ClassVar[str] = '{ kind = "mode_shift", trips = { vehicle_classes = ["car"], share = 0.1 } }'
    numbers: ClassVar[Mapping[str, str]] = {"trips": "given by the user"}

    trips: Trips

    def lower(self, builder: Builder) -> None:
        """Drop the chosen trips."""
        builder.drop(self.trips)
