"""G13: random breath tests, one checkpoint per 100,000 inhabitants and day; without traffic."""

from __future__ import annotations

import numpy as np

from trafficsim.evidence.decays import RURAL, checkpoint, days_of, drivers, even
from trafficsim.evidence.row import F8, Row
from trafficsim.people.alcohol import parameters, relative_risk
from trafficsim.people.exposure import Exposure, encounters
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.enforcement import Deployment, Sanction

PEOPLE = 4000
DAYS = 365
PASSED = 0.015
"""Share of drivers who pass one checkpoint on a day: three hours on a road with 300 veh/h, 60,000 drivers among 100,000
inhabitants (modelling assumption)."""
TESTED = 0.33
HEARD = 0.10
"""Share of drivers who hear of checkpoints on a day, from others or from the media (modelling assumption)."""
META, LOS_ANGELES = "Erke, Goldenbeld & Vaa 2009", "Los Angeles (PMC6557160)"
TRIED = ("the share of drivers who hear of it decides: rows below. It was not moved to meet the range")


def impaired_crash_weight(people: int) -> F8:
    """Crash risk of each person when impaired, by the bands of blood alcohol of impaired drivers.

    Who is more inclined has more (modelling assumption), so that the most dangerous are the last to be deterred.
    """
    bands = parameters()["impaired"]
    middle = np.mean(bands["band_g_l"], axis=1)
    of_person = np.minimum(np.searchsorted(np.cumsum(bands["share"]), even(people)), len(middle) - 1)
    return relative_risk(middle[of_person])


def effect(deterrence: Deterrence, passed: float, heard: float, days: int = DAYS) -> F8:
    """Change of alcohol crashes in per cent, by day, with checkpoints on every day."""
    who = drivers(RURAL, PEOPLE)
    tests = Deployment(name="checkpoints", kind="breath_test", publicity=heard, sanction=Sanction(
        offence="drink_driving", detection=TESTED, fine_eur=500.0, points=6))
    met = encounters(who.number, np.full(PEOPLE, passed), offends=0.05)
    weight = impaired_crash_weight(PEOPLE)
    found = days_of(who, [Exposure(tests, met)], days, deterrence)
    general = [day.behaviour.general.max(axis=0) for day in found]
    return np.array([-100.0 * float((one * weight).sum() / weight.sum()) for one in general])


def rows() -> list[Row]:
    """Alcohol crashes in the first half-year, by how many hear of it, and how long one checkpoint is remembered."""
    deterrence = Deterrence()
    half_year = slice(30, 182)
    usual = effect(deterrence, PASSED, HEARD)
    main = Row("alcohol crashes, months 2 to 6, %", "emergent", -17.0, -20.0, -14.0, source=META, note=TRIED)
    found = [main.exactly(float(usual[half_year].mean()))]
    for heard in (0.0, 0.2, 0.5):
        value = float(effect(deterrence, PASSED, heard, 182)[half_year].mean())
        found.append(Row(f"the same, {heard:.0%} hear of it each day, %", "emergent", source=META).exactly(value))
    later = float(usual[182:].mean() / usual[half_year].mean())
    one = checkpoint(deterrence)
    return [
        *found,
        Row("second half-year over months 2 to 6", "emergent", None, None, 1.0, source=META, note=(
            "strongest in the first half-year")).exactly(later),
        Row("one checkpoint: effect 7 days later, % of peak", "input", None, 0.0, 15.0, source=LOS_ANGELES, note=(
            "the rates of forgetting are fitted to about a week; the range is ours")).exactly(
                100.0 * float(one[one.argmax() + 7] / one.max())),
    ]
