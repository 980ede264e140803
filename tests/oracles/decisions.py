"""Slow reference models of the decisions that engines share, as the manuals tell them: tables and sentences."""

from __future__ import annotations

import math

from tests.oracles import hashing
from trafficsim.base.codes import GREEN, PERMITTED, RED, RED_AMBER, STOP_ARROW, YELLOW

MAY = {GREEN: "enter", PERMITTED: "give way", STOP_ARROW: "give way", YELLOW: "decide", RED: "stay", RED_AMBER: "stay"}
"""What the vehicles before a signal may do, by its state."""
HEADWAY_S = {"alone": 3.9, "facing": 4.7, "across": 5.8, "two": 7.0, "three": 9.6}
"""Departure headways at an all-way stop (HCM 2016 ch. 21)."""


def stopping_distance(speed: float, brake: float) -> float:
    """Return the way to a stop that begins in the next tick and ends with one that takes the rest."""
    return max(speed * speed / (2.0 * brake) - speed / 2.0, 0.0)


def at_yellow(speed: int, available: int, hardest: float) -> str:
    """Return what a driver does at yellow: "stop", "go", or "choose"."""
    if speed == 0:
        return "stop"
    return "choose" if stopping_distance(speed, hardest) <= available else "go"


def critical_gap(gap: float, waited: float, impatience_time: float) -> float:
    """Return the gap asked for after a wait: straight down to 70 % over the impatience time, and no further."""
    return gap if waited <= 0 else gap - 0.3 * gap * min(waited, impatience_time) / impatience_time


def headway_share(others: int, conflicts: bool) -> float:
    """Return the departure headway over that of an approach that is alone."""
    case = ("alone", "across" if conflicts else "facing", "two", "three")[min(others, 3)]
    return HEADWAY_S[case] / HEADWAY_S["alone"]


def desired(mean: float, cv: float, z: float) -> float:
    """Return a driver's desired speed, bounded as SUMO bounds speed factors."""
    return mean * sorted((0.2, 1.0 + cv * z, 2.0))[1]


def first_instant(since: float, entered: float, follow_up: float, passings: list[float]) -> float:
    """Return when nobody is in the way any more."""
    return max([since, entered + follow_up, *passings, -math.inf])


def held(desired_speed: float, limit: float, factor: float) -> float:
    """Return the desired speed of a driver whom something holds to a multiple of the limit; infinity holds nobody."""
    return desired_speed if desired_speed <= limit * factor else limit * factor


def of_place(stream: int, place: int) -> int:
    """Occasion of a draw that is made once at a place."""
    return hashing.hash32((place * 0x9E3779B9 + stream) & hashing.MASK)


def overlooks(key: int, place: int, per_10000: float) -> bool:
    """Whether a driver is among those who do not see the signal of an approach."""
    return hashing.draw32(key, of_place(41, place)) < round(per_10000 / 10_000 * 2**32)


def brakes_hard(key: int, place: int, share: float) -> bool:
    """Whether a driver who stops at yellow is among those who brake late and hard."""
    return hashing.draw32(key, of_place(42, place)) % 65536 < round(share * 65536)
