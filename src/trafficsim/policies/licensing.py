"""Licensing and training: what new drivers learn before and after the licence, and what they may not do at first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from pydantic import Field, model_validator

from trafficsim.people.licensing import Cells, LicenceEffect, cells_of, exposure_and_risk, held
from trafficsim.people.novices import default_curve
from trafficsim.policies.people_groups import groups_named, population_of
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.population import PersonGroup, Population

EXPOSURE, RISK, PRACTICE = "group.exposure", "group.novice_risk", "group.supervised_km"
NOT_MOVED = (
    "Kilometres change in the account of casualties, not on the road: novices drive too few of them to move traffic. "
)


class LicensingPolicy(Policy):
    """Base of measures that change exposure and risk by months since the licence and age.

    In a single run everybody concerned has been licensed under the measure already; :func:`trafficsim.cohort` shows how
    long that takes.
    """

    phase: ClassVar[PolicyPhase] = "behaviour"

    groups: tuple[str, ...] = ()

    @property
    def effects(self) -> tuple[LicenceEffect, ...]:
        """What it does, to whom."""
        raise NotImplementedError

    def lower(self, builder: Builder) -> None:
        """Scale exposure and risk of each group by the mean over its people."""
        population = population_of(builder, self.kind)
        groups = groups_named(population, self.groups, self.kind)
        found = np.array([group_factors(population, group, self.effects) for group in groups])
        for field, factors in zip((EXPOSURE, RISK), found.T, strict=True):
            # a measure that changes nothing says so in the ledger: there it is a factor of 1
            rows = np.flatnonzero(factors != 1.0) if (found != 1.0).any() else np.arange(len(groups))
            if len(rows):
                builder.scale(field, tuple(groups[row].name for row in rows), factors[rows])


def group_factors(
    population: Population, group: PersonGroup, effects: tuple[LicenceEffect, ...]
) -> tuple[float, float]:
    """Factors on kilometres and on crashes per km of a group whose people were all licensed under some measures.

    Weighted over months since the licence and ages: by kilometres, and by crashes.
    """
    cells, curve = _cells_of(population, group, effects), default_curve()
    (k0, r0), (k1, r1) = (exposure_and_risk(cells, some, curve) for some in ((), effects))
    exposure = float(k1.sum() / k0.sum())
    return exposure, float((k1 * r1).sum() / (k0 * r0).sum()) / exposure if exposure > 0.0 else 1.0


def share_reached(population: Population, group: PersonGroup, effect: LicenceEffect) -> float:
    """Share of a group's kilometres that is driven by people whom an effect holds for."""
    cells = _cells_of(population, group, (effect,))
    return float(cells.kilometres[held(cells, effect, np.inf)].sum() / cells.kilometres.sum())


def _cells_of(population: Population, group: PersonGroup, effects: tuple[LicenceEffect, ...]) -> Cells:
    alone = population.model_copy(update={"groups": (group.model_copy(update={"share": 1.0}),)})
    return cells_of(alone, max((one.end_months for one in effects), default=0.0))


class AccompaniedDriving(LicensingPolicy):
    """Let people drive from 17 beside a named experienced person, before they drive alone.

    Mechanism: in the first year alone the crash risk per km is lower. Crashes per novice fell less than crashes per km,
    so that kilometres were more: exposure is the ratio of the two.

    Source: BASt on Begleitetes Fahren ab 17: first-year crashes -17 %, per km -22 %. Grade B: self-selection is
    controlled in part; the report itself was not opened. Origin: input.

    Limits: who takes part chooses to; what a duty to take part would do is not known. Nothing is claimed beyond the
    first year.

    Parameters
    ----------
    share
        Share of new drivers who take part.
    groups
        Groups; all without any.
    for_months
        Months since the licence for which it holds.
    risk_per_km
        Factor on crash risk per km.
    crashes
        Factor on crashes per novice and year.

    Examples
    --------
    >>> effect = AccompaniedDriving().effects[0]
    >>> round(effect.risk, 2), round(effect.exposure, 3)
    (0.78, 1.064)
    """

    kind: ClassVar[str] = "accompanied_driving"
    mechanism: ClassVar[str] = (
        "The first kilometres are driven beside an experienced person; alone the risk per km of the first year is "
        "lower, kilometres are slightly more."
    )
    source: ClassVar[str] = "BASt on Begleitetes Fahren ab 17, as reported (third report 2010 located, not opened)"
    grade: ClassVar[str] = "B"
    limits: ClassVar[str] = NOT_MOVED + "Participants choose to take part. Nothing is claimed after the first year."
    numbers: ClassVar[Mapping[str, str]] = {
        "share": "modelling assumption: all new drivers", "groups": "given by the user",
        "for_months": "input: the evaluation is of the first year", "risk_per_km": "input: -22 % per km",
        "crashes": "input: -17 % crashes in the first year",
    }

    share: float = Field(default=1.0, ge=0, le=1)
    for_months: float = Field(default=12.0, gt=0, le=120)
    risk_per_km: float = Field(default=0.78, gt=0, le=2)
    crashes: float = Field(default=0.83, gt=0, le=2)

    @property
    def effects(self) -> tuple[LicenceEffect, ...]:
        """Exposure and risk of the mean new driver."""
        km = 1.0 + self.share * (self.crashes / self.risk_per_km - 1.0)
        return (LicenceEffect(0.0, self.for_months, exposure=km, risk=(1.0 + self.share * (self.crashes - 1.0)) / km,
                              groups=self.groups),)


class SecondPhaseTraining(LicensingPolicy):
    """Train new drivers again after the licence: feedback drives, a day on a track, a talk in a group.

    Mechanism: from the second month since the licence crash risk per km is lower.

    Source: Austria, Mehrphasenausbildung: 18- and 19-year-olds involved in crashes -11.2 %, first half of 2005 against
    2003 (derstandard.at). Grade C: no control group. Origin: input.

    Limits: an uncontrolled figure of one half-year; whether it was risk or exposure is not known, and it is taken as
    risk. Training of skid control or driving in the dark is not meant: it can increase crashes.

    Parameters
    ----------
    groups
        Groups; all without any.
    begin_months, end_months
        Months since the licence between which it holds.
    risk_per_km
        Factor on crash risk per km.

    Examples
    --------
    >>> SecondPhaseTraining().effects[0].risk
    0.888
    """

    kind: ClassVar[str] = "second_phase_training"
    mechanism: ClassVar[str] = "After feedback drives, a day on a track and a group talk the risk per km is lower."
    source: ClassVar[str] = "derstandard.at on the Mehrphasenausbildung: involvement of 18-19-year-olds -11.2 %"
    grade: ClassVar[str] = "C"
    limits: ClassVar[str] = (
        "Uncontrolled before-after of one half-year, taken as risk per km. Skid courses are not meant: they can "
        "increase crashes (grade A for the direction)."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "groups": "given by the user", "begin_months": "input: the first phase is due two months after the licence",
        "end_months": "modelling assumption: first two years, about those of 18 and 19",
        "risk_per_km": "input: -11.2 % involvement, read as risk",
    }

    begin_months: float = Field(default=2.0, ge=0, le=120)
    end_months: float = Field(default=24.0, gt=0, le=240)
    risk_per_km: float = Field(default=0.888, gt=0, le=2)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.begin_months >= self.end_months:
            raise ValueError(f"begin_months is {self.begin_months:g} and end_months {self.end_months:g}; give the "
                             "lower first")
        return self

    @property
    def effects(self) -> tuple[LicenceEffect, ...]:
        """Risk after the second phase."""
        return (LicenceEffect(self.begin_months, self.end_months, risk=self.risk_per_km, groups=self.groups),)


class HazardPerception(LicensingPolicy):
    """Train and test the perception of hazards before the licence.

    Mechanism: new drivers see hazards earlier; crash risk per km of the first year is lower. Their reaction in traffic
    is not changed: a vehicle of a cellular automaton reacts within its tick.

    Source: Great Britain 2002, Wells et al. 2008 (Cohort II): -11 % of crashes on public roads, those at low speed left
    out, in the first year. Grade B. Origin: input.

    Limits: crashes at low speed are left out by the source; they are treated alike here.

    Parameters
    ----------
    groups
        Groups; all without any.
    for_months
        Months since the licence for which it holds.
    risk_per_km
        Factor on crash risk per km.

    Examples
    --------
    >>> HazardPerception(for_months=6).effects[0].end_months
    6.0
    """

    kind: ClassVar[str] = "hazard_perception"
    mechanism: ClassVar[str] = (
        "New drivers perceive developing hazards earlier; the risk per km of the first year is lower."
    )
    source: ClassVar[str] = "Wells et al. 2008, Cohort II, DfT RSRR 81 (quoted from memory)"
    grade: ClassVar[str] = "B"
    limits: ClassVar[str] = (
        "The source leaves crashes at low speed out. Reactions in the traffic simulated do not change."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "groups": "given by the user", "for_months": "input: first year", "risk_per_km": "input: -11 % of crashes",
    }

    for_months: float = Field(default=12.0, gt=0, le=120)
    risk_per_km: float = Field(default=0.89, gt=0, le=2)

    @property
    def effects(self) -> tuple[LicenceEffect, ...]:
        """Risk of the first year."""
        return (LicenceEffect(0.0, self.for_months, risk=self.risk_per_km, groups=self.groups),)


class SupervisedPractice(LicensingPolicy):
    """Require lessons and supervised kilometres before the licence.

    Mechanism: supervised driving counts as months of driving on the learning curve, which begins later on: the risk of
    every month falls to that of a driver who has had the licence for ``kilometres / 800`` months longer. How much that
    is comes out of the curve.

    Source: the curve (TRL Cohort study); that kilometres are what is learned by, that supervised ones count in full,
    and 800 km a month: modelling assumptions, grade D. Sweden from 16 reported about -40 % for 118 instead of 41 to 47
    h; that could not be confirmed and is not used: this policy gives less. Origin of the effect: emergent.

    Limits: supervised practice is itself driving, at low risk; its crashes are not counted. Diminishing returns of many
    lessons are those of the exponential curve alone.

    Parameters
    ----------
    groups
        Groups; all without any.
    lessons
        Compulsory lessons beyond those of today.
    lesson_km
        Kilometres driven in a lesson.
    supervised_km
        Kilometres with a layperson beside, beyond those of today.

    Examples
    --------
    >>> SupervisedPractice(lessons=10, supervised_km=2800).practice_km
    3000.0
    """

    kind: ClassVar[str] = "supervised_practice"
    mechanism: ClassVar[str] = (
        "Kilometres driven before the licence are months of experience: the learning curve begins later on."
    )
    source: ClassVar[str] = (
        "learning curve fitted to the TRL Cohort study; what supervised kilometres count: modelling assumption"
    )
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = (
        "Crashes during practice are not counted. The -40 % reported from Sweden could not be confirmed and is not "
        "used."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "groups": "given by the user", "lessons": "given by the user; 0: none",
        "lesson_km": "modelling assumption: 45 minutes at 27 km/h", "supervised_km": "given by the user; 0: none",
    }
    example: ClassVar[str] = '{ kind = "supervised_practice", supervised_km = 3000.0 }'

    lessons: int = Field(default=0, ge=0, le=1000)
    lesson_km: float = Field(default=20.0, ge=0, le=200)
    supervised_km: float = Field(default=0.0, ge=0, le=100_000)

    @property
    def practice_km(self) -> float:
        """Kilometres before the licence, beyond those of today."""
        return self.lessons * self.lesson_km + self.supervised_km

    @property
    def effects(self) -> tuple[LicenceEffect, ...]:
        """Experience that everybody has who was licensed under it."""
        return (LicenceEffect(0.0, np.inf, practice_km=self.practice_km, groups=self.groups),)

    def lower(self, builder: Builder) -> None:
        """Give people their supervised kilometres: risk follows from the learning curve, whatever that is."""
        population = population_of(builder, self.kind)
        names = tuple(group.name for group in groups_named(population, self.groups, self.kind))
        builder.set(PRACTICE, names, builder.baseline(PRACTICE, names) + self.practice_km)


class PassengerLimit(LicensingPolicy):
    """Let new drivers carry no passengers of their age at first.

    Mechanism: crash risk per km of those months is lower.

    Source: Fell et al. 2011: 16- and 17-year-olds in fatal crashes with passengers -9 %. Grade A, from the United
    States. Origin: input.

    Limits: the number is of fatal crashes of 16- and 17-year-olds with passengers, and is read as risk per km; part of
    it is trips that are not made. Compliance is that of the states studied.

    Parameters
    ----------
    groups
        Groups; all without any.
    for_months
        Months since the licence for which it holds.
    until_age_years
        From this age on it does not hold.
    risk_per_km
        Factor on crash risk per km.

    Examples
    --------
    >>> PassengerLimit().effects[0].new_only
    False
    """

    kind: ClassVar[str] = "passenger_limit"
    mechanism: ClassVar[str] = "Without passengers of their age new drivers have a lower risk per km."
    source: ClassVar[str] = "Fell et al. 2011, PMC3251518: fatal crashes of 16-17-year-olds, passenger restriction -9 %"
    grade: ClassVar[str] = "A (United States)"
    limits: ClassVar[str] = (
        "Of fatal crashes of 16- and 17-year-olds, read as risk per km; a part is trips that are not made."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "groups": "given by the user", "for_months": "modelling assumption: half a year to a year is usual",
        "until_age_years": "modelling assumption: until 21, as the age of those who carry their like",
        "risk_per_km": "input: -9 %",
    }

    for_months: float = Field(default=12.0, gt=0, le=120)
    until_age_years: float = Field(default=21.0, ge=16, le=200)
    risk_per_km: float = Field(default=0.91, gt=0, le=2)

    @property
    def effects(self) -> tuple[LicenceEffect, ...]:
        """Risk of the restricted months."""
        return (LicenceEffect(0.0, self.for_months, risk=self.risk_per_km, until_age_years=self.until_age_years,
                              new_only=False, groups=self.groups),)
