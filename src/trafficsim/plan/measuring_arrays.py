"""Where speeds, counts and densities are measured, as arrays of the plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class DetectorArrays(NamedTuple):
    """Point detectors, one row per lane."""

    name: tuple[str, ...]
    """Id of the detector; a detector across several lanes has as many rows of this name."""
    lane: NDArray[np.int32]
    """Index into the lanes of the plan."""
    position_m: NDArray[np.float64]


class AreaArrays(NamedTuple):
    """Area detectors, one row per lane."""

    name: tuple[str, ...]
    lane: NDArray[np.int32]
    """Index into the lanes of the plan."""
    begin_m: NDArray[np.float64]
    end_m: NDArray[np.float64]


def no_areas() -> AreaArrays:
    """Return areas of a plan without any."""
    return AreaArrays((), np.zeros(0, np.int32), np.zeros(0), np.zeros(0))
