"""Formulas of yellow and all-red times: the kinematic ones of ITE and those of RiLSA."""

from __future__ import annotations

from typing import NamedTuple

from trafficsim.design.inference.clearance import (
    CAR_M,
    CLEARING_MS,
    CROSSING_S,
    ENTERING_MS,
    TURNING_CROSSING_S,
    TURNING_MS,
)
from trafficsim.design.inference.staging import yellow_s as rilsa_yellow_s

__all__ = ["Change", "ite_all_red_s", "ite_yellow_s", "rilsa_all_red_s", "rilsa_yellow_s"]

GRAVITY_MS2 = 9.81
LEAST_YELLOW_S, MOST_YELLOW_S = 3.0, 6.0
"""MUTCD 2009, section 4D.26."""


class Change(NamedTuple):
    """One movement that loses its green: approach speed, speed on its path, length of the path, and what it crosses."""

    approach_ms: float
    path_ms: float
    length_m: float
    limit_kmh: float = 50.0
    turns: bool = False
    entering_m: tuple[float, ...] = ()
    """Lengths of the paths of the movements that it crosses, which come next."""


def ite_yellow_s(speed_ms: float, reaction_s: float, deceleration_ms2: float, grade_percent: float = 0.0) -> float:
    """Return the yellow time ``t + v / (2 a + 2 G g)``, at least 3 s and at most 6 s; G is negative downhill.

    Source: ITE 2020, Guidelines for Determining Traffic Signal Change and Clearance Intervals; MUTCD 2009, 4D.26.

    Examples
    --------
    >>> round(ite_yellow_s(60 / 3.6, 1.0, 3.05), 2), round(ite_yellow_s(60 / 3.6, 1.0, 3.05, -5.0), 2)
    (3.73, 4.26)
    """
    wanted = reaction_s + speed_ms / (2.0 * deceleration_ms2 + 2.0 * grade_percent / 100.0 * GRAVITY_MS2)
    return min(max(wanted, LEAST_YELLOW_S), MOST_YELLOW_S)


def ite_all_red_s(change: Change, vehicle_length_m: float) -> float:
    """Return the all-red time ``(W + L) / v``: who enters at the end of yellow is through the junction.

    Source: ITE 2020.

    Examples
    --------
    >>> ite_all_red_s(Change(approach_ms=15, path_ms=20, length_m=24), 6.0)
    2.0
    """
    return (change.length_m + vehicle_length_m) / min(change.approach_ms, change.path_ms)


def rilsa_all_red_s(change: Change, yellow_s: float) -> float:
    """Return the intergreen ``t_ü + t_r - t_e`` less the yellow time, at least 0; the tightest of all conflicts counts.

    Paths are taken to cross in their middles, as the engine does (modelling assumption). Source: RiLSA 2015; its values
    are taken from memory and to be checked against the guideline.

    Examples
    --------
    >>> round(rilsa_all_red_s(Change(15, 15, 28, entering_m=(20.0, 28.0)), 3.0), 2)
    1.1
    """
    clearing_ms = TURNING_MS if change.turns else CLEARING_MS
    crossing_s = TURNING_CROSSING_S if change.turns else CROSSING_S
    clearing_s = (0.5 * change.length_m + CAR_M) / clearing_ms
    intergreen_s = [crossing_s + clearing_s - 0.5 * length_m / ENTERING_MS for length_m in change.entering_m]
    return max(max(intergreen_s, default=0.0) - yellow_s, 0.0)

