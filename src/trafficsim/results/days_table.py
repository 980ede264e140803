"""The table of days: how the people of every group drove, and what happened to them, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.people.day_totals import DayTotals
from trafficsim.results.days import TRAFFIC_OF
from trafficsim.results.frames import Column, Labels, frame, nullable, ratio, strings
from trafficsim.spec.enforcement import EnforcementKind

F8 = NDArray[np.float64]
KINDS: tuple[str, ...] = get_args(EnforcementKind)
RISK = "perceived_risk_"
"""What columns of the perceived risk begin with; the kind of enforcement follows."""


class DayRow(NamedTuple):
    """A day.

    Attributes
    ----------
    day, weekday, traffic_of : which, and the simulated day whose traffic it has
    kinds : kinds of enforcement, as in the totals
    totals : sums by group
    passes, compliance, speed_kmh : expected passes of places of enforcement in force by group, and sums over them of
        the degree of compliance and of the desired speed
    """

    day: int
    weekday: str
    traffic_of: int
    kinds: Sequence[str]
    totals: DayTotals
    passes: F8
    compliance: F8
    speed_kmh: F8


def days_table(rows: Sequence[DayRow], groups: Sequence[str], labels: Labels) -> pd.DataFrame:
    """One row per day and group of people.

    ``simulated`` says whether traffic was simulated on the day; else it is that of ``traffic_of_day``. ``km``,
    ``citations``, ``fines_eur`` are those of the whole day and all people, ``points`` those on the records in the
    evening, ``suspended`` people who may not drive. ``share_over_limit`` (of the km) and ``mean_free_speed_kmh`` are
    desired speeds away from places of enforcement; ``place_speed_kmh`` and ``place_compliance`` (from 0, as before the
    study, to 1) those at places where enforcement stands, over ``passes`` (expected number on the day).
    ``perceived_risk_*``: mean of the group, by kind.

    Parameters
    ----------
    rows
        Days, in order.
    groups
        Names of the groups.
    labels
        Names of the chain; a day in them is not read.
    """
    count = len(rows) * len(groups)

    def by_group(values: list[F8]) -> F8:
        return np.concatenate(values) if values else np.zeros(0)

    def whole(values: list[int]) -> Column:
        return nullable(np.repeat(np.array(values, np.int64), len(groups)))

    totals = [row.totals for row in rows]
    km, people = by_group([one.km for one in totals]), by_group([one.people for one in totals])
    passes = by_group([row.passes for row in rows])
    return frame(labels._replace(day=None), {
        "day": whole([row.day for row in rows]),
        "weekday": strings(np.repeat([row.weekday for row in rows], len(groups)).tolist()),
        "simulated": nullable(np.repeat([row.day == row.traffic_of for row in rows], len(groups)).astype(np.bool_)),
        TRAFFIC_OF: whole([row.traffic_of for row in rows]),
        "group": strings(list(groups) * len(rows)),
        "people": nullable(people.astype(np.int64)), "km": nullable(km),
        "share_over_limit": nullable(*ratio(by_group([one.km_over_limit for one in totals]), km)),
        "mean_free_speed_kmh": nullable(*ratio(by_group([one.speed_km for one in totals]), km)),
        "passes": nullable(passes),
        "place_speed_kmh": nullable(*ratio(by_group([row.speed_kmh for row in rows]), passes)),
        "place_compliance": nullable(*ratio(by_group([row.compliance for row in rows]), passes)),
        "citations": nullable(by_group([one.citations.sum(axis=0) for one in totals]).astype(np.int64)),
        "fines_eur": nullable(by_group([one.fines_eur for one in totals])),
        "points": nullable(by_group([one.points for one in totals]).astype(np.int64)),
        "suspended": nullable(by_group([one.suspended for one in totals]).astype(np.int64)),
        **{RISK + kind: _risk(kind, rows, people, count) for kind in KINDS},
    })


def _risk(kind: str, rows: Sequence[DayRow], people: F8, count: int) -> Column:
    """Mean perceived risk of a kind by day and group; null where the alternative does not have the kind."""
    groups = count // max(len(rows), 1)
    known = np.array([kind in row.kinds for row in rows], np.bool_)
    sums = [row.totals.risk[list(row.kinds).index(kind)] if kind in row.kinds else np.zeros(groups) for row in rows]
    mean, some = ratio(np.concatenate(sums) if sums else np.zeros(0), people)
    return nullable(mean, some & np.repeat(known, groups))
