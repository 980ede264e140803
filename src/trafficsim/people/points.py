"""Demerit points: collected, expired, and the licence suspended and given back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trafficsim.spec.population import Licence

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
B1 = NDArray[np.bool_]


class Record(NamedTuple):
    """Licences of people, arrays of one length.

    Attributes
    ----------
    points : points on the record, never negative
    last_offence : day of the last offence with points
    back_on : day on which a suspended licence is given back; 0 for who never lost it
    """

    points: I8
    last_offence: I8
    back_on: I8


def first_record(points: ArrayLike) -> Record:
    """Records on the first day; what people have begins to expire then."""
    held = np.maximum(np.asarray(points, np.int64), 0)
    return Record(held, np.zeros_like(held), np.zeros_like(held))


def limit_of(licence_months: ArrayLike, day: int, licence: Licence) -> I8:
    """Points at which each person loses the licence on a day: lower in probation."""
    if licence.novice_limit is None:
        return np.full(np.shape(licence_months), licence.limit, np.int64)
    months = np.asarray(licence_months, np.float64) + day / 30.4375
    return np.where(months < licence.novice_months, licence.novice_limit, licence.limit).astype(np.int64)


def suspended(record: Record, day: int) -> B1:
    """Who may not drive on a day.

    Examples
    --------
    >>> suspended(Record(np.array([0]), np.array([5]), np.array([10])), 9).tolist()
    [True]
    """
    return np.asarray(day < record.back_on)


def expired(record: Record, day: int, licence: Licence) -> Record:
    """Records after points have expired, in the morning of a day."""
    old = day - record.last_offence >= licence.expire_days
    return record._replace(points=np.where(old, 0, record.points))


def sanctioned(record: Record, points: I8, limit: I8, day: int, licence: Licence) -> Record:
    """Records after the sanctions of a day: who reaches the limit loses the licence from the next day, and all points.

    Parameters
    ----------
    record
        Before.
    points, limit
        Points of the day, and the limit of each person.
    day, licence
        The day, and the rules.

    Examples
    --------
    >>> after = sanctioned(first_record([9, 0]), np.array([3, 3]), np.array([12, 12]), 4, Licence(suspended_days=90))
    >>> after.points.tolist(), after.back_on.tolist()
    ([0, 3], [95, 0])
    """
    total = record.points + points
    lost = (total >= limit) & (points > 0)
    return Record(np.where(lost, 0, total), np.where(points > 0, day, record.last_offence),
                  np.where(lost, day + 1 + licence.suspended_days, record.back_on))
