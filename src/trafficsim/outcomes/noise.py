"""Source level of road traffic after CNOSSOS-EU: sound power of the traffic of a link per metre of road.

Per octave band and category of vehicles, ``L_R = A_R + B_R lg(v / 70)`` (rolling), ``L_P = A_P + B_P (v - 70) / 70``
(propulsion), their energy sum ``L``, and ``L' = L + 10 lg(Q / (1000 v))`` for Q vehicles per hour.

Simplified: the reference conditions of the method alone (dry reference surface, 20 degrees Celsius, level road, steady
speed, no studded tyres), two categories (light; heavy as category 3), no propagation and no correction near junctions.
So levels at a facade are not given; a difference between alternatives is one of the source.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

F8 = NDArray[np.float64]
SOURCE = ("Directive (EU) 2015/996, annex, 2.2 (road traffic source); coefficients of table F-1 as amended by "
          "Delegated Directive (EU) 2021/1226")
GRADE = "A"
REFERENCE_KMH = 70.0
LEAST_KMH, MOST_KMH = 20.0, 130.0
"""Below 20 km/h the method takes the level of 20 km/h; above 130 it says nothing."""
A_WEIGHTING_DB = np.array([-26.2, -16.1, -8.6, -3.2, 0.0, 1.2, 1.0, -1.1])
"""Of the octave bands 63 Hz to 8 kHz (IEC 61672-1)."""
ROLLING = {
    "light": (np.array([83.1, 89.2, 87.7, 93.1, 100.1, 96.7, 86.8, 76.2]),
              np.array([30.0, 41.5, 38.9, 25.7, 32.5, 37.2, 39.0, 40.0])),
    "heavy": (np.array([91.7, 96.2, 98.2, 104.9, 105.1, 98.5, 91.1, 85.6]),
              np.array([30.0, 33.5, 31.3, 25.4, 31.8, 37.1, 38.6, 40.6])),
}
PROPULSION = {
    "light": (np.array([97.9, 92.5, 90.7, 87.2, 84.7, 88.0, 84.4, 77.1]),
              np.array([-1.3, 7.2, 7.7, 8.0, 8.0, 8.0, 8.0, 8.0])),
    "heavy": (np.array([108.8, 104.2, 103.5, 102.9, 102.6, 98.5, 93.8, 87.5]),
              np.array([0.0, 3.0, 4.6, 5.0, 5.0, 5.0, 5.0, 5.0])),
}
"""A and B by octave band, of categories 1 (light) and 3 (heavy)."""


def vehicle_level_db(speed_kmh: ArrayLike, category: str) -> F8:
    """Return the sound power of one vehicle by octave band in dB, shape (n, 8).

    Parameters
    ----------
    speed_kmh
        Shape (n,), at most 130; below 20 the level is that of 20 km/h.
    category
        ``"light"`` or ``"heavy"``.

    Examples
    --------
    >>> vehicle_level_db([70.0], "light")[0, 4].round(2)
    np.float64(100.22)
    """
    v = np.maximum(np.atleast_1d(np.asarray(speed_kmh, np.float64)), LEAST_KMH)[:, None]
    (a_r, b_r), (a_p, b_p) = ROLLING[category], PROPULSION[category]
    rolling = a_r + b_r * np.log10(v / REFERENCE_KMH)
    propulsion = a_p + b_p * (v - REFERENCE_KMH) / REFERENCE_KMH
    return np.asarray(10.0 * np.log10(10.0 ** (rolling / 10.0) + 10.0 ** (propulsion / 10.0)))


def source_level_db(
    light_veh_h: ArrayLike, heavy_veh_h: ArrayLike, speed_kmh: ArrayLike
) -> tuple[F8, NDArray[np.bool_]]:
    """Return the A-weighted sound power of traffic per metre of road in dB, and where there is one.

    Parameters
    ----------
    light_veh_h, heavy_veh_h, speed_kmh
        Flows and mean speed by link, shape (n,).

    Returns
    -------
    Levels and where they exist: not without a vehicle, and not above 130 km/h.

    Examples
    --------
    Twice the traffic is 3 dB more:

    >>> level, known = source_level_db([500.0, 1000.0, 0.0], [0.0, 0.0, 0.0], [50.0, 50.0, 50.0])
    >>> round(float(level[1] - level[0]), 2), known.tolist()
    (3.01, [True, True, False])
    """
    flows = {"light": np.atleast_1d(np.asarray(light_veh_h, np.float64)),
             "heavy": np.atleast_1d(np.asarray(heavy_veh_h, np.float64))}
    v = np.atleast_1d(np.asarray(speed_kmh, np.float64))
    energy = np.zeros(len(v))
    for category, flow in flows.items():
        levels = vehicle_level_db(v, category) + A_WEIGHTING_DB
        energy += (10.0 ** (levels / 10.0)).sum(axis=1) * flow / (1000.0 * np.maximum(v, LEAST_KMH))
    known = (energy > 0.0) & (v <= MOST_KMH)
    return np.where(known, 10.0 * np.log10(np.where(known, energy, 1.0)), 0.0), known
