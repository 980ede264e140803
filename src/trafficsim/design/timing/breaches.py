"""What an audit of a signal program finds, and the rules that it goes by."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

from trafficsim.base.findings import Finding, Level
from trafficsim.base.units import kmh_to_ms
from trafficsim.design.inference.staging import LEAST_GREEN_S
from trafficsim.design.timing.change_formulas import ite_yellow_s, rilsa_yellow_s
from trafficsim.design.timing.clearances import Clearance
from trafficsim.design.timing.demand import SATURATION_VEH_H
from trafficsim.design.timing.dilemma import DECELERATION_MS2, REACTION_S

Guideline = Literal["rilsa", "ite"]
SOURCES = {"rilsa": "RiLSA 2015", "ite": "ITE 2020"}
CLOSE_S = 0.05
"""Times are compared to a twentieth of a second: what whole tenths of a plan leave open."""


@dataclass(frozen=True)
class AuditRules:
    """What a program is held against.

    Parameters
    ----------
    guideline
        ``"rilsa"``: yellow of 3, 4 or 5 s by speed limit, intergreen ``t_ü + t_r - t_e``; ``"ite"``: yellow
        ``t + v / (2 a + 2 G g)``, then ``(s_0 + L) / v`` until who clears is past the point of conflict.
    minimum_green_s
        Shortest green of a movement (RiLSA 2015: 5 s).
    pedestrians
        Whether streets are crossed on foot beside the traffic.
    reaction_s, deceleration_ms2, grade_percent
        Of drivers who stop, and of all approaches; for ``"ite"`` and the length of the dilemma zone.
    saturation_veh_h
        Saturation flow of a lane straight on.

    Examples
    --------
    >>> AuditRules().yellow_s(50.0), round(AuditRules("ite").yellow_s(70.0), 2)
    (3.0, 4.19)
    """

    guideline: Guideline = "rilsa"
    minimum_green_s: float = LEAST_GREEN_S
    pedestrians: bool = True
    reaction_s: float = REACTION_S
    deceleration_ms2: float = DECELERATION_MS2
    grade_percent: float = 0.0
    saturation_veh_h: float = SATURATION_VEH_H

    def yellow_s(self, limit_kmh: float) -> float:
        """Return the yellow time that an approach needs."""
        if self.guideline == "rilsa":
            return rilsa_yellow_s(limit_kmh)
        return ite_yellow_s(kmh_to_ms(limit_kmh), self.reaction_s, self.deceleration_ms2, self.grade_percent)

    def intergreen_s(self, one: Clearance, limit_kmh: float, path_kmh: float) -> float:
        """Return the time that has to lie between the two greens of a conflict."""
        if self.guideline == "rilsa":
            return one.intergreen_s
        return self.yellow_s(limit_kmh) + one.clearing_m / kmh_to_ms(min(limit_kmh, path_kmh))


DEFAULT_AUDIT_RULES = AuditRules()


class Breach(NamedTuple):
    """One thing that a program does not keep.

    Attributes
    ----------
    level : ``"error"`` (drivers are led into each other) or ``"warning"``
    code : kind of the breach
    signal, phase, movement : where; ``phase`` counts from 0, ``None`` where it concerns the whole program
    found, expected, unit : value of the program, and what it should be
    source : guideline or formula behind ``expected``
    message, remedy : in words
    """

    level: Level
    code: str
    signal: str
    phase: int | None
    movement: str
    found: float
    expected: float
    unit: str
    source: str
    message: str
    remedy: str

    @property
    def finding(self) -> Finding:
        """The breach as a finding, as ``check`` shows it."""
        phase = "" if self.phase is None else f": phase {self.phase}"
        movement = f": {self.movement}" if self.movement else ""
        return Finding(self.level, self.code, f"signal {self.signal!r}{phase}{movement}",
                       f"{self.message} ({self.source})", self.remedy)


def seconds(value: float) -> str:
    """Write a time in seconds.

    Examples
    --------
    >>> seconds(3.0), seconds(4.1863)
    ('3 s', '4.2 s')
    """
    return "never" if math.isinf(value) else f"{round(value, 1):g} s"
