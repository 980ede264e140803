"""Emissions of cars from speed and acceleration, second by second, in towns (Int Panis, Broekx, Liu 2006).

``E = max(0, f1 + f2 v + f3 v^2 + f4 a + f5 a^2 + f6 v a)`` in g/s, v in m/s, a in m/s2. The fleet is that of the early
2000s and the tests were urban: above 70 km/h the petrol curve keeps falling, so faster traffic gets no figure. The
coefficients of heavy vehicles conflict between copies and are left out.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from trafficsim.base.units import KMH_PER_MS
from trafficsim.outcomes.emissions.validity import F8, Total, outside_reason

SOURCE = ("Int Panis, Broekx, Liu (2006), Sci. Total Environ. 371:270-285, Table 2, as three public implementations "
          "quote it")
GRADE = "C"
Pollutant = Literal["co2", "nox", "voc"]
Fuel = Literal["petrol", "diesel"]
MOST_KMH = 70.0
"""Above it the curve of petrol falls on, against all measurements: outside the range."""
HARD_BRAKING_MS2 = -0.5
"""Below this acceleration NOx and VOC have coefficients of their own."""
DRIVING: dict[tuple[Fuel, Pollutant], tuple[float, ...]] = {
    ("petrol", "co2"): (0.553, 0.161, -0.00289, 0.266, 0.511, 0.183),
    ("diesel", "co2"): (0.324, 0.0859, 0.00496, -0.0586, 0.448, 0.230),
    ("petrol", "nox"): (6.19e-4, 8.00e-5, -4.03e-6, -4.13e-4, 3.80e-4, 1.77e-4),
    ("diesel", "nox"): (2.41e-3, -4.11e-4, 6.73e-5, -3.07e-3, 2.14e-3, 1.50e-3),
    ("petrol", "voc"): (4.47e-3, 7.32e-7, -2.87e-8, -3.41e-6, 4.94e-6, 1.66e-6),
    ("diesel", "voc"): (9.22e-5, 9.09e-6, -2.29e-7, -2.20e-5, 1.69e-5, 3.75e-6),
}
BRAKING: dict[tuple[Fuel, Pollutant], tuple[float, ...]] = {
    ("petrol", "nox"): (2.17e-4, 0.0, 0.0, 0.0, 0.0, 0.0),
    ("diesel", "nox"): (1.68e-3, -6.62e-5, 9.00e-6, 2.50e-4, 2.91e-4, 1.20e-4),
    ("petrol", "voc"): (2.63e-3, 0.0, 0.0, 0.0, 0.0, 0.0),
    ("diesel", "voc"): (5.25e-5, 7.22e-6, -1.87e-7, 0.0, -1.02e-5, -4.22e-6),
}


def rate_g_s(speed_kmh: ArrayLike, acceleration_ms2: ArrayLike, fuel: Fuel, pollutant: Pollutant) -> F8:
    """Return the emission rate of a car in g/s.

    Examples
    --------
    A petrol car at a steady 50 km/h gives 161 g of CO2 per km, a diesel car 178:

    >>> [round(float(rate_g_s(50.0, 0.0, fuel, "co2")) / (50 / 3600)) for fuel in ("petrol", "diesel")]
    [161, 178]
    """
    v = np.asarray(speed_kmh, np.float64) / KMH_PER_MS
    a = np.asarray(acceleration_ms2, np.float64)
    driving = _polynomial(v, a, DRIVING[fuel, pollutant])
    if (fuel, pollutant) not in BRAKING:
        return driving
    return np.asarray(np.where(a >= HARD_BRAKING_MS2, driving, _polynomial(v, a, BRAKING[fuel, pollutant])))


def _polynomial(v: F8, a: F8, f: tuple[float, ...]) -> F8:
    return np.asarray(np.maximum(0.0, f[0] + f[1] * v + f[2] * v * v + f[3] * a + f[4] * a * a + f[5] * v * a))


def emission_g(speed_kmh: F8, acceleration_ms2: F8, diesel_share: float, pollutant: Pollutant,
               step_s: float = 1.0) -> Total:
    """Return the emission of vehicle-seconds of cars in g; none where more than 1 % of them are above 70 km/h.

    Parameters
    ----------
    speed_kmh, acceleration_ms2
        Shape (n,).
    diesel_share
        Share of the distance that diesel cars drive; the rest is petrol.

    Examples
    --------
    >>> emission_g(np.full(3600, 50.0), np.zeros(3600), 0.5, "co2").value.__round__(0)
    8470.0
    >>> emission_g(np.full(9, 100.0), np.zeros(9), 0.5, "co2").reason
    'Int Panis covers 0 to 70 km/h; 100.0 % of the vehicle-time is faster'
    """
    reason = outside_reason(speed_kmh, MOST_KMH, "Int Panis")
    if reason is not None:
        return Total(None, reason)
    speed_kmh = np.minimum(speed_kmh, MOST_KMH)
    petrol, diesel = (float(rate_g_s(speed_kmh, acceleration_ms2, fuel, pollutant).sum()) * step_s
                      for fuel in ("petrol", "diesel"))
    return Total((1.0 - diesel_share) * petrol + diesel_share * diesel)
