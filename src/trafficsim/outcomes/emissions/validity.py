"""What a model of emissions says of vehicle-time outside the range in which it was measured."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
MOST_OUTSIDE = 0.01
"""Largest share of vehicle-time outside the range of a model; what is outside counts as at its bound (modelling
assumption)."""


class Total(NamedTuple):
    """A sum over vehicle-time, or nothing with the reason.

    Attributes
    ----------
    value : the sum; ``None`` outside the range of the model
    reason : why there is none
    """

    value: float | None
    reason: str | None = None


def outside_reason(speed_kmh: F8, most_kmh: float, model: str) -> str | None:
    """Say that too much of the vehicle-time is faster than a model covers; ``None`` if it is not.

    Examples
    --------
    >>> outside_reason(np.array([50.0, 130.0]), 121.0, "VT-Micro")
    'VT-Micro covers 0 to 121 km/h; 50.0 % of the vehicle-time is faster'
    >>> outside_reason(np.array([50.0]), 121.0, "VT-Micro") is None
    True
    """
    share = float((speed_kmh > most_kmh).mean()) if len(speed_kmh) else 0.0
    if share <= MOST_OUTSIDE:
        return None
    return f"{model} covers 0 to {most_kmh:g} km/h; {share:.1%} of the vehicle-time is faster".replace("%", " %")
