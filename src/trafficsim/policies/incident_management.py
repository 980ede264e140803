"""Incidents that are cleared sooner: quick clearance, and patrols that find them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import Field

from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.selectors import Links

DURATION = "incident.duration_s"
SOURCE = (
    "none for how much shorter: that is given by the user; that shorter ones save secondary crashes: Goodall 2017 "
    "(one percentage point per 2 to 3 minutes on scene)"
)
LIMITS = (
    "How much shorter incidents become is given, not predicted. Their number stays; secondary crashes are a formula of "
    "the time on scene beside the results, and happen in no run."
)


class QuickClearance(Policy):
    """Clear incidents sooner: towing at once, shared rules of police, fire brigade and road authority.

    Mechanism: lanes are blocked for a part of the time that was drawn; the same incidents happen.

    Source: none for the factor (given by the user). That delay falls with the square of the duration follows from the
    deterministic queue. Secondary crashes: Goodall 2017, grade B. Origin: input; what traffic makes of it is emergent.

    Limits: how much shorter incidents become is given. Their number stays, and secondary crashes are a formula beside
    the results.

    Parameters
    ----------
    factor
        Duration as a share of that without the policy.
    on
        Links on which incidents are cleared so; ``None``: on all.

    Examples
    --------
    >>> QuickClearance(factor=0.75).on is None
    True
    """

    kind: ClassVar[str] = "quick_clearance"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = "Incidents block their lanes for a part of the time; the same ones happen."
    source: ClassVar[str] = SOURCE
    grade: ClassVar[str] = "D (the factor is given), B (secondary crashes)"
    limits: ClassVar[str] = LIMITS
    example: ClassVar[str] = '{ kind = "quick_clearance", factor = 0.75 }'
    numbers: ClassVar[Mapping[str, str]] = {"factor": "given by the user"}

    factor: float = Field(gt=0, le=1)
    on: Links | None = None

    def lower(self, builder: Builder) -> None:
        """Shorten the incidents."""
        builder.scale(DURATION, _incidents(builder, self.on), self.factor)


class ServicePatrol(Policy):
    """Patrol roads for incidents: they are found sooner, and small ones are cleared by the patrol itself.

    Mechanism: incidents on the patrolled links lose the time until they used to be found, and what is left of their
    duration takes a part of the time; the same incidents happen.

    Source: none for both numbers (given by the user). Secondary crashes: Goodall 2017, grade B. Origin: input; what
    traffic makes of it is emergent.

    Limits: how much shorter incidents become is given, and no vehicle patrols in the run. Incidents keep a minute.

    Parameters
    ----------
    on
        Links that are patrolled.
    found_earlier_s
        Time by which incidents are found earlier: half of the headway of the patrols less than without them, at best.
    clearance_factor
        What is left of the duration after that, as a share.

    Examples
    --------
    >>> ServicePatrol(on=Links(group="ring"), found_earlier_s=300, clearance_factor=0.9).found_earlier_s
    300.0
    """

    kind: ClassVar[str] = "service_patrol"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = "Incidents on patrolled links are found sooner and cleared in a part of the time."
    source: ClassVar[str] = SOURCE
    grade: ClassVar[str] = "D (what is saved is given), B (secondary crashes)"
    limits: ClassVar[str] = LIMITS
    example: ClassVar[str] = (
        '{ kind = "service_patrol", on = { group = "ring" }, found_earlier_s = 300, clearance_factor = 0.9 }'
    )
    numbers: ClassVar[Mapping[str, str]] = {"found_earlier_s": "given by the user",
                                            "clearance_factor": "given by the user; 1: they are cleared as before"}

    on: Links
    found_earlier_s: float = Field(ge=0, le=7200)
    clearance_factor: float = Field(default=1.0, gt=0, le=1)

    def lower(self, builder: Builder) -> None:
        """Shorten the incidents on the patrolled links."""
        cells = _incidents(builder, self.on)
        before_s = builder.baseline(DURATION, cells)
        after_s = np.maximum(before_s - self.found_earlier_s, 0.0) * self.clearance_factor
        builder.scale(DURATION, cells, np.maximum(after_s, np.minimum(LEAST_S, before_s)) / before_s)


LEAST_S = 60.0
"""However soon it is found, an incident blocks its lanes for a minute (modelling assumption)."""


def _incidents(builder: Builder, on: Links | None) -> tuple[str, ...]:
    return builder.incidents_on(None if on is None else on.resolve(builder.network))
