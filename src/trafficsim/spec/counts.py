"""Traffic counts: how many vehicles passed a link or made a turn in an interval, and how fast they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trafficsim.base.findings import Finding

CountKind = Literal["link", "turn"]
ALL_CLASSES = "all"
"""Class of a count that does not tell vehicles apart."""
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Count:
    """Vehicles that a detector counted in an interval.

    Attributes
    ----------
    detector : name of the detector; several places of one detector (both directions, all turns) share it
    kind : ``"link"``, all vehicles of a link; ``"turn"``, those that go on to ``to_link``
    link, to_link : where they were counted; ``to_link`` is empty unless it is a turn
    date : ISO date; empty where nobody says
    begin_s, end_s : clock times in seconds from midnight of ``date``; the end may lie beyond midnight
    vehicle_class : a class of the scenario, a kind of vehicles, or ``"all"``
    vehicles : how many (a mean of several counts need not be whole)
    speed_kmh : their mean speed; ``None`` where it was not measured
    source : file and line

    Examples
    --------
    >>> Count("D1", "link", "a", "", "2024-05-06", 25200.0, 26100.0, "all", 150.0).flow_veh_h
    600.0
    """

    detector: str
    kind: CountKind
    link: str
    to_link: str
    date: str
    begin_s: float
    end_s: float
    vehicle_class: str
    vehicles: float
    speed_kmh: float | None = None
    source: str = ""

    @property
    def hours(self) -> float:
        """Length of the interval in hours."""
        return (self.end_s - self.begin_s) / HOUR_S

    @property
    def flow_veh_h(self) -> float:
        """Vehicles per hour."""
        return self.vehicles / self.hours

    @property
    def place(self) -> tuple[str, str]:
        """Link and the link beyond (empty: all)."""
        return self.link, self.to_link


@dataclass(frozen=True, slots=True)
class TurnShare:
    """Share of the vehicles of a link that goes on to another, where turns are known by proportions only.

    Attributes
    ----------
    link, to_link : the turn
    share : share of the vehicles of ``link``, from 0 to 1
    begin_s, end_s : clock times in seconds between which it holds
    source : file and line

    Examples
    --------
    >>> TurnShare("a", "b", 0.9, 25200.0, 28800.0).share
    0.9
    """

    link: str
    to_link: str
    share: float
    begin_s: float
    end_s: float
    source: str = ""


@dataclass(frozen=True)
class Counts:
    """What was counted, and what was read, inferred, repaired and doubted on the way.

    Attributes
    ----------
    counts : one by detector, place, class, date and interval
    shares : turning proportions
    findings : what a user should know
    source : file

    Examples
    --------
    >>> Counts((Count("D1", "link", "a", "", "", 0.0, 900.0, "all", 3.0),)).detectors
    ('D1',)
    """

    counts: tuple[Count, ...] = ()
    shares: tuple[TurnShare, ...] = ()
    findings: tuple[Finding, ...] = ()
    source: str = ""

    @property
    def detectors(self) -> tuple[str, ...]:
        """Names of the detectors, in the order of the file."""
        return tuple(dict.fromkeys(count.detector for count in self.counts))
