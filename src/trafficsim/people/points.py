"""Demerit points: collected, expired, and the licence suspended and given back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trafficsim.spec.population import Licence

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
B1 = NDArray[np.bool_]
MONTH_DAYS = 365.25 / 12.0


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


def first_record(points: ArrayLike, limit: ArrayLike, licence: Licence) -> Record:
    """Records in the morning of day 1: points begin to expire then, and who has reached the limit may not drive.

    Examples
    --------
    >>> first_record([3, 12], 12, Licence(suspended_days=90)).back_on.tolist()
    [0, 91]
    """
    held = np.maximum(np.asarray(points, np.int64), 0)
    lost = held >= np.asarray(limit)
    return Record(np.where(lost, 0, held), np.zeros_like(held), np.where(lost, 1 + licence.suspended_days, 0))


def limit_of(licence_months: ArrayLike, day: int, licence: Licence, points_limit: ArrayLike | None = None,
             novice_limit: ArrayLike | None = None) -> F8:
    """Points at which each person loses the licence on a day: lower in probation.

    Parameters
    ----------
    licence_months
        Time since the licence on the first day, shape (people,).
    day, licence
        The day, and the rules.
    points_limit, novice_limit
        Limits of each person; those of the rules without them.

    Examples
    --------
    >>> limit_of([6.0, 60.0], 1, Licence(limit=12, novice_limit=6)).tolist()
    [6.0, 12.0]
    """
    months = np.asarray(licence_months, np.float64) + day / MONTH_DAYS
    usual: ArrayLike = licence.limit if points_limit is None else points_limit
    low: ArrayLike = usual if licence.novice_limit is None else licence.novice_limit
    in_probation = low if novice_limit is None else novice_limit
    return np.where(months < licence.novice_months, in_probation, usual).astype(np.float64)


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


def sanctioned(record: Record, points: I8, limit: F8, day: int, licence: Licence) -> Record:
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
    >>> rules, limit = Licence(suspended_days=90), np.array([12.0, 12.0])
    >>> after = sanctioned(first_record([9, 0], limit, rules), np.array([3, 3]), limit, 4, rules)
    >>> after.points.tolist(), after.back_on.tolist()
    ([0, 3], [95, 0])
    """
    total = record.points + points
    lost = (total >= limit) & (points > 0)
    return Record(np.where(lost, 0, total), np.where(points > 0, day, record.last_offence),
                  np.where(lost, day + 1 + licence.suspended_days, record.back_on))
