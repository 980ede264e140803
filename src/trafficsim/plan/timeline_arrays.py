"""What changes within a run, as arrays of the plan."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class TimelineArrays(NamedTuple):
    """Values of links that hold between two clock times, instead of those of the plan; one row per field and link.

    Vehicles enter a link at the speed that they desire there then: a driver sees a new limit at the sign where the next
    link begins. In zones of behaviour drivers attend to their speed all the time, and see it at once.
    """

    field: tuple[str, ...]
    """``link.speed_limit_ms``, ``link.free_speed_mean_ms`` or ``link.factor_speed_ms``."""
    link: NDArray[np.int32]
    value: NDArray[np.float64]
    begin_s: NDArray[np.float64]
    end_s: NDArray[np.float64]


def no_timeline() -> TimelineArrays:
    """Return the timeline of a plan in which nothing changes within the run."""
    real = np.zeros(0)
    return TimelineArrays((), np.zeros(0, np.int32), real, real, real)
