"""Small populations with many kinds of enforcement, drawn at random, for tests of the loop over days."""

from __future__ import annotations

import numpy as np

from trafficsim.people.exposure import DriverArrays, Exposure, encounters
from trafficsim.spec.calendar import Schedule
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.enforcement import Deployment, EnforcementKind, Offence, Sanction
from trafficsim.spec.population import Licence, Population

CASES: tuple[tuple[EnforcementKind, Offence | None], ...] = (
    ("speed_camera", "speeding"), ("patrol", "speeding"), ("breath_test", "drink_driving"),
    ("red_light_camera", "red_running"), ("feedback_sign", None), ("speed_camera", "speeding"))
LAXER = Deterrence(word_of_mouth=2.0)


def village(people: int, seed: int = 1) -> DriverArrays:
    """People of three groups; the first of a larger village are the same."""
    rows = [np.random.default_rng((seed, number)).random(7) for number in range(people)]
    drawn = np.array(rows).reshape(people, 7)
    limit = np.where(drawn[:, 4] < 0.5, 50.0, 80.0)
    score = 4.0 * drawn[:, 1] - 2.0
    return DriverArrays(
        np.arange(people), (3.0 * drawn[:, 0]).astype(np.int64), score, 80.0 * drawn[:, 2],
        (8.0 * drawn[:, 3]).astype(np.int64), drawn[:, 5] < 0.95, 60.0 * drawn[:, 6],
        limit * (1.0 + 0.12 * score), limit)


def exposures(drivers: DriverArrays, seed: int = 1, number: int = len(CASES)) -> list[Exposure]:
    """Deployments of several kinds, each met by about half of the village."""
    found = []
    for row, (kind, offence) in enumerate(CASES[:number]):
        drawn = np.array([np.random.default_rng((seed, 99, row, who)).random(4) for who in drivers.number.tolist()])
        drawn = drawn.reshape(len(drivers.number), 4)
        who = np.flatnonzero(drawn[:, 0] < 0.5)
        sanction = None if offence is None else Sanction(
            offence=offence, detection=0.7, sanctioned=0.9, tolerance_kmh=2.0, fine_eur=70.0 + 30.0 * row,
            points=row % 4)
        deployment = Deployment(
            name=f"{kind} {row}", kind=kind, noticed=(1.0, 0.6, 0.9, 0.3, 1.0, 0.0)[row], present=0.8,
            publicity=(0.0, 0.05, 0.3, 0.0, 0.0, 0.0)[row], sanction=sanction,
            schedule=Schedule(first_day=1 + 3 * row, last_day=None if row % 2 else 40))
        met = encounters(who, drawn[who, 1], 25.0 * drawn[who, 2] - 5.0, offends=drawn[who, 3])
        found.append(Exposure(deployment, met, fine_today_eur=50.0 if row == 1 else 0.0))
    return found


def population(people: int, deterrence: Deterrence = LAXER) -> Population:
    """Rules of licences under which some lose theirs within weeks."""
    return Population(people=people, licence=Licence(novice_limit=6, suspended_days=10, expire_days=30),
                      deterrence=deterrence)
