"""What was observed and can be simulated: flows and speeds of links, and spreads of free speeds, with their errors."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from trafficsim.base.errors import InputError
from trafficsim.design.calibration.binned_moments import binned_moments
from trafficsim.spec.counts import Count
from trafficsim.spec.validation import ObservedSpeeds

What = Literal["flow_veh_h", "speed_kmh", "free_speed_mean_kmh", "free_speed_sd_kmh"]
COUNT_ERROR = 0.05
"""Relative error of a count: loops and tubes are within 5 % (modelling assumption; FHWA-HIF-18-053, *Traffic Detector
Handbook*, gives 2 to 5 % for well kept ones); how much days differ comes on top."""
SPEED_ERROR_KMH = 1.0
"""Error of a measured mean speed (modelling assumption)."""
SPEED_CV = 0.15
"""Spread of single speeds around a mean of an interval: that of urban free speeds (Taylor et al. 2000, TRL 421)."""
LEAST_SURVEY = 100.0
"""Vehicles that a mean without a number rests on: the least of a survey of spot speeds (modelling assumption)."""
Minutes = tuple[str, float, float]
"""A link, and clock times in seconds."""


@dataclass(frozen=True)
class FreeSpeeds:
    """Speeds of unimpeded vehicles at one place, as of a radar sign: their mean and spread, and how many they were."""

    link: str
    mean_kmh: float
    sd_kmh: float
    vehicles: float

    def __post_init__(self) -> None:
        """Refuse what no place can have."""
        for name, value, low in (("mean_kmh", self.mean_kmh, 1.0), ("sd_kmh", self.sd_kmh, 0.1),
                                 ("vehicles", self.vehicles, 2.0)):
            if not (math.isfinite(value) and low <= value):
                raise InputError(f"speeds of link {self.link!r}: {name}", f"{value:g}", f"at least {low:g}",
                                 "correct or remove the row")


@dataclass(frozen=True)
class Observation:
    """One number that a run can be held against."""

    link: str
    what: What
    begin_s: float
    end_s: float
    value: float
    sd: float
    days: int = 1


def observations_of(
    counts: Iterable[Count], speeds: Iterable[FreeSpeeds], begin_s: float, end_s: float,
) -> list[Observation]:
    """Return all observations within a period; classes, and days, are taken together.

    Examples
    --------
    >>> count = Count("D", "link", "a", "", "", 0.0, 3600.0, "all", 400.0, 45.0)
    >>> [(one.what, one.value, round(one.sd, 1)) for one in observations_of([count], [], 0.0, 3600.0)]
    [('flow_veh_h', 400.0, 20.0), ('speed_kmh', 45.0, 1.1)]
    """
    found: list[Observation] = []
    for (link, begin, end), days in sorted(_by_minutes(counts, begin_s, end_s).items()):
        found.extend(_of_interval(link, begin, end, days))
    for one in speeds:
        found.append(Observation(one.link, "free_speed_mean_kmh", begin_s, end_s, one.mean_kmh,
                                 math.hypot(one.sd_kmh / math.sqrt(one.vehicles), 0.5 * SPEED_ERROR_KMH)))
        found.append(Observation(one.link, "free_speed_sd_kmh", begin_s, end_s, one.sd_kmh,
                                 math.hypot(one.sd_kmh / math.sqrt(2.0 * one.vehicles), 0.5 * SPEED_ERROR_KMH)))
    return found


@dataclass
class _Day:
    vehicles: float = 0.0
    with_speed: float = 0.0
    speeds: float = 0.0

    def add(self, count: Count) -> None:
        self.vehicles += count.vehicles
        if count.speed_kmh is not None:
            self.with_speed += count.vehicles
            self.speeds += count.vehicles * count.speed_kmh


def _by_minutes(counts: Iterable[Count], begin_s: float, end_s: float) -> dict[Minutes, list[_Day]]:
    days: dict[Minutes, dict[str, _Day]] = defaultdict(lambda: defaultdict(_Day))
    for count in counts:
        if count.kind == "link" and count.begin_s >= begin_s and count.end_s <= end_s:
            days[count.link, count.begin_s, count.end_s][count.date].add(count)
    return {minutes: list(by_date.values()) for minutes, by_date in days.items()}


def _of_interval(link: str, begin: float, end: float, days: list[_Day]) -> Iterable[Observation]:
    """Yield the flow, and the speed where it was measured, as means over days."""
    hours, number = (end - begin) / 3600.0, len(days)
    vehicles = sum(day.vehicles for day in days) / number
    flow = vehicles / hours
    least = 1.0 / hours  # of an empty interval too a vehicle more or less may have been missed
    yield Observation(link, "flow_veh_h", begin, end, flow, max(COUNT_ERROR * flow, least), number)
    seen = sum(day.with_speed for day in days)
    if seen > 0.0:
        speed = sum(day.speeds for day in days) / seen
        yield Observation(link, "speed_kmh", begin, end, speed,
                          math.hypot(SPEED_ERROR_KMH, SPEED_CV * speed / math.sqrt(seen)), number)


def free_speeds_of(observed: Iterable[ObservedSpeeds]) -> list[FreeSpeeds]:
    """Return the free speeds among observed speeds that a fit may use: those of unimpeded vehicles, ``data = "used"``.

    Raises
    ------
    InputError
        If the standard deviation is missing.

    Examples
    --------
    >>> bins = ObservedSpeeds(link="a", bins_kmh=(30, 40, 50), vehicles=(50, 50), unimpeded=True, data="used")
    >>> free_speeds_of([bins])
    [FreeSpeeds(link='a', mean_kmh=40.0, sd_kmh=4.08248290463863, vehicles=100.0)]
    """
    return [_free_speeds(one) for one in observed if one.data == "used" and one.unimpeded]


def _free_speeds(one: ObservedSpeeds) -> FreeSpeeds:
    if one.bins_kmh:
        moments = binned_moments(one.bins_kmh, one.vehicles)
        return FreeSpeeds(one.link, moments.mean, moments.sd, moments.n)
    if one.mean_kmh is None or one.sd_kmh is None:
        raise InputError(f"speeds on link {one.link!r}", "no sd_kmh", "mean_kmh and sd_kmh, or bins", "add it")
    return FreeSpeeds(one.link, one.mean_kmh, one.sd_kmh, LEAST_SURVEY)
