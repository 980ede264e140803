"""Coefficients of the Highway Safety Manual, chapter 12: urban and suburban arterials, crashes per year.

AASHTO (2010), *Highway Safety Manual*, vol. 2: intersections tables 12-10 and 12-12, with the ranges of section 12.6.2;
segments tables 12-3 and 12-5, with those of section 12.6.1; pedestrians at signals table 12-14, at stop signs 12-16.
Fitted to crashes reported to the police in the United States.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

SOURCE = "AASHTO (2010), Highway Safety Manual, chapter 12"
GRADE: Literal["B"] = "B"
Severity = Literal["total", "injury", "damage"]
"""All crashes; fatal and injury crashes; property damage only."""


class Coefficients(NamedTuple):
    """``exp(a + b ln AADT_major + c ln AADT_minor)`` crashes per year, and the overdispersion of their counts.

    For segments ``c`` is 0 and the result is per mile. ``overdispersion`` is the k of Var = m + k m^2.
    """

    a: float
    b: float
    c: float
    overdispersion: float


class Facility(NamedTuple):
    """One type of site: the functions of crashes of several vehicles and of one, and the range they were fitted in.

    Attributes
    ----------
    several, single : coefficients by severity
    major_most, minor_most : largest AADT that the function was fitted to, veh/day; no ``minor_most`` on segments
    single_injury_share : at stop signs, injury crashes as a share of the single-vehicle total, instead of a function
    """

    several: Mapping[str, Coefficients]
    single: Mapping[str, Coefficients]
    major_most: float
    minor_most: float | None
    single_injury_share: float | None = None


def _of(total: Coefficients, injury: Coefficients | None, damage: Coefficients) -> dict[str, Coefficients]:
    known = {"total": total, "injury": injury, "damage": damage}
    return {name: one for name, one in known.items() if one is not None}


JUNCTIONS: dict[str, Facility] = {
    "3ST": Facility(
        _of(Coefficients(-13.36, 1.11, 0.41, 0.80), Coefficients(-14.01, 1.16, 0.30, 0.69),
            Coefficients(-15.38, 1.20, 0.51, 0.77)),
        _of(Coefficients(-6.81, 0.16, 0.51, 1.14), None, Coefficients(-8.36, 0.25, 0.55, 1.29)), 45_700, 9_300, 0.31),
    "3SG": Facility(
        _of(Coefficients(-12.13, 1.11, 0.26, 0.33), Coefficients(-11.58, 1.02, 0.17, 0.30),
            Coefficients(-13.24, 1.14, 0.30, 0.36)),
        _of(Coefficients(-9.02, 0.42, 0.40, 0.36), Coefficients(-9.75, 0.27, 0.51, 0.24),
            Coefficients(-9.08, 0.45, 0.33, 0.53)), 58_100, 16_400),
    "4ST": Facility(
        _of(Coefficients(-8.90, 0.82, 0.25, 0.40), Coefficients(-11.13, 0.93, 0.28, 0.48),
            Coefficients(-8.74, 0.77, 0.23, 0.40)),
        _of(Coefficients(-5.33, 0.33, 0.12, 0.65), None, Coefficients(-7.04, 0.36, 0.25, 0.54)), 46_800, 5_900, 0.28),
    "4SG": Facility(
        _of(Coefficients(-10.99, 1.07, 0.23, 0.39), Coefficients(-13.14, 1.18, 0.22, 0.33),
            Coefficients(-11.02, 1.02, 0.24, 0.44)),
        _of(Coefficients(-10.21, 0.68, 0.27, 0.36), Coefficients(-9.25, 0.43, 0.29, 0.09),
            Coefficients(-11.34, 0.78, 0.25, 0.44)), 67_700, 33_400),
}
"""Junctions with three or four legs: ST minor-road stop control, SG signal control."""

SEGMENTS: dict[str, Facility] = {
    "2U": Facility(
        _of(Coefficients(-15.22, 1.68, 0.0, 0.84), Coefficients(-16.22, 1.66, 0.0, 0.65),
            Coefficients(-15.62, 1.69, 0.0, 0.87)),
        _of(Coefficients(-5.47, 0.56, 0.0, 0.81), Coefficients(-3.96, 0.23, 0.0, 0.50),
            Coefficients(-6.51, 0.64, 0.0, 0.87)), 32_600, None),
    "3T": Facility(
        _of(Coefficients(-12.40, 1.41, 0.0, 0.66), Coefficients(-16.45, 1.69, 0.0, 0.59),
            Coefficients(-11.95, 1.33, 0.0, 0.59)),
        _of(Coefficients(-5.74, 0.54, 0.0, 1.37), Coefficients(-6.37, 0.47, 0.0, 1.06),
            Coefficients(-6.29, 0.56, 0.0, 1.93)), 32_900, None),
    "4U": Facility(
        _of(Coefficients(-11.63, 1.33, 0.0, 1.01), Coefficients(-12.08, 1.25, 0.0, 0.99),
            Coefficients(-12.53, 1.38, 0.0, 1.08)),
        _of(Coefficients(-7.99, 0.81, 0.0, 0.91), Coefficients(-7.37, 0.61, 0.0, 0.54),
            Coefficients(-8.50, 0.84, 0.0, 0.97)), 40_100, None),
    "4D": Facility(
        _of(Coefficients(-12.34, 1.36, 0.0, 1.32), Coefficients(-12.76, 1.28, 0.0, 1.31),
            Coefficients(-12.81, 1.38, 0.0, 1.34)),
        _of(Coefficients(-5.05, 0.47, 0.0, 0.86), Coefficients(-8.71, 0.66, 0.0, 0.28),
            Coefficients(-5.04, 0.45, 0.0, 1.06)), 66_000, None),
    "5T": Facility(
        _of(Coefficients(-9.70, 1.17, 0.0, 0.81), Coefficients(-10.47, 1.12, 0.0, 0.62),
            Coefficients(-9.97, 1.17, 0.0, 0.88)),
        _of(Coefficients(-4.82, 0.54, 0.0, 0.52), Coefficients(-4.43, 0.35, 0.0, 0.36),
            Coefficients(-5.83, 0.61, 0.0, 0.55)), 53_800, None),
}
"""Two-way segments: number of lanes, U undivided, D divided, T with a two-way left-turn lane in the middle. Crashes at
driveways have functions of their own in the manual, which are not built in."""

FACILITIES: dict[str, Facility] = {**JUNCTIONS, **SEGMENTS}


class PedestrianCoefficients(NamedTuple):
    """``exp(a + b ln AADT_total + c ln(AADT_minor/AADT_major) + d ln PedVol + e lanes)`` crashes per year."""

    a: float
    b: float
    c: float
    d: float
    e: float
    overdispersion: float


PEDESTRIANS_AT_SIGNALS = {
    "3SG": PedestrianCoefficients(-6.60, 0.05, 0.24, 0.41, 0.09, 0.52),
    "4SG": PedestrianCoefficients(-9.53, 0.40, 0.26, 0.45, 0.04, 0.24),
}
PEDESTRIAN_SHARE_AT_STOPS = {"3ST": 0.021, "4ST": 0.022}
"""Pedestrian crashes as a share of vehicle crashes, table 12-16."""
MOST_PEDESTRIANS_DAY = 34_200.0
"""Largest number of pedestrians that cross all legs in a day."""
