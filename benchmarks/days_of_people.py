"""Time and memory of a year of people who meet enforcement, without traffic.

    python -m benchmarks.days_of_people [--people 100000] [--days 365]

Six deployments of six kinds; three in ten people may meet each.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time

import numpy as np

from trafficsim.people.daily import DailyLoop
from trafficsim.people.exposure import DriverArrays, Exposure, encounters
from trafficsim.spec.calendar import WEEKDAYS
from trafficsim.spec.enforcement import Deployment, EnforcementKind, Offence, Sanction
from trafficsim.spec.population import Population

MET: tuple[tuple[EnforcementKind, Offence], ...] = (
    ("speed_camera", "speeding"), ("section_control", "speeding"), ("patrol", "speeding"),
    ("mobile_camera", "speeding"), ("red_light_camera", "red_running"), ("breath_test", "drink_driving"))


def loop(people: int) -> DailyLoop:
    """People and what they meet."""
    draw = np.random.default_rng(1)
    score = np.clip(draw.standard_normal(people), -3.0, 3.0)
    drivers = DriverArrays(
        np.arange(people), (draw.random(people) < 0.02).astype(np.int64), score, draw.uniform(0.0, 600.0, people),
        np.zeros(people, np.int64), np.ones(people, np.bool_), np.full(people, 30.0), 50.0 * (1.0 + 0.15 * score),
        np.full(people, 50.0))
    exposures = []
    for kind, offence in MET:
        who = np.flatnonzero(draw.random(people) < 0.3)
        sanction = Sanction(offence=offence, detection=0.1, fine_eur=80.0, points=1)
        deployment = Deployment(name=kind, kind=kind, noticed=0.7, publicity=0.02, sanction=sanction)
        exposures.append(Exposure(deployment, encounters(who, draw.random(len(who)), 7.5 * score[who], offends=0.05)))
    return DailyLoop(drivers, exposures, Population(people=people), 2, 7)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=365)
    given = parser.parse_args()
    begin = time.process_time()
    daily = loop(given.people)
    state = daily.start()
    for day in range(1, given.days + 1):
        state = daily.day(state, day, WEEKDAYS[(day - 1) % 7]).state
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(f"{given.days} days of {given.people:,} people with {len(MET)} deployments: "
          f"{time.process_time() - begin:.1f} s of processor time, peak memory {peak_mb:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
