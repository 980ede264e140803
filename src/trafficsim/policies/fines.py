"""Higher or lower fines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.base.errors import PolicyError, quoted
from trafficsim.spec.enforcement import EnforcementKind
from trafficsim.spec.policy import Builder, Policy, PolicyPhase

ELASTICITY, SATURATION = -0.14, 2.0
"""Change of violations per change of the fine where detection is nearly certain (Dutch section control, Journal of
Criminology 2014:827194), and the factor beyond which a higher fine does nothing (Elvik 2016)."""


class Fines(Policy):
    """Change the fines of enforcement.

    Mechanism: a fine weighs with the perceived risk of being caught. Where detection is nearly certain violations
    change by -0.14 % per per cent; where it is rare they do not. From +100 % on nothing more happens. Behaviour follows
    over the days of a study.

    Source: Netherlands: elasticity -0.14 of average-speed fines, none of fines issued by the police (Journal of
    Criminology 2014:827194); up to +100 % a small fall, beyond none (Elvik 2016). Grade A, provisional. Origin: input
    of the choice model.

    Limits: without enforcement in the same alternative it is refused: nobody would be fined. In a single run only what
    citations cost changes. Effects on crashes (fatal -1 to -12 %: Elvik 2016) are not put in.

    Parameters
    ----------
    factor
        Factor on the fine of today.
    kinds
        Kinds of enforcement; all of the alternative without any.

    Examples
    --------
    >>> Fines(factor=1.5).violations(1.0), Fines(factor=3.0).violations(1.0), Fines(factor=1.5).violations(0.0)
    (0.93, 0.86, 1.0)
    """

    kind: ClassVar[str] = "fines"
    phase: ClassVar[PolicyPhase] = "timeline"
    mechanism: ClassVar[str] = (
        "The fine weighs with the perceived risk of detection; beyond twice the fine nothing more happens."
    )
    source: ClassVar[str] = (
        "Journal of Criminology 2014:827194 (elasticity -0.14); Elvik 2016, Accident Analysis & Prevention 92:202-210"
    )
    grade: ClassVar[str] = "A (provisional)"
    limits: ClassVar[str] = (
        "Needs enforcement in the alternative, and the days of a study; where detection is rare it does nothing."
    )
    numbers: ClassVar[Mapping[str, str]] = {"factor": "given by the user"}

    factor: float = Field(ge=0, le=100)
    kinds: tuple[EnforcementKind, ...] = ()

    def violations(self, detection: float) -> float:
        """Violations relative to today's fine, to be expected at a probability of detection.

        Linear in the fine and in detection (modelling assumption between the two published points).
        """
        change = max(min(self.factor, SATURATION) - 1.0, -1.0)
        return round(1.0 + ELASTICITY * change * detection, 12)

    def lower(self, builder: Builder) -> None:
        """Scale the fines of the kinds of enforcement that detect somebody."""
        fined = {one.kind for one in builder.deployments
                 if one.sanction is not None and one.sanction.detection * one.sanction.sanctioned > 0.0}
        missing = [kind for kind in self.kinds if kind not in fined]
        if missing or not fined:
            found = f"no {missing[0].replace('_', ' ')} that detects" if missing else "no enforcement that detects"
            kind = f" of kind {quoted(missing[0])}" if missing else ""
            raise PolicyError("policy fines", found, "enforcement with a sanction and a detection above 0 in the "
                              "alternative", f"add enforcement{kind}, or drop the fines: nobody would be fined")
        builder.scale("sanction.fine_factor", tuple(self.kinds or sorted(fined)), self.factor)
