"""What a scenario is held against: counts, travel times, screenlines, speeds, and what they were used for."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import quoted
from trafficsim.spec.model import Model

DataUse = Literal["held_out", "used"]
"""``held_out``: no parameter and no demand rests on these data; ``used``: they went into the calibration."""
MOST_SPEED_KMH = 300.0


class ObservedCounts(Model):
    """A file of counts, and whether the calibration has used it.

    Parameters
    ----------
    file
        Table of counts.
    data
        ``"held_out"`` or ``"used"``: with data that were used one sees a fit, not a validation.

    Examples
    --------
    >>> ObservedCounts(file="counts.csv").data
    'held_out'
    """

    file: str = Field(min_length=1)
    data: DataUse = "held_out"


class ObservedTravelTimes(Model):
    """Observed travel times along a named route: mean and spread, or single values by day.

    Parameters
    ----------
    path
        A path of the network, or the id of a travel-time measurement of the scenario.
    mean_s, sd_s
        Mean over all observed vehicles, and standard deviation of the means of days.
    days_s
        Instead: mean travel times by day, one per interval from ``begin_s`` on.
    begin_s
        Clock time at which the observation begins; ``None``: with the analysis period.
    interval_s
        Length of an interval of ``days_s``; ``None``: each day has a single value, of the analysis period.
    data
        ``"held_out"`` or ``"used"`` in the calibration.

    Examples
    --------
    >>> ObservedTravelTimes(path="main", days_s={"mon": (300, 340), "tue": (310, 330)}, interval_s=900).data
    'held_out'
    """

    path: str = Field(min_length=1)
    mean_s: float | None = Field(default=None, gt=0)
    sd_s: float | None = Field(default=None, ge=0)
    days_s: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    begin_s: float | None = None
    interval_s: float | None = Field(default=None, gt=0)
    data: DataUse = "held_out"

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        where = f"travel times of path {quoted(self.path)}"
        if (self.mean_s is None) == (not self.days_s):
            raise ValueError(f"{where}: give mean_s, or days_s, and not both")
        if self.days_s and self.sd_s is not None:
            raise ValueError(f"{where}: sd_s beside days_s, which show how much days differ; leave sd_s out")
        lengths = {len(values) for values in self.days_s.values()}
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError(f"{where}: days with {sorted(lengths)} values; give every day the same intervals")
        if self.days_s and self.interval_s is None and lengths != {1}:
            raise ValueError(f"{where}: several values a day; give interval_s, the time that each is the mean of")
        if any(value <= 0.0 for values in self.days_s.values() for value in values):
            raise ValueError(f"{where}: a travel time that is not above 0 s; correct it")
        return self


class ObservedSpeeds(Model):
    """Observed spot speeds on a link: mean and standard deviation, or numbers of vehicles in bins.

    Parameters
    ----------
    link
        Where they were measured; the simulation takes them over 50 m in the middle of the link, or around ``detector``.
    detector
        A detector of the scenario on that link, instead of the middle.
    mean_kmh, sd_kmh
        Mean and standard deviation of single vehicles.
    bins_kmh
        Instead: edges of the bins, rising, one more than there are bins.
    vehicles
        Vehicles in each bin.
    unimpeded
        Whether only vehicles with a headway to the leader above 5 s are meant (free-flow speeds).
    data
        ``"held_out"`` or ``"used"`` in the calibration.

    Examples
    --------
    >>> ObservedSpeeds(link="main", bins_kmh=(30, 40, 50, 60), vehicles=(20, 60, 20)).unimpeded
    False
    """

    link: str = Field(min_length=1)
    detector: str | None = None
    mean_kmh: float | None = Field(default=None, gt=0, le=MOST_SPEED_KMH)
    sd_kmh: float | None = Field(default=None, gt=0, le=MOST_SPEED_KMH)
    bins_kmh: tuple[float, ...] = ()
    vehicles: tuple[float, ...] = ()
    unimpeded: bool = False
    data: DataUse = "held_out"

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        where = f"speeds on link {quoted(self.link)}"
        if (self.mean_kmh is None) == (not self.bins_kmh):
            raise ValueError(f"{where}: give mean_kmh, or bins_kmh with vehicles, and not both")
        if self.bins_kmh and self.sd_kmh is not None:
            raise ValueError(f"{where}: sd_kmh beside bins_kmh, which show how much speeds differ; leave sd_kmh out")
        if not self.bins_kmh and self.vehicles:
            raise ValueError(f"{where}: vehicles without bins_kmh; give the edges of their bins, or leave them out")
        if not self.bins_kmh:
            return self
        if len(self.bins_kmh) != len(self.vehicles) + 1 or not self.vehicles:
            raise ValueError(f"{where}: {len(self.bins_kmh)} edges for {len(self.vehicles)} bins; give one edge more "
                             "than bins")
        if any(above <= below for below, above in zip(self.bins_kmh, self.bins_kmh[1:], strict=False)):
            raise ValueError(f"{where}: bins_kmh that do not rise; give the edges in order")
        if min(self.vehicles) < 0 or sum(self.vehicles) <= 0:
            raise ValueError(f"{where}: numbers of vehicles below 0, or none at all; correct vehicles")
        return self


class Validation(Model):
    """What a scenario is held against; nothing is measured beyond what is named here.

    Parameters
    ----------
    counts
        A file of counts that were held out, or several files, each with what it was used for.
    calibrated_with
        Files of counts that the calibration has used: a count that stands in one of them is not held out, and is
        refused as such.
    travel_times
        Travel times by named route.
    screenlines
        Sets of links, each in one direction, whose counts are summed.
    speeds
        Speeds by link.
    critical_s
        Clock times at which the critical intervals of criterion II of FHWA 2019 begin; none: the peak, and the highest
        interval that does not touch it.
    time_zone
        Time zone of the clock of the scenario, to which times of counts with an offset from UTC are moved.

    Examples
    --------
    >>> [one.data for one in Validation(counts="held_out.csv").count_files]
    ['held_out']
    """

    counts: str | tuple[ObservedCounts, ...] = ()
    calibrated_with: tuple[str, ...] = ()
    travel_times: tuple[ObservedTravelTimes, ...] = ()
    screenlines: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    speeds: tuple[ObservedSpeeds, ...] = ()
    critical_s: tuple[float, ...] = ()
    time_zone: str | None = None

    @property
    def count_files(self) -> tuple[ObservedCounts, ...]:
        """Files of counts with what they were used for."""
        return (ObservedCounts(file=self.counts),) if isinstance(self.counts, str) else self.counts

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.counts or self.travel_times or self.speeds):
            raise ValueError("nothing to hold the scenario against; give counts, travel_times or speeds, or leave the "
                             "table out")
        if self.screenlines and not self.counts:
            raise ValueError("screenlines without counts; give counts on their links")
        for name, members in self.screenlines.items():
            if not members or len(set(members)) < len(members):
                raise ValueError(f"screenline {quoted(name)}: no link, or one twice; name each link once")
        return self
