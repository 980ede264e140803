"""Emissions of runs from mean speeds of links, with the factors of a study: an alternative to traces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trafficsim.outcomes.emissions.average_speed import fleet_g_per_km
from trafficsim.outcomes.emissions.vt_micro import KG_CO2_PER_L
from trafficsim.spec.emission_factors import EmissionFactor

G_PER_KG = 1000.0
NO_LINKS = "the results have no table of links"


def emissions_by_speed(
    links: pd.DataFrame | None, factors: Sequence[EmissionFactor], wide: pd.DataFrame
) -> dict[str, pd.Series | str]:
    """Return emissions of every run, those of the trips due, or why there are none; nothing without factors.

    The fleet's mean factor over all links and intervals, times the vehicle-kilometres of the trips due in the analysis
    period. Fuel follows from carbon dioxide, 2.31 kg per litre of petrol.

    Parameters
    ----------
    links
        The ``links`` table of one scenario and engine.
    factors
        Rows of the fleet.
    wide
        Indicators of the runs by alternative and replication.
    """
    found: dict[str, pd.Series | str] = {}
    for pollutant, name, unit_g in (("co2", "co2_kg", G_PER_KG), ("nox", "nox_g", 1.0)):
        rows = [one for one in factors if one.pollutant == pollutant]
        if rows:
            found[name] = NO_LINKS if links is None else _of_runs(links, rows, wide, unit_g)
    carbon = found.get("co2_kg")
    if carbon is not None:
        found["fuel_l"] = carbon if isinstance(carbon, str) else carbon / KG_CO2_PER_L["petrol"]
    return found


def _of_runs(
    links: pd.DataFrame, rows: Sequence[EmissionFactor], wide: pd.DataFrame, unit_g: float
) -> pd.Series | str:
    values = {}
    driven = links[links["vehicle_km"] > 0.0]
    for run, part in driven.groupby(["alternative", "replication"], sort=False):
        mean = fleet_g_per_km(rows, part["speed_kmh"].to_numpy(np.float64), part["vehicle_km"].to_numpy(np.float64))
        if mean.value is None:
            return str(mean.reason)
        values[run] = mean.value / unit_g
    factor = pd.Series(values, dtype=np.float64).reindex(wide.index)
    return factor * wide["vehicle_km"].astype(np.float64)
