"""Policies on emergency response: cars that call help, drivers who make way, stations and units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.spec.emergency import Station
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

CHAIN = "The scenario gives stations, crashes and the durations of the chain under [emergency]."


class ECall(Policy):
    """Let a share of the crashes be notified by the cars themselves.

    Mechanism: these crashes have the notification time of eCall instead of that of witnesses. The same crashes are
    among those of a larger share.

    Source: Virtanen, Sihvola et al. 2009 (in-depth study in Finland: 3.6 % of deaths very probably avoidable, 4 to 8 %
    with the possible ones), grade B; that response times fall by 40 to 50 % is an ex-ante claim, grade D. Neither is
    put in: origin of the share is input, what it saves follows from the two notification times of the scenario.

    Limits: false calls, and crashes that nobody else would have found, are not modelled.

    Parameters
    ----------
    share
        Share of crashes with eCall.

    Examples
    --------
    >>> ECall(share=0.5).kind
    'ecall'
    """

    kind: ClassVar[str] = "ecall"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = "Crashes are notified by the cars themselves, with the notification time of eCall."
    source: ClassVar[str] = "Virtanen, Sihvola et al. 2009, European Transport Research Review (outcome, not put in)"
    grade: ClassVar[str] = "B (outcome), D (notification times)"
    limits: ClassVar[str] = f"No false calls; crashes that nobody else would have found are not modelled. {CHAIN}"
    example: ClassVar[str] = '{ kind = "ecall", share = 0.9 }'
    numbers: ClassVar[Mapping[str, str]] = {"share": "given by the user"}

    share: float = Field(ge=0, le=1)

    def lower(self, builder: Builder) -> None:
        """Set the share."""
        builder.set_response("chain.ecall_share", self.share)


class RescueLane(Policy):
    """Let another share of drivers open a rescue lane at once.

    Mechanism: units pass between those who make way; all others hold them up for a time each (``hesitation_s`` of the
    scenario). Who makes way at a share does so at every larger one.

    Source: none that proves a gain of time. Crews estimate two minutes (survey, IFES 2022, grade D); the Austrian Court
    of Audit found no proven saving. Origin: input; the time of the unit is emergent.

    Limits: a lane that is open before the unit comes and one that opens for it are not told apart. Units take no room
    on the road.

    Parameters
    ----------
    share
        Share of drivers who make way at once.

    Examples
    --------
    >>> RescueLane(share=0.9).kind
    'rescue_lane'
    """

    kind: ClassVar[str] = "rescue_lane"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = "More drivers make way at once; those who do not hold a unit up for a time each."
    source: ClassVar[str] = "survey of crews, IFES 2022; Austrian Court of Audit: no proven saving of time"
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = f"Units take no room on the road; the share is given, not predicted. {CHAIN}"
    example: ClassVar[str] = '{ kind = "rescue_lane", share = 0.9 }'
    numbers: ClassVar[Mapping[str, str]] = {"share": "given by the user"}

    share: float = Field(ge=0, le=1)

    def lower(self, builder: Builder) -> None:
        """Set the share."""
        builder.set_response("rescue_lane.share", self.share)


class AddStation(Policy):
    """Add a station with units, or units to a station.

    Mechanism: dispatch chooses among all free units by its rule; one that is nearer, or free, comes sooner.

    Source: none; place and units are given. Ten minutes less of response time went with a third less deaths (Sanchez-
    Mangas et al. 2010, grade B, observational). Origin: input; response times are emergent.

    Limits: units wait at their stations and are no use elsewhere; all can do everything.

    Parameters
    ----------
    station
        Its name, place and units; the name of a station that there is, with the same place: units are added to it.

    Examples
    --------
    >>> AddStation(station=Station(id="east", link="main")).station.units
    1
    """

    kind: ClassVar[str] = "add_station"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = "More units to choose from: one that is nearer, or free, comes sooner."
    source: ClassVar[str] = "Sanchez-Mangas et al. 2010, Accident Analysis & Prevention 42:1048-1056 (deaths by time)"
    grade: ClassVar[str] = "B (deaths by response time, observational)"
    limits: ClassVar[str] = f"Units wait at their stations; all can do everything. {CHAIN}"
    example: ClassVar[str] = '{ kind = "add_station", station = { id = "east", link = "main" } }'
    numbers: ClassVar[Mapping[str, str]] = {"station": "given by the user"}

    station: Station

    def lower(self, builder: Builder) -> None:
        """Add it."""
        builder.add_station(self.station)
