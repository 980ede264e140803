"""Casualties predicted from published speeds alone, beside the published outcome: prediction, not fit.

Nothing here is fitted: the speeds are those of the programmes, the exponents those of Elvik 2009, the outcomes were
published by others. A prediction hits when its 95 % interval and that of the outcome overlap; where no interval of the
outcome is published, when the outcome lies inside the prediction's. Misses stay in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trafficsim.base.units import KM_PER_MILE
from trafficsim.outcomes.casualties import Models, Outcome, SpeedChange, drawn, relative


@dataclass(frozen=True)
class Programme:
    """Published speeds before and after, and the published outcome in per cent.

    Attributes
    ----------
    name : where and what
    before_kmh, after_kmh : mean speeds
    urban : whether urban exponents hold
    outcome : what was counted
    published, low, high : change in per cent, its interval where there is one
    source, grade : of speeds and outcome
    note : what limits the comparison
    """

    name: str
    before_kmh: float
    after_kmh: float
    urban: bool
    outcome: Outcome
    published: float
    source: str
    grade: str
    low: float | None = None
    high: float | None = None
    note: str = ""

    def predicted(self) -> tuple[float, float, float]:
        """Predicted change in per cent with its 95 % interval (exponents alone: speeds are taken as published)."""
        change = SpeedChange(np.array([self.before_kmh]), np.array([self.after_kmh]), np.ones(1),
                             np.array([self.urban]))
        low, high = np.quantile(drawn(change, self.outcome, Models()), [0.025, 0.975])
        value = relative(change, self.outcome, Models())
        return 100.0 * (value - 1.0), 100.0 * (float(low) - 1.0), 100.0 * (float(high) - 1.0)

    @property
    def hit(self) -> bool:
        """Whether prediction and outcome agree within their intervals."""
        _, low, high = self.predicted()
        return low <= (self.published if self.high is None else self.high) and (
            self.published if self.low is None else self.low) <= high


FLANDERS, NORWAY = "De Pauw et al. 2014 (speeds); Høye 2014 (outcome)", "Ragnøy 2002 (speeds); Høye 2015 (outcome)"
NAPLES = "Montella et al. 2015"
DERIVED = ("its source gives no mean: speeds derived from N(92, 10) at a limit of 80 so that spread (-26 %) and share "
           "far above the limit (-84 %) are its own; all crashes, beside injury crashes predicted")
PROGRAMMES = (
    Programme("Wales, 20 mph: casualties", 28.7 * KM_PER_MILE, 24.9 * KM_PER_MILE, True, "injured", -26.2,
              "Transport for Wales 2025", "C", note="uncontrolled before-after; roads of 20 and 30 mph"),
    Programme("Vienna, Kaisermühlen tunnel: injury crashes", 92.0, 77.0, False, "injury_crashes", -50.0,
              "ASFINAG after 15 years", "C", note="uncontrolled over 15 years: includes the trend"),
    Programme("Vienna tunnel beside section controls elsewhere: KSI", 92.0, 77.0, False, "ksi", -56.0,
              "ASFINAG (speeds); Høye 2014 (outcome: pooled)", "C", note="outcome pooled over 5 estimates elsewhere"),
    Programme("Flanders, motorway cameras: injury crashes", 116.7, 110.3, False, "injury_crashes", -18.0, FLANDERS, "B",
              note="speed at the camera, outcome within 250 m: no outcome of these cameras is known here"),
    Programme("Norway, spot cameras: injury crashes", 80.0, 75.0, False, "injury_crashes", -22.0, NORWAY, "B",
              note="-4 to -6 km/h at the site, mean before taken as 80; outcome from 0.1 km before to 1 km beyond"),
    Programme("Norway, 14 section controls: injury crashes", 80.0, 72.8, False, "injury_crashes", -17.0,
              "Statens vegvesen (speeds: mean of -2.7, -8.8, -10.2); Høye 2014 TØI 1339", "C", -22.0, -12.0,
              "mean before taken as the limit of 80; -12 to -22 is the range of two estimates"),
    Programme("Norway, 14 section controls: KSI", 80.0, 72.8, False, "ksi", -51.5,
              "Statens vegvesen (speeds: mean of -2.7, -8.8, -10.2); Høye 2014 TØI 1339", "C", -54.0, -49.0,
              "as above; -49 to -54 is the range of two estimates"),
    Programme("Naples A56, section control: all crashes", 92.0, 76.6, False, "injury_crashes", -32.0, NAPLES, "B", None,
              -22.0, DERIVED),
)
"""Speeds and outcomes as published; grades are those of the weaker part."""


def markdown() -> str:
    """Return the table, with how many hit."""
    lines = ["| programme | speeds, km/h | predicted | 95 % interval | published | grade | |",
             "|---|--:|--:|---|--:|---|---|", *map(_line, PROGRAMMES)]
    hits = sum(one.hit for one in PROGRAMMES)
    notes = [f"- {one.name}: {one.source}. {one.note[:1].upper()}{one.note[1:]}." for one in PROGRAMMES]
    return "\n".join([*lines, "", f"{hits} of {len(PROGRAMMES)} hit.", "", *notes]) + "\n"


def _line(one: Programme) -> str:
    value, low, high = one.predicted()
    speeds, predicted = f"{one.before_kmh:.1f} → {one.after_kmh:.1f}", f"{value:.1f} % | {low:.1f} to {high:.1f}"
    verdict = "hit" if one.hit else "MISS"
    return f"| {one.name} | {speeds} | {predicted} | {one.published:g} %{_ends(one)} | {one.grade} | {verdict} |"


def _ends(one: Programme) -> str:
    """Interval of the published outcome as far as there is one."""
    if one.high is None:
        return ""
    return f" (at least {-one.high:g} % less)" if one.low is None else f" ({one.low:g} to {one.high:g})"
