"""Safety performance functions: crashes per year of a junction or a segment from its traffic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trafficsim.base.errors import InputError
from trafficsim.base.units import KM_PER_MILE
from trafficsim.outcomes.sites.hsm import (
    FACILITIES,
    JUNCTIONS,
    MOST_PEDESTRIANS_DAY,
    PEDESTRIAN_SHARE_AT_STOPS,
    PEDESTRIANS_AT_SIGNALS,
    SEGMENTS,
    Coefficients,
    Facility,
    Severity,
)

F8 = NDArray[np.float64]
M_PER_KM = 1000.0


@dataclass(frozen=True)
class Prediction:
    """Crashes per year that a function predicts for sites of one type, before calibration.

    Attributes
    ----------
    several, single : crashes of several vehicles and of one, per year, shape (n,)
    overdispersion : k of the sum of both, shape (n,): Var = m + k m^2
    """

    several: F8
    single: F8
    overdispersion: F8

    @property
    def per_year(self) -> F8:
        """Crashes per year."""
        return np.asarray(self.several + self.single)


def junction_crashes(
    kind: str, aadt_major: ArrayLike, aadt_minor: ArrayLike, severity: Severity = "total",
) -> Prediction:
    """Predict crashes per year at junctions by the Highway Safety Manual, chapter 12 (tables 12-10 and 12-12).

    Parameters
    ----------
    kind
        ``"3ST"``, ``"4ST"`` (stop on the minor road), ``"3SG"`` or ``"4SG"`` (signals), with three or four legs.
    aadt_major, aadt_minor
        Annual average daily traffic of the busier leg of each road, both directions, veh/day; shape (n,) or a number.
    severity
        ``"total"``, ``"injury"`` (fatal and injury crashes) or ``"damage"``; the parts add up to the total.

    Raises
    ------
    InputError
        If the type is unknown, or a volume is not above zero or above the range that the function was fitted to.

    Examples
    --------
    >>> crashes = junction_crashes("4SG", 20_000, 8_000)
    >>> round(float(crashes.several[0]), 2), round(float(crashes.single[0]), 2)
    (5.33, 0.35)
    """
    facility = _facility(kind, JUNCTIONS)
    major, minor = (np.atleast_1d(np.asarray(one, np.float64)) for one in (aadt_major, aadt_minor))
    _require_within(kind, "aadt_major", major, facility.major_most)
    _require_within(kind, "aadt_minor", minor, facility.minor_most or math.inf)
    return _predicted(facility, severity, np.log(major), np.log(minor), 0.0)


def segment_crashes(kind: str, aadt: ArrayLike, length_m: ArrayLike, severity: Severity = "total") -> Prediction:
    """Predict crashes per year on segments by the Highway Safety Manual, chapter 12 (tables 12-3 and 12-5).

    Crashes at driveways and those of pedestrians and cyclists are not among them.

    Parameters
    ----------
    kind
        ``"2U"``, ``"3T"``, ``"4U"``, ``"4D"`` or ``"5T"``: lanes of both directions, U undivided, D divided, T with a
        two-way left-turn lane.
    aadt
        Annual average daily traffic of both directions, veh/day; shape (n,) or a number.
    length_m
        Length of the segment, shape (n,) or a number.
    severity
        ``"total"``, ``"injury"`` or ``"damage"``.

    Raises
    ------
    InputError
        If the type is unknown, a volume is not above zero or above the range of the function, or a length is not above
        zero.

    Examples
    --------
    >>> crashes = segment_crashes("4D", 30_000, 1609.344)
    >>> round(float(crashes.several[0]), 2), round(float(crashes.single[0]), 2)
    (5.37, 0.81)
    """
    facility = _facility(kind, SEGMENTS)
    traffic, length = (np.atleast_1d(np.asarray(one, np.float64)) for one in (aadt, length_m))
    _require_within(kind, "aadt", traffic, facility.major_most)
    if not (np.isfinite(length).all() and (length > 0.0).all()):
        raise InputError(f"{kind}: length_m", f"{length.min():g}", "a length above 0", "correct the length")
    return _predicted(facility, severity, np.log(traffic), np.zeros(1), np.log(length / M_PER_KM / KM_PER_MILE))


def pedestrian_crashes(
    kind: str, aadt_major: float, aadt_minor: float, pedestrians_day: float = 0.0, lanes: int = 0,
) -> float:
    """Predict crashes with pedestrians per year at a junction (Highway Safety Manual, tables 12-14 and 12-16).

    Parameters
    ----------
    kind
        Type of the junction.
    aadt_major, aadt_minor
        Traffic of both roads, veh/day.
    pedestrians_day
        Pedestrians who cross all legs in a day; at signals only.
    lanes
        Most lanes that a pedestrian crosses without a refuge; at signals only.

    Raises
    ------
    InputError
        If the type is unknown or a number is outside the range of the function.

    Examples
    --------
    >>> round(pedestrian_crashes("4SG", 20_000, 8_000, 1_000, 5), 3)
    0.094
    """
    vehicles = float(junction_crashes(kind, aadt_major, aadt_minor).per_year[0])
    if kind in PEDESTRIAN_SHARE_AT_STOPS:
        return PEDESTRIAN_SHARE_AT_STOPS[kind] * vehicles
    _require_within(kind, "pedestrians_day", np.array([pedestrians_day]), MOST_PEDESTRIANS_DAY)
    if not 1 <= lanes <= 12:
        raise InputError(f"{kind}: lanes", f"{lanes}", "lanes that a pedestrian crosses, 1 to 12", "give the number")
    one = PEDESTRIANS_AT_SIGNALS[kind]
    return math.exp(one.a + one.b * math.log(aadt_major + aadt_minor) + one.c * math.log(aadt_minor / aadt_major)
                    + one.d * math.log(pedestrians_day) + one.e * lanes)


def outside_range(kind: str, aadt_major: float, aadt_minor: float | None = None) -> str | None:
    """Say which volume of a site lies outside the range that its function was fitted to; ``None`` if none does.

    Examples
    --------
    >>> outside_range("4SG", 70_000, 8_000), outside_range("2U", 9_000)
    ('70,000 veh/day are above the 67,700 of 4SG', None)
    """
    facility = _facility(kind, FACILITIES)
    ranges = [(aadt_major, facility.major_most)]
    if aadt_minor is not None and facility.minor_most is not None:
        ranges.append((aadt_minor, facility.minor_most))
    for volume, most in ranges:
        if not volume > 0.0:
            return f"{volume:,.0f} veh/day: no traffic"
        if volume > most:
            return f"{volume:,.0f} veh/day are above the {most:,.0f} of {kind}"
    return None


def _facility(kind: str, known: dict[str, Facility]) -> Facility:
    if kind not in known:
        raise InputError("safety performance function", f"an unknown type {kind!r}", f"one of {', '.join(known)}",
                         "choose the type of the site, or give no type: it then has no prediction")
    return known[kind]


def _require_within(kind: str, what: str, values: F8, most: float) -> None:
    wrong = values[~(np.isfinite(values) & (values > 0.0) & (values <= most))]
    if len(wrong):
        raise InputError(f"{kind}: {what}", f"{wrong[0]:,.0f} a day", f"a number above 0 and up to {most:,.0f}, the "
                         "range that the function was fitted to", "correct it, or leave the site without a function")


def _predicted(facility: Facility, severity: Severity, major: F8, minor: F8, log_length: F8 | float) -> Prediction:
    """Predict crashes of a severity: of the total, the share that the functions of the two severities give it."""

    def crashes(one: Coefficients) -> F8:
        return np.asarray(np.exp(one.a + one.b * major + one.c * minor + log_length))

    def injury_share(functions: Mapping[str, Coefficients]) -> F8 | float:
        if "injury" not in functions:
            return float(facility.single_injury_share or 0.0)
        hurt = crashes(functions["injury"])
        return np.asarray(hurt / (hurt + crashes(functions["damage"])))

    parts, overdispersions = [], []
    for functions in (facility.several, facility.single):
        share = 1.0 if severity == "total" else injury_share(functions)
        parts.append(np.asarray(crashes(functions["total"]) * (1.0 - share if severity == "damage" else share)))
        overdispersions.append(functions.get(severity, functions["total"]).overdispersion)
    return Prediction(parts[0], parts[1], pooled_overdispersion(parts, overdispersions))


def pooled_overdispersion(parts: list[F8], overdispersions: list[float]) -> F8:
    """Return the k of a sum of independent counts, each with Var = m + k m^2: sum(k m^2) / (sum m)^2.

    Examples
    --------
    >>> pooled_overdispersion([np.array([2.0]), np.array([2.0])], [0.4, 0.4]).tolist()
    [0.2]
    """
    squares = sum((k * part**2 for k, part in zip(overdispersions, parts, strict=True)), np.zeros(1))
    return np.asarray(squares / sum(parts, np.zeros(1)) ** 2)
