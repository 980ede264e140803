"""Which pieces of enforcement stand on a day: schedules, devices that do not work, officers who do not suffice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from trafficsim.base.draws import EnforcementStream, hash_name, u01
from trafficsim.spec.calendar import Weekday
from trafficsim.spec.enforcement import Deployment


def on_duty(deployments: Sequence[Deployment], day: int, weekday: Weekday, key: int) -> tuple[bool, ...]:
    """Which deployments stand on a day.

    One stands if its schedule has the day, it is present (drawn by its name and the day, nested in its probability) and
    the officers of its roster suffice: the deployments of a roster are taken in an order drawn for the day, each whose
    officer hours are still left. So the hours of a roster are never exceeded, and where all need the same hours, who is
    visited with few officers is visited with more.

    Parameters
    ----------
    deployments
        All of an alternative.
    day, weekday
        Day of the study from 1, and its weekday.
    key
        64-bit random key.

    Returns
    -------
    One element per deployment.

    Examples
    --------
    >>> from trafficsim.spec.enforcement import Roster
    >>> team = Roster(name="team", officer_hours_per_day=8.0)
    >>> posts = [Deployment(name=name, kind="patrol", roster=team, officer_hours_per_day=8.0) for name in "abc"]
    >>> [sum(on_duty(posts, day, "mon", 1)) for day in (1, 2, 3)]
    [1, 1, 1]
    """
    asked = [one.schedule.on_day(day, weekday) for one in deployments]
    present = [stands and _draw(EnforcementStream.PRESENT, one, day, key) < one.present
               for one, stands in zip(deployments, asked, strict=True)]
    standing = set()
    for rows in _by_roster(deployments, present):
        standing |= set(_within_hours(deployments, rows, day, key))
    return tuple(row in standing for row in range(len(deployments)))


def _by_roster(deployments: Sequence[Deployment], present: Sequence[bool]) -> Iterable[list[int]]:
    """Rows of those present, by roster; one without a roster is by itself."""
    groups: dict[str | int, list[int]] = {}
    for row, one in enumerate(deployments):
        if present[row]:
            groups.setdefault(row if one.roster is None else one.roster.name, []).append(row)
    return groups.values()


def _within_hours(deployments: Sequence[Deployment], rows: Sequence[int], day: int, key: int) -> list[int]:
    roster = deployments[rows[0]].roster
    if roster is None:
        return list(rows)
    order = sorted(rows, key=lambda row: (_draw(EnforcementStream.ROSTER, deployments[row], day, key),
                                          deployments[row].name))
    taken, left_h = [], roster.officer_hours_per_day
    for row in order:
        if deployments[row].officer_hours_per_day <= left_h:
            left_h -= deployments[row].officer_hours_per_day
            taken.append(row)
    return taken


def _draw(stream: EnforcementStream, deployment: Deployment, day: int, key: int) -> float:
    return float(u01(np.uint64(key), stream, hash_name(deployment.name), day)[0])
