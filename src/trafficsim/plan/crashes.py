"""Crashes with injured people: those that the scenario gives, and those drawn from a rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from trafficsim.base.draws import EmergencyStream, u01
from trafficsim.plan.arrays import Plan
from trafficsim.spec.scenario import Scenario

MOST_DRAWN = 1000
"""Crashes that are drawn in a run at most."""
KM_PER_M, PER_MILLION = 1e-3, 1e-6


class Crash(NamedTuple):
    """A crash with injured people."""

    id: str
    link: str
    position_m: float
    begin_s: float
    injured: int
    given: bool
    """By the scenario; else drawn."""


def crashes_of(scenario: Scenario, baseline: Plan) -> tuple[Crash, ...]:
    """Return the crashes of a replication, the same in every alternative; none where nobody would come."""
    if scenario.emergency is None:
        return ()
    given = tuple(Crash(one.id, one.link, one.position_m, one.begin_s, one.injured, True)
                  for one in scenario.incidents if one.injured > 0)
    return (*given, *drawn_crashes(scenario.emergency.crashes_per_mvkm, baseline))


def drawn_crashes(per_mvkm: float, plan: Plan) -> tuple[Crash, ...]:
    """Draw crashes from a rate per million vehicle-kilometres: a Poisson number, by vehicle-kilometres of the routes.

    They begin at any time of the analysis period, with one injured person each; no lane closes.
    """
    if per_mvkm <= 0.0:
        return ()
    length_m = plan.links.length_m[plan.trips.route_link]
    expected = per_mvkm * float(length_m.sum()) * KM_PER_M * PER_MILLION
    count = poisson(expected, float(u01(plan.seed_key, EmergencyStream.CRASH, 0, 0)[0]))
    if not count:
        return ()
    which, where, when = (u01(plan.seed_key, EmergencyStream.CRASH, np.arange(count), part) for part in (1, 2, 3))
    along = np.cumsum(length_m)
    place = np.minimum(np.searchsorted(along, which * along[-1]), len(along) - 1)
    begin_s = plan.analysis_begin_s + when * (plan.analysis_end_s - plan.analysis_begin_s)
    return tuple(Crash(f"drawn {number + 1}", plan.link_id[plan.trips.route_link[at]],
                            float(where[number] * length_m[at]), float(begin_s[number]), 1, False)
                 for number, at in enumerate(place.tolist()))


def poisson(mean: float, uniform: float) -> int:
    """Poisson number of a uniform one, by its inverse distribution.

    Examples
    --------
    >>> poisson(1.0, 0.3), poisson(1.0, 0.7), poisson(1.0, 0.8)
    (0, 1, 2)
    """
    term = total = math.exp(-mean)
    number = 0
    while uniform > total and number < MOST_DRAWN:
        number += 1
        term *= mean / number
        total += term
    return number


def blocked_s(scenario: Scenario, known_s: Mapping[str, float]) -> dict[str, float]:
    """Return how long incidents block lanes that last until help has cleared the road: as known, or to the end.

    Parameters
    ----------
    known_s
        What an earlier run of the same alternative gave, by incident.
    """
    if scenario.emergency is None:
        return {}
    time = scenario.time
    end_s = time.analysis_end_s + time.clear_s
    return {one.id: known_s.get(one.id, max(end_s - one.begin_s, 1.0)) for one in scenario.incidents
            if one.until_cleared and one.injured > 0}
