"""How severe a crash is: pedestrians by impact speed, time until help comes, seat belts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from trafficsim.base.errors import InputError
from trafficsim.base.units import KM_PER_MILE
from trafficsim.outcomes.sourced import Sourced

F8 = NDArray[np.float64]
Curve = Literal["eu_gidas", "us_tefft"]
Harm = Literal["death", "severe"]

GIDAS_MOST_KMH, GIDAS_AGE = 77.0, 15.0
"""Fastest impact, and youngest pedestrian, of the German data (Rosén & Sander 2009)."""
TEFFT_MOST_KMH = 100.0
"""Fastest impact that the American curve is read at (modelling assumption: risk is above 95 % there)."""
_RISK = np.array([0.10, 0.25, 0.50, 0.75, 0.90])
_TEFFT_MPH: Mapping[str, tuple[float, ...]] = {
    "death": (24.1, 32.5, 40.6, 48.0, 54.6), "severe": (17.1, 24.9, 33.0, 40.8, 48.1)}
"""Impact speeds of these risks, all ages; severe is AIS 4 or more, deaths included (Tefft 2013, abstract)."""
AGE_SHIFT_MPH = Sourced("age shift of pedestrian death", 11.8 / 40.0, "mph per year",
                        "Tefft 2013, Accident Analysis & Prevention 50:871-878: at 70 as at 30 struck 11.8 mph faster",
                        "B", "extrapolated")
AVERAGE_AGE = 45.0
"""Age at which the curve for all ages holds (modelling assumption)."""
RESPONSE = Sourced("deaths per minute of response", 0.0405, "1/min",
                   "Sánchez-Mangas et al. 2010, Accident Analysis & Prevention 42:1048-1056: 10 min less, deaths less "
                   "a third", "B", "extrapolated")
LEAST_MIN, MOST_MIN = 5.0, 30.0
"""Response times in which the effect was seen."""
BELTS: Mapping[str, Sourced] = {
    seat: Sourced(f"seat belt, {seat}", value, "1", "Høye 2016, Accident Analysis & Prevention 97:175-186", "A",
                  "extrapolated") for seat, value in (("front", 0.60), ("rear", 0.44))}
"""Share of killed and seriously injured that wearing a belt prevents."""


def pedestrian_risk(
    impact_kmh: ArrayLike, curve: Curve = "eu_gidas", harm: Harm = "death", age: float | None = None
) -> F8:
    """Risk that a pedestrian struck by the front of a car dies, or is severely injured.

    ``eu_gidas``: ``1 / (1 + exp(6.9 - 0.090 v))``, deaths of adults from 15 in Germany, 0 to 77 km/h (Rosén & Sander
    2009, Accident Analysis & Prevention 41:536-542); wide intervals from 60 km/h on. ``us_tefft``: deaths and severe
    injuries (AIS 4 or more, deaths included) of all ages in the United States (Tefft 2013), through the five published
    points on a logit scale and on in a straight line beyond them. It is much steeper: show both.

    Parameters
    ----------
    impact_kmh
        Speed at impact, any shape.
    curve, harm
        Which curve, and of what.
    age
        Age in years; shifts ``us_tefft`` by 0.295 mph a year about 45. The German curve has none.

    Raises
    ------
    InputError
        If the speed lies outside the range of the data, the curve does not give this harm, or an age is given that it
        does not cover.

    Examples
    --------
    >>> (100.0 * pedestrian_risk([30.0, 40.0, 50.0, 60.0])).round(1).tolist()
    [1.5, 3.6, 8.3, 18.2]
    >>> (100.0 * pedestrian_risk([38.78, 65.34], "us_tefft")).round(0).tolist()
    [10.0, 50.0]
    """
    speed = np.asarray(impact_kmh, np.float64)
    if curve == "eu_gidas":
        return _gidas(speed, harm, age)
    _within(speed, 0.0, TEFFT_MOST_KMH, "impact speed of us_tefft", "km/h")
    points = np.array(_TEFFT_MPH[harm]) * KM_PER_MILE
    shift = 0.0 if age is None else AGE_SHIFT_MPH.value * KM_PER_MILE * (age - AVERAGE_AGE)
    return np.asarray(expit(_straight(speed + shift, points, logit(_RISK))))


def _gidas(speed: F8, harm: Harm, age: float | None) -> F8:
    if harm != "death":
        raise InputError("pedestrian curve 'eu_gidas'", f"harm {harm!r}", "'death'", "use curve 'us_tefft'")
    if age is not None and age < GIDAS_AGE:
        raise InputError("pedestrian curve 'eu_gidas'", f"age {age:g}", f"{GIDAS_AGE:g} years or more",
                         "leave the age out, or use curve 'us_tefft'")
    _within(speed, 0.0, GIDAS_MOST_KMH, "impact speed of eu_gidas", "km/h")
    return np.asarray(expit(0.090 * speed - 6.9))


def _straight(x: F8, at: F8, values: F8) -> F8:
    """Piecewise linear through points, going on with the outermost slopes."""
    piece = np.clip(np.searchsorted(at, x) - 1, 0, len(at) - 2)
    slope = np.diff(values) / np.diff(at)
    return np.asarray(values[piece] + slope[piece] * (x - at[piece]))


def deaths_by_response(before_min: ArrayLike, after_min: ArrayLike, per_min: ArrayLike = RESPONSE.value) -> F8:
    """Deaths of people who are injured already, relative to the baseline, when help takes another time.

    ``exp(0.0405 (t1 - t0))`` (derived from Sánchez-Mangas et al. 2010), for response times from 5 to 30 minutes.
    Injuries and crashes do not change.

    Raises
    ------
    InputError
        If a time lies outside the range of the data.

    Examples
    --------
    >>> deaths_by_response(25.0, [15.0, 24.0]).round(3).tolist()
    [0.667, 0.96]
    """
    before, after = np.asarray(before_min, np.float64), np.asarray(after_min, np.float64)
    for one in (before, after):
        _within(one, LEAST_MIN, MOST_MIN, "response time", "min")
    return np.asarray(np.exp(np.asarray(per_min, np.float64) * (after - before)))


def casualties_by_belts(
    wearing_before: float, wearing_after: float, seat: Literal["front", "rear"] = "front"
) -> float:
    """Killed and seriously injured in a seat, relative to the baseline, when more or fewer people wear belts.

    ``(1 - e w1) / (1 - e w0)``, with e of Høye 2016; who begins to wear one is taken to be at average risk.

    Raises
    ------
    InputError
        If a share lies outside 0 to 1.

    Examples
    --------
    >>> round(casualties_by_belts(0.85, 0.95), 3)
    0.878
    """
    effect = BELTS[seat].value
    for share in (wearing_before, wearing_after):
        _within(np.asarray(share, np.float64), 0.0, 1.0, "share that wears belts", "")
    return (1.0 - effect * wearing_after) / (1.0 - effect * wearing_before)


def risk_ratio(
    before_kmh: float, after_kmh: float, risk: Callable[[float], F8] = pedestrian_risk
) -> float:
    """Risk of death at one impact speed relative to that at another.

    Examples
    --------
    >>> round(1.0 / risk_ratio(50.0, 30.0), 1)
    5.6
    """
    return float(risk(after_kmh) / risk(before_kmh))


def _within(values: F8, least: float, most: float, what: str, unit: str) -> None:
    wrong = values[~((values >= least) & (values <= most))]
    if wrong.size:
        raise InputError(what, f"{float(wrong.flat[0]):g} {unit}".strip(),
                         f"a number from {least:g} to {most:g} {unit}".strip(),
                         "stay within what was observed, or leave this model out")
