"""Unit conversions, each written once."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)

KMH_PER_MS = 3.6
KM_PER_MILE = 1.609344
"""International mile (1959); also km/h in a mile per hour."""
M_PER_FOOT = 0.3048
"""International foot (1959)."""


def kmh_to_ms(speed_kmh: Number) -> Number:
    """Convert km/h to m/s.

    Examples
    --------
    >>> kmh_to_ms(36.0)
    10.0
    """
    return speed_kmh / KMH_PER_MS


def ms_to_kmh(speed_ms: Number) -> Number:
    """Convert m/s to km/h.

    Examples
    --------
    >>> ms_to_kmh(10.0)
    36.0
    """
    return speed_ms * KMH_PER_MS
