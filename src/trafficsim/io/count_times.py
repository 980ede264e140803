"""Times of counts: clock times, or ISO dates with a time zone."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from trafficsim.base.errors import InputError, quoted

DAY_S = 86400.0
LONGEST_PAST_MIDNIGHT_S = DAY_S / 2
"""An interval whose end is before its begin goes on past midnight if it is no longer (modelling assumption): otherwise
the two are exchanged."""
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$")


class TimeFault(ValueError):
    """A time or date that cannot be read; its text says why."""


def zone_of(name: str | None) -> ZoneInfo | None:
    """Return a time zone by its name.

    Raises
    ------
    InputError
        If there is no such zone.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InputError("time zone", quoted(name), "a name of the IANA time zone database, as Europe/Berlin",
                         "correct it") from None


def interval_of(day: str, begin: str, end: str, zone: ZoneInfo | None = None) -> tuple[str, float, float]:
    """Return the date and the clock times (s) of an interval.

    Times with an offset are moved to the time zone if one is given; otherwise they are taken as they are written.

    Raises
    ------
    TimeFault
        If one cannot be read, or the interval has no length.

    Examples
    --------
    >>> interval_of("2024-05-06", "23:45", "00:00")
    ('2024-05-06', 85500.0, 86400.0)
    >>> interval_of("", "2024-05-06T05:00:00Z", "2024-05-06T06:00:00Z", ZoneInfo("Europe/Berlin"))
    ('2024-05-06', 25200.0, 28800.0)
    """
    first, last = _moment(begin, zone), _moment(end, zone)
    if isinstance(first, datetime) != isinstance(last, datetime):
        raise TimeFault("begin and end are not written alike")
    if isinstance(first, datetime) and isinstance(last, datetime):
        if (first.tzinfo is None) != (last.tzinfo is None):
            raise TimeFault("only one of begin and end has a time zone")
        begin_s = first.hour * 3600.0 + first.minute * 60.0 + first.second
        length_s, found = (last - first).total_seconds(), first.date().isoformat()
        if _day(day) not in ("", found) and first.tzinfo is None:
            raise TimeFault(f"the date {day} against begin {begin}")
    else:
        begin_s, length_s, found = float(first), float(last) - float(first), _day(day)  # type: ignore[arg-type]
        length_s += DAY_S if -DAY_S <= length_s <= LONGEST_PAST_MIDNIGHT_S - DAY_S else 0.0
    if not 0.0 < length_s <= DAY_S:
        raise TimeFault("an interval that ends before it begins, or is longer than a day")
    return found, begin_s, begin_s + length_s


def has_offset(text: str) -> bool:
    """Whether a time has an offset from UTC.

    Examples
    --------
    >>> has_offset("2024-05-06T05:00:00Z"), has_offset("05:00")
    (True, False)
    """
    moment = _moment(text, None)
    return isinstance(moment, datetime) and moment.tzinfo is not None


def clock(seconds: float) -> str:
    """Write a clock time; beyond midnight that of the next day.

    Examples
    --------
    >>> clock(25200.0), clock(50300.0), clock(86400.0)
    ('07:00', '13:58:20', '00:00')
    """
    minutes, second = divmod(round(seconds % DAY_S), 60)
    text = f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
    return text if not second else f"{text}:{second:02d}"


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise TimeFault(f"the date {quoted(text)} is none as 2024-05-06") from None


def _moment(text: str, zone: ZoneInfo | None) -> datetime | float:
    """A clock time in seconds, or a date with time, moved to the zone."""
    found = _CLOCK.match(text)
    if found:
        hours, minutes, seconds = int(found[1]), int(found[2]), float(found[3] or 0.0)
        if hours > 24 or minutes > 59 or seconds >= 60 or hours * 3600 + minutes * 60 + seconds > DAY_S:
            raise TimeFault(f"{quoted(text)} is no time of a day")
        return hours * 3600.0 + minutes * 60.0 + seconds
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TimeFault(f"{quoted(text)} is no time as 07:15 or 2024-05-06T07:15:00+02:00") from None
    if len(text) <= 10:
        raise TimeFault(f"{quoted(text)} is a date without a time")
    return moment.astimezone(zone) if zone is not None and moment.tzinfo is not None else moment
