"""A night limit for new drivers: trips that are not made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import Field, model_validator

from trafficsim.people.licensing import LicenceEffect
from trafficsim.policies.licensing import share_reached
from trafficsim.policies.people_groups import novice_groups, population_of
from trafficsim.spec.calendar import Hours
from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.trip_selection import Trips

LONGEST_H = 12.0
"""A longer night is taken for exchanged times."""


class NightLimit(Policy):
    """Let new drivers not drive alone at night.

    Mechanism: a share of their trips in these hours is not made; what is left of their crashes follows from the
    kilometres that they still drive. Risk per km does not change.

    Source: of the effect none is put in. Fell et al. 2011: 16- and 17-year-olds in fatal crashes at night -10 % (grade
    A, United States), to be held against; full compliance would give more. Compliance is a modelling assumption, grade
    D. Origin: emergent, from who drives when.

    Limits: a trip by night that is not made is not made at another time or in another car. Trips are chosen by group
    and hour of departure: of a group of whom only some are restricted the same share of trips is taken from everybody.

    Parameters
    ----------
    hours
        Hours of departure; they go on past midnight where the end lies before the begin.
    groups
        Groups; those with novices without any.
    for_months
        Months since the licence for which it holds.
    until_age_years
        From this age on it does not hold.
    compliance
        Share of trips in these hours that are not made.
    night_share
        Share of kilometres in these hours, for :func:`trafficsim.cohort` alone; in a scenario it is that of its trips.

    Examples
    --------
    >>> round(NightLimit(compliance=1.0, night_share=0.05).effects[0].exposure, 2)
    0.95
    """

    kind: ClassVar[str] = "night_limit"
    phase: ClassVar[PolicyPhase] = "demand"
    mechanism: ClassVar[str] = "A share of the trips of new drivers at night is not made; risk per km stays as it is."
    source: ClassVar[str] = (
        "Fell et al. 2011, PMC3251518: fatal crashes of 16-17-year-olds at night -10 %; held against, not put in"
    )
    grade: ClassVar[str] = "D (compliance); A (what it is held against, United States)"
    limits: ClassVar[str] = (
        "Trips are not made at other times or in other cars instead. Chosen by group and hour, not person by person."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "hours": "modelling assumption: from 22 to 5 o'clock", "groups": "given by the user",
        "for_months": "modelling assumption: the first year", "until_age_years": "given by the user; 200: at any age",
        "compliance": "modelling assumption: exemptions (work, accompanied) and offences leave two of five trips",
        "night_share": "modelling assumption: a share of daily kilometres by night, for the cohort alone",
    }
    example: ClassVar[str] = '{ kind = "night_limit", hours = { begin_h = 22, end_h = 5 } }'

    hours: Hours = Hours(begin_h=22.0, end_h=5.0)
    groups: tuple[str, ...] = ()
    for_months: float = Field(default=12.0, gt=0, le=120)
    until_age_years: float = Field(default=200.0, ge=16, le=200)
    compliance: float = Field(default=0.6, ge=0, le=1)
    night_share: float = Field(default=0.05, ge=0, le=1)

    @model_validator(mode="after")
    def _is_a_night(self) -> Self:
        if self.hours.length_h > LONGEST_H:
            raise ValueError(
                f"hours from {self.hours.begin_h:g} to {self.hours.end_h:g} last {self.hours.length_h:g} h, past "
                f"midnight; a night of at most {LONGEST_H:g} h is meant: exchange the two")
        return self

    @property
    def effects(self) -> tuple[LicenceEffect, ...]:
        """Exposure of whom it holds for; at once for everybody who is new."""
        return (self._reached._replace(exposure=1.0 - self.compliance * self.night_share),)

    @property
    def _reached(self) -> LicenceEffect:
        return LicenceEffect(0.0, self.for_months, until_age_years=self.until_age_years, new_only=False,
                             groups=self.groups)

    def lower(self, builder: Builder) -> None:
        """Drop a share of the trips of each group that departs in these hours."""
        population = population_of(builder, self.kind)
        for group in novice_groups(population, self.groups, self.kind, self.for_months):
            share = self.compliance * share_reached(population, group, self._reached)
            builder.drop(Trips(groups=(group.name,), hours=(self.hours,), share=share, mark=self.kind))
