"""The calendar: when something is in force, and the days over which a study runs."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from trafficsim.spec.model import Model

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DAYS = 7320
"""Longest study over time: twenty years (modelling assumption)."""
HOURS = 24.0


class Hours(Model):
    """Hours of a day; a period that ends before it begins goes on past midnight.

    Parameters
    ----------
    begin_h, end_h
        Clock times in hours.

    Examples
    --------
    >>> Hours(begin_h=22, end_h=5).length_h
    7.0
    """

    begin_h: float = Field(ge=0, le=HOURS)
    end_h: float = Field(ge=0, le=HOURS)

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.begin_h == self.end_h:
            raise ValueError(f"hours from {self.begin_h:g} to {self.end_h:g} have no length; the whole day is 0 to 24")
        return self

    @property
    def length_h(self) -> float:
        """Length of the period in hours."""
        return (self.end_h - self.begin_h) % HOURS or HOURS

    def holds(self, hour: float) -> bool:
        """Whether a clock time (hours) lies in the period; its end does not."""
        hour %= HOURS
        if self.begin_h < self.end_h:
            return self.begin_h <= hour < self.end_h
        return hour >= self.begin_h or hour < self.end_h


class Schedule(Model):
    """When something is in force: days of the study, weekdays, hours.

    Parameters
    ----------
    first_day, last_day
        Days of the study, counted from 1; ``None``: to the end.
    weekdays
        Weekdays on which it holds.
    hours
        Hours of these days.
    weeks
        Weeks of the study in which it holds, of seven days from day 1 on, counted from 1; empty: all.

    Examples
    --------
    >>> early = Schedule(first_day=8, last_day=49, weekdays=("mon", "tue"), hours=(Hours(begin_h=7, end_h=16),))
    >>> early.on_day(8, "mon"), early.on_day(8, "wed"), early.on_day(50, "mon")
    (True, False, False)
    >>> early.hours_on_day
    9.0
    """

    first_day: int = Field(default=1, ge=1, le=MOST_DAYS)
    last_day: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    weekdays: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)
    hours: tuple[Hours, ...] = Field(default=(Hours(begin_h=0, end_h=HOURS),), min_length=1)
    weeks: tuple[Annotated[int, Field(ge=1, le=MOST_DAYS // 7)], ...] = ()

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError(f"first_day is {self.first_day} and last_day {self.last_day}: the schedule ends before "
                             "it begins; exchange the two, or leave last_day out")
        return self

    def __str__(self) -> str:
        """Say ``always`` where nothing is restricted."""
        return "always" if self == Schedule() else super().__str__()

    @property
    def hours_on_day(self) -> float:
        """Hours in force on a day on which it holds."""
        return sum(period.length_h for period in self.hours)

    def on_day(self, day: int, weekday: Weekday) -> bool:
        """Whether it holds on a day of the study."""
        begun = day >= self.first_day and (self.last_day is None or day <= self.last_day)
        return begun and weekday in self.weekdays and (not self.weeks or (day - 1) // 7 + 1 in self.weeks)

    def at(self, hour: float) -> bool:
        """Whether a clock time (hours) lies in its hours."""
        return any(period.holds(hour) for period in self.hours)


class DayEvent(Model):
    """A measure that begins or ends on a day of the study.

    Parameters
    ----------
    alternative
        Alternative that it belongs to.
    policy
        Kind of the policy, with its number where the alternative has several of the kind (``"patrol #2"``).
    begin_day, end_day
        First and last day on which the policy acts; ``None``: from the first day, to the last.

    Examples
    --------
    >>> DayEvent(alternative="cameras", policy="speed_camera", begin_day=31).end_day is None
    True
    """

    alternative: str
    policy: str
    begin_day: int | None = Field(default=None, ge=1, le=MOST_DAYS)
    end_day: int | None = Field(default=None, ge=1, le=MOST_DAYS)

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.begin_day is None and self.end_day is None:
            raise ValueError("an event of [days] needs begin_day or end_day")
        if self.begin_day is not None and self.end_day is not None and self.end_day < self.begin_day:
            raise ValueError(f"begin_day is {self.begin_day} and end_day {self.end_day}: it ends before it begins")
        return self


class Days(Model):
    """Days over which a study runs: behaviour is followed every day, traffic is simulated on some.

    Parameters
    ----------
    number
        Number of days.
    sample
        Days on which traffic is simulated: their numbers from 1, or how many, spread evenly.
    first_weekday
        Weekday of day 1.
    holidays
        Days that count as a Sunday.
    events
        Beginnings and ends of measures.
    resimulate_at
        Traffic is simulated on a further day when the mean free speed of any group, or at any place of enforcement, has
        moved by more than this share since the last day that was simulated (modelling assumption).
    traffic_h
        How many hours of the simulated traffic make a day: 10 where the simulated hour carries a tenth of the day's
        traffic, as peak hours do (K = 0.09 to 0.10 on urban roads, HCM 2016; modelling assumption).

    Examples
    --------
    >>> Days(number=365, sample=12).sample_days()[:3]
    (1, 34, 67)
    >>> Days(number=10, holidays=(2,)).weekday(2), Days(number=10).weekday(8)
    ('sun', 'mon')
    """

    number: int = Field(ge=1, le=MOST_DAYS)
    sample: int | tuple[int, ...] = 4
    first_weekday: Weekday = "mon"
    holidays: tuple[int, ...] = ()
    events: tuple[DayEvent, ...] = ()
    resimulate_at: float = Field(default=0.02, gt=0, le=1)
    traffic_h: float = Field(default=10.0, gt=0, le=24)

    @model_validator(mode="after")
    def _within_the_horizon(self) -> Self:
        chosen = self.sample if isinstance(self.sample, tuple) else ()
        for what, days in (("sample", chosen), ("holidays", self.holidays)):
            for day in days:
                if not 1 <= day <= self.number:
                    raise ValueError(f"days.{what} names day {day}; the study has days 1 to {self.number}")
        if isinstance(self.sample, int) and not 1 <= self.sample <= self.number:
            raise ValueError(f"days.sample is {self.sample}; between 1 and {self.number} days can be simulated")
        if isinstance(self.sample, tuple) and not self.sample:
            raise ValueError("days.sample is empty: at least one day has to be simulated")
        for event in self.events:
            last = max(event.begin_day or 1, event.end_day or 1)
            if last > self.number:
                raise ValueError(f"days.events: {event.policy!r} of {event.alternative!r} on day {last}; the study has "
                                 f"days 1 to {self.number}")
        return self

    def sample_days(self) -> tuple[int, ...]:
        """Days on which traffic is simulated in any case, in order; the first day is one: there is none before it."""
        if isinstance(self.sample, tuple):
            return tuple(sorted({1, *self.sample}))
        last = max(self.sample - 1, 1)
        return tuple(sorted({1 + round(step * (self.number - 1) / last) for step in range(self.sample)}))

    def in_force(self, alternative: str, policy: str, day: int) -> bool:
        """Whether a policy of an alternative is in force on a day: always, unless events say when."""
        mine = [one for one in self.events if (one.alternative, one.policy) == (alternative, policy)]
        return not mine or any((one.begin_day or 1) <= day <= (one.end_day or self.number) for one in mine)

    def weekday(self, day: int) -> Weekday:
        """Weekday of a day of the study; holidays are Sundays."""
        return "sun" if day in self.holidays else WEEKDAYS[(WEEKDAYS.index(self.first_weekday) + day - 1) % 7]
