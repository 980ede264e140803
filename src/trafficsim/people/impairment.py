"""Who drives after drinking: a share of trips by hour and weekday, drawn by person and trip.

Drink-driving is neither a trait that shows on every trip nor chance that falls on all alike. A trip's uniform number
joins that of its person and one of its own with equal weight (a Gaussian copula): the share of trips is exactly that of
the period, larger shares include smaller ones, and some people are impaired more often than others. The weight is a
modelling assumption.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from trafficsim.base.draws import PeopleStream, u01
from trafficsim.spec.calendar import HOURS, WEEKDAYS
from trafficsim.spec.population import AlcoholPeriod

F8 = NDArray[np.float64]
OF_PERSON = 0.5
"""Part of the variance of the propensity to drive impaired that lies between people (modelling assumption)."""
S_PER_H, DAYS = 3600.0, 7


def share_impaired(periods: Sequence[AlcoholPeriod], weekday: int, clock_s: ArrayLike) -> F8:
    """Share of drivers above 0.5 g/l at clock times: that of the first period that holds, 0 where none does.

    Parameters
    ----------
    periods
        Shares by hours and weekdays; hours that end before they begin go on past midnight.
    weekday
        Weekday on which clock time 0 falls, 0 for Monday.
    clock_s
        Clock times (s); beyond 24 hours it is the next weekday.

    Examples
    --------
    >>> from trafficsim.spec.calendar import Hours
    >>> night = (AlcoholPeriod(share=0.06, weekdays=("sat",), hours=Hours(begin_h=22, end_h=5)),)
    >>> share_impaired(night, 5, [12 * 3600.0, 23 * 3600.0, 28 * 3600.0, 30 * 3600.0]).tolist()
    [0.0, 0.06, 0.06, 0.0]
    """
    hours = np.asarray(clock_s, np.float64) / S_PER_H
    day = (weekday + np.floor(hours / HOURS).astype(np.int64)) % DAYS
    hour = hours % HOURS
    share = np.zeros(hours.shape)
    for period in reversed(periods):
        share[_holds(period, day, hour)] = period.share
    return share


def _holds(period: AlcoholPeriod, day: NDArray[np.int64], hour: F8) -> NDArray[np.bool_]:
    of_week = np.isin(np.arange(DAYS), [WEEKDAYS.index(one) for one in period.weekdays])
    begin, end = period.hours.begin_h, period.hours.end_h
    if begin < end:
        return of_week[day] & (hour >= begin) & (hour < end)
    return (of_week[day] & (hour >= begin)) | (of_week[day - 1] & (hour < end))


def impaired(alcohol: F8, trip_keys: NDArray[np.uint64], share: F8) -> NDArray[np.bool_]:
    """Whether the driver of each trip is impaired; nested in the share.

    Parameters
    ----------
    alcohol
        Uniform number of the driver, shape (trips,).
    trip_keys
        64-bit random keys of the trips.
    share
        Share of impaired drivers in the driver's group at that time.

    Examples
    --------
    >>> keys = np.arange(4, dtype=np.uint64)
    >>> impaired(np.full(4, 0.5), keys, np.zeros(4)).any(), impaired(np.full(4, 0.5), keys, np.ones(4)).all()
    (np.False_, np.True_)
    """
    of_trip = ndtri(u01(trip_keys, PeopleStream.IMPAIRED, 0, 0))
    score = np.sqrt(OF_PERSON) * ndtri(alcohol) + np.sqrt(1.0 - OF_PERSON) * of_trip
    return np.asarray(ndtr(score) < share, np.bool_)


def chance_of_person(alcohol: F8, share: F8) -> F8:
    """Probability that a person drives impaired on a trip, given the own uniform number; its mean is the share.

    Parameters
    ----------
    alcohol
        Uniform number of the person, shape (people,).
    share
        Share of impaired drivers in the person's group at that time.

    Examples
    --------
    >>> chance_of_person(np.array([0.1, 0.9]), np.array([0.0, 0.0])).tolist()
    [0.0, 0.0]
    >>> few, many = chance_of_person(np.array([0.9, 0.1]), np.array([0.05, 0.05])).tolist()
    >>> few < 0.05 < many
    True
    """
    own = np.sqrt(OF_PERSON) * ndtri(alcohol)
    return np.where(share > 0.0, ndtr((ndtri(share) - own) / np.sqrt(1.0 - OF_PERSON)), 0.0)
