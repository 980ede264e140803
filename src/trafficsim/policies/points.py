"""Demerit points: their limit, a lower one in probation, and courses that take points back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.policies.people_groups import groups_named, novice_groups, population_of
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

LIMIT, NOVICE_LIMIT = "group.points_limit", "group.novice_points_limit"
POINTS_SOURCE = (
    "Alonso et al. 2025 (meta-analysis: deaths -10 %, injuries -9 %), Sagberg & Ingebrigtsen 2018 (deterrence only "
    "near the limit); held against, not put in"
)


class PointsLimit(Policy):
    """Suspend the licence at a number of demerit points.

    Mechanism: people collect points with the offences for which they are caught; near the limit an offence costs more,
    and who reaches it does not drive for a while. Both come out of the days of a study.

    Source: none for an effect that is put in. Evidence to hold against: meta-analysis deaths -10 %, injuries -9 %
    (Alonso et al. 2025), gone within 18 months (Castillo-Manzano & Castro-Nuño 2012); deterrence only near the limit
    (Sagberg & Ingebrigtsen 2018). Grade A for the size in practice, none for this model. Origin: emergent.

    Limits: in a single run only people who begin at the limit are suspended; the rest needs days. Points matter only
    where offences are detected: without enforcement they change nothing.

    Parameters
    ----------
    groups
        Groups; all without any.
    limit
        Points at which the licence is suspended.

    Examples
    --------
    >>> PointsLimit(limit=8).limit
    8
    """

    kind: ClassVar[str] = "points_limit"
    phase: ClassVar[PolicyPhase] = "behaviour"
    mechanism: ClassVar[str] = (
        "Offences that are detected cost points; near the limit people offend less, at it they do not drive."
    )
    source: ClassVar[str] = POINTS_SOURCE
    grade: ClassVar[str] = "A (size in practice; none of it is put in)"
    limits: ClassVar[str] = (
        "Needs the days of a study, and enforcement that detects; a single run shows next to nothing."
    )
    numbers: ClassVar[Mapping[str, str]] = {"groups": "given by the user", "limit": "given by the user"}

    groups: tuple[str, ...] = ()
    limit: int = Field(ge=1, le=1000)

    def lower(self, builder: Builder) -> None:
        """Set the limit of the groups."""
        groups = groups_named(population_of(builder, self.kind), self.groups, self.kind)
        builder.set(LIMIT, tuple(group.name for group in groups), float(self.limit))


class Probation(Policy):
    """Give new drivers a lower limit of demerit points.

    Mechanism: as for demerit points; in probation, the length of which is ``population.licence.novice_months``, the
    licence is suspended at fewer points.

    Source: no effect is put in. A lower limit brings more people near it, where points deter (Sagberg & Ingebrigtsen
    2018). Grade D: no evaluation of a lower limit is at hand. Origin: emergent.

    Limits: as for demerit points.

    Parameters
    ----------
    groups
        Groups; those with novices without any.
    limit
        Points at which the licence is suspended in probation.

    Examples
    --------
    >>> Probation(limit=4).limit
    4
    """

    kind: ClassVar[str] = "probation"
    phase: ClassVar[PolicyPhase] = "behaviour"
    mechanism: ClassVar[str] = "In probation the licence is suspended at fewer demerit points."
    source: ClassVar[str] = POINTS_SOURCE
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = (
        "No evaluation of a lower limit is at hand. Needs the days of a study, and enforcement that detects."
    )
    numbers: ClassVar[Mapping[str, str]] = {"groups": "given by the user", "limit": "given by the user"}

    groups: tuple[str, ...] = ()
    limit: int = Field(ge=1, le=1000)

    def lower(self, builder: Builder) -> None:
        """Set the limit in probation of the groups."""
        groups = novice_groups(population_of(builder, self.kind), self.groups, self.kind)
        builder.set(NOVICE_LIMIT, tuple(group.name for group in groups), float(self.limit))


class ReEducation(Policy):
    """Offer courses that take demerit points back.

    Mechanism: who takes a course reaches the limit later: the mean limit rises by ``points_back`` times the share who
    take one. Nobody is taken to drive otherwise after a course.

    Source: none: no effect of courses on crashes is at hand. Grade D. Origin: modelling assumption.

    Limits: without an effect of its own a course can only weaken the deterrence of points here; give ``risk_per_km`` if
    you have evidence that it does more.

    Parameters
    ----------
    groups
        Groups; all without any.
    points_back
        Points that a course takes back.
    share
        Share of people who take one before they reach the limit.
    risk_per_km
        Factor on crash risk per km of those who took a course.

    Examples
    --------
    >>> ReEducation(points_back=3, share=0.2).points_back
    3
    """

    kind: ClassVar[str] = "re_education"
    phase: ClassVar[PolicyPhase] = "behaviour"
    mechanism: ClassVar[str] = (
        "Courses take points back, so that the limit is reached later; driving does not change by itself."
    )
    source: ClassVar[str] = "modelling assumption: no effect of courses on crashes is at hand"
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = (
        "Can only weaken the deterrence of points, unless risk_per_km is given with evidence of one's own."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "groups": "given by the user", "points_back": "given by the user", "share": "given by the user",
        "risk_per_km": "modelling assumption: 1, no effect",
    }

    groups: tuple[str, ...] = ()
    points_back: int = Field(ge=0, le=1000)
    share: float = Field(ge=0, le=1)
    risk_per_km: float = Field(default=1.0, gt=0, le=2)

    def lower(self, builder: Builder) -> None:
        """Raise the mean limit of the groups, and change the risk of who took a course."""
        names = tuple(one.name for one in groups_named(population_of(builder, self.kind), self.groups, self.kind))
        for field in (LIMIT, NOVICE_LIMIT):
            before = builder.baseline(field, names)
            builder.scale(field, names, (before + self.points_back * self.share) / before)
        if self.risk_per_km != 1.0:
            builder.scale("group.novice_risk", names, 1.0 + self.share * (self.risk_per_km - 1.0))
