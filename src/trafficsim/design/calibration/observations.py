"""What was observed and can be simulated: flows and speeds of links, and spreads of free speeds, with their errors."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from trafficsim.base.errors import InputError
from trafficsim.design.calibration.binned_moments import binned_moments
from trafficsim.spec.counts import HOUR_S, Count
from trafficsim.spec.validation import ObservedSpeeds

What = Literal["flow_veh_h", "speed_kmh", "free_speed_mean_kmh", "free_speed_sd_kmh"]
COUNT_ERROR = 0.05
"""Relative error of a count (modelling assumption: detectors that are kept well); how much days differ comes on top."""
SPEED_ERROR_KMH = 1.0
"""Error of a measured mean speed (modelling assumption)."""
FREE_SPEED_ERROR_KMH = 0.5
"""Error of a mean, or spread, of free speeds of many vehicles beside that of their number (modelling assumption)."""
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
    counts: Sequence[Count], days: Sequence[int], speeds: Iterable[FreeSpeeds], begin_s: float, end_s: float,
) -> list[Observation]:
    """Return all observations within a period; of a link, classes are summed and detectors averaged.

    Parameters
    ----------
    counts, days
        Means over days, and of how many each is one; turning counts are not read.
    speeds
        Free speeds, of the whole period.
    begin_s, end_s
        The period.

    Examples
    --------
    >>> count = Count("D", "link", "a", "", "", 0.0, 3600.0, "all", 400.0, 45.0)
    >>> [(one.what, one.value, round(one.sd, 1)) for one in observations_of([count], [1], [], 0.0, 3600.0)]
    [('flow_veh_h', 400.0, 20.0), ('speed_kmh', 45.0, 1.1)]
    """
    by_place: dict[Minutes, dict[str, list[tuple[Count, int]]]] = defaultdict(lambda: defaultdict(list))
    for count, number in zip(counts, days, strict=True):
        if count.kind == "link" and count.begin_s >= begin_s and count.end_s <= end_s:
            by_place[count.link, count.begin_s, count.end_s][count.detector].append((count, number))
    found = [one for minutes, detectors in sorted(by_place.items()) for one in _at(minutes, list(detectors.values()))]
    return found + [one for speed in speeds for one in _of_free_speeds(speed, begin_s, end_s)]


def _at(minutes: Minutes, detectors: Sequence[Sequence[tuple[Count, int]]]) -> Iterator[Observation]:
    """Yield the flow, and the speed where it was measured, of a link in an interval."""
    link, begin, end = minutes
    hours, days = (end - begin) / HOUR_S, min(number for rows in detectors for _, number in rows)
    flow = sum(count.vehicles for rows in detectors for count, _ in rows) / len(detectors) / hours
    least = 1.0 / hours  # of an empty interval too a vehicle more or less may have been missed
    yield Observation(link, "flow_veh_h", begin, end, flow, max(COUNT_ERROR * flow, least), days)
    timed = [(count.vehicles, count.speed_kmh, count.vehicles * number) for rows in detectors
             for count, number in rows if count.speed_kmh is not None and count.vehicles > 0.0]
    if timed:
        speed = sum(vehicles * speed for vehicles, speed, _ in timed) / sum(vehicles for vehicles, *_ in timed)
        error = SPEED_CV * speed / math.sqrt(sum(seen for *_, seen in timed))
        yield Observation(link, "speed_kmh", begin, end, speed, math.hypot(SPEED_ERROR_KMH, error), days)


def _of_free_speeds(one: FreeSpeeds, begin_s: float, end_s: float) -> Iterator[Observation]:
    for what, value, number in (("free_speed_mean_kmh", one.mean_kmh, one.vehicles),
                                ("free_speed_sd_kmh", one.sd_kmh, 2.0 * one.vehicles)):
        error = math.hypot(one.sd_kmh / math.sqrt(number), FREE_SPEED_ERROR_KMH)
        yield Observation(one.link, what, begin_s, end_s, value, error)  # type: ignore[arg-type]


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
    [FreeSpeeds(link='a', mean_kmh=40.0, sd_kmh=4.0824829046386295, vehicles=100.0)]
    """
    return [_free_speeds(one) for one in observed if one.data == "used" and one.unimpeded]


def _free_speeds(one: ObservedSpeeds) -> FreeSpeeds:
    if one.bins_kmh:
        moments = binned_moments(one.bins_kmh, one.vehicles)
        return FreeSpeeds(one.link, moments.mean, moments.sd, moments.n)
    if one.mean_kmh is None or one.sd_kmh is None:
        raise InputError(f"speeds on link {one.link!r}", "no sd_kmh", "mean_kmh and sd_kmh, or bins", "add it")
    return FreeSpeeds(one.link, one.mean_kmh, one.sd_kmh, LEAST_SURVEY)
