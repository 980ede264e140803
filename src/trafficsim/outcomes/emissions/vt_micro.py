"""Fuel of light vehicles from speed and acceleration, second by second: VT-Micro (Ahn, Rakha, Trani, Van Aerde 2002).

``ln(rate) = sum over i, j = 0..3 of K_ij s^i a^j``, with s in km/h, a in km/h/s, the rate in l/s, and coefficients of
their own for a >= 0 and a < 0. They are those of the composite light vehicle of Oak Ridge National Laboratory: American
cars of the 1990s, so differences between alternatives mean more than litres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trafficsim.base.units import KMH_PER_MS
from trafficsim.outcomes.emissions.validity import F8, Total, outside_reason

SOURCE = ("Ahn, Rakha, Trani, Van Aerde (2002), J. Transp. Eng. 128(2):182-190; coefficients of the ORNL composite "
          "light vehicle as public implementations quote them")
GRADE = "C"
SPEEDING_UP = np.array([
    [-7.735, 0.2295, -5.61e-3, 9.773e-5],
    [0.02799, 0.0068, -7.722e-4, 8.38e-6],
    [-2.228e-4, -4.402e-5, 7.90e-7, 8.17e-7],
    [1.09e-6, 4.80e-8, 3.27e-8, -7.79e-9],
])
SLOWING_DOWN = np.array([
    [-7.735, -0.01799, -4.27e-3, 1.8829e-4],
    [0.02804, 7.72e-3, 8.375e-4, 3.387e-5],
    [-2.199e-4, -5.219e-5, -7.44e-6, 2.77e-7],
    [1.08e-6, 2.47e-7, 4.87e-8, 3.79e-10],
])
"""K_ij: rows by power of speed, columns by power of acceleration."""
MOST_KMH = 121.0
LEAST_KMH_S, MOST_KMH_S = -5.0, 13.0
"""Range of the measurements; accelerations beyond it count as at its bound."""
ROUNDING_KMH_S = 1.0e-9
"""Decelerations smaller than this are rounding, not braking, for which the coefficients are others."""
KG_CO2_PER_L = {"petrol": 2.31, "diesel": 2.65}
"""Carbon dioxide from burning a litre of fuel (standard carbon contents of fuels)."""


def fuel_rate_l_s(speed_kmh: ArrayLike, acceleration_ms2: ArrayLike) -> F8:
    """Return the fuel rate in l/s.

    Parameters
    ----------
    speed_kmh, acceleration_ms2
        Shape (n,), or numbers. Values outside the range of the measurements count as at its bound.

    Examples
    --------
    Idling takes 1.57 l/h, and a steady 50 km/h 8.4 l per 100 km:

    >>> round(float(fuel_rate_l_s(0.0, 0.0)) * 3600, 2), round(float(fuel_rate_l_s(50.0, 0.0)) * 3600 / 50 * 100, 1)
    (1.57, 8.4)
    """
    s = np.clip(np.asarray(speed_kmh, np.float64), 0.0, MOST_KMH)
    a = np.clip(np.asarray(acceleration_ms2, np.float64) * KMH_PER_MS, LEAST_KMH_S, MOST_KMH_S)
    s, a = np.broadcast_arrays(s, a)
    above = np.polynomial.polynomial.polyval2d(s, a, SPEEDING_UP)
    below = np.polynomial.polynomial.polyval2d(s, a, SLOWING_DOWN)
    return np.asarray(np.exp(np.where(a >= -ROUNDING_KMH_S, above, below)))


def fuel_l(speed_kmh: F8, acceleration_ms2: F8, step_s: float = 1.0) -> Total:
    """Return the fuel of vehicle-seconds in l; none where more than 1 % of them are above 121 km/h.

    Examples
    --------
    >>> fuel_l(np.zeros(3600), np.zeros(3600)).value.__round__(2)
    1.57
    >>> fuel_l(np.full(10, 140.0), np.zeros(10)).value is None
    True
    """
    reason = outside_reason(speed_kmh, MOST_KMH, "VT-Micro")
    if reason is not None:
        return Total(None, reason)
    return Total(float(fuel_rate_l_s(speed_kmh, acceleration_ms2).sum()) * step_s)
