"""Signs that show drivers how fast they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from trafficsim.spec.policy import Builder, Policy, PolicyPhase
from trafficsim.spec.selectors import Links


class SchoolSign(Policy):
    """Put up signs that show drivers how fast they are.

    Parameters
    ----------
    on
        Links with a sign.
    speed_ratio
        Mean free speed with the sign, relative to that without.

    Examples
    --------
    >>> SchoolSign(on=Links(ids=("main",)), speed_ratio=0.95).kind
    'school_sign'
    """

    kind: ClassVar[str] = "school_sign"
    phase: ClassVar[PolicyPhase] = "network"
    mechanism: ClassVar[str] = "Mean free speeds on the links are multiplied by a ratio."
    source: ClassVar[str] = "the user's own measurement"
    grade: ClassVar[str] = "D: an example"
    limits: ClassVar[str] = "The same effect on the whole link and for ever; nothing is claimed about crashes."
    numbers: ClassVar[Mapping[str, str]] = {"speed_ratio": "given by the user"}

    on: Links
    speed_ratio: float = Field(gt=0.5, le=1.0)

    def lower(self, builder: Builder) -> None:
        """Scale the mean free speed of the links."""
        builder.scale("link.free_speed_mean_ms", self.on.resolve(builder.network), self.speed_ratio)
