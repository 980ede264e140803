"""Random breath tests, sobriety checkpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.policies.checkpoints import Checkpoints
from trafficsim.policies.enforcing import COMMON_NUMBERS
from trafficsim.spec.enforcement import EnforcementKind, Offence


class BreathTest(Checkpoints):
    """Stop drivers without suspicion and test their breath, at places or in an area.

    Mechanism: of the drivers who pass during its hours, impaired ones are found with the probability ``detection``: the
    share of passing vehicles that are stopped. Impaired are those of the scenario's population on this trip, or the
    share ``offending_share`` without one. Whether people drink and drive less afterwards follows from what they learn,
    in a study over days with a population.

    Source: Erke, Goldenbeld & Vaa 2009 (alcohol crashes at least -17 %, -14 % corrected for publication bias; strongest
    in the first six months): published evidence, shown beside the results and not put into them. Grade A/B. Origin:
    input (shares and probabilities are the user's).

    Halo after it has gone: one checkpoint works for about a week (Los Angeles); ten more a week give -12 % a week later
    (Brisbane). It is learnt and forgotten by people, no part of the response in a single run.

    Limits: vehicles that are stopped lose no time and take no room: a test takes a minute or so of one vehicle in
    many, its effect on traffic is negligible and left out. A single run shows sanctions alone.

    Parameters
    ----------
    at
        Places.
    area
        Links in whose middle vehicles are stopped, by one team that moves about.
    schedule
        Days, weeks, weekdays and hours in force.
    detection
        Share of passing drivers who are tested.
    offending_share
        Share of drivers above 0.5 g/l, where the scenario has no population.
    noticed
        Share of passing drivers who notice it.
    present, sanctioned
        Probability that it is there on such a day, and that a positive test is sanctioned.
    fine_eur, points
        Fine and demerit points.
    publicity
        Probability per person and day of hearing of it.
    officers
        Officers at each place, or in the area.

    Examples
    --------
    >>> from trafficsim.spec.selectors import Links
    >>> BreathTest(area=Links(group="town"), detection=0.1).officers
    4.0
    """

    kind: ClassVar[str] = "breath_test"
    offence: ClassVar[Offence] = "drink_driving"
    enforcement: ClassVar[EnforcementKind] = "breath_test"
    called: ClassVar[str] = "breath test"
    mechanism: ClassVar[str] = (
        "A share of the drivers who pass is tested and impaired ones are sanctioned; people learn from it over days."
    )
    source: ClassVar[str] = (
        "Erke, Goldenbeld & Vaa 2009, Accident Analysis & Prevention 41:914-923 (published effect on alcohol crashes, "
        "not put into the results)"
    )
    grade: ClassVar[str] = "A/B (published effect); shares are the user's"
    limits: ClassVar[str] = (
        "No effect on traffic: the time lost by those who are stopped is left out. In a single run there are sanctions "
        "alone; fewer impaired drivers need a study over days."
    )
    numbers: ClassVar[Mapping[str, str]] = {
        **COMMON_NUMBERS,
        "detection": "modelling assumption: one of five who pass is stopped",
        "offending_share": "given by the user; 0: nobody, where the scenario has no population",
        "noticed": "modelling assumption: visible",
        "officers": "modelling assumption: four to a checkpoint",
    }
    example: ClassVar[str] = (
        '{ kind = "breath_test", at = [{ link = "east2", position_m = 200 }], offending_share = 0.01, fine_eur = 500, '
        'schedule = { weekdays = ["fri", "sat"], hours = [{ begin_h = 22, end_h = 4 }] } }'
    )

    detection: float = Field(default=0.2, ge=0, le=1)
