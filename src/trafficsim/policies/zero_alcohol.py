"""No alcohol for new drivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.people.licensing import LicenceEffect
from trafficsim.policies.licensing import share_reached
from trafficsim.policies.people_groups import novice_groups, population_of
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

ALCOHOL = "group.alcohol_factor"


class ZeroAlcohol(Policy):
    """Set a limit of zero, or near it, for new drivers.

    Mechanism: fewer new drivers are impaired; those who would have been drive sober. Their crashes follow from the
    relative risk by blood alcohol.

    Source: Germany 2007, Holte et al. 2010 (BASt M 211): crash-involved novices with 0.3 per mille or more -15 %,
    offences -17 % (-2.5 % of those of 21 and older). Grade B. Origin: input.

    Limits: what was measured is the share of crash-involved novices with alcohol; it is put in as the share of impaired
    novices on the road, which gives nearly the same. Trips are made as before.

    Parameters
    ----------
    groups
        Groups; those with novices without any.
    until_months, until_age_years
        It holds until so many months since the licence, and until this age.
    impaired
        Factor on the share of impaired drivers.

    Examples
    --------
    >>> ZeroAlcohol().impaired
    0.85
    """

    kind: ClassVar[str] = "zero_alcohol"
    phase: ClassVar[PolicyPhase] = "behaviour"
    mechanism: ClassVar[str] = "Fewer new drivers are impaired; those who would have been drive sober."
    source: ClassVar[str] = (
        "Holte et al. 2010, BASt M 211: crash-involved novices from 0.3 per mille -15 %, offences -17 %"
    )
    grade: ClassVar[str] = "B"
    limits: ClassVar[str] = (
        "Measured on crash-involved novices, put in as the share on the road. Trips are made as before."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        "groups": "given by the user", "until_months": "input: probation of two years (Germany)",
        "until_age_years": "given by the user; 200: at any age",
        "impaired": "input: -15 %",
    }

    groups: tuple[str, ...] = ()
    until_months: float = Field(default=24.0, gt=0, le=240)
    until_age_years: float = Field(default=200.0, ge=16, le=200)
    impaired: float = Field(default=0.85, ge=0, le=1)

    def lower(self, builder: Builder) -> None:
        """Lower the share of impaired drivers in each group by the part of its people that it holds for."""
        population = population_of(builder, self.kind)
        reached = LicenceEffect(0.0, self.until_months, until_age_years=self.until_age_years)
        for group in novice_groups(population, self.groups, self.kind, self.until_months):
            factor = 1.0 + share_reached(population, group, reached) * (self.impaired - 1.0)
            builder.scale(ALCOHOL, (group.name,), factor)
