"""The dilemma zone: where a driver who meets yellow can neither stop before the line nor cross it before red."""

from __future__ import annotations

from trafficsim.design.timing.change_formulas import GRAVITY_MS2

REACTION_S, DECELERATION_MS2 = 1.0, 3.05
"""Time to perceive and react, and deceleration of a driver who stops: 1.0 s and 10 ft/s² (ITE 2020)."""


def stopping_distance_m(
    speed_ms: float, reaction_s: float = REACTION_S, deceleration_ms2: float = DECELERATION_MS2,
    grade_percent: float = 0.0,
) -> float:
    """Return the distance ``v t + v² / (2 a + 2 G g)`` in which a driver stops; G is negative downhill.

    Source: Gazis, Herman and Maradudin (Operations Research 8, 1960); ITE 2020.

    Examples
    --------
    >>> round(stopping_distance_m(50 / 3.6), 1)
    45.5
    """
    slowing_ms2 = deceleration_ms2 + grade_percent / 100.0 * GRAVITY_MS2
    return speed_ms * reaction_s + speed_ms**2 / (2.0 * slowing_ms2)


def clearing_distance_m(speed_ms: float, yellow_s: float) -> float:
    """Return the distance ``v Y`` from which a driver who goes on is past the line when yellow ends.

    Entering on yellow is allowed (permissive yellow, as most laws have it).

    Examples
    --------
    >>> clearing_distance_m(15.0, 4.0)
    60.0
    """
    return speed_ms * yellow_s


def dilemma_zone_m(
    speed_ms: float, yellow_s: float, reaction_s: float = REACTION_S, deceleration_ms2: float = DECELERATION_MS2,
    grade_percent: float = 0.0,
) -> float:
    """Return how long the dilemma zone (of type I) is: 0 where every driver can stop or cross.

    Who is nearer than the stopping distance when yellow begins has to go on, and is past the line before red only from
    within the clearing distance; between the two a driver is forced to run red.

    Source: Gazis, Herman and Maradudin (Operations Research 8, 1960). With the yellow of ITE both distances are equal.

    Parameters
    ----------
    speed_ms
        Speed when yellow begins, which is kept by who goes on.
    yellow_s
        Yellow time.
    reaction_s, deceleration_ms2, grade_percent
        Of a driver who stops, and of the approach (negative downhill).

    Examples
    --------
    >>> round(dilemma_zone_m(70 / 3.6, 3.0), 1), dilemma_zone_m(45 / 3.6, 3.1)
    (23.1, 0.0)
    """
    stop_m = stopping_distance_m(speed_ms, reaction_s, deceleration_ms2, grade_percent)
    return max(stop_m - clearing_distance_m(speed_ms, yellow_s), 0.0)
