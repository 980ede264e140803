"""Random checks of driving licences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.policies.checkpoints import Checkpoints
from trafficsim.policies.enforcing import COMMON_NUMBERS
from trafficsim.spec.enforcement import EnforcementKind, Offence


class LicenceCheck(Checkpoints):
    """Stop drivers without suspicion and ask for the licence, at places or in an area.

    Mechanism: of the drivers who pass during its hours, those without a valid licence are found with the probability
    ``detection``: the share of passing vehicles that are stopped. They are those of the scenario's population without a
    licence or with a suspended one, or the share ``offending_share`` without a population.

    Source: no study of the effect was found. Grade D. Origin: input (shares and probabilities are the user's).

    Halo after it has gone: nothing is known. Over days it follows from what people learn, in a study over days with a
    population.

    Limits: vehicles that are stopped lose no time and take no room: negligible, and left out. Nothing is claimed about
    speeds or crashes.

    Parameters
    ----------
    at
        Places.
    area
        Links in whose middle vehicles are stopped, by one team that moves about.
    schedule
        Days, weeks, weekdays and hours in force.
    detection
        Share of passing drivers who are asked.
    offending_share
        Share of drivers without a valid licence, where the scenario has no population.
    noticed
        Share of passing drivers who notice it.
    present, sanctioned
        Probability that it is there on such a day, and that who is found is sanctioned.
    fine_eur, points
        Fine and demerit points.
    publicity
        Probability per person and day of hearing of it.
    officers
        Officers at each place, or in the area.

    Examples
    --------
    >>> from trafficsim.policies.enforcing import Place
    >>> LicenceCheck(at=(Place(link="east2", position_m=200.0),)).detection
    0.05
    """

    kind: ClassVar[str] = "licence_check"
    offence: ClassVar[Offence] = "unlicensed"
    enforcement: ClassVar[EnforcementKind] = "licence_check"
    called: ClassVar[str] = "licence check"
    mechanism: ClassVar[str] = "A share of the drivers who pass is asked for the licence; who has none is sanctioned."
    source: ClassVar[str] = "none was found"
    grade: ClassVar[str] = "D"
    limits: ClassVar[str] = (
        "No effect on traffic: the time lost by those who are stopped is left out. Nothing is claimed about speeds or "
        "crashes."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        **COMMON_NUMBERS,
        "detection": "modelling assumption: one of twenty who pass is stopped",
        "offending_share": "given by the user; 0: nobody, where the scenario has no population",
        "noticed": "modelling assumption: visible",
        "officers": "modelling assumption: two to a check",
    }
    example: ClassVar[str] = (
        '{ kind = "licence_check", at = [{ link = "east2", position_m = 200 }], offending_share = 0.01 }'
    )

    detection: float = Field(default=0.05, ge=0, le=1)
    officers: float = Field(default=2.0, ge=0, le=100)
