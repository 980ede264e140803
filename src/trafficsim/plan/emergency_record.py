"""What was needed for each response to a crash."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
I4 = NDArray[np.int32]


class EmergencyRecord(NamedTuple):
    """One row per crash of the plan, in its order; clock times, -1 where it did not happen."""

    station: I4
    """Station whose unit came, -1 for none."""
    unit: I4
    """Number of the unit there, from 0."""
    ecall: NDArray[np.bool_]
    notified_s: F8
    handled_s: F8
    dispatched_s: F8
    """Later than ``handled_s`` where no unit was free."""
    departed_s: F8
    arrived_s: F8
    cared_s: F8
    cleared_s: F8
    driven_m: F8
    held_s: F8
    """Time lost behind others, as parts of ticks."""
    red_crossings: I4
    """Stop lines crossed that were closed, or where others had priority."""


def no_response() -> EmergencyRecord:
    """Return the record of a run in which nobody was needed."""
    real, whole = np.zeros(0), np.zeros(0, np.int32)
    return EmergencyRecord(whole, whole, np.zeros(0, np.bool_), real, real, real, real, real, real, real, real, real,
                           whole)


NO_RESPONSE = no_response()
