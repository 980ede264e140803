"""Sums of a day by group: what the table of days is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.people.exposure import DriverArrays
from trafficsim.people.points import Record

if TYPE_CHECKING:
    from trafficsim.people.behaviour import Behaviour

F8 = NDArray[np.float64]


class Caught(NamedTuple):
    """What happened to whom on a day.

    Attributes
    ----------
    met : strongest meeting, shape (kinds, people)
    citations : sanctions, shape (kinds, people)
    points, fines_eur : of all sanctions of a person, shape (people,)
    """

    met: NDArray[np.int8]
    citations: NDArray[np.int64]
    points: NDArray[np.int64]
    fines_eur: F8


class DayTotals(NamedTuple):
    """Sums of a day; arrays of shape (groups,), by kind (kinds, groups).

    Attributes
    ----------
    people : number
    risk : sum of perceived risks over people, by kind
    km, km_over_limit, speed_km : driven; of these above the limit; desired speed (km/h) times km
    citations : sanctions, by kind
    fines_eur : of these
    points : on the records in the evening
    suspended : people who may not drive on this day
    """

    people: F8
    risk: F8
    km: F8
    km_over_limit: F8
    speed_km: F8
    citations: F8
    fines_eur: F8
    points: F8
    suspended: F8


def totals(drivers: DriverArrays, groups: int, morning: Behaviour, driving: NDArray[np.bool_], caught: Caught,
           evening: Record) -> DayTotals:
    """Sum up a day.

    Parameters
    ----------
    drivers, groups
        People, and how many groups there are.
    morning, driving, caught, evening
        How they drive, who may, what happened to whom, and the records after it.
    """

    def by_group(values: NDArray[Any]) -> F8:
        return np.bincount(drivers.group, weights=values, minlength=groups).astype(np.float64)

    def by_kind(values: NDArray[Any]) -> F8:
        return np.array([by_group(row) for row in values]).reshape(len(values), groups)

    km = np.where(driving, drivers.km_per_day, 0.0)
    speed = morning.free_speed_kmh
    return DayTotals(
        people=by_group(np.ones(len(km))), risk=by_kind(morning.risk), km=by_group(km),
        km_over_limit=by_group(morning.over_limit * km), speed_km=by_group(speed * km),
        citations=by_kind(caught.citations), fines_eur=by_group(caught.fines_eur), points=by_group(evening.points),
        suspended=by_group(~driving))

