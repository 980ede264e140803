"""The population: groups of people who stay the same over days, alternatives and replications."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from trafficsim.base.errors import quoted
from trafficsim.spec.calendar import WEEKDAYS, Hours, Weekday
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.model import Model

SHARE_TOLERANCE = 1e-6
MOST_PEOPLE = 10_000_000
MOST_AGE, MOST_POINTS = 120.0, 1000
LEAST_LICENCE_AGE = 17.0
"""Nobody has held the licence for longer than since this age (lowest age of category B, Directive 2006/126/EC)."""
ISA_OVERRIDE_SHARE = 0.3
"""Share of drivers with soft intelligent speed assistance who override it, always and everywhere: a modelling
assumption, for which no measured share is at hand."""
PersonColumn = Literal["person", "group", "age_years", "licence_months", "speed_score", "alcohol", "belt", "isa",
                       "points", "suspended"]
"""Attributes of people that the table ``trips`` can have as columns."""


class AlcoholPeriod(Model):
    """Share of drivers above 0.5 g/l of blood alcohol at some hours of some weekdays.

    Parameters
    ----------
    share
        Share of the trips in these hours.
    weekdays, hours
        When; hours that end before they begin go on past midnight.

    Examples
    --------
    >>> AlcoholPeriod(share=0.05, weekdays=("fri", "sat"), hours=Hours(begin_h=22, end_h=5)).hours.length_h
    7.0
    """

    share: float = Field(ge=0, le=1)
    weekdays: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)
    hours: Hours = Hours(begin_h=0, end_h=24)


class PersonGroup(Model):
    """A group of people.

    Parameters
    ----------
    name
        Name of the group.
    share
        Share of all people.
    age_years
        Lowest and highest age; ages between are equally likely.
    licence_months
        Months since the licence on the first day, lowest and highest; equally likely between, but no more than since
        the 17th birthday.
    speed_score_mean, speed_score_sd
        Propensity to speed: the normal score of desired speeds in this group. 0 and 1 are the driver population of the
        scenario's speed choice.
    trip_rate
        Trips per person relative to the other groups.
    alcohol_factor
        Factor on the share of the population's ``alcohol``.
    belt_share
        Share who wear a belt (0.95: modelling assumption).
    isa_share, isa
        Share of drivers with intelligent speed assistance; ``"soft"`` can be overridden, ``"hard"`` cannot.
    licensed_share
        Share with a licence; others drive without one.
    points
        Share of people by demerit points on the first day; all with 0 unless it is given.

    Examples
    --------
    >>> PersonGroup(name="novices", share=0.02, licence_months=(0, 24)).belt_share
    0.95
    """

    name: str = Field(min_length=1)
    share: float = Field(ge=0, le=1)
    age_years: tuple[float, float] = (18.0, 80.0)
    licence_months: tuple[float, float] = (24.0, 600.0)
    speed_score_mean: float = Field(default=0.0, ge=-3, le=3)
    speed_score_sd: float = Field(default=1.0, ge=0, le=3)
    trip_rate: float = Field(default=1.0, gt=0)
    alcohol_factor: float = Field(default=1.0, ge=0)
    belt_share: float = Field(default=0.95, ge=0, le=1)
    isa_share: float = Field(default=0.0, ge=0, le=1)
    isa: Literal["soft", "hard"] = "soft"
    licensed_share: float = Field(default=1.0, ge=0, le=1)
    points: dict[int, float] = Field(default_factory=lambda: {0: 1.0})

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for what, (low, high) in (("age_years", self.age_years), ("licence_months", self.licence_months)):
            if not 0 <= low <= high:
                raise ValueError(f"group {quoted(self.name)}: {what} from {low:g} to {high:g}; give the lower first, "
                                 "none below 0")
        if self.age_years[1] > MOST_AGE:
            raise ValueError(f"group {quoted(self.name)}: ages up to {self.age_years[1]:g} years; give ages up to "
                             f"{MOST_AGE:g}")
        if any(not 0 <= points <= MOST_POINTS or share < 0 for points, share in self.points.items()):
            raise ValueError(f"group {quoted(self.name)}: points or shares of them out of range; give 0 to "
                             f"{MOST_POINTS} points, and no share below 0")
        if abs(sum(self.points.values()) - 1.0) > SHARE_TOLERANCE:
            raise ValueError(f"group {quoted(self.name)}: shares of points that sum to {sum(self.points.values()):g} "
                             "instead of 1; correct a share")
        return self


class Licence(Model):
    """The demerit point system.

    Parameters
    ----------
    limit
        Points at which the licence is suspended.
    novice_limit, novice_months
        The same for people in probation, and how long that lasts.
    suspended_days
        Length of a suspension.
    expire_days
        Points expire so long after the last offence.

    Source: orders of magnitude of European systems; a modelling assumption, replace by those of the country.

    Examples
    --------
    >>> Licence(limit=8, novice_limit=4).suspended_days
    90
    """

    limit: int = Field(default=12, ge=1)
    novice_limit: int | None = Field(default=None, ge=1)
    novice_months: float = Field(default=24.0, ge=0)
    suspended_days: int = Field(default=90, ge=1)
    expire_days: int = Field(default=730, ge=1)

    @model_validator(mode="after")
    def _novices_lose_it_earlier(self) -> Self:
        if self.novice_limit is not None and self.novice_limit > self.limit:
            raise ValueError(f"novice_limit {self.novice_limit} above limit {self.limit}; exchange the two, or leave "
                             "novice_limit out")
        return self


def default_groups() -> tuple[PersonGroup, ...]:
    """Novices and experienced drivers.

    Novices in their first two years drive 2 % of the kilometres (evidence base of the acceptance case on licensing: an
    assumption of that case). That novices want to drive 2 to 5 % faster is unverified and left out.
    """
    return (PersonGroup(name="novice", share=0.02, age_years=(18, 24), licence_months=(0, 24)),
            PersonGroup(name="experienced", share=0.98, age_years=(20, 85), licence_months=(24, 720)))


def default_alcohol() -> tuple[AlcoholPeriod, ...]:
    """Share of drivers above 0.5 g/l: nights of weekends, other nights, all other hours.

    A modelling assumption of the size of what is quoted for the European Union (1.5 to 2 % of the kilometres above the
    legal limit: unverified), more at night than by day; replace it by a roadside survey of the country.
    """
    night = Hours(begin_h=22, end_h=5)
    return (AlcoholPeriod(share=0.06, weekdays=("fri", "sat"), hours=night), AlcoholPeriod(share=0.03, hours=night),
            AlcoholPeriod(share=0.01))


class Population(Model):
    """People who stay the same over days, alternatives and replications.

    Parameters
    ----------
    people
        Number of people whose trips these are.
    groups
        Groups; their shares sum to 1. By default novices in their first two years (2 %) and all others.
    alcohol
        Share of trips above 0.5 g/l by hour and weekday; the first period that holds counts, 0 where none does. By
        default 6 % from 22 to 5 h on Fridays and Saturdays, 3 % in other nights, 1 % by day (modelling assumption).
    isa_override_share
        Share of drivers with soft intelligent speed assistance who override it, always and everywhere (modelling
        assumption).
    licence
        Demerit points and suspension.
    deterrence
        How people learn and forget the risk of being caught.
    trip_columns
        Attributes of people that the table ``trips`` has as columns.

    Examples
    --------
    >>> [group.name for group in Population(people=1000).groups]
    ['novice', 'experienced']
    """

    people: int = Field(ge=1, le=MOST_PEOPLE)
    groups: tuple[PersonGroup, ...] = Field(default=default_groups(), min_length=1)
    alcohol: tuple[AlcoholPeriod, ...] = default_alcohol()
    isa_override_share: float = Field(default=ISA_OVERRIDE_SHARE, ge=0, le=1)
    licence: Licence = Licence()
    deterrence: Deterrence = Deterrence()
    trip_columns: tuple[PersonColumn, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        names = [group.name for group in self.groups]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two groups named {quoted(name)}; give each a name of its own")
        total = sum(group.share for group in self.groups)
        if abs(total - 1.0) > SHARE_TOLERANCE:
            raise ValueError(f"shares of groups that sum to {total:g} instead of 1; correct a share or add a group")
        return self
