"""Emission factors from mean speed, in the form of the EMEP/EEA guidebook (COPERT 5), with the coefficients of a user.

``EF = (alpha V^2 + beta V + gamma + delta / V) / (epsilon V^2 + zeta V + eta) (1 - RF)`` in g/km, V in km/h, valid from
the row's least to its greatest speed. The coefficients are in the guidebook's spreadsheet (chapter 1.A.3.b.i-iv); none
are shipped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trafficsim.outcomes.emissions.validity import F8, MOST_OUTSIDE, Total

SOURCE = "EMEP/EEA air pollutant emission inventory guidebook, chapter 1.A.3.b.i-iv, hot exhaust"
GRADE = "B"


@dataclass(frozen=True)
class EmissionFactor:
    """One row of the guidebook's table: a pollutant of a vehicle category.

    Attributes
    ----------
    alpha, beta, gamma, delta, epsilon, zeta, eta : coefficients of the formula
    reduction : reduction factor RF, as a share
    least_kmh, most_kmh : range of mean speeds for which the row is valid
    """

    alpha: float
    beta: float
    gamma: float
    delta: float
    epsilon: float
    zeta: float
    eta: float
    reduction: float = 0.0
    least_kmh: float = 10.0
    most_kmh: float = 130.0

    def g_per_km(self, speed_kmh: F8) -> F8:
        """Return the factor at mean speeds, those outside the range at its bound; shape (n,).

        Examples
        --------
        >>> row = EmissionFactor(0.0, 0.0, 200.0, 0.0, 0.0, 0.0, 1.0, reduction=0.5)
        >>> row.g_per_km(np.array([50.0])).tolist()
        [100.0]
        """
        v = np.clip(speed_kmh, self.least_kmh, self.most_kmh)
        above = self.alpha * v * v + self.beta * v + self.gamma + self.delta / v
        return np.asarray(above / (self.epsilon * v * v + self.zeta * v + self.eta) * (1.0 - self.reduction))


def emission_g(factor: EmissionFactor, speed_kmh: F8, vehicle_km: F8) -> Total:
    """Return the emission of the traffic of links in g; none where more than 1 % of it is outside the row's range.

    Parameters
    ----------
    speed_kmh, vehicle_km
        Mean speed and distance driven by link and interval, shape (n,).

    Examples
    --------
    >>> row = EmissionFactor(0.0, 0.0, 200.0, 0.0, 0.0, 0.0, 1.0)
    >>> emission_g(row, np.array([50.0, 30.0]), np.array([2.0, 1.0])).value
    600.0
    """
    total = float(vehicle_km.sum())
    outside = (speed_kmh < factor.least_kmh) | (speed_kmh > factor.most_kmh)
    share = float(vehicle_km[outside].sum()) / total if total > 0.0 else 0.0
    if share > MOST_OUTSIDE:
        return Total(None, f"the emission factor covers {factor.least_kmh:g} to {factor.most_kmh:g} km/h; "
                           f"{100.0 * share:.1f} % of the distance is driven outside")
    return Total(float((factor.g_per_km(speed_kmh) * vehicle_km).sum()))
