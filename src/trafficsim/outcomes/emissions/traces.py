"""Speeds and accelerations of traces, smoothed: engines with whole cells and dawdling have jerks that no car has.

Speeds are averaged with weights ``exp(-|dt| / T)`` over the samples of the same trip up to ``3 T`` before and after
(symmetric exponential moving average: Thiemann, Treiber, Kesting 2008, Transp. Res. Rec. 2088:90-101); accelerations
are differences between the smoothed speeds of the neighbours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trafficsim.base.units import KMH_PER_MS

F8 = NDArray[np.float64]
SMOOTHING_S = 1.0
"""T for speeds (Thiemann, Treiber, Kesting 2008)."""
REACH = 3.0
"""Samples further than this many T away have no weight (the same)."""
SAME_STEP = 1.5
"""Samples further apart than this many steps do not follow each other: the trace has a gap."""


class Motion(NamedTuple):
    """Smoothed motion of all samples, shape (n,) each, in the order of trip and time.

    Attributes
    ----------
    trip : number of the trip
    speed_kmh, acceleration_ms2 : smoothed
    step_s : time between samples
    """

    trip: NDArray[np.int64]
    speed_kmh: F8
    acceleration_ms2: F8
    step_s: float


def smoothed(trip: NDArray[np.int64], time_s: F8, speed_ms: F8, smoothing_s: float = SMOOTHING_S) -> Motion:
    """Smooth the traces of many trips.

    Parameters
    ----------
    trip, time_s, speed_ms
        Samples in any order, shape (n,); those of a trip are equally far apart but for gaps.
    smoothing_s
        Width T of the weights.

    Examples
    --------
    A car that brakes from 20 m/s by 1 m/s2:

    >>> motion = smoothed(np.zeros(20, np.int64), np.arange(20.0), 20.0 - np.arange(20.0))
    >>> round(motion.speed_kmh[10], 3), round(motion.acceleration_ms2[10], 3)
    (np.float64(36.0), np.float64(-1.0))
    """
    order = np.lexsort((time_s, trip))
    trip, time_s, speed_ms = trip[order], time_s[order], speed_ms[order]
    step_s = _step_s(trip, time_s)
    piece = np.zeros(len(trip), np.int64)
    piece[1:] = np.cumsum((np.diff(trip) != 0) | (np.diff(time_s) > SAME_STEP * step_s))
    total, weight = speed_ms.astype(np.float64), np.ones(len(speed_ms))
    for lag in range(1, int(REACH * smoothing_s / step_s) + 1):
        near = np.exp(-lag * step_s / smoothing_s) * (piece[lag:] == piece[:-lag])
        total[lag:] += near * speed_ms[:-lag]
        total[:-lag] += near * speed_ms[lag:]
        weight[lag:] += near
        weight[:-lag] += near
    speed = total / weight
    return Motion(trip, speed * KMH_PER_MS, _differences(speed, piece, step_s), step_s)


def _step_s(trip: NDArray[np.int64], time_s: F8) -> float:
    steps = np.diff(time_s)[np.diff(trip) == 0]
    return float(steps.min()) if len(steps) else 1.0


def _differences(speed: F8, piece: NDArray[np.int64], step_s: float) -> F8:
    """Central differences; one-sided at the ends of a piece, 0 where it has one sample."""
    before, after = np.arange(len(speed)), np.arange(len(speed))
    joined = np.flatnonzero(piece[1:] == piece[:-1])
    before[joined + 1] = joined
    after[joined] = joined + 1
    apart = np.maximum(after - before, 1) * step_s
    return np.asarray((speed[after] - speed[before]) / apart)
