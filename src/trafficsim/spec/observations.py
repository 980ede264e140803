"""Observations that were read: what was counted or timed where, by interval, and how much days differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trafficsim.base.findings import Finding
from trafficsim.spec.validation import DataUse

SeriesKind = Literal["count", "turning_count", "screenline", "travel_time"]


@dataclass(frozen=True)
class Series:
    """One measure at one place, by interval; flows in vehicles per hour, times in seconds.

    Attributes
    ----------
    kind, place, data : what was observed, where, and whether the calibration has used it
    begin_s, end_s : clock times of the intervals, in their order
    observed : mean over days
    sd : standard deviation over days, empty where there is one day only
    days : number of days
    representative : on the representative day of FHWA 2019, empty without several days
    distance : mean absolute difference of the other days from it
    links : that are meant, of a count those that are summed
    to_link : link beyond the junction, of a turning count
    detector : of the scenario, that counts in the simulation too
    """

    kind: SeriesKind
    place: str
    data: DataUse
    begin_s: tuple[float, ...]
    end_s: tuple[float, ...]
    observed: tuple[float, ...]
    sd: tuple[float, ...] = ()
    days: int = 1
    representative: tuple[float, ...] = ()
    distance: tuple[float, ...] = ()
    links: tuple[str, ...] = ()
    to_link: str = ""
    detector: str = ""


@dataclass(frozen=True)
class Observations:
    """All series of a scenario, and what a user should know of them."""

    series: tuple[Series, ...] = ()
    findings: tuple[Finding, ...] = ()
