"""Deaths by response time: how the probability to die grows with the time until help comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trafficsim.outcomes.severity import LEAST_MIN, MOST_MIN, RESPONSE

F8 = NDArray[np.float64]


def death_probability(minutes: F8, p0: float, t0_min: float, per_minute: float = RESPONSE.value) -> F8:
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
    return np.asarray((minutes < LEAST_MIN) | (minutes > MOST_MIN))
