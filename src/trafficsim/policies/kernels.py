"""How strongly enforcement is felt with the distance from it: 1 where speed is measured, never more further away."""

from __future__ import annotations

from collections.abc import Callable
from math import exp

from trafficsim.plan.measurement_sections import SPOT_WINDOW_M

Kernel = Callable[[float], float]


def linear(reach_m: float) -> Kernel:
    """Strength that falls in a straight line to 0 at the end of its reach.

    Examples
    --------
    >>> [linear(300.0)(x) for x in (0.0, 150.0, 300.0)]
    [1.0, 0.5, 0.0]
    """
    return lambda x: 1.0 if x <= SPOT_WINDOW_M else max(1.0 - x / reach_m, 0.0)


def exponential(decay_m: float) -> Kernel:
    """Strength ``exp(-x / decay)``.

    Examples
    --------
    >>> exponential(580.0)(580.0) == exp(-1.0)
    True
    """
    return lambda x: 1.0 if x <= SPOT_WINDOW_M else exp(-x / decay_m)


def halving(half_m: float) -> Kernel:
    """Strength ``0.5 ^ (x / half)``.

    Examples
    --------
    >>> [halving(900.0)(x) for x in (900.0, 1800.0)]
    [0.5, 0.25]
    """
    return lambda x: 1.0 if x <= SPOT_WINDOW_M else 0.5 ** (x / half_m)
