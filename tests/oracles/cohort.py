"""Licence holders month by month, one cell at a time: what the vectorised cohort has to give."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, floor, inf

from trafficsim.people.licensing import LicenceEffect
from trafficsim.spec.population import Population

KM_PER_MONTH = 800.0
"""Driving that a month since the licence stands for."""


def crashes(population: Population, effects: Sequence[LicenceEffect], since: float, r0: float, tau: float) -> float:
    """Crashes of all drivers in a month, some months after a reform; risk is taken at every hundredth of a month."""
    total = 0.0
    for group in population.groups:
        (low, high), (young, old) = group.licence_months, group.age_years
        for month in range(floor(low), floor(high)):
            for age in range(floor(young), floor(old)):
                weight = group.share * group.trip_rate / (high - low) / (old - young)
                total += weight * _kilometre(effects, month, age, since, r0, tau)
    return total


def _kilometre(effects: Sequence[LicenceEffect], month: int, age: int, since: float, r0: float, tau: float) -> float:
    exposure = risk = 1.0
    practice = 0.0
    for one in effects:
        held = one.begin_months <= month + 0.5 < one.end_months and age + 0.5 < one.until_age_years
        if held and (not one.new_only or month + 0.5 < since):
            exposure, risk, practice = exposure * one.exposure, risk * one.risk, practice + one.practice_km
    shift = practice / KM_PER_MONTH
    steps = [month + shift + (step + 0.5) / 100.0 for step in range(100)]
    return exposure * risk * sum(1.0 + (r0 - 1.0) * exp(-at / tau) for at in steps) / len(steps)


EVER = inf
"""Long after the reform: everybody was licensed under it."""
