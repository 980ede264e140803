"""Indicators between runs of who drives: parts of the change of casualties by speed, exposure, risk and severity.

Casualties relative to do nothing are the number by free speeds times that by people. Their change has four parts that
add up to it exactly, each with the interval of the numbers that it rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from trafficsim.outcomes.casualties import Models, Outcome
from trafficsim.outcomes.people import (
    PARTS,
    Drivers,
    Numbers,
    PeopleChange,
    best,
    drawn_numbers,
    relative_by_part,
)
from trafficsim.outcomes.people import SPEED as SPEED
from trafficsim.plan.arrays import F8
from trafficsim.results.indicator import Pair

TABLE = "exposure"
ALL_PARTS = (SPEED, *PARTS)
KEYS = ["group", "begin_months"]
BY_PEOPLE = "the interval covers the learning curve of novices (TRL Cohort study, grade B) and the risk of alcohol " \
            "(grade D)"
_MEMORY = "people"


def people_of(pair: Pair) -> PeopleChange | None:
    """Who drove without and with an alternative; ``None`` without a population."""
    if _MEMORY not in pair.memory:
        pair.memory[_MEMORY] = _people(pair)
    return cast(PeopleChange | None, pair.memory[_MEMORY])


def _people(pair: Pair) -> PeopleChange | None:
    tables = [side.get(TABLE, pd.DataFrame()) for side in (pair.baseline, pair.alternative)]
    if not all(len(table) for table in tables):
        return None
    before, after = (table.sort_values(KEYS) for table in tables)
    change = PeopleChange(drivers_of(before), drivers_of(after))
    return change if float(change.before.vehicle_km.sum()) > 0.0 else None


def drivers_of(table: pd.DataFrame) -> Drivers:
    """Read rows of the table ``exposure``."""
    def column(name: str) -> F8:
        return table[name].to_numpy(np.float64)
    return Drivers(
        vehicle_km=column("vehicle_km"), begin_months=column("begin_months"), end_months=column("end_months"),
        impaired_share=column("impaired_share"), exposure=column("exposure"), risk=column("risk"),
        practice_km=column("supervised_km"), belt_share=column("belt_share"))


def by_part(pair: Pair, outcome: Outcome, speed: F8, models: Models | None = None) -> dict[str, F8]:
    """Parts of the change of an outcome, from the number by free speeds; drawn where models are given.

    Without a population all of it is by speed.

    Parameters
    ----------
    pair
        The two runs.
    outcome
        What is counted.
    speed
        Number relative to do nothing by free speeds, shape (draws,) or (1,).
    models
        Number and seed of draws; best estimates without it.
    """
    change = people_of(pair)
    if change is None:
        return {SPEED: speed - 1.0, **{part: np.zeros(len(speed)) for part in PARTS}}
    numbers: Numbers = best() if models is None else drawn_numbers(models)
    return relative_by_part(change, outcome, numbers, speed)


def total(parts: Mapping[str, F8]) -> F8:
    """Return the change that parts add up to."""
    return np.asarray(sum(parts.values(), np.zeros(1)))
