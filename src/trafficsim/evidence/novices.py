"""G12: new drivers and licensing: their learning curve, and what measures do to them and to all drivers.

A day of traffic of a population in which novices (first two years) drive 2 % of the kilometres. Nothing of it depends
on how vehicles move, so days are realised and policies lowered, but nothing is simulated: every trip counts with its
length, its driver's months since the licence, and the probability that the driver is impaired at that hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from trafficsim.api.reading import build
from trafficsim.evidence.row import Row, percent
from trafficsim.outcomes.casualties import Models
from trafficsim.outcomes.decomposition import contributions
from trafficsim.outcomes.people import PeopleChange, best, drawn_numbers, relative_people
from trafficsim.people.alcohol import impaired_risk, share_of_crashes
from trafficsim.people.licensing import practice_months
from trafficsim.people.novices import default_curve, shares_with_crash
from trafficsim.plan.arrays import Plan
from trafficsim.plan.lower import lower
from trafficsim.plan.prepare import Prepared, prepare
from trafficsim.policies import AccompaniedDriving, NightLimit, PassengerLimit, SupervisedPractice, ZeroAlcohol
from trafficsim.results.exposure import M_PER_KM, exposure_columns
from trafficsim.results.outcome_draws import OutcomeDraws, Sums
from trafficsim.results.people import drivers_of
from trafficsim.spec.calendar import Hours
from trafficsim.spec.demand import Flow
from trafficsim.spec.network_source import BuilderSpec, NetworkSource
from trafficsim.spec.policy import Policy
from trafficsim.spec.population import PersonGroup, Population
from trafficsim.spec.scenario import DemandSource, Scenario, Time

F8 = NDArray[np.float64]
DAYS, TRIPS_PER_DAY, DAY_S = 12, 20_000, 86_400.0
HOURLY = (9, 5, 4, 4, 7, 18, 45, 68, 65, 52, 50, 52, 54, 55, 59, 69, 78, 75, 60, 46, 36, 31, 26, 17)
"""Traffic by hour of the day, in any unit (modelling assumption: a working day of a town)."""
NIGHT = Hours(begin_h=21, end_h=6)
"""Night of the published figure (Fell et al. 2011)."""
MIDNIGHT = Hours(begin_h=0, end_h=5)
"""Restricted hours: from midnight, as in most states of the United States (modelling assumption)."""
COHORT, BF17 = "TRL Cohort study, as cited by Brake", "BASt on Begleitetes Fahren ab 17"
FELL, ZHU, HOLTE = "Fell et al. 2011", "Zhu et al. 2016", "Holte et al. 2010"
GDL_CRASHES, GDL_KM = 0.63, 0.79
FIRST, SECOND, OTHERS = "first year", "second year", "others"


def scenario() -> Scenario:
    """A road on which a town's people drive for a day."""
    mean = sum(HOURLY) / len(HOURLY)
    profile = tuple((3600.0 * hour, share / mean) for hour, share in enumerate(HOURLY))
    flow = Flow(id="town", origin="east1", destination="east2", volume_veh_h=TRIPS_PER_DAY / 24.0, profile=profile)
    people = Population(people=200_000, groups=(
        PersonGroup(name=FIRST, share=0.01, age_years=(18.5, 24), licence_months=(0, 12)),
        PersonGroup(name=SECOND, share=0.01, age_years=(19.5, 25), licence_months=(12, 24)),
        PersonGroup(name=OTHERS, share=0.98, age_years=(22, 85), licence_months=(24, 720))))
    network = NetworkSource(builder=BuilderSpec(kind="corridor", arguments={"lengths_m": [5000.0, 5000.0]}))
    return Scenario(name="G12", network=network, demand=DemandSource(flows=(flow,)), population=people,
                    time=Time(warmup_s=0.0, analysis_s=DAY_S))


def rows() -> list[Row]:
    """Learning curve, accompanied driving, nights, graduated licensing, alcohol."""
    world = prepare(build(scenario()))
    return [*_curve(), *_share(world), *_accompanied(world), *_nights(world), *_graduated(world), _alcohol(world)]


def _curve() -> list[Row]:
    """Shares of a cohort with a crash, with the level of experienced drivers that fits best."""
    published = np.array([0.18, 0.13, 0.10])

    def squares(base: float) -> float:
        return float(((shares_with_crash(default_curve(), base) - published) ** 2).sum())
    base = float(minimize_scalar(squares, bounds=(0.0, 1.0), method="bounded").x)
    return [Row(f"share with a crash in year {year + 1}, %", "input", 100.0 * target, 100.0 * target - 1.5,
                100.0 * target + 1.5, source=COHORT, note="the curve is fitted to these three numbers").exactly(
                    100.0 * float(value))
            for year, (target, value) in enumerate(zip(published, shares_with_crash(default_curve(), base),
                                                       strict=True))]


class _Day:
    """Trips of one day under some policies: kilometres and expected crashes of every trip, in any unit."""

    def __init__(self, plan: Plan) -> None:
        trips, drivers, people = plan.trips, plan.drivers, plan.people
        length_m = plan.links.length_m[trips.route_link]
        self.road_km = np.add.reduceat(length_m, trips.route_start[:-1]) / M_PER_KM
        self.plan, self.km = plan, self.road_km * people.exposure[drivers.group]
        months = drivers.licence_months + practice_months(people.supervised_km)[drivers.group]
        sober = self.km * people.novice_risk[drivers.group] * default_curve().risk(months)
        self.by_alcohol = sober * drivers.alcohol_share * float(impaired_risk())
        self.crashes = sober * (1.0 - drivers.alcohol_share) + self.by_alcohol
        hours = trips.depart_s / 3600.0
        self.night = np.array([NIGHT.holds(hour) for hour in hours.tolist()], np.bool_)

    def of(self, *groups: str) -> NDArray[np.bool_]:
        """Whose trips are those of some groups."""
        wanted = [row for row, name in enumerate(self.plan.people.group) if name in groups]
        return np.isin(self.plan.drivers.group, wanted)


def _days(world: Prepared, *policies: Policy) -> list[_Day]:
    return [_Day(lower(world, policies, day + 1).plan) for day in range(DAYS)]


@cache
def _without(world: Prepared) -> list[_Day]:
    return _days(world)


def _sum(days: Sequence[_Day], what: str, *groups: str, night: bool = False) -> F8:
    found = []
    for day in days:
        chosen = day.of(*groups) & (day.night | (not night))
        found.append(float(getattr(day, what)[chosen].sum()))
    return np.array(found)


def _share(world: Prepared) -> list[Row]:
    """Share of novices in all crashes."""
    days = _without(world)
    share = 100.0 * _sum(days, "crashes", FIRST, SECOND) / _sum(days, "crashes", FIRST, SECOND, OTHERS)
    note = "with R0 2.5 throughout it is 4.9 % (formula of the evidence base); the fitted curve has a mean of 2.8"
    return [Row("share of novices in all crashes, % (2 % of the kilometres)", "emergent", 4.9, source="derived",
                note=note).seen(share),
            Row("the same at a relative risk of 2.5, %", "emergent", 4.9, 4.8, 5.0, source="derived").exactly(
                100.0 * float(share_of_crashes(0.02, 2.5)))]


def _accompanied(world: Prepared) -> list[Row]:
    """Crashes of the first year, and of all drivers, when everybody has taken part."""
    before, after = _without(world), _days(world, AccompaniedDriving())
    per_km = percent(_sum(before, "crashes", FIRST) / _sum(before, "km", FIRST),
                     _sum(after, "crashes", FIRST) / _sum(after, "km", FIRST))
    crashes = percent(_sum(before, "crashes", FIRST), _sum(after, "crashes", FIRST))
    whole = Row("system-wide crashes, accompanied driving, %", "emergent", -0.8, -1.5, -0.4, source="derived", note=(
        "of the first year alone, as evaluated; the interval covers days and the learning curves that fit the cohort"))
    return [
        Row("novice crashes per km, first year, %", "input", -22.0, -22.5, -21.5, source=BF17).seen(per_km),
        Row("novice crashes, first year, %", "input", -17.0, -17.5, -16.5, source=BF17).seen(crashes),
        _with_draws(whole, before, after),
    ]


def _with_draws(row: Row, before: Sequence[_Day], after: Sequence[_Day]) -> Row:
    """Change of all crashes in per cent with an interval over days and drawn learning curves."""
    models, arm = Models(), ("", "", "", "crashes")
    numbers, sums, values = drawn_numbers(models), Sums(0, np.zeros(models.number), np.zeros(models.number)), []
    for change in map(_change, before, after):
        sums = sums.plus(relative_people(change, "injury_crashes", numbers) - 1.0)
        values.append(float(relative_people(change, "injury_crashes", best())[0]) - 1.0)
    drawn = OutcomeDraws({arm: sums}).differences(arm)
    low, high = np.quantile(sums.mean if drawn is None else drawn, [0.025, 0.975])
    found = row.exactly(100.0 * float(np.mean(values)))
    return Row(**{**found.__dict__, "ci_low": 100.0 * float(low), "ci_high": 100.0 * float(high)})


def _change(before: _Day, after: _Day) -> PeopleChange:
    return PeopleChange(*(drivers_of(pd.DataFrame(exposure_columns(day.plan, day.road_km))) for day in (before, after)))


def _nights(world: Prepared) -> list[Row]:
    """Novices' crashes at night under a limit from midnight in the first year."""
    before = _sum(_without(world), "crashes", FIRST, SECOND, night=True)
    note = ("hours from midnight to 5, first year, three of five trips; night is 21 to 6; no effect is put in, only "
            "who may not drive when")
    limit = Row("night crashes of novices, night restriction, %", "emergent", -10.0, -20.0, -5.0, source=FELL,
                note=note)
    found = []
    for row, policy in (
        (limit, NightLimit(hours=MIDNIGHT)),
        (Row("the same with full compliance, %", "emergent", source="note of the evidence base"),
         NightLimit(hours=MIDNIGHT, compliance=1.0)),
        (Row("the same from 22 to 5 o'clock, %", "emergent", source="default of the policy"), NightLimit()),
    ):
        found.append(row.seen(percent(before, _sum(_days(world, policy), "crashes", FIRST, SECOND, night=True))))
    return found


def _graduated(world: Prepared) -> list[Row]:
    """Exposure and risk: of the published figure, and of a package by this model."""
    published = contributions({"exposure": [1.0], "risk": [1.0]},
                              {"exposure": [GDL_KM], "risk": [GDL_CRASHES / GDL_KM]})
    rows = [Row(f"graduated licensing, published -37 %: part by {part}, %", "emergent", source=ZHU, note=(
        "-37 % crashes per person-year with 21 % fewer miles: divided by the mean over both orders")).exactly(
            100.0 * float(published[part])) for part in ("exposure", "risk")]
    package = (NightLimit(hours=MIDNIGHT), PassengerLimit(until_age_years=200.0),
               SupervisedPractice(supervised_km=2000.0))
    before, after = _without(world), _days(world, *package)
    km = _sum(after, "km", FIRST) / _sum(before, "km", FIRST)
    crashes = _sum(after, "crashes", FIRST) / _sum(before, "crashes", FIRST)
    parts = contributions({"exposure": np.ones((DAYS, 1)), "risk": np.ones((DAYS, 1))},
                          {"exposure": km[:, None], "risk": (crashes / km)[:, None]})
    why = ("night limit, passenger limit and 2,000 km of supervised practice: exposure of this package is nights "
           "alone; the 21 % fewer miles at 16 come from a later licence, which is none of these measures")
    return [*rows,
            Row("crashes of the first year under such a package, %", "emergent", -37.0, source=ZHU, note=why).seen(
                100.0 * (crashes - 1.0)),
            *(Row(f"of it by {part}, %", "emergent", source=ZHU).seen(100.0 * parts[part])
              for part in ("exposure", "risk"))]


def _alcohol(world: Prepared) -> Row:
    before = _sum(_without(world), "by_alcohol", FIRST, SECOND)
    after = _sum(_days(world, ZeroAlcohol()), "by_alcohol", FIRST, SECOND)
    return Row("alcohol crashes of novices, zero alcohol, %", "input", -15.0, -20.0, -8.0, source=HOLTE, note=(
        "the share of impaired novices on the road is put in")).seen(percent(before, after))
