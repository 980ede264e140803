"""Unit conversions, each written once."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Number = TypeVar("Number", float, np.ndarray)

KMH_PER_MS = 3.6


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
