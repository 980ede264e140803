"""Kinds of drivers: the classes, and for those who keep a longer gap than their class one more for each gap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from trafficsim.plan.arrays import F8, Plan


class Kinds(NamedTuple):
    """First all classes of the plan, then pairs of a class and a gap."""

    vehicle_class: np.ndarray
    """By kind."""
    kept_gap_s: F8
    """By kind; 0: the headway of the class."""
    of_trip: np.ndarray


def kinds_of(plan: Plan) -> Kinds:
    """Return the kinds of drivers of a plan."""
    classes = np.arange(len(plan.classes.name))
    of_trip = np.asarray(plan.trips.vehicle_class, np.int64)
    longer = np.flatnonzero(plan.kept_gap_s > plan.classes.headway_s[of_trip]) if len(plan.kept_gap_s) else classes[:0]
    if not len(longer):
        return Kinds(classes, np.zeros(len(classes)), of_trip)
    pairs, row = np.unique(np.column_stack([of_trip[longer], plan.kept_gap_s[longer]]), axis=0, return_inverse=True)
    of_trip = of_trip.copy()
    of_trip[longer] = len(classes) + row.ravel()
    return Kinds(np.concatenate([classes, pairs[:, 0].astype(np.int64)]),
                 np.concatenate([np.zeros(len(classes)), pairs[:, 1]]), of_trip)
