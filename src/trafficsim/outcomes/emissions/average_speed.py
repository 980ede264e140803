"""Emission factors from mean speed, in the form of the EMEP/EEA guidebook (COPERT 5), with the coefficients of a user.

``EF = (alpha V^2 + beta V + gamma + delta / V) / (epsilon V^2 + zeta V + eta) (1 - RF)`` in g/km, V in km/h, valid from
the row's least to its greatest speed. The coefficients are in the guidebook's spreadsheet (chapter 1.A.3.b.i-iv); none
are shipped.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trafficsim.outcomes.emissions.validity import F8, MOST_OUTSIDE, Total
from trafficsim.spec.emission_factors import EmissionFactor

SOURCE = "EMEP/EEA air pollutant emission inventory guidebook, chapter 1.A.3.b.i-iv, hot exhaust"
GRADE = "B"


def g_per_km(factor: EmissionFactor, speed_kmh: F8) -> F8:
    """Return a factor at mean speeds, those outside its range at the bound; shape (n,).

    Examples
    --------
    >>> row = EmissionFactor(pollutant="co2", gamma=200, reduction=0.5, least_kmh=10, most_kmh=130)
    >>> g_per_km(row, np.array([50.0])).tolist()
    [100.0]
    """
    v = np.clip(speed_kmh, factor.least_kmh, factor.most_kmh)
    above = factor.alpha * v * v + factor.beta * v + factor.gamma + factor.delta / v
    return np.asarray(above / (factor.epsilon * v * v + factor.zeta * v + factor.eta) * (1.0 - factor.reduction))


def emission_g(factor: EmissionFactor, speed_kmh: F8, vehicle_km: F8) -> Total:
    """Return the emission of the traffic of links in g; none where more than 1 % of it is outside the row's range.

    Parameters
    ----------
    speed_kmh, vehicle_km
        Mean speed and distance driven by link and interval, shape (n,).

    Examples
    --------
    >>> row = EmissionFactor(pollutant="co2", gamma=200, least_kmh=10, most_kmh=130)
    >>> emission_g(row, np.array([50.0, 30.0]), np.array([2.0, 1.0])).value
    600.0
    """
    total = float(vehicle_km.sum())
    outside = (speed_kmh < factor.least_kmh) | (speed_kmh > factor.most_kmh)
    share = float(vehicle_km[outside].sum()) / total if total > 0.0 else 0.0
    if share > MOST_OUTSIDE:
        return Total(None, f"the emission factor covers {factor.least_kmh:g} to {factor.most_kmh:g} km/h; "
                           f"{100.0 * share:.1f} % of the distance is driven outside")
    return Total(float((g_per_km(factor, speed_kmh) * vehicle_km).sum()))


def fleet_g_per_km(factors: Sequence[EmissionFactor], speed_kmh: F8, vehicle_km: F8) -> Total:
    """Return the mean factor of a fleet over the traffic of links, by the shares of its rows.

    Examples
    --------
    >>> rows = [EmissionFactor(pollutant="co2", share=share, gamma=gamma, least_kmh=10, most_kmh=130)
    ...         for share, gamma in ((0.75, 200), (0.25, 100))]
    >>> fleet_g_per_km(rows, np.array([50.0, 30.0]), np.array([2.0, 1.0])).value
    175.0
    """
    driven_km = float(vehicle_km.sum())
    if driven_km <= 0.0:
        return Total(None, "nobody drove")
    totals = [emission_g(one, speed_kmh, vehicle_km) for one in factors]
    reason = next((one.reason for one in totals if one.value is None), None)
    if reason is not None:
        return Total(None, reason)
    return Total(sum(one.share * (total.value or 0.0) for one, total in zip(factors, totals, strict=True)) / driven_km)
