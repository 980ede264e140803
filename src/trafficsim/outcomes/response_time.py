"""Deaths by response time: how the probability to die grows with the time until help comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trafficsim.outcomes.sourced import Sourced

F8 = NDArray[np.float64]
PER_MINUTE = Sourced("log of the probability to die, per minute of response time", 0.0405, "1/min",
                     "Sanchez-Mangas et al. 2010, Accident Analysis & Prevention 42:1048-1056: ten minutes less, a "
                     "third less deaths", "B", "extrapolated", 0.0405, 0.0405)
VALID_MIN = (5.0, 30.0)
"""Response times (min) that the source bears; beyond them the formula is extrapolated."""


def death_probability(minutes: F8, p0: float, t0_min: float, per_minute: float = PER_MINUTE.value) -> F8:
    """Return the probability to die of an injured person, ``p0 * exp(k (t - t0))``, 1 at most.

    Parameters
    ----------
    minutes
        Response times t.
    p0, t0_min
        Probability at the response time ``t0_min``.
    per_minute
        Growth k.

    Examples
    --------
    >>> ratio = death_probability(np.array([15.0]), 0.06, 25.0) / 0.06
    >>> round(float(ratio[0]), 3)
    0.667
    """
    return np.asarray(np.minimum(p0 * np.exp(per_minute * (minutes - t0_min)), 1.0), np.float64)


def is_extrapolated(minutes: F8) -> NDArray[np.bool_]:
    """Whether response times lie outside what the source bears.

    Examples
    --------
    >>> is_extrapolated(np.array([4.0, 10.0, 31.0])).tolist()
    [True, False, True]
    """
    return np.asarray((minutes < VALID_MIN[0]) | (minutes > VALID_MIN[1]))
