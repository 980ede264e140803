"""The crash history of a study's network: which crashes, where traffic comes from, how sites and counts are judged."""

from __future__ import annotations

from datetime import date
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from trafficsim.spec.model import Model

CrashSeverity = Literal["fatal", "serious", "slight", "damage"]
CRASH_SEVERITIES: tuple[CrashSeverity, ...] = ("fatal", "serious", "slight", "damage")
CasualtySeverity = Literal["deaths", "serious_injuries", "slight_injuries"]
SiteType = Literal["3ST", "4ST", "3SG", "4SG", "2U", "3T", "4U", "4D", "5T", "none"]
DAYS_PER_YEAR = 365.25
SHORTEST_DAYS = 365
"""Crashes have seasons: less than a year says nothing about a year."""
MOST_AADT = 400_000.0
"""No road carries more than this in a day (modelling assumption; the busiest motorways carry about as much)."""


class UnderReporting(Model):
    """How many casualties there are for each one that the police report, in a country.

    Parameters
    ----------
    country
        Country, as the history names it.
    severity
        Severity of the casualties.
    factor
        Real over reported casualties.
    low, high
        Ends of its 95 % interval.
    source
        Publication.
    grade
        How good the evidence is, A (meta-analysis) to D (expert judgement).

    Examples
    --------
    >>> UnderReporting(country="NL", severity="serious_injuries", factor=2.0, source="an example").low is None
    True
    """

    country: str
    severity: CasualtySeverity
    factor: float = Field(ge=1, le=100)
    low: float | None = Field(default=None, gt=0)
    high: float | None = Field(default=None, gt=0)
    source: str = Field(min_length=1)
    grade: Literal["A", "B", "C", "D"] = "D"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("give both ends of the interval, low and high, or none")
        if self.low is not None and self.high is not None and not self.low <= self.factor <= self.high:
            raise ValueError(f"low <= factor <= high is not so: {self.low:g}, {self.factor:g}, {self.high:g}")
        return self


class CasualtiesPerCrash(Model):
    """Casualties of each severity in an injury crash, where there is no crash table to count them in.

    Parameters
    ----------
    deaths, serious_injuries, slight_injuries
        Casualties per crash with injuries.
    source
        Where the numbers come from.

    Examples
    --------
    >>> CasualtiesPerCrash(deaths=0.01, serious_injuries=0.2, slight_injuries=1.1, source="an example").deaths
    0.01
    """

    deaths: float = Field(ge=0, le=5)
    serious_injuries: float = Field(ge=0, le=10)
    slight_injuries: float = Field(ge=0, le=10)
    source: str = Field(min_length=1)


class History(Model):
    """Crashes of past years at the junctions and on the roads of the network, and the traffic that they go with.

    Parameters
    ----------
    crashes
        Crash table: CSV, Parquet or GeoPackage. Without one, casualties come from the prediction alone.
    layer
        Layer of a GeoPackage that has several.
    begin, end
        First and last day of the history, ``"2019-01-01"``; at least a year.
    columns
        Names of columns in the table, where they differ from ours: ``{severity = "class"}``.
    severities
        Words of the table for the severities: ``{"1" = "fatal"}``.
    offset_x_m, offset_y_m
        Added to the coordinates of the table: the shift from its metric system to that of the network.
    match_distance_m
        A crash further from every road is outside. This and the next two defaults are modelling assumptions.
    junction_radius_m
        A crash so near to the centre of a junction belongs to the junction.
    ambiguous_within_m
        A crash is ambiguous if a second site is further away by less than this. It is counted at the nearer one.
    aadt
        CSV file with the columns ``link`` and ``aadt``: annual average daily traffic of links, one direction each.
    expansion_factor
        Where ``aadt`` says nothing: AADT over the hourly flow under do nothing in the analysis period.
    site_types
        Types by link or junction where the network does not tell them; ``"none"`` for a site without a function.
    calibration
        Factor by type of site. Types that are not named are calibrated to the crash table if ``calibrate``.
    calibrate
        Whether predictions are multiplied by observed over predicted crashes of all sites of a type.
    casualties_per_crash
        Instead of those that the crash table shows.
    country
        Country of the history, for under-reporting.
    under_reporting
        Factors from reported to real casualties.

    Examples
    --------
    >>> History(crashes="crashes.csv", begin="2019-01-01", end="2021-12-31", expansion_factor=10).years
    3.0
    """

    crashes: str | None = None
    layer: str | None = None
    begin: str
    end: str
    columns: dict[str, str] = Field(default_factory=dict)
    severities: dict[str, CrashSeverity] = Field(default_factory=dict)
    offset_x_m: float = Field(default=0.0, ge=-1e8, le=1e8)
    offset_y_m: float = Field(default=0.0, ge=-1e8, le=1e8)
    match_distance_m: float = Field(default=30.0, gt=0, le=500)
    junction_radius_m: float = Field(default=20.0, ge=0, le=200)
    ambiguous_within_m: float = Field(default=5.0, ge=0, le=100)
    aadt: str | None = None
    expansion_factor: float | None = Field(default=None, gt=0, le=100)
    site_types: dict[str, SiteType] = Field(default_factory=dict)
    calibration: dict[str, float] = Field(default_factory=dict)
    calibrate: bool = True
    casualties_per_crash: CasualtiesPerCrash | None = None
    country: str = ""
    under_reporting: tuple[UnderReporting, ...] = ()

    @field_validator("begin", "end")
    @classmethod
    def _is_a_day(cls, text: str) -> str:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError('a day as "2019-01-01" (year, month, day)') from None
        return text

    @model_validator(mode="after")
    def _is_a_history(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the history ends ({self.end}) before it begins ({self.begin}): exchange the two")
        if self.days < SHORTEST_DAYS:
            raise ValueError(f"a history of {self.days} days: at least a year: crashes have seasons")
        for kind, factor in self.calibration.items():
            if not 0.0 < factor <= 100.0:
                raise ValueError(f"a calibration factor of {factor:g} for {kind}: above 0 and up to 100")
        if self.crashes is None and self.casualties_per_crash is None:
            raise ValueError("neither a crash table (crashes) nor casualties_per_crash: casualties need one of the two")
        if self.aadt is None and self.expansion_factor is None:
            raise ValueError("no traffic: give aadt, a file, or expansion_factor for that of the simulation")
        return self

    @property
    def first(self) -> date:
        """First day."""
        return date.fromisoformat(self.begin)

    @property
    def last(self) -> date:
        """Last day."""
        return date.fromisoformat(self.end)

    @property
    def days(self) -> int:
        """Days from the first to the last, both included."""
        return (self.last - self.first).days + 1

    @property
    def years(self) -> float:
        """Length in years; whole years from a day to the day before it are whole numbers."""
        following = date.fromordinal(self.last.toordinal() + 1)
        if (following.month, following.day) == (self.first.month, self.first.day):
            return float(following.year - self.first.year)
        return self.days / DAYS_PER_YEAR
