"""What enforcement costs and brings, as the runs count it: officer hours, devices, fines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trafficsim.outcomes.economics.model import DEVICE, HOUR
from trafficsim.outcomes.economics.quantities import COUNTED, DEVICES, FINES, OFFICER_HOURS, no_price
from trafficsim.outcomes.economics.valuation import Values
from trafficsim.spec.economics import Economics

F8 = NDArray[np.float64]
EUR = "EUR"
PRICE = {OFFICER_HOURS: HOUR, DEVICES: DEVICE}
OF_FINES = "fines of the runs are in EUR"


@dataclass(frozen=True)
class Counted:
    """What the runs of an alternative count of enforcement.

    Attributes
    ----------
    amounts : by name, in an analysis period, shape (replications,); none that is zero, or given by the study instead
    missing : by name, why it has no part in the costs although it is not zero
    """

    amounts: Mapping[str, F8] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)


def counted_enforcement(economics: Economics, values: Values, alternative: str, runs: pd.DataFrame) -> Counted:
    """Take what runs count of enforcement, but for what the study itself gives for the alternative.

    Hours of staff of a measure take the place of the officer hours, its capital that of the devices, and its fine per
    citation that of the fines.

    Parameters
    ----------
    runs
        Replications as index, quantities as columns.
    """
    amounts: dict[str, F8] = {}
    missing: dict[str, str] = {}
    given = _given(economics, alternative)
    for name in (name for name in COUNTED if name in runs and name not in given):
        amount = runs[name].to_numpy(np.float64)
        if not amount.any():
            continue
        if name == FINES and economics.currency != EUR:
            missing[name] = OF_FINES
        elif name in PRICE and PRICE[name] not in values.unit:
            missing[name] = no_price(name, values)
        else:
            amounts[name] = amount
    return Counted(amounts, missing)


def _given(economics: Economics, alternative: str) -> set[str]:
    measure = economics.measures.get(alternative)
    if measure is None:
        return set()
    own = {OFFICER_HOURS: measure.enforcement_hours_per_year, DEVICES: measure.capital,
           FINES: measure.fine_per_citation}
    return {name for name, amount in own.items() if amount.value}


def annual_enforcement(economics: Economics, values: Values, counted: Counted) -> F8 | float:
    """Cost of a year of officers and devices at best estimates, by replication; fines are no cost of society."""
    per_year = {OFFICER_HOURS: economics.periods_per_year.value, DEVICES: 1.0}
    return sum((amount * per_year[name] * values.unit[PRICE[name]].value
                for name, amount in counted.amounts.items() if name in PRICE), 0.0)
