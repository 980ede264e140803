"""The table ``exposure``: who drove how far, by group, months since the licence and alcohol."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trafficsim.plan.arrays import F8, Plan
from trafficsim.plan.record import Record
from trafficsim.results.frames import Labels, frame, names_of
from trafficsim.results.reference import Reference, journeys

M_PER_KM = 1000.0
MONTHS: F8 = np.append(np.arange(0.0, 121.0, 3.0), 1200.0)
"""Edges of the months since the licence: quarters of a year for ten years, then everybody else."""


def exposure_table(plan: Plan, record: Record, labels: Labels, reference: Reference) -> pd.DataFrame:
    """One row per group of people, months since the licence, and whether impaired; of trips due in the analysis period.

    Kilometres of impaired drivers are expected ones: those of every trip times the probability that its driver is above
    0.5 g/l, so that they do not hang on a handful of trips. The other columns are what policies made of the group.
    """
    people, drivers = plan.people, plan.drivers
    seen, bins, groups = journeys(plan, record, reference), len(MONTHS) - 1, len(plan.people.group)
    km = np.where(seen.due & seen.entered, record.trips.distance_m, 0.0) / M_PER_KM
    at = np.clip(np.searchsorted(MONTHS, drivers.licence_months, side="right") - 1, 0, bins - 1)
    cell = drivers.group * bins + at
    impaired = np.bincount(cell, km * drivers.alcohol_share, minlength=groups * bins)
    sober = np.bincount(cell, km * (1.0 - drivers.alcohol_share), minlength=groups * bins)
    group = np.tile(np.repeat(np.arange(groups), bins), 2)
    return frame(labels, {
        "group": names_of(people.group, group),
        "begin_months": np.tile(MONTHS[:-1], 2 * groups), "end_months": np.tile(MONTHS[1:], 2 * groups),
        "impaired": np.repeat([False, True], groups * bins), "vehicle_km": np.concatenate([sober, impaired]),
        "exposure": people.exposure[group], "risk": people.novice_risk[group],
        "supervised_km": people.supervised_km[group], "belt_share": people.belt_share[group],
    })
