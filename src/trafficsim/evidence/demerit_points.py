"""G14: a law that attaches demerit points to offences, over two years; without traffic."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.evidence.breath_testing import impaired_crash_weight
from trafficsim.evidence.decays import CITED_PER_MILLION_KM, KM_PER_DAY, LAW_DAYS, RURAL, days_of, drivers
from trafficsim.evidence.row import F8, Row
from trafficsim.outcomes.casualties import Models, SpeedChange, relative
from trafficsim.people.alcohol import impaired_risk, share_of_crashes
from trafficsim.people.exposure import Exposure, encounters
from trafficsim.spec.deterrence import Deterrence
from trafficsim.spec.enforcement import Deployment, Sanction

PEOPLE = 1000
IMPAIRED = 0.015
"""Share of driving above 0.5 g/l in Europe (DRUID roadside surveys, deliverable 2.2.3: 1.5 %)."""
ALCOHOL_OF_DEATHS = 0.25
"""Share of deaths with a drunk driver (European Commission, Facts and Figures Alcohol; unverified, grade D)."""
MONTH_DAYS = 365.25 / 12.0
PULIDO = "Pulido et al. 2010; Alonso et al. 2025"
TRIED = ("speed and alcohol only: that half as many drivers again wore belts in Italy is not in it; no parameter was "
         "moved")


class Law(NamedTuple):
    """What the law does by day: deaths in per cent by speed, by alcohol and by both."""

    speed: F8
    alcohol: F8
    both: F8


def deaths(deterrence: Deterrence) -> Law:
    """Deaths relative to before the law, in per cent, by day.

    Everybody hears of the law every day; the risk of a sanction is that of general enforcement. Speeds act by the power
    model for deaths on rural roads, alcohol by its share of the deaths.
    """
    who = drivers(RURAL, PEOPLE)
    excess, chance = who.free_speed_kmh - who.limit_kmh, CITED_PER_MILLION_KM * 1e-6 * KM_PER_DAY
    parts: list[tuple[Deployment, F8 | float, float]] = [
        (Deployment(name="points for speeding", kind="licence_check", noticed=0.0, publicity=1.0, sanction=Sanction(
            offence="speeding", detection=chance, tolerance_kmh=0.0, fine_eur=100.0, points=3)), excess, 0.0),
        (Deployment(name="points for alcohol", kind="breath_test", noticed=0.0, publicity=1.0, sanction=Sanction(
            offence="drink_driving", detection=chance, fine_eur=500.0, points=6)), 0.0, 0.05)]
    met = [Exposure(one, encounters(who.number, np.ones(PEOPLE), over, offends=rate)) for one, over, rate in parts]
    days = days_of(who, met, LAW_DAYS, deterrence)
    weight = impaired_crash_weight(PEOPLE)
    by_speed = np.array([_by_speed(who.free_speed_kmh, day.behaviour.free_speed_kmh) for day in days])
    drunk = np.array([(day.behaviour.general[0] * weight).sum() / weight.sum() for day in days])
    by_alcohol = 1.0 - ALCOHOL_OF_DEATHS * drunk
    return Law(*(100.0 * (part - 1.0) for part in (by_speed, by_alcohol, by_speed * by_alcohol)))


def _by_speed(before: F8, after: F8) -> float:
    one = np.ones(1)
    change = SpeedChange(np.array([before.mean()]), np.array([after.mean()]), one, np.zeros(1, np.bool_))
    return relative(change, "deaths", Models(number=1))


def _month(effect: F8, month: float) -> float:
    middle = round(month * MONTH_DAYS)
    return float(effect[middle - 15:middle + 15].mean())


def rows() -> list[Row]:
    """Deaths after six months by cause, and what is left after two years."""
    law = deaths(Deterrence())
    six = _month(law.both, 6.0)
    impaired = float(share_of_crashes(IMPAIRED, impaired_risk()))
    other = (100.0 + _month(law.speed, 6.0)) * (1.0 + impaired / ALCOHOL_OF_DEATHS * _month(law.alcohol, 6.0) / 100.0)
    return [
        Row("deaths at 6 months, %", "emergent", -14.5, -18.0, -10.0, source=PULIDO, note=TRIED).exactly(six),
        Row("of it by speed, %", "emergent", source=PULIDO).exactly(_month(law.speed, 6.0)),
        Row("of it by alcohol, %", "emergent", source=PULIDO).exactly(_month(law.alcohol, 6.0)),
        Row(f"deaths at 6 months if alcohol has its share of all crashes ({impaired:.0%}), %", "emergent",
            source=PULIDO, note="1.5 % of drivers impaired, at the relative risks of the case-control study").exactly(
                other - 100.0),
        Row("deaths at 24 months, share of the effect at 6 months", "input", None, None, 0.5, source=PULIDO, note=(
            "the rate of habituation is fitted to the half-life")).exactly(_month(law.both, 24.0) / six),
    ]
