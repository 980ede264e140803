"""The table ``exposure``: who drove how far, by group, months since the licence and alcohol."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Column, Labels, frame, names_of
from trafficsim.results.reference import Reference, journeys

M_PER_KM = 1000.0
MONTHS: F8 = np.append(np.arange(0.0, 121.0, 3.0), 1200.0)
"""Edges of the months since the licence: quarters of a year for ten years, then everybody else."""


def exposure_table(plan: Plan, record: Record, labels: Labels, reference: Reference) -> pd.DataFrame:
    """One row per group of people and months since the licence, of trips due in the analysis period.

    ``impaired_share`` is expected: the mean over kilometres of the probability that the driver is above 0.5 g/l, so
    that it does not hang on a handful of trips (0 where nobody drove). The columns after it are what policies made of
    the group.
    """
    seen = journeys(plan, record, reference)
    km = np.where(seen.due & seen.entered, record.trips.distance_m, 0.0) / M_PER_KM
    return frame(labels, exposure_columns(plan, km))


def exposure_columns(plan: Plan, km: F8) -> dict[str, Column]:
    """Columns of the table from the kilometres of every trip, shape (trips,)."""
    people, drivers = plan.people, plan.drivers
    bins, groups = len(MONTHS) - 1, len(plan.people.group)
    at = np.clip(np.searchsorted(MONTHS, drivers.licence_months, side="right") - 1, 0, bins - 1)
    cell = drivers.group * bins + at
    driven = np.bincount(cell, km, minlength=groups * bins)
    impaired = np.bincount(cell, km * drivers.alcohol_share, minlength=groups * bins)
    group = np.repeat(np.arange(groups), bins)
    return {
        "group": names_of(people.group, group),
        "begin_months": np.tile(MONTHS[:-1], groups), "end_months": np.tile(MONTHS[1:], groups), "vehicle_km": driven,
        "impaired_share": np.divide(impaired, driven, out=np.zeros(len(driven)), where=driven > 0.0),
        "exposure": people.exposure[group], "risk": people.novice_risk[group],
        "supervised_km": people.supervised_km[group], "belt_share": people.belt_share[group],
    }
